"""Mappings that do not fit the file: each mistake named with its remedy, all in one error."""

import pytest

from retention_kit.errors import InvalidSource

RAW = "Order ID,who,when,total\n1,a,2024-05-01,3\n"
COLUMNS = {"order_id": "Order ID", "customer_id": "who", "ordered_at": "when", "amount": "total"}


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
        ("sum(total)", "cannot be computed"),
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


def test_a_cast_that_fails_on_a_row_is_an_error_of_ours(client):
    with pytest.raises(
        InvalidSource, match=r"orders.csv cannot be read: Conversion Error: Could not convert string 'a'"
    ):
        client(RAW, columns={**COLUMNS, "amount": "CAST(who AS INTEGER)"})
