"""Buying on the first days of periods by hand, and against the purchase days of each customer in plain Python."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from retention_kit.errors import InvalidTable
from retention_kit.metrics.loyalty.first_days import buying_in_first_days
from retention_kit.metrics.loyalty.repeat_purchase import repeat_purchase_rate
from retention_kit.metrics.orders.ratios import purchase_frequency
from retention_kit.periods import Period
from tests.examples import any_orders, orders_of

FEBRUARY, MARCH, APRIL = (Period(f"2024-{month}") for month in ("02", "03", "04"))
SPAN = [FEBRUARY, MARCH, APRIL]
FOUR_BUYERS = """
A 2024-03-01
A 2024-03-29
B 2024-03-02
B 2024-03-30
C 2024-03-03
C 2024-03-31
D 2024-03-31
"""


def rows_of(orders, metric, **asked):
    found = buying_in_first_days(orders, **{"period": SPAN} | asked)
    return found[found.metric == metric].set_index(["period", "days"]).sort_index()


def test_each_length_counts_the_first_so_many_days():  # Z6
    found = rows_of(orders_of(FOUR_BUYERS), "repeat_purchase_rate").loc["2024-03"]
    sides = found[["numerator", "denominator"]].astype(int).agg(tuple, axis=1)
    assert sides.to_dict() == {29: (1, 3), 30: (2, 3), 31: (3, 4)}


def test_a_month_is_counted_whole_where_it_is_shorter():
    found = rows_of(orders_of("A 2024-02-01\nA 2024-02-29\nB 2024-02-29"), "repeat_purchase_rate").loc["2024-02"]
    assert found.index.tolist() == [29, 30, 31]
    assert found[["numerator", "denominator"]].drop_duplicates().to_numpy().tolist() == [[1, 2]]


def test_orders_of_one_day_are_one_purchase_but_so_many_orders():  # G11
    orders = orders_of("A 2024-03-01\nA 2024-03-01\nB 2024-03-02")
    assert rows_of(orders, "repeat_purchase_rate").value["2024-03", 29] == 0
    assert rows_of(orders, "purchase_frequency").value["2024-03", 29] == 1.5


def test_the_error_of_the_frequency_is_that_of_a_mean():
    counts = [1] * 8 + [2, 4]
    lines = [f"c{n} 2024-03-{day + 1:02}" for n, count in enumerate(counts) for day in range(count)]
    found = rows_of(orders_of("\n".join(lines)), "purchase_frequency").loc[("2024-03", 29)]
    assert (found.value, found.n) == (1.4, 10)
    assert found.se == pytest.approx(np.std(counts, ddof=1) / np.sqrt(10))


def test_below_ten_customers_there_is_no_error():
    lines = [f"c{n} 2024-03-{day:02}" for n in range(9) for day in range(1, 2 + n % 2)]
    assert np.isnan(rows_of(orders_of("\n".join(lines)), "purchase_frequency").se["2024-03", 29])


def test_where_nobody_bought_there_is_no_rate():
    found = rows_of(orders_of(FOUR_BUYERS), "purchase_frequency").loc["2024-04"]
    assert found.value.isna().all()
    assert set(found.status) == {"no_denominator"}


def test_one_period_has_its_own_length_alone():
    found = buying_in_first_days(orders_of(FOUR_BUYERS), period=MARCH)
    assert found[["metric", "period", "days"]].to_numpy().tolist() == [
        ["repeat_purchase_rate", "2024-03", 31],
        ["purchase_frequency", "2024-03", 31],
    ]


def test_a_column_that_is_not_there_is_missed():
    with pytest.raises(InvalidTable, match="country"):
        buying_in_first_days(orders_of(FOUR_BUYERS), period=MARCH, by="country")


def by_days(orders, period, days):
    """Purchase days and orders of each customer on the first days of a period, in plain Python."""
    last = min(period.start + timedelta(days), period.end)
    inside = [
        (row.customer_id, row.ordered_on.date())
        for row in orders.itertuples()
        if pd.notna(row.customer_id) and row.amount > 0 and period.start <= row.ordered_on.date() < last
    ]
    return Counter(customer for customer, _day in set(inside)), Counter(customer for customer, _day in inside)


@settings(max_examples=8)
@given(any_orders(min_size=5))
def test_it_is_what_plain_python_counts(orders):
    found = buying_in_first_days(orders, period=SPAN)
    for row in found.itertuples():
        bought, ordered = by_days(orders, Period(row.period), row.days)
        hits = sum(n > 1 for n in bought.values()) if row.metric == "repeat_purchase_rate" else sum(ordered.values())
        assert (row.numerator, row.denominator) == (hits, len(bought))


@settings(max_examples=5)
@given(any_orders(min_size=5))
def test_the_whole_length_is_the_metric_of_the_whole_period(orders):
    found = buying_in_first_days(orders, period=SPAN).set_index(["metric", "period", "days"])
    for metric in (repeat_purchase_rate, purchase_frequency):
        whole = metric(orders, period=SPAN).set_index("period")
        for period in SPAN:
            row = found.loc[metric.__name__, str(period), period.n_days]
            assert (row.numerator, row.denominator) == tuple(whole.loc[str(period), ["numerator", "denominator"]])
