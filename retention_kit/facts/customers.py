"""Who came, stayed and left: what the churn page shows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import with_prior_purchases
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import named_segments, rows_of, stacked
from retention_kit.facts.spans import base_periods, first_period, history_from, periods_counted, report_period
from retention_kit.metrics.customers import rates
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.customers.lapsed_revenue import lapsed_revenue
from retention_kit.metrics.customers.point_value import retention_point_value
from retention_kit.metrics.statistics.differences import mix_rate_parts
from retention_kit.tables import ALL

_RATES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "customer_retention_rate": rates.customer_retention_rate,
    "customer_churn_rate": rates.customer_churn_rate,
    "customer_growth_rate": rates.customer_growth_rate,
    "reactivation_rate": rates.reactivation_rate,
}
_COUNTS = {
    "active_customers": "closing",
    "new_customers": "new",
    "reactivated_customers": "reactivated",
    "churned_customers": "churned",
}


@kept
def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: customers and their rates."""
    flow = _flow(engagement, by)
    rows = flow[flow.period.isin([str(period) for period in periods_counted(engagement)])].reset_index(drop=True)
    tables = [rows_of(_census(rows, column), metric, None, by) for metric, column in _COUNTS.items()]
    tables += [rows_of(rate(rows), metric, None, by) for metric, rate in _RATES.items()]
    return stacked(tables)


@kept
def flows(engagement: Engagement) -> pd.DataFrame:
    """How did the customer base move in each period of the data, all customers and each segment of engagement.toml?

    Returns:
        The rows of `customer_flow`, from the first period that the data cover whole to that of the report; segments
        are named as in `scorecard`. Of data that begin in the middle of a shop's life `lapsed` holds, beside those
        observed to lapse, who had bought before the data and came back by the end of the report.
    """
    flows = []
    for by in (None, *engagement.settings.segments):
        flow = _flow(engagement, by)
        flows.append(flow.assign(segment=named_segments(flow.segment, by)))
    return pd.concat(flows, ignore_index=True)


@kept
def _flow(engagement: Engagement, by: str | None) -> pd.DataFrame:
    return customer_flow(
        with_prior_purchases(engagement),
        since=first_period(engagement),
        until=report_period(engagement),
        window=engagement.settings.churn_window,
        history_from=history_from(engagement),
        by=by,
    )


def _census(flow: pd.DataFrame, column: str) -> pd.DataFrame:
    """A count without interval; missing while new customers cannot be told from returning ones."""
    value = flow[column].astype(float)
    counts: dict[str, Any] = {
        "value": value,
        "low": np.nan,
        "high": np.nan,
        "numerator": value,
        "denominator": np.nan,
        "n": value,
    }
    return flow[["period", "segment"]].assign(**counts, status=np.where(value.isna(), "immature", "ok"), flags="")


@kept
def lapsed(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """How many customers lapsed in the period, and what they had brought in the year before it."""
    found = lapsed_revenue(
        engagement.occasions, period=report_period(engagement), window=engagement.settings.churn_window, by=by
    )
    return found.assign(segment=named_segments(found.segment, by))


@kept
def retention_rate(engagement: Engagement) -> pd.DataFrame:
    """The retention rate of each period, all customers and each segment."""
    return rates.customer_retention_rate(flows(engagement))


@kept
def retention_split(engagement: Engagement) -> pd.DataFrame:
    """How much of the change of the retention rate is of rates and how much of the mix, by each segment column?

    Returns:
        One row per earlier period, segment column and segment, that of all customers first: base_period, split_by,
        segment, n, current, base_n, base (the rate now and in the earlier period, and of how many customers), rate and
        mix (what the segment adds to the change of the total; those of all customers are their sums), change (rate +
        mix, of all customers current - base). Nothing where either period has no rate.
    """
    found, now = retention_rate(engagement), str(report_period(engagement))
    splits = [
        _split(found, now, str(base), by)
        for base in base_periods(engagement).values()
        for by in engagement.settings.segments
        if _is_measured(found, now) and _is_measured(found, str(base))
    ]
    return pd.concat(splits, ignore_index=True) if splits else pd.DataFrame(columns=SPLIT)


SPLIT = ["base_period", "split_by", "segment", "n", "current", "base_n", "base", "rate", "mix", "change"]


def _is_measured(rates: pd.DataFrame, period: str) -> bool:
    return bool((rates.status[(rates.period == period) & (rates.segment == ALL)] == "ok").all())


def _split(found: pd.DataFrame, now: str, base: str, by: str) -> pd.DataFrame:
    """The rows of one earlier period and one segment column."""
    of_column = found[found.segment.str.startswith(f"{by}=")]
    current, earlier = (of_column[of_column.period == period] for period in (now, base))
    parts = mix_rate_parts(current, earlier)
    whole = pd.DataFrame({"segment": [ALL], "rate": [parts.rate.sum()], "mix": [parts.mix.sum()]})
    rows = pd.concat([whole, parts], ignore_index=True)
    for period, n, value in ((now, "n", "current"), (base, "base_n", "base")):
        of_period = found[found.period == period].set_index("segment")
        rows[n], rows[value] = rows.segment.map(of_period.n), rows.segment.map(of_period.value)
    return rows.assign(base_period=base, split_by=by, change=rows.rate + rows.mix)[SPLIT]


@kept
def point_value(engagement: Engagement) -> pd.DataFrame:
    """What goes with one per cent more of the customers active at the start of the period being kept."""
    flow, period = flows(engagement), str(report_period(engagement))
    of_all = flow[(flow.period == period) & (flow.segment == ALL)]
    return retention_point_value(
        engagement.occasions,
        as_of=engagement.as_of,
        window=engagement.settings.churn_window,
        n_active=int(of_all.opening.sum()),
        margin=engagement.settings.margin,
        history_from=history_from(engagement),
    )
