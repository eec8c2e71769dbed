"""The levels of every metric over the periods of a report: what its changes are held against."""

from datetime import timedelta

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import loyalty, orders
from retention_kit.facts.keeping import once
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.spans import report_period
from retention_kit.metrics.customers.flow import DAYS_OF_LAPSES
from retention_kit.metrics.description import Group
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.levels import levels
from retention_kit.metrics.statistics.tracks import Track, track_of
from retention_kit.periods import Period

Tracks = dict[tuple[str, str], Track]
"""Levels by metric and segment."""


@once
def tracks(engagement: Engagement, topic: Group) -> Tracks:
    """The levels of the metrics of a topic that are compared, of all customers and of each segment."""
    rows = _rows(engagement, topic)
    period, shared = report_period(engagement), _shared(engagement, topic)
    found = {}
    for (metric, segment), of_segment in rows.groupby(["metric", "segment"], sort=False):
        levelled = levels(of_segment, METRICS[str(metric)].compared, unit=period.unit)
        beside = shared[(shared.metric == metric) & (shared.segment == segment)]
        if levelled.level.notna().any():
            found[str(metric), str(segment)] = track_of(levelled, period, shared=beside)
    return found


def _rows(engagement: Engagement, topic: Group) -> pd.DataFrame:
    """The rows of a topic with the length that was counted; those of equal lengths instead of whole periods."""
    rows = metric_rows(engagement, topic)
    rows = rows[rows.metric.map(lambda name: METRICS[name].compared not in ("none", "state"))]
    rows = rows.assign(days=rows.period.map(lambda text: Period(text).n_days))
    rows = rows[~_is_filling(engagement, rows)]
    if topic not in ("orders", "loyalty"):
        return rows
    equal = pd.concat([loyalty.in_first_days(engagement, by) for by in (None, *engagement.settings.segments)])
    equal = equal[equal.metric.map(lambda name: METRICS[name].group == topic)]
    return pd.concat([rows[~rows.metric.isin(equal.metric)], equal], ignore_index=True)


def _is_filling(engagement: Engagement, rows: pd.DataFrame) -> "pd.Series[bool]":
    """Of a young shop too, who lapsed within a year are at first who lapsed just now: their rate falls by itself."""
    full = engagement.first_day + timedelta(days=engagement.settings.churn_window + DAYS_OF_LAPSES)
    is_young = pd.Series([Period(text).start < full for text in rows.period], index=rows.index, dtype=bool)
    return (rows.metric == "reactivation_rate") & is_young


def _shared(engagement: Engagement, topic: Group) -> pd.DataFrame:
    """What goes along with what, of the customers of two periods."""
    breakdowns = (None, *engagement.settings.segments) if topic == "orders" else ()
    nothing = pd.DataFrame(columns=["metric", "segment", "period", "lag", "covariance"])
    return pd.concat([nothing, *(orders.shared(engagement, by) for by in breakdowns)], ignore_index=True)
