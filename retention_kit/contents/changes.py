"""Has any metric of a scorecard changed since the period before, or since a year ago?"""

from typing import Any

import numpy as np
import pandas as pd

from retention_kit.contents.scorecard import BASES, base_periods, report_period
from retention_kit.engagement import Engagement
from retention_kit.glossary import METRICS, Metric
from retention_kit.metrics.comparison import (
    UNKNOWN,
    Difference,
    adjusted_p_values,
    difference_of_proportions,
    relative_change_of_rates,
)
from retention_kit.metrics.order_changes import order_changes
from retention_kit.periods import Period
from retention_kit.tables import ALL

MIN_POINTS = 0.01
"""A change of a share below one percentage point is not spoken of."""
MIN_RELATIVE = 0.02
"""Nor is a change of money or counts below two per cent."""


def changes(book: Engagement, card: pd.DataFrame) -> pd.DataFrame:
    """Has any metric of a scorecard changed, against the period before and against the same period a year ago?

    Args:
        book: The engagement of the scorecard.
        card: The result of `scorecard`.

    Returns:
        One row per metric that can be compared and base BASES: metric, segment (`(all)`), period,
        base, base_period, base_value, difference (percentage points as a share, money per order, or a relative
        change for totals and counts), low, high (95 %), p_value, p_adjusted (Benjamini-Hochberg over the table) and
        verdict: "changed" only if the interval excludes 0 and the change is worth speaking of, else
        "no detectable change"; "no_base_period" where the data do not reach back; "not_comparable" where a value is
        missing, a count was 0, or the metric is a state without an interval.
    """
    whole = card[card.segment == ALL]
    period = report_period(book)
    compared = [METRICS[name] for name in whole.metric.unique() if METRICS[name].compared != "none"]
    rows = []
    for base_name in BASES:
        base = base_periods(book).get(base_name)
        found = _differences(book, whole, compared, base) if base else {metric.id: UNKNOWN for metric in compared}
        rows += [_change_row(metric, whole, period, base_name, base, found[metric.id]) for metric in compared]
    table = pd.DataFrame(rows, columns=_CHANGE_COLUMNS)
    return table.assign(p_adjusted=adjusted_p_values(table.p_value))


_CHANGE_COLUMNS = [
    "metric", "segment", "period", "base", "base_period", "base_value", "difference", "low", "high", "p_value",
    "p_adjusted", "verdict",
]  # fmt: skip


def _differences(book: Engagement, whole: pd.DataFrame, compared: list[Metric], base: Period) -> dict[str, Difference]:
    period = report_period(book)
    by_orders = (
        order_changes(book.orders, period=period, base=base)
        if any(metric.compared in ("ratio", "total") for metric in compared)
        else {}
    )
    return {
        metric.id: by_orders[metric.id]
        if metric.id in by_orders
        else _difference(metric, _row(whole, metric.id, period), _row(whole, metric.id, base), (period, base))
        for metric in compared
    }


def _row(card: pd.DataFrame, metric: str, period: Period) -> "pd.Series[Any]":
    return card[(card.metric == metric) & (card.period == str(period))].iloc[0]


def _difference(
    metric: Metric, now: "pd.Series[Any]", then: "pd.Series[Any]", named: tuple[Period, Period]
) -> Difference:
    if np.isnan(now.value) or np.isnan(then.value):
        return UNKNOWN
    if metric.compared == "proportion":
        return difference_of_proportions(now.numerator, now.denominator, then.numerator, then.denominator)
    if metric.compared == "state":
        change = now.value / then.value - 1 if then.value else np.nan
        return Difference(change, np.nan, np.nan, np.nan)
    return relative_change_of_rates(now.value, now.value, named[0].n_days, (then.value, then.value, named[1].n_days))


def _change_row(
    metric: Metric, whole: pd.DataFrame, period: Period, base_name: str, base: Period | None, found: Difference
) -> dict[str, object]:
    base_value = float(_row(whole, metric.id, base).value) if base else np.nan
    least = {"proportion": MIN_POINTS, "ratio": MIN_RELATIVE * abs(base_value)}.get(metric.compared, MIN_RELATIVE)
    return {
        "metric": metric.id,
        "segment": ALL,
        "period": str(period),
        "base": base_name,
        "base_period": str(base) if base else "",
        "base_value": base_value,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "verdict": found.verdict(min_effect=least) if base else "no_base_period",
    }
