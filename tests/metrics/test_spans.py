"""What a metric says of several periods is what it says of each by itself."""

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.loyalty.buyers import buyer_metrics
from retention_kit.metrics.orders.ratios import order_metrics
from retention_kit.periods import Period, periods

MONTHS = periods(Period("2024-01"), Period("2024-06"))
SOME = [MONTHS[5], MONTHS[1], MONTHS[2]]
"""Neither in order nor without gaps."""

ORDERS = pd.DataFrame(
    {
        "customer_id": [f"c{(7 * row) % 23}" if row % 9 else None for row in range(120)],
        "order_id": [f"o{row}" for row in range(120)],
        "ordered_on": [pd.Timestamp("2024-01-03") + pd.Timedelta(days=(3 * row) % 160) for row in range(120)],
        "gross": [10 + (row * 37) % 90 for row in range(120)],
        "refunded": [5 if row % 11 == 0 else 0 for row in range(120)],
        "country": ["PL" if (7 * row) % 23 < 15 else "UA" for row in range(120)],
    }
)
TICKETS = pd.DataFrame(
    {
        "customer_id": [f"c{row}" for row in range(20)],
        "order_id": [f"o{5 * row}" for row in range(20)],
        "created_on": [pd.Timestamp("2024-02-01") + pd.Timedelta(days=6 * row) for row in range(20)],
        "country": ["PL" if row < 15 else "UA" for row in range(20)],
    }
)

METRICS = {
    "average_order_value": lambda **asked: rk.average_order_value(ORDERS, **asked),
    "purchase_frequency": lambda **asked: rk.purchase_frequency(ORDERS, **asked),
    "revenue_per_customer": lambda **asked: rk.revenue_per_customer(ORDERS, **asked),
    "refund_rate": lambda **asked: rk.refund_rate(ORDERS, **asked),
    "refunded_orders_rate": lambda **asked: rk.orders.refunded_orders_rate(ORDERS, **asked),
    "order_metrics": lambda **asked: order_metrics(ORDERS, **asked),
    "order_totals": lambda **asked: rk.orders.order_totals(ORDERS, **asked),
    "repeat_purchase_rate": lambda **asked: rk.repeat_purchase_rate(ORDERS, **asked),
    "returning_customer_rate": lambda **asked: rk.returning_customer_rate(ORDERS, **asked),
    "existing_customer_share": lambda **asked: rk.loyalty.existing_customer_share(ORDERS, **asked),
    "buyer_metrics": lambda **asked: buyer_metrics(ORDERS, **asked),
    "time_between_orders": lambda **asked: rk.time_between_orders(ORDERS, **asked),
    "repeat_within_of_period": lambda **asked: rk.loyalty.repeat_within_of_period(ORDERS, days=20, **asked),
    "contact_rate": lambda **asked: rk.contact_rate(TICKETS, ORDERS, **asked),
    "orders_with_contact_rate": lambda **asked: rk.service.orders_with_contact_rate(TICKETS, ORDERS, **asked),
}


@pytest.mark.parametrize("by", [None, "country"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("span", [MONTHS, SOME], ids=["in a row", "some"])
def test_several_periods_say_what_each_says_by_itself(metric, span, by):
    together = METRICS[metric](period=span, by=by)
    alone = [METRICS[metric](period=month, by=by).assign(period=str(month)) for month in sorted(span)]
    keys = [name for name in ("period", "metric", "quantile", "segment") if name in together]
    expected = pd.concat(alone).sort_values(keys, ignore_index=True)
    found = together.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected[list(found)], check_dtype=False, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ([], "no period at all"),
        ([MONTHS[0], MONTHS[0]], "2024-01, 2024-01"),
        ([MONTHS[0], "2024Q1"], "2024-01, 2024Q1"),
    ],
)
def test_periods_that_are_not_several_of_one_unit_are_refused(span, said):
    with pytest.raises(InvalidPeriod, match=f"period is {said}: give one period or several of one unit, each once."):
        rk.average_order_value(ORDERS, period=span)
