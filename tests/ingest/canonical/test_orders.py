"""Who is known and who bought, what lines of orders say of them, and the order in which orders stand."""

from datetime import date

import pytest


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
    found = engagement.orders.native.project("order_id, country, CAST(amount AS INTEGER)").fetchall()
    assert found == [("1", "UA", 3), ("3", "PL", 3), ("refund lost", "(none)", -2), ("2", "UA", 2)]


LINES = "".join(f"{n},c{n},2024-05-01,{{}}\n" * 2 for n in range(12))


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([n // 2 + 1 for n in range(24)], {"lines_of_equal_amount": 12}),  # the total of the order on each line
        ([n // 2 + 1 for n in range(22)] + [5, 6], {"lines_of_equal_amount": 11}),
        ([n + 1 for n in range(24)], {}),
    ],
)
def test_lines_that_all_carry_one_amount_are_noted(client, noted, amounts, said):
    assert noted(client("id,who,when,total\n" + LINES.format(*amounts), lines="order_id")) == said
