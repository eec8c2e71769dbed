"""Customers followed from their first order: what the cohorts page shows."""

from datetime import date

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories, new_customers_known_from
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import no_estimate, periods_shown, rows_of, stacked
from retention_kit.facts.spans import report_period
from retention_kit.metrics.cohorts.curve import cohort_curve, cohort_revenue_curve
from retention_kit.metrics.cohorts.described import METRICS
from retention_kit.metrics.cohorts.payback import cohort_payback
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.metrics.service.costs import acquisition_costs
from retention_kit.periods import Period, Unit


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
def retention_by_age(engagement: Engagement) -> pd.DataFrame:
    """The retention of each cohort at those ages of the scorecard that it has reached, cohort after cohort."""
    cells = retention(engagement)
    is_asked = cells.age.isin([metric.age for metric in METRICS])
    return cells[is_asked & (cells.status == "ok")].reset_index(drop=True)


@kept
def curve(engagement: Engagement) -> pd.DataFrame:
    """The retention of all cohorts together at each age."""
    return cohort_curve(retention(engagement))


@kept
def revenue(engagement: Engagement) -> pd.DataFrame:
    """What each cohort brought at each age."""
    period = report_period(engagement)
    return cohort_revenue(complete_histories(engagement), by=period.unit, until=period)


@kept
def revenue_curve(engagement: Engagement) -> pd.DataFrame:
    """What a customer of all cohorts together has brought by each age."""
    return cohort_revenue_curve(revenue(engagement))


@kept
def payback(engagement: Engagement) -> pd.DataFrame:
    """When each cohort had paid for its customers; of a report by week by month, since costs are of months.

    Only of cohorts whose customers are all known: beside the cost of a whole month there must be all whom it won.
    """
    unit = report_period(engagement).unit
    earned = _revenue_by_month(engagement) if unit == "week" else revenue(engagement)
    of_cohorts: Unit = "month" if unit == "week" else unit
    since = max(filter(None, [engagement.first_day, new_customers_known_from(engagement)]))
    whole = earned[[_starts_in(text, since) for text in earned.cohort]]
    costs = acquisition_costs(engagement.costs, by=of_cohorts)
    return cohort_payback(whole, costs, margin=engagement.settings.margin)


def _revenue_by_month(engagement: Engagement) -> pd.DataFrame:
    last = Period.last_complete(engagement.as_of, "month")
    return cohort_revenue(complete_histories(engagement), by="month", until=last, as_of=engagement.as_of)


def _starts_in(period: str, since: date) -> bool:
    return Period(period).start >= since
