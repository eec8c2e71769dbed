"""What ratios of two periods have in common through their customers, against plain pandas and against joint changes."""

import math

import pytest
from hypothesis import assume, given, settings

from retention_kit.metrics.orders.changes import order_changes
from retention_kit.metrics.orders.ratios import RATIOS, order_metrics, per_customer
from retention_kit.metrics.statistics.overlap import covariances
from retention_kit.periods import Period, periods
from tests.examples import any_orders, orders_of

SPAN = periods(Period("2024-01"), Period("2024-05"))
BY_HAND = """
a 2024-01-02 10
a 2024-02-02 30
b 2024-01-03 20
b 2024-02-03 20
b 2024-02-04 40
c 2024-01-04 30
d 2024-02-05 10
"""


def shared_of(orders, *, lags=(1, 3), by=None, span=SPAN):
    found = order_metrics(orders, period=span, by=by)
    return covariances(per_customer(orders, span, by), found, RATIOS, span=span, lags=lags, by=by)


def plain_covariance(orders, period, lag):
    """The covariance of the average order values of two periods, customer by customer."""
    known = orders[orders.customer_id.notna() & (orders.amount > 0)]
    sides = []
    for each in (period, period - lag):
        of_period = [each.start <= day.date() < each.end for day in orders.ordered_on]
        total, n = orders[of_period].amount.sum(), (orders[of_period].amount > 0).sum()
        if not (total and n):
            return None
        inside = known[[each.start <= day.date() < each.end for day in known.ordered_on]]
        customers = inside.groupby("customer_id").amount
        sides.append(customers.sum() / total - customers.count() / n)
    now, then = sides
    both = now.index.intersection(then.index)
    return math.fsum(now[both] * then[both]) if len(both) else None


def test_two_customers_of_january_and_february():
    found = shared_of(orders_of(BY_HAND), lags=[1]).query("metric == 'average_order_value'")
    a = (30 / 100 - 1 / 4) * (10 / 60 - 1 / 3)
    b = (60 / 100 - 2 / 4) * (20 / 60 - 1 / 3)
    assert found.period.tolist() == ["2024-02"]
    assert found.covariance.item() == pytest.approx(a + b)


def test_without_a_customer_of_both_nothing_is_shared():
    found = shared_of(orders_of("a 2024-01-02\nb 2024-02-02\n- 2024-01-02\n- 2024-02-02"), lags=[1])
    assert found.empty
    assert list(found) == ["metric", "segment", "period", "lag", "covariance"]


def test_a_lag_longer_than_the_span_is_none():
    assert shared_of(orders_of(BY_HAND), lags=[12]).empty


def test_customers_alike_every_month_make_their_whole_variance_shared():
    lines = "\n".join(f"c{n} {month}-05 {n + 1}" for n in range(12) for month in ("2024-01", "2024-02"))
    orders = orders_of(lines)
    rows = order_metrics(orders, period=SPAN).query("metric == 'average_order_value' and period == '2024-02'").iloc[0]
    found = shared_of(orders, lags=[1]).query("metric == 'average_order_value'")
    assert found.covariance.item() == pytest.approx((rows.se / rows.value) ** 2 * 11 / 12)  # n, not n - 1


@settings(max_examples=4)
@given(any_orders(n_days=150, min_size=10))
def test_it_is_what_plain_pandas_finds_of_each_customer(orders):
    found = shared_of(orders).query("metric == 'average_order_value'").set_index(["period", "lag"]).covariance
    for place, period in enumerate(SPAN):
        for lag in (1, 3):
            expected = plain_covariance(orders, period, lag) if place >= lag else None
            if expected is None:
                assert (str(period), lag) not in found.index
            else:
                assert found[str(period), lag] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=4)
@given(any_orders(n_days=150, min_size=10))
def test_the_segments_are_counted_as_if_each_were_alone(orders):
    found = shared_of(orders, by="country").set_index(["metric", "segment", "period", "lag"]).covariance
    for segment, of_segment in orders.groupby("country"):
        alone = shared_of(of_segment.reset_index(drop=True))
        for row in alone.itertuples():
            key = (row.metric, segment, row.period, row.lag)
            assert key not in found.index or found[key] == pytest.approx(row.covariance, abs=1e-12)


@settings(max_examples=8)
@given(any_orders(n_days=60, min_size=30))
def test_a_joint_change_has_both_variances_less_twice_what_is_shared(orders):
    """METRICS T3 from the variances of each period: up to customers less one, which differ from one to both."""
    base, now = SPAN[:2]
    joint = order_changes(orders, period=now, base=base)["average_order_value"]
    rows = order_metrics(orders, period=[base, now]).query("metric == 'average_order_value'").set_index("period")
    assume((rows.n >= 10).all())
    assume((rows.se > 0).all())
    (then, error_then), (value, error) = (rows.loc[str(each), ["value", "se"]] for each in (base, now))
    found = shared_of(orders, lags=[1], span=[base, now]).query("metric == 'average_order_value'")
    shared = found.covariance.sum() * value * then
    expected = error**2 + error_then**2 - 2 * shared
    width = (joint.high - joint.low) / (2 * 1.959964)
    assert width**2 == pytest.approx(expected, rel=0.12)
