"""Refunds: each comes off the order it pays back, whenever it was paid; one of no order comes off the revenue."""

from datetime import date
from decimal import Decimal

import pytest

import retention_kit as rk
from retention_kit.errors import InvalidEngagement

ORDERS = "id,who,when,total\n1,a,2024-05-01,100\n2,a,2024-05-20,50\n3,b,2024-06-01,80\n"
GROSS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "gross": "total"}
REFUNDS = "refund_id,order_id,refunded_at,amount\nr1,1,2024-05-03,10\nr2,1,2024-06-09,20\nr3,2,2024-06-02,50\n"


@pytest.fixture
def shop(client):
    settings = {"last_day": date(2024, 6, 30), "max_rejected": 0.5}
    return lambda refunds: client(ORDERS, columns=GROSS, others={"refunds": refunds}, settings=settings)


def test_refunds_restate_the_order_they_pay_back(shop, rows):
    engagement = shop(REFUNDS)
    assert rows(engagement, "order_id", "refunded", "amount", "is_purchase") == [
        ("1", Decimal(30), Decimal(70), True),
        ("2", Decimal(50), Decimal(0), False),
        ("3", Decimal(0), Decimal(80), True),
    ]
    assert engagement.refunds.native.aggregate("count(*), sum(amount)").fetchall() == [(3, Decimal(80))]


def test_an_order_paid_back_in_full_is_no_purchase_occasion(shop):
    days = shop(REFUNDS).occasions.native.order("ordered_on").project("customer_id, ordered_on").fetchall()
    assert days == [("a", date(2024, 5, 1)), ("b", date(2024, 6, 1))]


@pytest.mark.parametrize("order", ["9", ""])
def test_a_refund_of_no_order_is_counted_apart_and_comes_off_the_revenue_of_its_day(shop, lost, order):
    engagement = shop(REFUNDS + f"r4,{order},2024-05-31,7\n")
    assert lost(engagement, "refunds") == {"kept": 3, "unmatched": 1}
    assert engagement.refunds.native.filter("unmatched IS NOT NULL").project("refund_id, unmatched").fetchall() == [
        ("r4", "order_id")
    ]
    may = rk.orders.order_totals(engagement.orders, period=rk.Period("2024-05"))
    assert (may.revenue.item(), may.n_orders.item(), may.n_customers.item()) == (63, 1, 1)
    rate = rk.refund_rate(engagement.orders, period=rk.Period("2024-05"))
    assert (rate.numerator.item(), rate.denominator.item()) == (80, 150)


def test_an_amount_below_nought_is_no_refund(shop, lost):
    engagement = shop(REFUNDS + "r4,3,2024-06-03,-5\n")
    assert lost(engagement, "refunds") == {"kept": 3, "amount is negative": 1}


@pytest.mark.parametrize("twice", [{"amount": "total"}, {"gross": "total", "refunded": "0"}])
def test_refunds_are_taken_off_once(client, twice):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", **twice}
    with pytest.raises(InvalidEngagement, match=r"has refunds both as .* of orders and as a table; map gross"):
        client(ORDERS, columns=columns, others={"refunds": REFUNDS})
