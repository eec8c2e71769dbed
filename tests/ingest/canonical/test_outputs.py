"""Money, flags, segments: what an order is and which orders are purchases."""

from datetime import date
from decimal import Decimal

import pytest

from retention_kit.errors import InvalidSource

KEYS = {"order_id": "id", "customer_id": "who", "ordered_at": "day"}
PARTS = {**KEYS, "gross": "gross", "discount": "discount", "refunded": "refunded"}
O02 = """id,who,day,gross,discount,refunded
1,a,2024-05-01,100,,30
2,a,2024-05-02,50,0,50
3,b,2024-05-03,10,10,
4,b,2024-05-04,80,,
"""


def test_o02_refunds_and_coupons_are_taken_off_and_nothing_left_is_no_purchase(client, rows):
    engagement = client(O02, columns=PARTS)
    assert rows(engagement, "amount", "is_purchase") == [(70, True), (0, False), (0, False), (80, True)]
    assert rows(engagement, "discount", "refunded")[0] == (0, 30)


def test_o02_orders_of_nothing_are_purchases_where_the_client_says_so(client, rows):
    engagement = client(O02, columns=PARTS, settings={"count_zero_value": True})
    assert rows(engagement, "is_purchase") == [(True,)] * 4


def test_parts_that_are_not_mapped_are_missing_not_zero(client, rows):
    engagement = client("id,who,day,total\n1,a,2024-05-01,3\n", columns={**KEYS, "amount": "total"})
    assert rows(engagement, "amount", "gross", "discount", "refunded") == [(3, None, None, None)]


def test_a_discount_negative_is_rejected(client):
    with pytest.raises(InvalidSource, match=r"orders.csv, line 2: discount -5.0000 is negative"):
        client("id,who,day,gross,discount,refunded\n1,a,2024-05-01,100,-5,\n", columns=PARTS)


def test_cancelled_and_test_orders_stay_and_are_no_purchases(client, rows, lost):
    raw = "id,who,day,total,state,mail\n1,a,2024-05-01,3,paid,a@x.pl\n2,a,2024-05-01,3,void,a@x.pl\n"
    raw += "3,q,2024-05-01,3,paid,q@us.pl\n"
    status = "CASE WHEN state = 'void' THEN 'cancelled' ELSE 'completed' END"
    columns = {**KEYS, "amount": "total", "status": status, "is_test": "mail LIKE '%@us.pl'"}
    engagement = client(raw, columns=columns)
    assert rows(engagement, "status", "is_test", "is_purchase") == [
        ("completed", False, True), ("cancelled", False, False), ("completed", True, False),
    ]  # fmt: skip
    assert lost(engagement) == {"kept": 3}


def test_raw_words_for_status_and_test_are_checked(client, rows):
    raw = "id,who,day,total,state,test\n1,a,2024-05-01,3,Completed,FALSE\n2,a,2024-05-01,3,,\n"
    raw += "3,a,2024-05-01,3,CANCELED,1\n"
    columns = {**KEYS, "amount": "total", "status": "state", "is_test": "test"}
    assert rows(client(raw, columns=columns), "status", "is_test") == [
        ("completed", False), ("completed", False), ("cancelled", True),
    ]  # fmt: skip
    with pytest.raises(
        InvalidSource, match='line 2: status "Paid" is neither completed nor cancelled; write status = "CASE'
    ):
        client(raw.replace("Completed", "Paid"), columns=columns)
    with pytest.raises(InvalidSource, match='line 2: is_test "maybe" is neither true nor false'):
        client(raw.replace("FALSE", "maybe"), columns=columns)


def test_money_of_another_currency_is_not_added_up(client, rows):
    columns = {**KEYS, "amount": "total", "currency": "cur"}
    assert rows(client("id,who,day,total,cur\n1,a,2024-05-01,3,eur\n", columns=columns), "currency") == [("EUR",)]
    with pytest.raises(InvalidSource, match='line 2: currency "USD" is not EUR'):
        client("id,who,day,total,cur\n1,a,2024-05-01,3,USD\n", columns=columns)


def test_orders_without_a_customer_are_orders_and_no_occasions(client, rows):
    engagement = client(
        "id,who,day,total\n1,,2024-05-01,3\n2,a,2024-05-01,4\n3,a,2024-05-01,5\n", columns={**KEYS, "amount": "total"}
    )
    assert rows(engagement, "customer_id") == [(None,), ("a",), ("a",)]
    assert engagement.occasions.native.project("customer_id, n_orders, amount").fetchall() == [("a", 2, Decimal(9))]
    assert engagement.customers.native.project("customer_id, first_ordered_on").fetchall() == [("a", date(2024, 5, 1))]


def test_a_customer_s_segment_is_that_of_the_first_order(client, rows):
    raw = "id,who,day,total,land\n1,a,2024-05-02,3,PL\n2,a,2024-05-01,3,UA\n3,b,2024-05-01,3,\n4,b,2024-05-02,3,PL\n"
    raw += "5,,2024-05-01,3,BY\n"
    engagement = client(raw, columns={**KEYS, "amount": "total", "country": "land"}, settings={"segments": ["country"]})
    assert rows(engagement, "country") == [("UA",), ("UA",), ("(none)",), ("(none)",), ("BY",)]
    assert engagement.customers.native.order("customer_id").project("country").fetchall() == [("UA",), ("(none)",)]


def test_the_customers_table_goes_before_the_first_order(client, rows):
    raw = "id,who,day,total,land\n1,a,2024-05-02,3,PL\n2,b,2024-05-01,3,UA\n3,c,2024-05-01,3,BY\n"
    engagement = client(
        raw, columns={**KEYS, "amount": "total", "country": "land"}, settings={"segments": ["country"]},
        customers="who,land\na,DE\na,DE\nb,\nz,FR\n",
    )  # fmt: skip
    assert rows(engagement, "country") == [("DE",), ("UA",), ("BY",)]
    found = engagement.losses()
    assert found.values.tolist() == [["customers", "kept", 3], ["customers", "duplicate", 1], ["orders", "kept", 3]]


def test_a_customer_with_two_values_of_a_segment_is_refused(client):
    with pytest.raises(InvalidSource, match=r'customers.csv: customer_id "a" stands on 2 rows that differ'):
        client(
            "id,who,day,total\n", columns={**KEYS, "amount": "total"}, settings={"segments": ["country"]},
            customers="who,land\na,DE\na,PL\n",
        )  # fmt: skip


def test_rows_can_be_numbered_within_their_file(client, rows):
    columns = {**KEYS, "order_id": "_file || ':' || _row", "amount": "total"}
    assert rows(client("who,day,total\na,2024-05-01,3\n", columns=columns), "order_id") == [("orders.csv:1",)]


@pytest.mark.parametrize("lines", [None, "order_id"])
def test_days_of_delivery_are_kept_and_those_of_an_order_are_of_its_last_line(client, rows, lines):
    section = {"lines": lines} if lines else {}
    orders = "id,who,when,total,days\n1,a,2024-05-01,3,2\n2,a,2024-05-02,3,\n"
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total", "delivery_days": "days"}
    more = "2,a,2024-05-02,3,5\n2,a,2024-05-02,3,4\n" if lines else ""
    assert rows(client(orders + more, columns=columns, **section), "delivery_days") == [(2,), (5 if lines else None,)]
