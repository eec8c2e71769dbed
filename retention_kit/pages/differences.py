"""How far apart two periods are in each metric, by sampling alone."""

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import loyalty, orders, surveys
from retention_kit.facts.tracks import Tracks
from retention_kit.metrics.description import Base, Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.differences import (
    UNKNOWN,
    Difference,
    difference_of_proportions,
    difference_with_error,
    relative_change_of_rates,
)
from retention_kit.metrics.statistics.hazards import Events, difference_of_hazards
from retention_kit.periods import Period
from retention_kit.tables import ALL

Found = dict[tuple[str, str], Difference]
"""Differences by sampling alone, by metric and segment."""

Estimates = dict[tuple[str, str, str], Any]
"""Rows of a scorecard by metric, segment and period."""


class Compared(NamedTuple):
    """The period of a report and an earlier one."""

    name: Base
    now: Period
    then: Period


def differences(
    engagement: Engagement, estimates: Estimates, pairs: list[tuple[str, str]], between: Compared, levels: Tracks
) -> Found:
    """The difference of each metric and segment from an earlier period, by sampling alone; of hazards that of theirs.

    Missing where a value is, where the pool of one of two rates is truncated, or where a metric is another's test.
    """
    found = _counted(engagement, pairs, between.name) | _on_equal_days(engagement, pairs, between, levels)
    for metric, segment in pairs:
        if (metric, segment) not in found and _is_own_test(METRICS[metric]):
            now, then = (estimates.get((metric, segment, str(each))) for each in (between.now, between.then))
            found[metric, segment] = _difference(METRICS[metric], now, then, between)
    return found


def _is_own_test(metric: Metric) -> bool:
    """Whether a metric's difference is found from its two estimates, and not from another's."""
    return metric.compared != "points" and not (metric.tested_as and metric.compared == "hazard")


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


def _on_equal_days(engagement: Engagement, pairs: list[tuple[str, str]], between: Compared, levels: Tracks) -> Found:
    """What takes equal lengths to compare, on the first days of both periods: who bought again, and how often."""
    wanted = [pair for pair in pairs if pair[0] in EQUAL_DAYS and pair in levels]
    if not wanted:
        return {}
    counted = pd.concat([loyalty.in_first_days(engagement, by) for by in (None, *engagement.settings.segments)])
    days = min(between.now.n_days, between.then.n_days)
    rows = {(row.metric, row.segment, row.period): row for row in counted[counted.days == days].itertuples()}
    found = {}
    for pair in wanted:
        now, then = (rows.get((*pair, str(each))) for each in (between.now, between.then))
        if now is not None and then is not None and {now.status, then.status} == {"ok"}:
            step = levels[pair].step(levels[pair].n - 1, between.now - between.then)
            found[pair] = EQUAL_DAYS[pair[0]](now, then, step.variance)
    return found


def _of_shares(now: Any, then: Any, _variance: float) -> Difference:
    return difference_of_proportions(now.numerator, now.denominator, then.numerator, then.denominator)


def _of_frequencies(now: Any, then: Any, variance: float) -> Difference:
    """The variance is that of the logarithm of one by the other, which knows who bought in both periods."""
    return difference_with_error(now.value - then.value, math.sqrt(variance * now.value * then.value))


EQUAL_DAYS = {"repeat_purchase_rate": _of_shares, "purchase_frequency": _of_frequencies}
"""What grows with the length of a period, and how two of them are compared."""


def _difference(metric: Metric, now: Any | None, then: Any | None, between: Compared) -> Difference:
    if now is None or then is None or np.isnan(now.value) or np.isnan(then.value):
        return UNKNOWN
    if "pool_truncated" in f"{now.flags} {then.flags}".split():  # of two rates, whose pools are not alike
        return UNKNOWN
    counts = (now.numerator, now.denominator, then.numerator, then.denominator)
    days = between.now.n_days, between.then.n_days
    match metric.compared:
        case "proportion":
            return difference_of_proportions(*counts, deff=now.deff, base_deff=then.deff)
        case "hazard":
            is_same_month = between.name == "year_ago"  # whether or not its year is a leap year
            base_days = days[0] if is_same_month else days[1]
            sides = Events(*counts[:2], days[0]), Events(*counts[2:], base_days)
            return difference_of_hazards(*sides, unit=between.now.unit)
        case "state":
            change = now.value / then.value - 1 if then.value else np.nan
            return Difference(change, np.nan, np.nan, np.nan)
        case "count":
            return relative_change_of_rates(now.value, now.value, days[0], (then.value, then.value, days[1]))
    raise ValueError(f"{metric.name} is compared as a {metric.compared}: give its change in orders/changes.py.")
