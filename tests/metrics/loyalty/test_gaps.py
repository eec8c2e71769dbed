"""Days between purchases by hand, and against the purchase days of each customer counted in plain Python."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from retention_kit.metrics.loyalty.gaps import time_between_orders
from retention_kit.periods import Period
from tests.examples import any_orders, days_by_customer, orders_of

JANUARY, FEBRUARY, MARCH = (Period(f"2024-{month}") for month in ("01", "02", "03"))
Z = 1.959964


def orders_with_gaps(*customers):
    """Orders of January: of each customer the days that lie between one purchase and the next."""
    bought = {f"c{number}": np.cumsum([1, *gaps]) for number, gaps in enumerate(customers)}
    return orders_of("\n".join(f"{customer} 2024-01-{day:02}" for customer, days in bought.items() for day in days))


# By hand


def test_the_days_between_purchases_are_those_that_ended_in_the_period():
    frame = orders_of("a 2024-01-31\na 2024-02-10\na 2024-03-01\nb 2024-02-02\nb 2024-02-22")
    found = time_between_orders(frame, period=FEBRUARY)
    assert found["quantile"].tolist() == [0.25, 0.5, 0.75, 0.9]
    assert found.value.tolist() == [12.5, 15, 17.5, 19]
    assert found.n.tolist() == [2] * 4


def test_the_interval_of_a_quantile_inverts_the_share_below():
    found = time_between_orders(orders_with_gaps(*([n] for n in range(1, 26))), period=JANUARY)
    half = Z * np.sqrt(0.52 * 0.48 / 24)  # 13 of the 25 gaps are no longer than the middle one
    expected = np.quantile(np.arange(1, 26), [0.5 - half, 0.5, 0.5 + half])
    assert found.loc[1, ["low", "value", "high"]].tolist() == pytest.approx(expected, abs=1e-5)


def test_one_customers_gaps_belong_together():
    """Ten customers with two gaps alike: each share below varies as that of ten gaps, not of twenty."""
    found = time_between_orders(orders_with_gaps(*([n, n] for n in range(1, 11))), period=JANUARY)
    half = Z * np.sqrt(0.5 * 0.5 / 9)
    expected = np.quantile(np.repeat(np.arange(1, 11), 2), [0.5 - half, 0.5, 0.5 + half])
    assert found.loc[1, ["low", "value", "high"]].tolist() == pytest.approx(expected, abs=1e-5)


def test_where_many_gaps_are_equal_the_interval_reaches_over_the_step():
    found = time_between_orders(orders_with_gaps(*([7] for _ in range(49)), *([30] for _ in range(51))), period=JANUARY)
    assert found.loc[1, ["low", "value", "high"]].tolist() == [7, 30, 30]


def test_as_many_segments_as_a_country_has_towns():
    frame = orders_with_gaps(*([1] for _ in range(300)))
    found = time_between_orders(frame.assign(town=frame.customer_id), period=JANUARY, by="town")
    assert (found.segment.nunique(), set(found.status)) == (300, {"suppressed"})


def test_below_ten_customers_there_is_no_interval():
    nine, ten = (time_between_orders(orders_with_gaps(*[[1, 2]] * n), period=JANUARY) for n in (9, 10))
    assert (nine.value.tolist(), nine.low.isna().all(), nine.high.isna().all()) == (ten.value.tolist(), True, True)
    assert ten.low.notna().all()


def test_each_segment_has_its_own_quantiles_and_interval():
    parts = {"PL": range(1, 13), "UA": range(13, 25)}
    frames = [orders_with_gaps(*([n] for n in gaps)).assign(country=name) for name, gaps in parts.items()]
    both = pd.concat([frame.assign(customer_id=frame.country + frame.customer_id) for frame in frames])
    found = time_between_orders(both, period=JANUARY, by="country")
    alone = pd.concat([time_between_orders(frame, period=JANUARY) for frame in frames], ignore_index=True)
    assert found.segment.tolist() == ["PL"] * 4 + ["UA"] * 4
    pd.testing.assert_frame_equal(found.drop(columns="segment"), alone.drop(columns="segment"))


def test_nobody_came_back_and_too_few_of_a_segment_came_back():
    nobody = time_between_orders(orders_of("a 2024-02-02"), period=FEBRUARY)
    assert set(nobody.status) == {"no_denominator"}
    frame = orders_of("a 2024-02-02\na 2024-02-03").assign(country="PL")
    few = time_between_orders(frame, period=FEBRUARY, by="country")
    assert (set(few.status), few.value.isna().all()) == ({"suppressed"}, True)
    assert set(time_between_orders(frame, period=FEBRUARY).status) == {"ok"}
    none = time_between_orders(frame[:1], period=FEBRUARY, by="country")
    assert (len(none), list(none)) == (0, list(few))


# By law


@settings(max_examples=10)
@given(any_orders())
def test_days_between_orders_are_those_between_the_purchase_days(frame):
    pairs = [pair for days in days_by_customer(frame).values() for pair in pairwise(days)]
    gaps = [(day - before).days for before, day in pairs if MARCH.start <= day < MARCH.end]
    found = time_between_orders(frame, period=MARCH)
    assert found.n.tolist() == [len(gaps)] * 4
    if gaps:
        assert found.value.tolist() == pytest.approx(np.quantile(gaps, [0.25, 0.5, 0.75, 0.9]).tolist())
        assert (found.low.isna() | ((found.low <= found.value) & (found.value <= found.high))).all()
