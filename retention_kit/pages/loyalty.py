"""Who comes back: the metrics and panels of the loyalty page."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.loyalty.gaps import time_between_orders
from retention_kit.metrics.loyalty.repeat_purchase import (
    existing_customer_share,
    repeat_by_order_number,
    repeat_purchase_rate,
    repeat_within,
    returning_customer_rate,
)
from retention_kit.metrics.loyalty.rfm import rfm_scores, rfm_segments
from retention_kit.metrics.statistics.estimates import estimates
from retention_kit.pages.histories import complete_histories, new_customers_known_from, with_prior_purchases
from retention_kit.pages.panel import Panel
from retention_kit.pages.rows import periods_shown, rows_of, stacked
from retention_kit.pages.spans import report_period
from retention_kit.periods import Period


def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: repeat purchase and the days between orders."""
    tables = []
    purchases, complete = with_prior_purchases(engagement), complete_histories(engagement)
    for period in periods_shown(engagement):
        repeat = repeat_purchase_rate(purchases, period=period, by=by)
        tables.append(rows_of(repeat, "repeat_purchase_rate", period, by))
        for rate in (returning_customer_rate, existing_customer_share):
            found = _immature_where_unknown(engagement, period, rate(purchases, period=period, by=by))
            tables.append(rows_of(found, rate.__name__, period, by))
        within = repeat_within(complete, as_of=period.end, days=engagement.settings.churn_window, by=by)
        tables.append(rows_of(within, "repeat_within", period, by))
        gaps = time_between_orders(engagement.occasions, period=period, by=by)
        tables.append(rows_of(gaps[gaps["quantile"] == 0.5], "median_days_between_orders", period, by))
    return stacked(tables)


def _immature_where_unknown(engagement: Engagement, period: Period, found: pd.DataFrame) -> pd.DataFrame:
    """Rates of who had bought before, `immature` while nobody can tell."""
    since = new_customers_known_from(engagement)
    if since is None or period.start >= since:
        return found
    return estimates(found.assign(status=found.status.replace("ok", "immature")))


def _by_order_number(engagement: Engagement) -> pd.DataFrame:
    return repeat_by_order_number(complete_histories(engagement), as_of=engagement.as_of)


def _gaps(engagement: Engagement) -> pd.DataFrame:
    return time_between_orders(engagement.occasions, period=report_period(engagement))


def _rfm(engagement: Engagement) -> pd.DataFrame:
    return rfm_segments(rfm_scores(engagement.occasions, as_of=engagement.as_of))


PANELS = (
    Panel("repeat_by_order_number", m("Progression to the next purchase"), ("orders",), _by_order_number),
    Panel("time_between_orders", m("Days between orders"), ("orders",), _gaps,
          columns=["quantile", "value", "low", "high", "n"]),
    Panel("rfm_segments", m("RFM segments"), ("orders",), _rfm,
          columns=["segment", "n_customers", "value", "n_orders", "revenue"]),
)  # fmt: skip
