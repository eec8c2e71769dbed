"""The numbers of a report: every metric of a topic for the period, the one before it and the same a year ago."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.pages.spans import report_period
from retention_kit.pages.topics import BROKEN_DOWN, COUNTED, OF_CUSTOMERS
from retention_kit.pages.wording import wording_of
from retention_kit.wording.glossary import METRICS, Topic, definition

COLUMNS = ["metric", "segment", "period", "value", "low", "high", "numerator", "denominator", "n", "unit", "status"]
LEAST_COVERAGE = 0.9
"""The share of orders with a known customer below which every metric of customers carries a warning."""


def scorecard(engagement: Engagement, *, topic: Topic | None = None) -> pd.DataFrame:
    """What are the metrics of a topic, now, in the period before and in the same period a year ago?

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.
        topic: "orders", "churn", "cohorts", "loyalty", "nps" or "ltv"; None for all of them.

    Returns:
        One row per metric, segment (`(all)`, or `country=PL` for each segment of engagement.toml) and period:
        metric, segment, period, value, low, high, numerator, denominator, n, unit, status, flags, definition. The
        rows of metrics.csv.

    Raises:
        IncompletePeriod: The engagement has no period: `.at(...)` it first.
    """
    topics = [topic] if topic else [name for name in COUNTED if name == "nps" or engagement.has("orders")]
    breakdowns = [None, *engagement.settings.segments]
    tables = [
        COUNTED[name](engagement, by) for name in topics for by in (breakdowns if name in BROKEN_DOWN else [None])
    ]
    card = pd.concat([table for table in tables if len(table)], ignore_index=True)
    card = card.astype(dict.fromkeys(("value", "low", "high", "numerator", "denominator", "n"), float))
    card["flags"] = _flagged(engagement, card)
    card["unit"] = card.metric.map(lambda name: METRICS[name].unit)
    wording = wording_of(engagement)
    card["definition"] = card.metric.map(lambda name: definition(name, wording))
    return card[[*COLUMNS, "flags", "definition"]]


def _flagged(engagement: Engagement, card: pd.DataFrame) -> "pd.Series[str]":
    """Every metric of customers says so where more than a tenth of the orders or of their money is nobody's."""
    about_customers = card.metric.map(lambda name: METRICS[name].topic in OF_CUSTOMERS) & (card.status == "ok")
    if not about_customers.any() or not engagement.has("orders"):
        return card["flags"]
    totals = order_totals(engagement.orders, period=report_period(engagement))
    coverage = float(totals[["id_coverage_orders", "id_coverage_revenue"]].to_numpy().min())
    if not coverage < LEAST_COVERAGE:
        return card["flags"]
    return card["flags"].where(~about_customers, (card["flags"] + " id_coverage").str.strip())
