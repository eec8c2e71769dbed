"""Who came, stayed and left: the metrics and panels of the churn page."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.customers import rates
from retention_kit.metrics.customers.flow import FLOW, customer_flow
from retention_kit.metrics.description import marked as m
from retention_kit.pages.histories import with_prior_purchases
from retention_kit.pages.panel import Panel, once
from retention_kit.pages.rows import named_segments, periods_shown, rows_of, stacked
from retention_kit.pages.spans import first_period, history_from, report_period
from retention_kit.periods import Period
from retention_kit.tables import Tabular

_RATES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "customer_retention_rate": rates.customer_retention_rate,
    "customer_churn_rate": rates.customer_churn_rate,
    "customer_growth_rate": rates.customer_growth_rate,
}
_COUNTS = {
    "active_customers": "closing",
    "new_customers": "new",
    "reactivated_customers": "reactivated",
    "churned_customers": "churned",
}


def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: customers and their rates."""
    shown = periods_shown(engagement)
    flow = _flow(engagement, with_prior_purchases(engagement), since=min(shown), by=by)
    complete = history_from(engagement) is None
    observed = flow if complete else _flow(engagement, engagement.occasions, since=min(shown), by=by)
    tables = []
    for period in shown:
        rows, lapsing = (each[each.period == str(period)].reset_index(drop=True) for each in (flow, observed))
        tables += [rows_of(_census(rows, column), metric, period, by) for metric, column in _COUNTS.items()]
        tables += [rows_of(rate(rows), metric, period, by) for metric, rate in _RATES.items()]
        tables.append(rows_of(rates.reactivation_rate(lapsing), "reactivation_rate", period, by))
    return stacked(tables)


@once
def customer_flows(engagement: Engagement) -> pd.DataFrame:
    """How did the customer base move in each period of the data, all customers and each segment of engagement.toml?

    Returns:
        The rows of `customer_flow`, from the first period that the data cover whole to that of the report; segments
        are named as in `scorecard`. Of data that begin in the middle of a shop's life `lapsed` holds, beside those
        observed to lapse, who had bought before the data and came back by the end of the report.
    """
    flows = []
    for by in (None, *engagement.settings.segments):
        flow = _flow(engagement, with_prior_purchases(engagement), since=first_period(engagement), by=by)
        flows.append(flow.assign(segment=named_segments(flow.segment, by)))
    return pd.concat(flows, ignore_index=True)


def _flow(engagement: Engagement, purchases: Tabular, *, since: Period, by: str | None) -> pd.DataFrame:
    return customer_flow(
        purchases,
        since=since,
        until=report_period(engagement),
        window=engagement.settings.churn_window,
        history_from=history_from(engagement),
        by=by,
    )


def _census(flow: pd.DataFrame, column: str) -> pd.DataFrame:
    """A count without interval; missing while new customers cannot be told from returning ones."""
    value = flow[column].astype(float)
    counts = {"segment": flow.segment, "value": value, "numerator": value, "denominator": np.nan, "n": value}
    status = np.where(value.isna(), "immature", "ok")
    return pd.DataFrame(counts | {"low": np.nan, "high": np.nan, "status": status, "flags": ""})


def _retention(engagement: Engagement) -> pd.DataFrame:
    return rates.customer_retention_rate(customer_flows(engagement))


PANELS = (
    Panel("customer_flow", m("Customer movements"), ("orders",), customer_flows, columns=FLOW),
    Panel("customer_retention_rate", m("Customer retention rate over time"), ("orders",), _retention),
)
