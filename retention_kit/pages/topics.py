"""The metrics of each topic: for the period, the one before it and the same a year ago, as rows of the scorecard."""

from collections.abc import Callable
from typing import Literal

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.cohorts.curve import cohort_curve
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.customers import rates
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.loyalty import repeat_purchase
from retention_kit.metrics.loyalty.gaps import time_between_orders
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.forecast import ltv_forecast
from retention_kit.metrics.ltv.summary import purchase_summary
from retention_kit.metrics.orders import ratios
from retention_kit.metrics.service import contacts as service
from retention_kit.metrics.statistics.estimates import ESTIMATE, estimates
from retention_kit.metrics.surveys.answers import Kind
from retention_kit.metrics.surveys.response import LOW_RESPONSE, response_rate
from retention_kit.metrics.surveys.scores import nps, nps_answers
from retention_kit.metrics.surveys.top_answers import satisfaction
from retention_kit.pages.histories import complete_histories, new_customers_known_from, with_prior_purchases
from retention_kit.pages.spans import base_periods, first_period, history_from, report_period
from retention_kit.periods import Period
from retention_kit.tables import ALL, Tabular, collected, lazy
from retention_kit.wording.glossary import METRICS, Topic

CURVE_AGES = (1, 3, 6, 12)
QUESTIONS: tuple[Literal["csat", "ces"], ...] = ("csat", "ces")


def _named(engagement: Engagement) -> list[Period]:
    return [report_period(engagement), *base_periods(engagement).values()]


def _estimated(table: pd.DataFrame, metric: str, period: Period | str, by: str | None) -> pd.DataFrame:
    """A metric's rows as rows of the scorecard."""
    segment = table.segment if "segment" in table else ALL
    named = table.assign(metric=metric, period=str(period), segment=segment)
    if by is not None:
        named["segment"] = by + "=" + named.segment.astype(str)
    return named[["metric", "segment", "period", *ESTIMATE]]


def _orders(engagement: Engagement, by: str | None) -> pd.DataFrame:
    tables = []
    for period in _named(engagement):
        found = ratios.order_metrics(engagement.orders, period=period, by=by)
        tables += [_estimated(rows, str(metric), period, by) for metric, rows in found.groupby("metric", sort=False)]
        refunds = ratios.refund_rate(engagement.orders, period=period, by=by)
        if refunds.denominator.any():  # a source that gives net amounts alone knows nothing of refunds
            tables.append(_estimated(refunds, "refund_rate", period, by))
        if engagement.has("tickets"):
            contacts = service.contact_rate(engagement.tickets, engagement.orders, period=period, by=by)
            tables.append(_estimated(contacts, "contact_rate", period, by))
    return (
        pd.concat(tables, ignore_index=True) if tables else _estimated(_missing("no_denominator"), "orders", "", by)[:0]
    )


_FLOW_RATES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "customer_retention_rate": rates.customer_retention_rate,
    "customer_churn_rate": rates.customer_churn_rate,
    "customer_growth_rate": rates.customer_growth_rate,
}
_FLOW_COUNTS = {
    "active_customers": "closing",
    "new_customers": "new",
    "reactivated_customers": "reactivated",
    "churned_customers": "churned",
}


def _churn(engagement: Engagement, by: str | None) -> pd.DataFrame:
    named = _named(engagement)
    flow = _flow(engagement, with_prior_purchases(engagement), since=min(named), by=by)
    seen_to_lapse = (
        flow if history_from(engagement) is None else _flow(engagement, engagement.occasions, since=min(named), by=by)
    )
    tables = []
    for period in named:
        rows, seen = (each[each.period == str(period)].reset_index(drop=True) for each in (flow, seen_to_lapse))
        tables += [_estimated(_count(rows, column), metric, period, by) for metric, column in _FLOW_COUNTS.items()]
        tables += [_estimated(rate(rows), metric, period, by) for metric, rate in _FLOW_RATES.items()]
        tables.append(_estimated(rates.reactivation_rate(seen), "reactivation_rate", period, by))
    return pd.concat(tables, ignore_index=True)


def customer_flows(engagement: Engagement) -> pd.DataFrame:
    """How did the customer base move in each period of the data, all customers and each segment of engagement.toml?

    Returns:
        The rows of `customer_flow`, from the first period that the data cover whole to that of the report; segments
        are named as in `scorecard`. Of data that begin in the middle of a shop's life `lapsed` holds, beside those seen
        to lapse, who had bought before the data and came back by the end of the report.
    """
    flows = []
    for by in (None, *engagement.settings.segments):
        flow = _flow(engagement, with_prior_purchases(engagement), since=first_period(engagement), by=by)
        flows.append(flow.assign(segment=named_segments(flow.segment, by)))
    return pd.concat(flows, ignore_index=True)


def named_segments(segments: "pd.Series[str]", by: str | None) -> "pd.Series[str]":
    """Segments as the scorecard calls them: `country=PL`."""
    return segments if by is None else by + "=" + segments.astype(str)


def _flow(engagement: Engagement, purchases: Tabular, *, since: Period, by: str | None) -> pd.DataFrame:
    return customer_flow(
        purchases,
        since=since,
        until=report_period(engagement),
        window=engagement.settings.churn_window,
        history_from=history_from(engagement),
        by=by,
    )


def _count(flow: pd.DataFrame, column: str) -> pd.DataFrame:
    """A census: a count without interval; missing while new customers cannot be told from returning ones."""
    value = flow[column].astype(float)
    counts = {"segment": flow.segment, "value": value, "numerator": value, "denominator": np.nan, "n": value}
    status = np.where(value.isna(), "immature", "ok")
    return pd.DataFrame(counts | {"low": np.nan, "high": np.nan, "status": status, "flags": ""})


def _loyalty(engagement: Engagement, by: str | None) -> pd.DataFrame:
    tables = []
    known, whole = with_prior_purchases(engagement), complete_histories(engagement)
    for period in _named(engagement):
        repeat = repeat_purchase.repeat_purchase_rate(known, period=period, by=by)
        tables.append(_estimated(repeat, "repeat_purchase_rate", period, by))
        tables += [
            _estimated(_told(engagement, period, rate(known, period=period, by=by)), rate.__name__, period, by)
            for rate in (repeat_purchase.returning_customer_rate, repeat_purchase.existing_customer_share)
        ]
        within = repeat_purchase.repeat_within(whole, as_of=period.end, days=engagement.settings.churn_window, by=by)
        tables.append(_estimated(within, "repeat_within", period, by))
        gaps = time_between_orders(engagement.occasions, period=period, by=by)
        tables.append(_estimated(gaps[gaps["quantile"] == 0.5], "median_days_between_orders", period, by))
    return pd.concat(tables, ignore_index=True)


def _told(engagement: Engagement, period: Period, found: pd.DataFrame) -> pd.DataFrame:
    """Rates of who had bought before, `immature` while nobody can tell."""
    since = new_customers_known_from(engagement)
    if since is None or period.start >= since:
        return found
    return estimates(found.assign(status=found.status.replace("ok", "immature")))


def _cohorts(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    tables = []
    for period in _named(engagement):
        curve = cohort_curve(cohort_retention(complete_histories(engagement), by=period.unit, until=period))
        for age in CURVE_AGES:
            point = curve[curve.age == age]
            row = point if len(point) else _missing("immature")
            tables.append(_estimated(row, f"cohort_curve_{age}", period, None))
    return pd.concat(tables, ignore_index=True)


def _nps(engagement: Engagement, by: str | None) -> pd.DataFrame:
    if not engagement.has("responses"):
        nothing = _estimated(_missing("no_responses"), "nps", report_period(engagement), None)
        return nothing.head(0 if by else 1)
    tables = []
    for period in _named(engagement):
        scores = nps(engagement.responses, period=period, by=by, kind=main_kind(engagement))
        if engagement.has("invitations"):
            answered = response_rate(engagement.invitations, engagement.responses, period=period, by=by)
            tables.append(_estimated(answered, "response_rate", period, by))
            scores["flags"] = _with_low_response(scores, answered)
        tables.insert(0, _estimated(scores, "nps", period, by))
        tables += [
            _estimated(_of_survey(engagement, question, period, by), question, period, by) for question in QUESTIONS
        ]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def main_kind(engagement: Engagement) -> Kind:
    """The kind of answer that the headline score is of: about the whole relation, unless there are none such."""
    asked = nps_answers(engagement.responses, kind="relational")
    return "relational" if collected(lazy(asked).select(n=nw.len())).n.item() else "transactional"


def _with_low_response(scores: pd.DataFrame, answered: pd.DataFrame) -> "pd.Series[str]":
    """A score says so where fewer than a tenth of those asked answered."""
    rates = scores.segment.map(answered.set_index("segment").value)
    return scores["flags"].where(~(rates < LOW_RESPONSE), (scores["flags"] + " low_response").str.strip())


def _of_survey(
    engagement: Engagement, question: Literal["csat", "ces"], period: Period, by: str | None
) -> pd.DataFrame:
    """The one survey of a question that was answered in the report's period; none where there were several.

    Several surveys have several scales, so that each stands on the page for itself.
    """
    asked = satisfaction(engagement.responses, period=report_period(engagement), question=question)
    asked = asked[asked.n > 0]
    if len(asked) != 1:
        return asked.head(0)
    found = satisfaction(engagement.responses, period=period, question=question, by=by)
    return found.merge(asked[["survey_id", "kind"]])


def _missing(status: str) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(ESTIMATE, np.nan) | {"n": 0, "status": status, "flags": ""}])


def _ltv(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    settings = engagement.settings
    summary = purchase_summary(complete_histories(engagement), as_of=engagement.as_of)
    found = ltv_forecast(
        fit_purchases(summary),
        fit_spend(summary),
        summary,
        months=settings.horizon_months,
        annual_discount=settings.annual_discount,
        margin=settings.margin,
    ).assign(segment=ALL, numerator=np.nan, denominator=np.nan)
    wanted = found[found.metric.isin(METRICS)]
    return pd.concat(
        [
            _estimated(wanted[wanted.metric == metric], str(metric), report_period(engagement), None)
            for metric in wanted.metric
        ],
        ignore_index=True,
    )


COUNTED: dict[Topic, Callable[[Engagement, str | None], pd.DataFrame]] = {
    "orders": _orders,
    "churn": _churn,
    "cohorts": _cohorts,
    "loyalty": _loyalty,
    "nps": _nps,
    "ltv": _ltv,
}
BROKEN_DOWN: set[Topic] = {"orders", "churn", "loyalty", "nps"}
"""Topics that are counted by segment too."""
OF_CUSTOMERS: set[Topic] = {"churn", "cohorts", "loyalty", "ltv"}
"""Topics that orders without a customer have no part in."""
