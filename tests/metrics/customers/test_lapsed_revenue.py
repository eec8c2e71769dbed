"""What those who lapsed had brought: by hand, and against the flow of customers and plain Python."""

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.customers.lapsed_revenue import lapsed_revenue
from retention_kit.periods import Period
from tests.examples import any_orders, days_by_customer, orders_of

APRIL = Period("2024-04")
WINDOWS = st.sampled_from([7, 30, 45, 90])


def lapsed(lines, **asked):
    found = lapsed_revenue(orders_of(lines), **{"period": APRIL, "window": 30} | asked)
    return found[["n_customers", "revenue"]].iloc[0].tolist()


def test_who_lapsed_and_what_they_had_brought_in_the_year_before():
    lines = """
    lost 2023-04-01 5
    lost 2023-04-02 7
    lost 2024-03-20 30
    kept 2024-03-20 100
    kept 2024-04-25 100
    gone 2024-01-05 1000
    """
    assert lapsed(lines) == [1, 37]  # 365 days before 1 April 2024: from 2 April 2023 on


@pytest.mark.parametrize(
    ("day", "n"), [("2024-03-01", 0), ("2024-03-02", 1), ("2024-03-31", 1), ("2024-04-01", 0), ("2024-04-02", 0)]
)
def test_the_last_order_of_who_lapsed_lies_between_the_windows_of_both_ends(day, n):
    assert lapsed(f"a {day}")[0] == n


def test_who_bought_on_the_first_day_of_the_last_window_stays():
    assert lapsed("a 2024-03-20\na 2024-04-01")[0] == 0
    assert [lapsed(f"a 2024-03-{day}", window=45)[0] for day in (16, 17)] == [1, 0]


def test_who_bought_in_the_period_and_lapsed_none_the_less_brought_what_was_before_it():
    assert lapsed("a 2024-03-30 20\na 2024-04-03 50", window=10) == [1, 20]


def test_a_window_longer_than_a_year_counts_the_money_of_a_year():
    assert lapsed("a 2023-03-10 20\na 2023-03-11 5", window=400) == [1, pytest.approx(float("nan"), nan_ok=True)]
    assert lapsed("a 2023-03-01 20\na 2023-03-11 5", period=Period("2024-03"), window=360) == [1, 5]


def test_an_amount_that_is_not_known_is_not_nought():
    orders = pd.DataFrame(
        {"customer_id": ["a"], "ordered_on": pd.to_datetime(["2024-03-20"]), "amount": pd.array([None], "Float64")}
    )
    found = lapsed_revenue(orders, period=APRIL, window=30)
    assert (found.n_customers.item(), found.revenue.isna().item()) == (1, True)
    both = pd.concat([orders, orders.assign(customer_id="b", amount=7.0)], ignore_index=True)
    assert lapsed_revenue(both, period=APRIL, window=30)[["n_customers", "revenue"]].iloc[0].tolist() == [2, 7]


def test_where_nobody_lapsed_nobody_brought_anything():
    assert lapsed("a 2024-04-20 10") == [0, 0]


def test_a_column_that_is_not_there_is_missed():
    with pytest.raises(InvalidTable, match="country"):
        lapsed("a 2024-04-20 10", by="country")


def lapsed_by_hand(orders, window):
    """The customers who lapsed in April, in sets of plain Python."""
    days = days_by_customer(orders)

    def active(at):
        return {c for c, bought in days.items() if any(at - timedelta(window) <= day < at for day in bought)}

    return active(APRIL.start) - active(APRIL.end)


@settings(max_examples=12)
@given(any_orders(min_size=5), WINDOWS)
def test_who_lapsed_are_the_churned_of_the_flow(orders, window):
    flow = customer_flow(orders, since=APRIL, until=APRIL, window=window).iloc[0]
    found = lapsed_revenue(orders, period=APRIL, window=window).iloc[0]
    customers = lapsed_by_hand(orders, window)
    before = orders.customer_id.isin(customers) & (orders.ordered_on < pd.Timestamp(APRIL.start))
    assert found.n_customers == flow.churned == len(customers)
    assert not customers or found.revenue == pytest.approx(orders[before].amount.sum())


@settings(max_examples=6)
@given(any_orders(min_size=5), WINDOWS)
def test_the_segments_add_up(orders, window):
    whole = lapsed_revenue(orders, period=APRIL, window=window).iloc[0]
    parts = lapsed_revenue(orders, period=APRIL, window=window, by="country")
    assert parts.n_customers.sum() == whole.n_customers
    assert parts.revenue.sum() == pytest.approx(0 if pd.isna(whole.revenue) else whole.revenue)
