"""A finding in the units of its metric: what was expected, what came, whom it concerns and how much money."""

import math
from datetime import timedelta
from typing import Any

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import customers
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.spans import report_period
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.estimates import SUPPRESSED
from retention_kit.metrics.statistics.verdicts import least_change
from retention_kit.pages.looked_for import Looked
from retention_kit.periods import Period
from retention_kit.tables import ALL

FINDINGS = [
    "rank", "told", "kind", "metric", "segment", "period", "since", "value", "expected", "change", "low", "high",
    "beyond", "money", "first_day", "last_day", "event", "is_seasonal", "numerator", "denominator", "share_of_all",
    "p_value", "p_adjusted", "smallest_seen", "is_good", "cells",
]  # fmt: skip
"""The columns of `findings`."""

OF_THE_PERIOD = ("shift", "odd")
"""The kinds that speak of one period, whose value is printed as it stands in metrics.csv."""


def finding_row(engagement: Engagement, looked: Looked) -> dict[str, Any]:
    """The row of a finding, before it is ranked."""
    shift, is_now = looked.shift, looked.shift.kind in OF_THE_PERIOD
    period = looked.since if is_now else report_period(engagement)
    row = estimate(engagement, looked.metric, looked.segment, period)
    expected = moved(looked.metric, _with_hazard(row), -shift.now)
    value = float(row["value"]) if is_now else moved(looked.metric, expected, shift.change)
    changes = {name: _change(looked.metric, expected, getattr(shift, name)) for name in ("change", "low", "high")}
    return {
        **_named(looked, period),
        "value": value,
        "expected": expected,
        **changes,
        **_concerned(engagement, looked, row, (value, expected)),
        **_last_orders(engagement, looked.metric, period),
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "is_seasonal": shift.season != 0,
        "p_value": shift.p_value,
        "p_adjusted": looked.p_adjusted,
        "smallest_seen": abs(_change(looked.metric, expected, math.copysign(shift.smallest_seen, shift.change))),
        "is_good": (shift.change > 0) == (METRICS[looked.metric].better == "more"),
    }


def _named(looked: Looked, period: Period) -> dict[str, str]:
    """What a finding is of, and where its value stands in metrics.csv."""
    return {
        "told": "now" if looked.shift.kind in OF_THE_PERIOD else "since",
        "kind": looked.shift.kind,
        "metric": looked.metric,
        "segment": looked.segment,
        "period": str(period),
        "since": str(looked.since),
        "cells": f"{looked.metric}|{looked.segment}|{period}" if looked.shift.kind in OF_THE_PERIOD else "",
    }


def estimate(engagement: Engagement, metric: str, segment: str, period: Period) -> "pd.Series[Any]":
    """The row of a metric."""
    rows = metric_rows(engagement, METRICS[metric].group)
    found: pd.Series[Any] = rows[
        (rows.metric == metric) & (rows.segment == segment) & (rows.period == str(period))
    ].iloc[0]
    return found


def _last_orders(engagement: Engagement, metric: str, period: Period) -> dict[str, str]:
    """The days on which those who became inactive in a period had last bought."""
    if metric != "customer_churn_rate":
        return {}
    window = timedelta(days=engagement.settings.churn_window)
    return {"first_day": str(period.start - window), "last_day": str(period.end - window - timedelta(days=1))}


def _with_hazard(row: "pd.Series[Any]") -> float:
    """The value of a metric; of a rate at which everybody left, which has no hazard, that of half a customer fewer."""
    if METRICS[row["metric"]].compared == "hazard" and row["value"] == 1:
        return float((row["numerator"] + 0.5) / (row["denominator"] + 1))
    return float(row["value"])


def moved(metric: str, value: float, shift: float) -> float:
    """The value of a metric whose level has moved by so much.

    Example:
        >>> round(moved("orders", 100, 0.1), 1), round(moved("customer_churn_rate", 0.2, 0.1), 4), moved("nps", 20, -5)
        (110.5, 0.2186, 15)
    """
    match METRICS[metric].compared:
        case "points":
            return value + shift
        case "hazard":
            return -math.expm1(math.log1p(-value) * math.exp(shift))
        case _:
            return value * math.exp(shift)


def _change(metric: str, expected: float, shift: float) -> float:
    """A shift of a level in the unit of the metric's changes: of totals and counts relative."""
    if METRICS[metric].compared in ("total", "count"):
        return math.expm1(shift)
    return moved(metric, expected, shift) - expected


def is_worth_telling(row: dict[str, Any]) -> bool:
    """Whether a finding is of some customers, and its change as large as one that is called a change must be."""
    metric = METRICS[row["metric"]]
    events = row["expected"] if metric.compared == "count" else row["denominator"]
    return not events < SUPPRESSED and abs(row["change"]) >= least_change(metric, row["expected"])


def _concerned(
    engagement: Engagement, looked: Looked, row: "pd.Series[Any]", sides: tuple[float, float]
) -> dict[str, float]:
    """How many customers, orders, contacts or answers more or fewer than expected, and how much money."""
    of_what, more = METRICS[looked.metric].compared, sides[0] - sides[1]
    beyond = more if of_what in ("total", "count") else more * float(row["denominator"])
    if of_what == "points":
        beyond = more / 100 * float(row["n"])
    match looked.metric:
        case "net_revenue" | "average_order_value" | "refund_rate":
            return {"beyond": math.nan, "money": beyond}
        case "orders":
            price = estimate(engagement, "average_order_value", looked.segment, Period(str(row["period"])))
            return {"beyond": beyond, "money": beyond * float(price["value"])}
        case "customer_churn_rate" if looked.shift.kind == "shift":
            return {"beyond": beyond, "money": beyond * _brought(engagement, looked.segment)}
        case _:
            return {"beyond": beyond, "money": math.nan}


def _brought(engagement: Engagement, segment: str) -> float:
    """What a customer who lapsed in the period had brought in the 12 months before it."""
    by = None if segment == ALL else segment.partition("=")[0]
    rows = customers.lapsed(engagement, by)
    row = rows[rows.segment == segment].iloc[0]
    return float(row.revenue) / float(row.n_customers) if row.n_customers else math.nan
