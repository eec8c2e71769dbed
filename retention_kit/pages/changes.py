"""Has any metric of a scorecard changed since the period before, or since a year ago?"""

from typing import Any

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import orders, surveys
from retention_kit.facts.spans import BASES, base_periods, report_period
from retention_kit.metrics.description import Base, Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.differences import (
    UNKNOWN,
    Difference,
    adjusted_p_values,
    difference_of_proportions,
    relative_change_of_rates,
)
from retention_kit.metrics.statistics.estimates import OTHER
from retention_kit.metrics.surveys.change import FALSE_DISCOVERIES
from retention_kit.metrics.surveys.change import MIN_POINTS as MIN_NPS_POINTS
from retention_kit.periods import Period
from retention_kit.tables import ALL, SMALLER

MIN_POINTS = 0.01
"""A change of a share below one percentage point is not spoken of."""
MIN_RELATIVE = 0.02
"""Nor is a change of money or counts below two per cent."""

Found = dict[tuple[str, str], Difference]
"""Differences by metric and segment."""

Estimates = dict[tuple[str, str, str], Any]
"""Rows of a scorecard by metric, segment and period."""


def changes(engagement: Engagement, card: pd.DataFrame) -> pd.DataFrame:
    """Has any metric of a scorecard changed, against the period before and against the same period a year ago?

    Args:
        engagement: The engagement of the scorecard.
        card: The result of `scorecard`.

    Returns:
        One row per metric that can be compared, segment and base BASES: metric, segment (`(all)`; for shares and the
        net promoter score also each segment of engagement.toml), period, base, base_period, base_value, difference
        (percentage points as a share, points, money per order, or a relative change for totals and counts), low, high
        (95 %), p_value, p_adjusted (Benjamini-Hochberg over the metrics of one group, totals among totals and segments
        among segments, so that the overview and the group's own page say the same) and verdict: "changed" only if the
        interval excludes 0, the change is worth speaking of and p_adjusted is at most 0.10, since many are looked at;
        else "no detectable change"; "no_base_period" where the data do not reach back; "not_comparable" where a value
        is missing, a count was 0, the pool of one of two rates is truncated, or the metric is a state without an
        interval. A metric is compared with its own `bases`; a year with the year before once.
    """
    period = report_period(engagement)
    estimates: Estimates = {(str(row.metric), str(row.segment), str(row.period)): row for row in card.itertuples()}
    now = [(metric, segment) for metric, segment, of in estimates if of == str(period)]
    pairs = [pair for pair in now if _is_compared(*pair)]
    rows = []
    for base_name in BASES:
        base = base_periods(engagement).get(base_name)
        compared = [pair for pair in pairs if _is_own_base(base_name, METRICS[pair[0]], period)]
        found = _differences(engagement, estimates, compared, (base_name, base)) if base else {}
        rows += [_change_row(estimates, pair, period, base_name, base, found.get(pair, UNKNOWN)) for pair in compared]
    table = pd.DataFrame(rows, columns=_CHANGE_COLUMNS)
    group, is_total = table.metric.map(lambda name: METRICS[name].group), table.segment == ALL
    table["p_adjusted"] = table.groupby([group, is_total]).p_value.transform(adjusted_p_values)
    is_chance = (table.verdict == "changed") & (table.p_adjusted > FALSE_DISCOVERIES)
    return table.assign(verdict=table.verdict.mask(is_chance, "no detectable change"))


_CHANGE_COLUMNS = [
    "metric", "segment", "period", "base", "base_period", "base_value", "difference", "low", "high", "p_value",
    "p_adjusted", "verdict",
]  # fmt: skip


def _is_own_base(base: Base, metric: Metric, period: Period) -> bool:
    """Whether a metric is compared with a base: of a year the one before is that of a year ago, and is said once."""
    is_said = base == "year_ago" and "previous" in metric.bases and period.year_ago() == period.previous()
    return base in metric.bases and not is_said


def _is_compared(metric: str, segment: str) -> bool:
    compared = METRICS[metric].compared
    is_one_group = not segment.endswith((OTHER, SMALLER))  # what is merged differs from period to period
    return (compared in ("proportion", "points") and is_one_group) or (compared != "none" and segment == ALL)


def _differences(
    engagement: Engagement, estimates: Estimates, pairs: list[tuple[str, str]], named: tuple[Base, Period]
) -> Found:
    (base_name, base), period = named, report_period(engagement)
    found = _counted(engagement, pairs, base_name)
    for metric, segment in pairs:
        if (metric, segment) not in found and METRICS[metric].compared != "points":
            sides = (estimates.get((metric, segment, str(each))) for each in (period, base))
            found[metric, segment] = _difference(METRICS[metric], *sides, named=(period, base))
    return found


def _counted(engagement: Engagement, pairs: list[tuple[str, str]], base_name: Base) -> Found:
    """What takes the customers of both periods to compare: ratios and totals of orders, and scores."""
    compared, tables = {METRICS[metric].compared for metric, _segment in pairs}, []
    if compared & {"ratio", "total"}:
        tables.append(orders.differences(engagement).assign(segment=ALL))
    if "points" in compared and engagement.has("responses"):
        tables.append(surveys.differences(engagement))
    return {
        (str(row["metric"]), str(row["segment"])): Difference(row["value"], row["low"], row["high"], row["p_value"])
        for table in tables
        for row in table[table.base == base_name].to_dict("records")
        if (row["metric"], row["segment"]) in set(pairs)
    }


def _difference(metric: Metric, now: Any | None, then: Any | None, *, named: tuple[Period, Period]) -> Difference:
    if now is None or then is None or np.isnan(now.value) or np.isnan(then.value):
        return UNKNOWN
    if "pool_truncated" in f"{now.flags} {then.flags}".split():  # of two rates, whose pools are not alike
        return UNKNOWN
    if metric.compared == "proportion":
        counts = (now.numerator, now.denominator, then.numerator, then.denominator)
        return difference_of_proportions(*counts, deff=now.deff, base_deff=then.deff)
    if metric.compared == "state":
        change = now.value / then.value - 1 if then.value else np.nan
        return Difference(change, np.nan, np.nan, np.nan)
    if metric.compared != "count":
        raise ValueError(f"{metric.name} is compared as a {metric.compared}: give its change in orders/changes.py.")
    return relative_change_of_rates(now.value, now.value, named[0].n_days, (then.value, then.value, named[1].n_days))


def _change_row(
    estimates: Estimates, pair: tuple[str, str], period: Period, base_name: str, base: Period | None, found: Difference
) -> dict[str, object]:
    metric, segment = pair
    then = estimates.get((metric, segment, str(base)))
    base_value = np.nan if then is None else float(then.value)
    return {
        "metric": metric,
        "segment": segment,
        "period": str(period),
        "base": base_name,
        "base_period": str(base) if base else "",
        "base_value": base_value,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "verdict": found.verdict(min_effect=_least(METRICS[metric], base_value)) if base else "no_base_period",
    }


def _least(metric: Metric, base_value: float) -> float:
    """The smallest difference worth speaking of."""
    if metric.compared == "points":
        return MIN_NPS_POINTS
    if metric.unit == "ratio":
        return MIN_POINTS
    return MIN_RELATIVE * abs(base_value) if metric.compared == "ratio" else MIN_RELATIVE
