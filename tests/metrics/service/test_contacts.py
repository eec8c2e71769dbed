"""Contacts with support per order, by hand and by complaint."""

import pandas as pd
import pytest

from retention_kit.errors import InvalidTable
from retention_kit.metrics.service.contacts import contact_change, contact_rate, orders_with_contact_rate
from retention_kit.periods import Period
from tests.examples import hall_interval, orders_of

MARCH = Period("2024-03")


@pytest.fixture
def orders():
    return orders_of("\n".join(f"c{number} 2024-03-{number % 31 + 1:02}" for number in range(200)))


def tickets_of(order_ids, day="2024-03-05"):
    return pd.DataFrame({"order_id": order_ids, "created_on": pd.to_datetime([day] * len(order_ids))})


def test_contacts_per_order_and_orders_with_a_contact(orders):  # O14
    tickets = tickets_of([f"o{number}" for number in [*range(1, 25), *range(1, 7)]])
    assert contact_rate(tickets, orders, period=MARCH).value.item() == 0.15
    found = orders_with_contact_rate(tickets, orders, period=MARCH).iloc[0]
    assert (found.value, found.numerator, found.denominator) == (0.12, 24, 200)


def test_five_customers_of_four_orders_are_five():  # Z4
    orders = orders_of("\n".join(f"c{number // 4} 2024-03-{number + 1:02}" for number in range(20)))
    of_customers = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17]  # all of two customers, half of a third
    found = orders_with_contact_rate(tickets_of([orders.order_id[n] for n in of_customers]), orders, period=MARCH).iloc[
        0
    ]
    assert (found.value, found.deff, found.n) == (0.5, 4, 20)
    assert [round(found.low, 5), round(found.high, 5)] == [0.17042, 0.82958]
    none = orders_with_contact_rate(tickets_of([]), orders, period=MARCH).iloc[0]
    assert [round(none.low, 4), round(none.high, 4)] == [0, 0.4345]
    unknown = orders_with_contact_rate(tickets_of([]), orders.drop(columns="customer_id"), period=MARCH)
    assert unknown.deff.item() == 1


def test_the_interval_takes_a_customer_s_contacts_together(orders):
    """200 customers of one order each, 10 of them with three contacts."""
    tickets = tickets_of([None] * 30).assign(customer_id=[f"c{number}" for number in range(10)] * 3)
    found = contact_rate(tickets, orders, period=MARCH).iloc[0]
    assert (found.low, found.high) == pytest.approx(hall_interval([3] * 10 + [0] * 190, [1] * 200))


@pytest.mark.parametrize("dropped", [[], ["ticket_id", "order_id"], ["ticket_id", "order_id", "customer_id"]])
def test_what_is_of_nobody_stands_for_itself_whether_or_not_it_has_an_id(orders, dropped):
    """Thirty contacts and 200 orders of nobody: 230 clusters, of which 200 placed an order."""
    tickets = tickets_of([None] * 30).assign(ticket_id=[f"t{number}" for number in range(30)], customer_id=None)
    nobody = orders.assign(customer_id=None).drop(columns=[name for name in dropped if name in orders])
    found = contact_rate(tickets.drop(columns=dropped), nobody, period=MARCH).iloc[0]
    assert (found.value, found.n) == (0.15, 200)
    assert (found.low, found.high) == pytest.approx(hall_interval([1] * 30 + [0] * 200, [0] * 30 + [1] * 200))


def test_no_contact_in_forty_orders_still_has_an_interval(orders):  # Z3
    found = contact_rate(tickets_of([]), orders[:40], period=MARCH).iloc[0]
    assert (found.low, round(found.high, 5), found["flags"]) == (0, 0.09222, "")
    few = contact_rate(tickets_of([]), orders[:9], period=MARCH).iloc[0]
    assert (few[["low", "high"]].isna().all(), few["flags"]) == (True, "small_n")


def test_one_contact_of_every_customer_has_no_interval(orders):  # Z3
    tickets = tickets_of([None] * 40).assign(customer_id=[f"c{number}" for number in range(40)])
    found = contact_rate(tickets, orders[:40], period=MARCH).iloc[0]
    assert (found.value, pd.isna(found.low), found["flags"]) == (1, True, "no_variation")


def test_contacts_and_orders_of_a_segment_belong_together(orders):
    tickets = tickets_of([None] * 3).assign(customer_id=["c0", "c2", "c1"], country=["PL", "PL", "UA"])
    found = contact_rate(tickets, orders.assign(country=["PL", "UA"] * 100), period=MARCH, by="country")
    assert found[["segment", "numerator", "denominator"]].to_numpy().tolist() == [["PL", 2, 100], ["UA", 1, 100]]


def test_a_change_of_contacts_is_that_of_the_rate(orders):
    both = pd.concat([orders, orders.assign(ordered_on=orders.ordered_on - pd.DateOffset(months=1))], ignore_index=True)
    tickets = pd.concat([tickets_of(["o1"] * 20), tickets_of(["o1"] * 5, "2024-02-03")], ignore_index=True)
    change = contact_change(tickets, both, period=MARCH, base=MARCH.previous())
    placed = [((both.ordered_on >= month.start.isoformat()) & (both.ordered_on < month.end.isoformat())).sum()
              for month in (MARCH, MARCH.previous())]  # fmt: skip
    assert change.value == pytest.approx(20 / placed[0] - 5 / placed[1])


def test_without_orders_there_is_no_contact_rate(orders):  # O14
    found = contact_rate(tickets_of(["o1"]), orders, period=Period("2024-04")).iloc[0]
    assert (found.status, found.numerator, found.denominator) == ("no_denominator", 0, 0)
    assert pd.isna(found.value)


def test_there_may_be_more_contacts_than_orders(orders):
    assert contact_rate(tickets_of(["o1"] * 5), orders[:2], period=MARCH).value.item() == 2.5


def test_what_the_shop_sent_is_no_contact(orders):
    tickets = tickets_of(["o1", "o2", "o3", "o4"]).assign(direction=["inbound", "outbound", "inbound", "outbound"])
    assert contact_rate(tickets, orders, period=MARCH).numerator.item() == 2


@pytest.mark.parametrize(
    ("day", "counts"), [("2024-02-29", 0), ("2024-03-01", 1), ("2024-03-31", 1), ("2024-04-01", 0)]
)
def test_a_contact_is_of_the_period_it_was_made_in(orders, day, counts):
    assert contact_rate(tickets_of(["o1"], day), orders, period=MARCH).numerator.item() == counts


def test_a_contact_about_no_order_or_another_one_is_no_contact_of_these(orders):
    found = orders_with_contact_rate(tickets_of([None, "elsewhere", "o1"]), orders, period=MARCH)
    assert found.numerator.item() == 1


def test_orders_that_brought_nothing_were_not_placed():
    frame = orders_of("a 2024-03-01 10\nb 2024-03-02 0")
    assert contact_rate(tickets_of(["o1"]), frame, period=MARCH).denominator.item() == 1
    assert orders_with_contact_rate(tickets_of(["o2"]), frame, period=MARCH).value.item() == 0


def test_orders_with_a_contact_by_segment(orders):
    found = orders_with_contact_rate(
        tickets_of(["o1", "o2", "o3"]), orders.assign(country=["PL", "UA"] * 100), period=MARCH, by="country"
    )
    assert found[["segment", "numerator", "denominator"]].to_numpy().tolist() == [["PL", 2, 100], ["UA", 1, 100]]


def test_tickets_without_an_order_id_are_refused(orders):
    with pytest.raises(InvalidTable, match='no column "order_id"; it has "created_on"'):
        orders_with_contact_rate(tickets_of(["o1"])[["created_on"]], orders, period=MARCH)


def test_a_month_with_neither_orders_nor_contacts_has_no_segments():
    orders = pd.DataFrame({"ordered_on": pd.to_datetime(["2024-05-02"]), "shop": ["A"]})
    tickets = pd.DataFrame({"created_on": pd.to_datetime(["2024-05-02"]), "shop": ["A"]})
    assert contact_rate(tickets, orders, period=Period("2024-03"), by="shop").empty
