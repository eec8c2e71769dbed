"""The numbers of a report: every metric of a topic for the period, the one before it and the same a year ago."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import ltv, orders
from retention_kit.facts.metric_rows import COUNTED, metric_rows
from retention_kit.facts.rows import periods_shown
from retention_kit.facts.spans import periods_counted, report_period
from retention_kit.metrics.description import Group
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.estimates import ESTIMATE
from retention_kit.pages.wording import wording_of
from retention_kit.tables import ALL
from retention_kit.wording.glossary import definition

COLUMNS = ["metric", "segment", "period", "value", "low", "high", "numerator", "denominator", "n", "unit", "status"]
LEAST_COVERAGE = 0.9
"""The share of orders with a known customer below which every metric of customers carries a warning."""

OF_CUSTOMERS: set[Group] = {"customers", "cohorts", "loyalty", "ltv"}
"""What orders without a customer have no part in."""


def scorecard(engagement: Engagement, *, topic: Group | None = None) -> pd.DataFrame:
    """What are the metrics of a topic, now, in the period before and in the same period a year ago?

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.
        topic: "orders", "customers", "cohorts", "loyalty", "surveys" or "ltv"; None for all of them.

    Returns:
        One row per metric, segment (`(all)`, or `country=PL` for each segment of engagement.toml) and period:
        metric, segment, period, value, low, high, numerator, denominator, n, unit, status, flags, definition, which
        are the columns of metrics.csv; about (in words, of whom a forecast speaks and how far ahead; else empty), deff
        (how many times the plain variance the answers of the same customers make it).

    Raises:
        IncompletePeriod: The engagement has no period: `.at(...)` it first.
    """
    topics = [topic] if topic else [name for name in COUNTED if name == "surveys" or engagement.has("orders")]
    rows = pd.concat([table for name in topics if len(table := metric_rows(engagement, name))], ignore_index=True)
    card = rows[rows.period.isin([str(period) for period in periods_shown(engagement)])].reset_index(drop=True)
    card = card.astype(dict.fromkeys(("value", "low", "high", "numerator", "denominator", "n"), float))
    card["flags"] = _flagged(engagement, card)
    card["unit"] = card.metric.map(lambda name: METRICS[name].unit)
    wording = wording_of(engagement)
    card["definition"] = card.metric.map(lambda name: definition(name, wording, report_period(engagement).unit))
    card["about"] = _about(engagement, card)
    return card[[*COLUMNS, "flags", "definition", "about", "deff"]]


MOST_DRAWN = 25
"""So many periods does a trend show: two years and the period itself."""


def trends(engagement: Engagement) -> pd.DataFrame:
    """What were the metrics of all customers in each of the last 25 periods?

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.

    Returns:
        One row per metric and period, the oldest first: metric, segment, period and an estimate. Metrics that are
        forecasts, or of cohorts, are not drawn.

    Raises:
        IncompletePeriod: The engagement has no period: `.at(...)` it first.
    """
    named = [str(period) for period in periods_counted(engagement)[-MOST_DRAWN:]]
    topics = [name for name in COUNTED if engagement.has("responses" if name == "surveys" else "orders")]
    rows = pd.concat([metric_rows(engagement, name) for name in topics if name not in ("ltv", "cohorts")])
    drawn = rows[(rows.segment == ALL) & rows.period.isin(named)]
    return drawn.sort_values(["metric", "period"], kind="stable", ignore_index=True)[
        ["metric", "segment", "period", *ESTIMATE]
    ]


def _about(engagement: Engagement, card: pd.DataFrame) -> "pd.Series[str]":
    """Of whom a forecast speaks, and how far ahead; of every other metric nothing."""
    about = pd.Series("", index=card.index)
    of_forecast = card.metric.map(lambda name: METRICS[name].group == "ltv")
    if of_forecast.any():
        whom, ahead = _of_whom(engagement), _how_far(engagement)
        is_of_today = card.metric.str.startswith("expected_active")
        about = about.mask(of_forecast, f"{ahead} {whom}").mask(of_forecast & is_of_today, whom)
    return about


def _how_far(engagement: Engagement) -> str:
    wording, months = wording_of(engagement), engagement.settings.horizon_months
    return wording.ngettext("the next {n} month", "the next {n} months", months).format(n=wording.number(months))


def _of_whom(engagement: Engagement) -> str:
    """How much of the shop the forecast speaks of."""
    wording, covered = wording_of(engagement), ltv.covered(engagement).iloc[0]
    n = int(covered.n_customers)
    sentence = wording.ngettext(
        "of {n} customer, {share} of the last year's revenue", "of {n} customers, {share} of the last year's revenue", n
    )
    return sentence.format(n=wording.number(n), share=wording.percent(covered.share_of_revenue))


def _flagged(engagement: Engagement, card: pd.DataFrame) -> "pd.Series[str]":
    """Every metric of customers says so where more than a tenth of the orders or of their money is nobody's."""
    about_customers = card.metric.map(lambda name: METRICS[name].group in OF_CUSTOMERS) & (card.status == "ok")
    if not about_customers.any() or not engagement.has("orders"):
        return card["flags"]
    coverage = float(orders.totals(engagement)[["id_coverage_orders", "id_coverage_revenue"]].to_numpy().min())
    if not coverage < LEAST_COVERAGE:
        return card["flags"]
    return card["flags"].where(~about_customers, (card["flags"] + " id_coverage").str.strip())
