"""Orders period by period by hand, and as sums that agree with the totals of each period."""

from datetime import date

import pandas as pd
from hypothesis import given, settings

from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.periods import Period, periods
from tests.examples import any_orders, orders_of

FEBRUARY, APRIL = Period("2024-02"), Period("2024-04")
MONEY = ["revenue", "revenue_existing", "revenue_first", "revenue_unknown"]


def test_revenue_is_that_of_existing_of_first_time_and_of_unknown_customers():
    frame = orders_of(
        "a 2024-01-31 1\na 2024-02-02 2\nb 2024-02-03 4\nb 2024-02-20 8\n- 2024-02-04 16\nb 2024-04-01 32"
    )
    table = order_history(frame, since=FEBRUARY, until=APRIL)
    assert table.period.tolist() == ["2024-02", "2024-03", "2024-04"]
    assert table[MONEY].to_numpy().tolist() == [[30, 2, 12, 16], [0, 0, 0, 0], [32, 32, 0, 0]]
    assert table[["n_orders", "n_customers"]].to_numpy().tolist() == [[4, 2], [0, 0], [1, 1]]


def test_before_one_can_tell_the_revenue_of_customers_is_one_number():
    frame = orders_of("a 2024-02-02 2\nb 2024-03-03 4\na 2024-04-20 8\n- 2024-02-04 16\nc 2024-04-01 32")
    table = order_history(frame, since=FEBRUARY, until=APRIL, new_customers_known_from=date(2024, 3, 2))
    assert table[["revenue_existing", "revenue_first"]].isna().all(axis=1).tolist() == [True, True, False]
    assert table[["revenue", "revenue_untold", "revenue_unknown"]].to_numpy().tolist() == [
        [18, 2, 16],
        [4, 4, 0],
        [40, 0, 0],
    ]
    assert table.loc[2, ["revenue_existing", "revenue_first"]].tolist() == [8, 32]
    told = order_history(frame, since=FEBRUARY, until=APRIL, new_customers_known_from=date(2024, 2, 1))
    pd.testing.assert_frame_equal(told, order_history(frame, since=FEBRUARY, until=APRIL))


def test_an_order_that_is_no_purchase_makes_nobody_an_existing_customer():
    table = order_history(orders_of("a 2024-01-31 0\na 2024-02-02 2"), since=FEBRUARY, until=FEBRUARY)
    assert table[MONEY].iloc[0].tolist() == [2, 0, 2, 0]
    assert table[["n_orders", "n_customers"]].iloc[0].tolist() == [1, 1]


def test_orders_after_the_last_period_are_not_looked_at():
    table = order_history(orders_of("a 2024-02-29 1\na 2024-03-01 2"), since=FEBRUARY, until=FEBRUARY)
    assert table.revenue.tolist() == [1]


def test_quarters_are_counted_by_quarter():
    table = order_history(
        orders_of("a 2023-12-31 1\na 2024-03-31 2\na 2024-04-01 4"), since=Period("2024Q1"), until=Period("2024Q2")
    )
    assert table[["period", "revenue_existing"]].to_numpy().tolist() == [["2024Q1", 2], ["2024Q2", 4]]


@settings(max_examples=8)
@given(any_orders())
def test_each_row_has_the_totals_of_its_period_and_its_parts_add_up(frame):
    table = order_history(frame, since=FEBRUARY, until=APRIL)
    totals = [order_totals(frame, period=period).iloc[0] for period in periods(FEBRUARY, APRIL)]
    for name in ("revenue", "n_orders", "n_customers"):
        assert table[name].tolist() == [total[name] for total in totals]
    assert table.revenue_unknown.tolist() == [total.revenue_without_customer for total in totals]
    assert (table.revenue_existing + table.revenue_first + table.revenue_unknown == table.revenue).all()
