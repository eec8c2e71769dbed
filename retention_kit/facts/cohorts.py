"""Customers followed from their first order: what the cohorts page shows."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import no_estimate, periods_shown, rows_of, stacked
from retention_kit.facts.spans import report_period
from retention_kit.metrics.cohorts.curve import cohort_curve
from retention_kit.metrics.cohorts.described import METRICS
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.periods import Period


@kept
def count(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: the curve of all cohorts at its ages."""
    cells = retention(engagement)
    ends = cells.cohort.map(lambda text: Period(text).ordinal) + cells.age.astype(int)
    oldest = max(metric.age or 0 for metric in METRICS)
    tables = []
    for period in periods_shown(engagement):
        curve = cohort_curve(cells[(ends <= period.ordinal) & (cells.age <= oldest)])
        for metric in METRICS:
            point = curve[curve.age == metric.age]
            tables.append(rows_of(point if len(point) else no_estimate("immature"), metric.name, period, None))
    return stacked(tables)


@kept
def retention(engagement: Engagement) -> pd.DataFrame:
    """Who of each cohort bought at each age."""
    period = report_period(engagement)
    return cohort_retention(complete_histories(engagement), by=period.unit, until=period)


@kept
def curve(engagement: Engagement) -> pd.DataFrame:
    """The retention of all cohorts together at each age."""
    return cohort_curve(retention(engagement))


@kept
def revenue(engagement: Engagement) -> pd.DataFrame:
    """What each cohort brought at each age."""
    period = report_period(engagement)
    return cohort_revenue(complete_histories(engagement), by=period.unit, until=period)
