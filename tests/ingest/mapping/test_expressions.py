"""Mappings that do not fit the file: each mistake named with its remedy, all in one error."""

from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.engagement import open_engagement
from retention_kit.errors import InvalidSource
from retention_kit.ingest.sql import connected

RAW = "Order ID,who,when,total\n1,a,2024-05-01,3\n"
COLUMNS = {"order_id": "Order ID", "customer_id": "who", "ordered_at": "when", "amount": "total"}


@pytest.fixture
def rejected():
    """The rejected orders: line, reason, what was found, the text."""
    return lambda engagement: [
        (row["line"], row["reason"], row["found"], row["raw"])
        for row in pq.read_table(engagement.folder / "tables" / "rejected" / "orders.parquet").to_pylist()
    ]


def test_a_column_s_name_needs_no_quotes_whatever_it_holds(client, rows):
    assert rows(client(RAW, columns=COLUMNS), "order_id") == [("1",)]


def test_capitals_do_not_matter(client, rows):
    assert rows(client(RAW, columns={**COLUMNS, "amount": "TOTAL * 2"}), "amount") == [(6,)]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "totl",
            r'needs a column "totl", which is not there; did you mean "total"\? orders.csv has the columns Order',
        ),
        ("total * rate", 'needs a column "rate", which is not there'),
        ("total *", r"is neither a raw column nor an SQL expression \(syntax error"),
        ("(SELECT 1)", "holds a subquery"),
        ("sum(total) OVER ()", "holds a window function"),
        ("sum(total)", r"takes many rows together with sum\(\); write an expression over the columns of one row"),
        ("count(*)", r"takes many rows together with count_star\(\)"),
        ("geomean(total + 0)", "cannot be computed: .* aggregates"),
        ("unnest([total])", "cannot be computed: .*UNNEST"),
        ("COLUMNS('t.*')", "holds a star"),
        ("$1", "holds a parameter"),
        ("#1", "holds a column's number"),
        ("[total]", "gives several values at once"),
        ("(who, who)", "gives several values at once"),
        ("", "is empty; name a raw column"),
        (" \t", "is empty"),
        ("total), (1", r"is neither a raw column nor an SQL expression \(more than one expression\)"),
        ("total) FROM (SELECT 1 AS total", r"is neither .* \(more than one expression\)"),
        ("ST_Area(who)", "cannot be computed: Catalog Error"),
        ("nonsense(total)", "cannot be computed: Catalog Error"),
        ("total) FROM x; DROP TABLE y; SELECT (1", "is neither a raw column nor an SQL expression"),
    ],
)
def test_an_expression_that_cannot_be_used_is_named(client, expression, message):
    with pytest.raises(InvalidSource, match='orders.csv: amount = ".*" ' + message):
        client(RAW, columns={**COLUMNS, "amount": expression})


def test_all_mistakes_of_a_mapping_stand_in_one_error(client):
    with pytest.raises(InvalidSource) as error:
        client(
            RAW,
            columns={**COLUMNS, "customer_id": "whom", "amount": "totals"},
            leave_out={"x": "state = 'x'", "y": "who"},
        )
    keys = [line.split(" = ")[0] for line in str(error.value).splitlines()]
    assert keys == [
        "orders.csv: customer_id",
        "orders.csv: amount",
        "orders.csv: leave_out.x",
        "orders.csv: leave_out.y",
    ]


CHANGING = [
    *("random()", "now()", "today()", "uuid()", "uuidv7()", "gen_random_uuid()", "get_current_time()"),
    *("current_date", "current_time", "current_timestamp", "localtimestamp", "current_user", "current_setting('a')"),
    *("setseed(0.5)", "nextval('s')", "age(DATE '2024-01-01')", "ago(INTERVAL 1 DAY)", "total + 0 * random()"),
]


@pytest.mark.parametrize("expression", CHANGING)
def test_what_differs_from_run_to_run_is_refused(client, expression):
    with pytest.raises(InvalidSource, match="differs from run to run; write a fixed value, or a column"):
        client(RAW, columns={**COLUMNS, "amount": expression})


def test_a_column_may_be_called_as_a_function_is(client, rows):
    raw = "id,user,today,total\n1,a,2024-05-01,3\n"
    columns = {"order_id": "id || ''", "customer_id": "user", "ordered_at": "today", "amount": "total"}
    assert rows(client(raw, columns=columns), "customer_id", "ordered_on") == [("a", date(2024, 5, 1))]


BAD = "2,b,2024-05-02,x\n"
GOOD = "1,a,2024-05-01,3\n3,c,2024-05-03,4\n"


@pytest.mark.parametrize(
    ("column", "expression", "found"),
    [
        ("order_id", "id || CAST(total AS INTEGER)", '"2", "x"'),
        ("customer_id", "CASE WHEN CAST(total AS INTEGER) > 1 THEN who END", '"x", "b"'),
        ("ordered_at", "\"when\" || CASE WHEN total > 1 THEN ' 10:00' ELSE ' 11:00' END", '"2024-05-02", "x"'),
        ("amount", "CAST(total AS DECIMAL(9, 2))", '"x"'),
        ("status", "CASE WHEN total > 1 THEN 'completed' ELSE 'cancelled' END", '"x"'),
        ("is_test", "CAST(total AS INTEGER) < 0", '"x"'),
    ],
)
def test_a_cell_that_an_expression_cannot_use_costs_its_row(client, rows, rejected, column, expression, found):
    raw = "id,who,when,total\n" + GOOD + BAD
    mapped = {**COLUMNS, "order_id": "id", "amount": "3", column: expression}
    engagement = client(raw, columns=mapped, settings={"max_rejected": 0.5})
    assert len(rows(engagement, "order_id")) == 2
    assert rejected(engagement) == [(4, f"{column} cannot be computed", found, BAD.strip())]


def test_an_attribute_that_cannot_be_computed_is_left_out_of_its_row_and_noted(client, rows):
    columns = {**COLUMNS, "order_id": "id", "amount": "3", "country": "CASE WHEN total > 1 THEN 'high' ELSE 'low' END"}
    engagement = client("id,who,when,total\n" + GOOD + BAD, columns=columns, settings={"segments": ["country"]})
    assert sorted(rows(engagement, "order_id", "country")) == [("1", "high"), ("2", "(none)"), ("3", "high")]
    assert engagement.notes().to_dict("records") == [
        {"table": "orders", "note": "country cannot be computed", "n_rows": 1}
    ]


def test_a_condition_that_cannot_be_computed_rejects_its_row(client, rejected, lost):
    raw = "Order ID,who,when,total,qty\n1,a,2024-05-01,3,1\n2,b,2024-05-01,3,many\n3,c,2024-05-01,3,-1\n"
    engagement = client(raw, columns=COLUMNS, leave_out={"returned": "qty <= 0"}, settings={"max_rejected": 0.5})
    assert rejected(engagement) == [(3, "leave_out.returned cannot be computed", '"many"', "2,b,2024-05-01,3,many")]
    assert lost(engagement) == {"kept": 1, "returned": 1, "leave_out.returned cannot be computed": 1}


@pytest.mark.parametrize(
    ("column", "reason"),
    [("order_id", "order_id is missing"), ("ordered_at", "date is missing"), ("amount", "amount is missing")],
)
def test_what_is_needed_and_comes_out_as_nothing_is_rejected(client, rejected, column, reason):
    mapped = {**COLUMNS, "order_id": "id", column: f"CASE WHEN who <> 'b' THEN \"{COLUMNS[column]}\" END"}
    mapped = {name: text.replace('"Order ID"', "id") for name, text in mapped.items()}
    engagement = client(
        "id,who,when,total\n" + GOOD + BAD.replace("x", "5"), columns=mapped, settings={"max_rejected": 0.5}
    )
    assert [row[:2] for row in rejected(engagement)] == [(4, reason)]


def test_an_expression_may_fill_a_blank_cell_from_another(client, rows):
    raw = "id,who,paid,placed,net,gross\n1,a,,2024-05-01,,3\n2,b,2024-05-02,2024-05-01,4,9\n"
    columns = {"order_id": "id", "customer_id": "who"}
    columns |= {"ordered_at": "coalesce(paid, placed)", "amount": "coalesce(net, gross)"}
    assert rows(client(raw, columns=columns), "amount", "CAST(ordered_on AS VARCHAR)") == [
        (Decimal(3), "2024-05-01"), (Decimal(4), "2024-05-02"),
    ]  # fmt: skip


def test_a_cell_that_is_no_number_is_not_filled_from_another(client, rejected):
    raw = 'id,who,when,net\n1,a,2024-05-01,3\n2,b,2024-05-01,"1.299,00"\n'
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "coalesce(net, 0)"}
    engagement = client(raw, columns=columns, settings={"max_rejected": 0.5})
    assert [row[:2] for row in rejected(engagement)] == [(3, "amount is not a number")]


@given(cells=st.lists(st.sampled_from(["1", "2.5", "x", "", "-3", "7 8", "1e5"]), min_size=1, max_size=8))
def test_whatever_the_cells_every_row_is_computed_or_rejected(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("client") / "shop"
    folder.mkdir()
    lines = [f"{n},c{n},2024-05-01,{cell}" for n, cell in enumerate(cells)]
    (folder / "orders.csv").write_text("\n".join(["id,who,when,total", *lines]) + "\n")
    (folder / "engagement.toml").write_text(
        'name = "S"\ncurrency = "EUR"\ntime_zone = "UTC"\nmax_rejected = 1\n[tables.orders]\nsource = "csv"\n'
        'files = ["orders.csv"]\n[tables.orders.columns]\norder_id = "id"\ncustomer_id = "who"\nordered_at = "when"\n'
        'amount = "CAST(total AS DECIMAL(9, 1)) * 2"\n'
    )
    with open_engagement(folder) as engagement:
        found = engagement.orders.native.project("order_id, CAST(amount AS DOUBLE)").fetchall()
        assert engagement.losses().n_rows.sum() == len(cells)
    numbers = {"1": 2.0, "2.5": 5.0, "-3": -6.0, "1e5": 200000.0}
    expected = {str(n): numbers[cell] for n, cell in enumerate(cells) if cell in numbers}
    assert {key: value for key, value in found if key in expected} == expected
    assert not {key for key, _ in found} - set(expected)


@pytest.mark.parametrize("expression", ["upper(id)", "lower(id)", "'shop-' || id", "left(id, 3)", "coalesce(who, id)"])
def test_ids_that_a_spreadsheet_rounded_are_seen_through_an_expression(client, expression):
    raw = "id,who,when,total\n1.23E+11,,2024-05-01,3\n1.24E+11,b,2024-05-01,3\n"
    mapped = {**COLUMNS, "order_id": "_row", "customer_id": expression}
    with pytest.raises(InvalidSource, match=r'customer_id .*"1.2[34]E\+11".* is an id that a spreadsheet rounded'):
        client(raw, columns=mapped)


def test_duckdb_loads_no_extension_by_itself():
    with connected() as connection:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert connection.execute(f"SELECT current_setting('{name}')").fetchall() == [(False,)]
