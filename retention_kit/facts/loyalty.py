"""Who comes back: what the loyalty page shows."""

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories, new_customers_known_from, with_prior_purchases
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import named_segments, periods_shown, rows_of, stacked
from retention_kit.facts.spans import periods_counted, report_period
from retention_kit.metrics.loyalty.buyers import buyer_metrics
from retention_kit.metrics.loyalty.first_days import buying_in_first_days
from retention_kit.metrics.loyalty.gaps import time_between_orders
from retention_kit.metrics.loyalty.repeat_purchase import (
    first_days,
    repeat_by_order_number,
    repeat_within_of_period,
)
from retention_kit.metrics.loyalty.rfm import rfm_grid, rfm_scores, segments_of_grid
from retention_kit.metrics.statistics.estimates import estimates
from retention_kit.periods import Period


@kept
def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: repeat purchase and the days between orders."""
    purchases = with_prior_purchases(engagement)
    span = periods_counted(engagement)
    found = _immature_where_unknown(engagement, buyer_metrics(purchases, period=span, by=by))
    tables = [rows_of(rows, str(metric), None, by) for metric, rows in found.groupby("metric", sort=False)]
    tables.append(rows_of(_within(engagement, span, by), "repeat_within", None, by))
    days = time_between_orders(engagement.occasions, period=periods_shown(engagement), by=by)
    tables.append(rows_of(days[days["quantile"] == 0.5], "median_days_between_orders", None, by))
    return stacked(tables)


@kept
def in_first_days(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """Repeat purchase and frequency on the first days of each period, for comparing periods of unequal length."""
    found = buying_in_first_days(engagement.occasions, period=periods_counted(engagement), by=by)
    return found.assign(segment=named_segments(found.segment, by), deff=1.0)


def _within(engagement: Engagement, span: list[Period], by: str | None) -> pd.DataFrame:
    """Who came back within one inactivity window; `incomplete` where of the first days some are not known of all."""
    days, since = engagement.settings.churn_window, new_customers_known_from(engagement)
    found = repeat_within_of_period(complete_histories(engagement), period=span, days=days, by=by)
    if since is None:
        return found
    is_cut_off = [first_days(Period(text), days)[0] < since for text in found.period]
    return _without(found, is_cut_off, "incomplete")


def _immature_where_unknown(engagement: Engagement, found: pd.DataFrame) -> pd.DataFrame:
    """Rates of who had bought before, `immature` while nobody can tell."""
    since = new_customers_known_from(engagement)
    if since is None:
        return found
    is_unknown = [
        Period(text).start < since and metric != "repeat_purchase_rate"
        for text, metric in zip(found.period, found.metric, strict=True)
    ]
    return _without(found, is_unknown, "immature")


def _without(found: pd.DataFrame, unknown: list[bool], why: str) -> pd.DataFrame:
    """Estimates without those that nobody can tell, with the reason."""
    is_unknown = np.array(unknown, bool) & (found.status == "ok")
    return estimates(found.assign(status=found.status.mask(is_unknown, why)))


@kept
def by_order_number(engagement: Engagement) -> pd.DataFrame:
    """How many of those who made their n-th purchase made another."""
    return repeat_by_order_number(complete_histories(engagement), as_of=engagement.as_of)


@kept
def gaps(engagement: Engagement) -> pd.DataFrame:
    """The days between purchases that ended in the period."""
    return time_between_orders(engagement.occasions, period=report_period(engagement))


@kept
def grid(engagement: Engagement) -> pd.DataFrame:
    """The customers of the last year by recency and frequency."""
    return rfm_grid(rfm_scores(engagement.occasions, as_of=engagement.as_of))


@kept
def rfm(engagement: Engagement) -> pd.DataFrame:
    """The customers of the last year in their RFM segments."""
    return segments_of_grid(grid(engagement))
