"""Purchases sorted by customer and day: who bought first when, and what each day brought."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.ingest.build.orders import find_purchases
from retention_kit.ingest.build.write_orders import occasions_output
from tests.examples import lists_of_any_size

NO_SEGMENTS = SimpleNamespace(segments=())
ORDERS = lists_of_any_size(
    st.tuples(
        st.sampled_from(["a", "ab", "b", None]),
        st.integers(0, 3).map(lambda n: date(2024, 5, 1) + timedelta(days=n)),
        st.integers(0, 10**6).map(lambda n: Decimal(n) / 10_000),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=10)
@given(ORDERS)
def test_neighbours_merged_are_orders_grouped_by_customer_and_day(orders):
    purchases = [(who, day, amount) for who, day, amount, is_purchase in orders if is_purchase and who is not None]
    grouped = {}
    for who, day, amount in purchases:
        n, paid = grouped.get((who, day), (0, Decimal(0)))
        grouped[who, day] = (n + 1, paid + amount)
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE kept_orders (customer_id VARCHAR, ordered_on DATE, amount DECIMAL(18,4), is_purchase BOOLEAN)"
        )
        for order in orders:
            connection.execute("INSERT INTO kept_orders VALUES (?, ?, ?, ?)", order)
        find_purchases(connection)
        query = f"SELECT customer_id, ordered_on, n_orders, amount FROM ({occasions_output(NO_SEGMENTS).query})"
        occasions = connection.execute(query).fetchall()
        buyers = dict(connection.execute("FROM buyers").fetchall())
    assert occasions == [(*key, *value) for key, value in sorted(grouped.items())]
    assert buyers == {who: min(day for one, day in grouped if one == who) for who, _ in grouped}


def test_an_order_that_is_no_purchase_makes_a_customer_known_and_no_buyer(client, kept):
    raw = "id,who,when,total\n1,a,2024-05-03,3\n2,a,2024-05-01,0\n3,b,2024-05-02,0\n"
    assert kept(client(raw), "customers", "customer_id, known_on, first_ordered_on") == [
        ("a", date(2024, 5, 1), date(2024, 5, 3)),
        ("b", date(2024, 5, 2), None),
    ]


def test_a_line_of_an_order_has_its_customer_and_its_day(client, kept):
    items = "order_id,product_id\n1,tea\n2,tea\n"
    engagement = client("id,who,when,total\n1,a,2024-05-03,3\n2,,2024-05-04,3\n", others={"order_items": items})
    assert kept(engagement, "order_items", "order_id, customer_id, ordered_on, ordered_month") == [
        ("1", "a", date(2024, 5, 3), 24292),
        ("2", None, date(2024, 5, 4), 24292),
    ]


def test_lines_without_a_table_of_orders_are_of_no_time(client, kept):
    engagement = client(None, others={"order_items": "order_id,product_id\n1,tea\n"})
    assert kept(engagement, "order_items", "order_id, product_id, unmatched") == [("1", "tea", None)]


def test_orders_of_segments_and_refunds_stand_by_day_and_id(client):
    raw = "id,who,when,total,land\n3,a,2024-05-03,3,PL\n2,b,2024-05-04,3,UA\n1,b,2024-05-03,3,UA\n"
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "gross": "total", "country": "land"}
    refunds = "refund_id,order_id,refunded_at,amount\nr,2,2024-05-09,1\nlost,9,2024-05-03,2\n"
    engagement = client(raw, columns=columns, settings={"segments": ["country"]}, others={"refunds": refunds})
    found = engagement.orders.project("order_id, country, CAST(amount AS INTEGER)").fetchall()
    assert found == [("1", "UA", 3), ("3", "PL", 3), ("refund lost", "(none)", -2), ("2", "UA", 2)]
