"""Customers followed from their first order: the metrics and panels of the cohorts page."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.cohorts.curve import cohort_curve
from retention_kit.metrics.cohorts.described import METRICS
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.metrics.description import marked as m
from retention_kit.pages.histories import complete_histories
from retention_kit.pages.panel import Panel, once
from retention_kit.pages.rows import no_estimate, periods_shown, rows_of, stacked
from retention_kit.pages.spans import report_period


def count(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: the curve of all cohorts at its ages."""
    tables = []
    for period in periods_shown(engagement):
        curve = cohort_curve(cohort_retention(complete_histories(engagement), by=period.unit, until=period))
        for metric in METRICS:
            point = curve[curve.age == metric.age]
            tables.append(rows_of(point if len(point) else no_estimate("immature"), metric.name, period, None))
    return stacked(tables)


@once
def _retention(engagement: Engagement) -> pd.DataFrame:
    period = report_period(engagement)
    return cohort_retention(complete_histories(engagement), by=period.unit, until=period)


def _curve(engagement: Engagement) -> pd.DataFrame:
    return cohort_curve(_retention(engagement))


def _revenue(engagement: Engagement) -> pd.DataFrame:
    period = report_period(engagement)
    return cohort_revenue(complete_histories(engagement), by=period.unit, until=period)


PANELS = (
    Panel("cohort_retention", m("Retention by cohort"), ("orders",), _retention),
    Panel("cohort_curve", m("Retention curve, all cohorts"), ("orders",), _curve),
    Panel("cohort_revenue", m("Cumulative revenue per customer"), ("orders",), _revenue),
)
