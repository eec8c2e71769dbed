"""Refunds: each comes off the order it pays back, whenever it was paid; one of no order comes off the revenue."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


TAXED = "id,who,when,net,tax,post,back\n1,a,2024-05-01,100,20,0,{}\n2,b,2024-05-01,200,40,10,\n"
WHOLE = {**GROSS, "gross": "net", "tax": "tax", "shipping": "post", "refunded": "back"}


@pytest.mark.parametrize(
    ("paid", "includes_tax", "refunded", "n_above"),
    [(120, True, 100, 0), (60, True, 50, 0), (130, True, 100, 1), (60, False, 60, 0), (100, False, 100, 0),
     (120, False, 100, 1)],
)  # fmt: skip
def test_of_a_refund_the_goods_part_comes_off_and_no_more(client, rows, noted, paid, includes_tax, refunded, n_above):
    engagement = client(TAXED.format(paid), columns=WHOLE, refunds_include_tax=includes_tax)
    assert rows(engagement, "refunded", "amount") == [(refunded, 100 - refunded), (0, 200)]
    assert noted(engagement) == ({"refund_above_order": n_above} if n_above else {})


def test_refunds_of_a_table_may_include_tax_too(client, rows, noted):
    columns = {name: raw for name, raw in WHOLE.items() if name != "refunded"}
    section = {"refunds_include_tax": True}
    refunds = (
        "refund_id,order_id,refunded_at,amount\nr1,1,2024-05-03,60\nr2,1,2024-05-04,60\nr3,2,2024-05-04,25\n",
        section,
    )
    engagement = client(TAXED.format(""), columns=columns, others={"refunds": refunds})
    assert rows(engagement, "refunded", "amount") == [(100, 0), (20, 180)]
    assert noted(engagement) == {}


def test_tax_in_refunds_needs_the_tax_of_orders(client):
    with pytest.raises(InvalidEngagement, match=r"refunds_include_tax = true, but orders map neither tax nor shipping"):
        client(ORDERS, columns=GROSS, refunds_include_tax=True)


amounts = st.integers(-300, 300).filter(bool)
histories = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 28), amounts), min_size=1, max_size=12)


@pytest.mark.parametrize("name", ["amount", "gross"])
@given(history=histories)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_value_cohort_revenue_and_revenue_agree_whatever_was_paid_back(client, history, name):
    lines = "".join(f"{n},{who},2024-05-{day:02},{total}\n" for n, (who, day, total) in enumerate(history))
    engagement = client(
        "id,who,when,total\n" + lines, columns={**{k: v for k, v in GROSS.items() if k != "gross"}, name: "total"},
        settings={"last_day": date(2024, 5, 31)},
    )  # fmt: skip
    may = rk.Period("2024-05")
    revenue = rk.orders.order_totals(engagement.orders, period=may).revenue.sum()
    before = engagement.orders.native.filter("amount < 0").aggregate("coalesce(sum(amount), 0), count(*)").fetchall()
    paid_back, n_paid_back = before[0]
    assert rk.ltv_historic(engagement.orders, as_of=date(2024, 6, 1)).value.sum() == revenue - float(paid_back)
    assert engagement.occasions.native.aggregate("coalesce(sum(amount), 0)").fetchall()[0][0] == revenue - float(
        paid_back
    )
    bought = [total for _, _, total in history if total > 0]
    assert engagement.orders.native.filter("is_purchase").aggregate("count(*)").fetchall() == [(len(bought),)]
    first = {who: day for who, day, total in sorted(history, key=lambda row: -row[1]) if total > 0}
    assert n_paid_back == sum(total < 0 and first.get(who, 99) > day for who, day, total in history)


def test_an_order_below_zero_comes_off_the_latest_purchase_before_it_or_stays(client, rows, noted):
    lines = "1,a,2024-05-01,100\n2,a,2024-05-03,30\n3,a,2024-05-04,-50\n4,a,2024-05-06,60\n"
    lines += "5,,2024-05-06,-9\n6,b,2024-05-06,-9\n"
    engagement = client("id,who,when,total\n" + lines, columns=GROSS)
    assert rows(engagement, "gross", "refunded", "amount", "is_purchase") == [
        (100, 20, 80, True), (30, 30, 0, True), (0, 0, 0, False), (60, 0, 60, True),
        (-9, 0, -9, False), (-9, 0, -9, False),
    ]  # fmt: skip
    assert noted(engagement) == {}


def test_what_is_paid_back_beyond_all_purchases_takes_nothing_off_and_is_noted(client, rows, noted):
    engagement = client("id,who,when,total\n1,a,2024-05-01,100\n2,a,2024-05-03,-150\n", columns=GROSS)
    assert rows(engagement, "gross", "refunded", "amount", "is_purchase") == [(100, 100, 0, True), (0, 0, 0, False)]
    assert noted(engagement) == {"refund_above_order": 1}
