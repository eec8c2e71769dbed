"""Repeat purchase by hand, and against the purchase days of each customer counted in plain Python."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.loyalty.repeat_purchase import (
    existing_customer_share,
    first_days,
    repeat_by_order_number,
    repeat_purchase_rate,
    repeat_within,
    repeat_within_of_period,
    returning_customer_rate,
)
from retention_kit.periods import Period
from retention_kit.tables import occasions
from tests.examples import any_orders, days_by_customer, orders_of

FEBRUARY, MARCH = Period("2024-02"), Period("2024-03")
FIRST_OF_APRIL = date(2024, 4, 1)
FOUR_BUYERS = "A 2024-01-05\nA 2024-02-03\nB 2024-02-10\nB 2024-02-20\nC 2024-02-11\nE 2024-02-02"
RATES = [repeat_purchase_rate, returning_customer_rate, existing_customer_share]


def counts(found):
    return tuple(found[["numerator", "denominator"]].iloc[0])


# By hand


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(repeat_purchase_rate, 0.25), (returning_customer_rate, 0.5), (existing_customer_share, 0.25)],
)
def test_three_readings_of_a_customer_who_returned(rate, expected):  # O05
    assert rate(orders_of(FOUR_BUYERS), period=FEBRUARY).value.item() == expected


def test_two_orders_of_one_day_are_no_repeat_unless_orders_are_asked_for():  # O06
    frame = orders_of("A 2024-02-03\nA 2024-02-03")
    for rate in (repeat_purchase_rate, returning_customer_rate):
        assert counts(rate(frame, period=FEBRUARY)) == (0, 1)
        assert counts(rate(frame, period=FEBRUARY, repeat_on="orders")) == (1, 1)
    assert repeat_by_order_number(frame, as_of=FIRST_OF_APRIL).value.tolist() == [0]
    assert repeat_by_order_number(frame, as_of=FIRST_OF_APRIL, repeat_on="orders").value.tolist() == [1, 0]


def test_a_repeat_rate_within_days_leaves_the_young_out_of_both_sides():  # O07
    frame = orders_of(
        "a 2024-01-01\na 2024-01-21\nb 2024-01-10\nb 2024-03-20\nc 2024-01-15\nd 2024-03-20\nd 2024-03-25"
    )
    found = repeat_within(frame, as_of=FIRST_OF_APRIL, days=60).iloc[0]
    assert (round(found.value, 4), found.denominator) == (0.3333, 3)
    assert sum(len(days) > 1 for days in ((1, 2), (1,), (1,), (1, 2))) / 4 == 0.5


@pytest.mark.parametrize(("first", "is_mature"), [("2024-01-31", True), ("2024-02-01", False)])  # O20
def test_a_customer_counts_once_the_last_of_the_days_is_over(first, is_mature):
    found = repeat_within(orders_of(f"a {first}"), as_of=FIRST_OF_APRIL, days=60)
    assert found.denominator.item() == is_mature
    assert found.status.item() == ("ok" if is_mature else "immature")


@pytest.mark.parametrize(
    ("second", "hits"), [("2024-01-01", 0), ("2024-01-02", 1), ("2024-01-31", 1), ("2024-02-01", 0)]
)
def test_a_return_counts_from_the_day_after_to_the_last_of_the_days(second, hits):
    found = repeat_within(orders_of(f"a 2024-01-01\na {second}"), as_of=FIRST_OF_APRIL, days=30)
    assert counts(found) == (hits, 1)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024-05", "2024-01-01", "2024-04-01"),
        ("2023-05", "2022-12-31", "2023-04-01"),
        ("2024Q2", "2024-02-01", "2024-05-01"),
        ("2023", "2022-11-02", "2023-11-01"),
        ("2024-W22", "2024-01-04", "2024-04-03"),
    ],
)
def test_the_customers_of_a_period_are_those_whose_days_ended_in_it_or_in_three_months(period, first, last):  # Z11
    """A day earlier and a day later is not counted; a second purchase counts to the last of the 60 days."""
    day = timedelta(days=1)
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    assert first_days(Period(period), 60) == (first, last + day)
    days = [first - day, first, last, last + day]
    lines = [f"c{n} {each}\nc{n} {each + 60 * day}" for n, each in enumerate(days)]
    assert counts(repeat_within_of_period(orders_of("\n".join(lines)), period=period, days=60)) == (2, 2)
    lines = [f"c{n} {each}\nc{n} {each + 61 * day}" for n, each in enumerate(days)]
    assert counts(repeat_within_of_period(orders_of("\n".join(lines)), period=period, days=60)) == (0, 2)


@pytest.mark.parametrize(("first", "status"), [("2024-01-31", "immature"), ("2023-10-01", "no_denominator")])
def test_a_period_in_which_no_days_ended_has_no_rate_and_a_reason(first, status):
    found = repeat_within_of_period(orders_of(f"a {first}"), period=MARCH, days=61)
    assert (found.status.item(), found.value.isna().item()) == (status, True)


def test_small_segments_of_a_period_are_merged_once_its_months_are_added():
    """Two customers of a and b each month, one of c and d."""
    shops = [(month, shop) for month in (1, 2, 3) for shop in "aabbcd"]
    frame = orders_of("\n".join(f"c{n} 2024-0{month}-05" for n, (month, _shop) in enumerate(shops)))
    found = repeat_within_of_period(frame.assign(shop=[shop for _, shop in shops]), period=MARCH, days=1, by="shop")
    assert found[["segment", "denominator"]].to_numpy().tolist() == [["a", 6], ["b", 6], ["(other)", 6]]
    assert set(found.status) == {"ok"}


def test_steps_from_one_purchase_to_the_next():  # O08
    made = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3, "g": 5}
    lines = [f"{customer} 2024-01-{day + 1:02}" for customer, n in made.items() for day in range(n)]
    steps = repeat_by_order_number(orders_of("\n".join(lines)), as_of=FIRST_OF_APRIL)
    assert steps.denominator.tolist() == [7, 4, 2, 1, 1]
    assert steps.value.round(4).tolist()[:4] == [0.5714, 0.5, 0.5, 1]
    assert set(steps["flags"]) == {"small_n"}


def test_no_more_steps_than_asked_for():
    lines = [f"a 2024-01-{day:02}" for day in range(1, 20)]
    assert repeat_by_order_number(orders_of("\n".join(lines)), as_of=FIRST_OF_APRIL, up_to=3).n_purchases.tolist() == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize("rate", RATES)
def test_a_period_in_which_nobody_bought_has_no_rate(rate):
    found = rate(orders_of("a 2024-01-05"), period=FEBRUARY)
    assert (found.status.item(), found.value.isna().all()) == ("no_denominator", True)


# By law


@settings(max_examples=10)
@given(any_orders())
def test_the_rates_of_a_period_are_those_of_the_purchase_days(frame):
    to_date = [[day for day in days if day < MARCH.end] for days in days_by_customer(frame).values()]
    buyers = [days for days in to_date if days and days[-1] >= MARCH.start]
    hits = {
        repeat_purchase_rate: sum(sum(day >= MARCH.start for day in days) >= 2 for days in buyers),
        returning_customer_rate: sum(len(days) >= 2 for days in buyers),
        existing_customer_share: sum(days[0] < MARCH.start for days in buyers),
    }
    for rate, n_hits in hits.items():
        assert counts(rate(frame, period=MARCH)) == (n_hits, len(buyers))


@settings(max_examples=10)
@given(any_orders(), st.integers(0, 140), st.integers(1, 90))
def test_a_repeat_rate_within_days_is_that_of_the_purchase_days(frame, age, days):
    as_of = date(2024, 1, 1) + timedelta(age)
    old = [list_ for list_ in days_by_customer(frame).values() if list_[0] + timedelta(days) < as_of]
    hits = sum(any(first < day <= first + timedelta(days) for day in later) for first, *later in old)
    assert counts(repeat_within(frame, as_of=as_of, days=days)) == (hits, len(old))


@settings(max_examples=10)
@given(any_orders(), st.integers(1, 60))
def test_the_months_of_all_time_together_are_the_rate_of_all_customers(frame, days):
    """Every third month takes in three, and all of them together everybody who is old enough."""
    quarters = [Period("2023-12") + 3 * n for n in range(3)]
    parts = repeat_within_of_period(frame, period=quarters, days=days)
    total = repeat_within(frame, as_of=quarters[-1].end, days=days)
    assert tuple(parts[["numerator", "denominator"]].sum()) == counts(total)


@settings(max_examples=10)
@given(any_orders())
def test_steps_are_those_of_the_purchase_days(frame):
    made = [sum(day < FIRST_OF_APRIL for day in days) for days in days_by_customer(frame).values()]
    steps = repeat_by_order_number(frame, as_of=FIRST_OF_APRIL)
    for row in steps.itertuples():
        reached = [sum(n >= step for n in made) for step in (row.n_purchases, row.n_purchases + 1)]
        assert [row.denominator, row.numerator] == reached
    assert len(steps) == min(max(made, default=0), 10)


@settings(max_examples=10)
@given(any_orders())
def test_segments_of_one_value_per_customer_add_up_to_the_total(frame):  # I10
    for rate in RATES:
        parts, total = rate(frame, period=MARCH, by="country"), rate(frame, period=MARCH)
        assert tuple(parts[["numerator", "denominator"]].sum()) == counts(total)


@settings(max_examples=10)
@given(any_orders())
def test_the_rates_of_orders_are_those_of_their_occasions(frame):
    for rate in RATES:
        pd.testing.assert_frame_equal(rate(occasions(frame), period=MARCH), rate(frame, period=MARCH))


# By complaint


@pytest.mark.parametrize("rate", RATES)
def test_a_table_without_customers_is_refused(rate):
    with pytest.raises(InvalidTable, match='no column "customer_id"'):
        rate(orders_of(FOUR_BUYERS).drop(columns="customer_id"), period=FEBRUARY)
