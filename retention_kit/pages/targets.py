"""What a client aims at, beside what was reached."""

from typing import Any

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement, Target
from retention_kit.facts.spans import report_period
from retention_kit.figures.marks import TargetLine
from retention_kit.figures.measures import measure
from retention_kit.figures.targets import aim
from retention_kit.metrics.description import Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.target_checks import check_targets
from retention_kit.pages.wording import wording_of
from retention_kit.periods import Period
from retention_kit.tables import ALL

COLUMNS = [
    "metric", "segment", "period", "target", "by", "source", "value", "low", "high", "value_status", "status",
]  # fmt: skip

COUNTED_WHOLE = ("total", "count", "state")
"""How metrics are compared that nobody sampled: without an interval they are what they are."""


def targets(engagement: Engagement, card: pd.DataFrame) -> pd.DataFrame:
    """Were the targets of engagement.toml met?

    A target is due from the period on that holds its day. Then it is met where the whole 95 % interval of the value
    reaches it, missed where none of it does, and cannot be told yet where it lies within; counts and totals, which have
    no interval, are compared as they are. Before, the same comparison says whether the metric is on course: whether
    it is already where it is to be.

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.
        card: The result of `scorecard` for all topics.

    Returns:
        One row per target, in the order of engagement.toml: metric, segment (`(all)`, or as `country=DE`), period (of
        the report), target, by, source, value, low, high (95 %), value_status (why there is no value, else "ok";
        "other_unit" where the target is of periods of another length, "no_segment" where the segment has no customers
        or too few to be shown, "not_counted" where the metric lacks its data) and status: "met", "missed" or "cannot
        be told yet" where it is due, else "on course", "behind" or "cannot be told yet"; without a value "no value".

    Raises:
        InvalidEngagement: A target cannot be judged; the message names each, and what to write.
        IncompletePeriod: The engagement has no period: `.at(...)` it first.
    """
    check_targets(engagement)
    period = report_period(engagement)
    rows = [_row(target, period, card) for target in engagement.settings.targets]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(target: Target, period: Period, card: pd.DataFrame) -> dict[str, Any]:
    segment = target.segment or ALL
    own = card[(card.metric == target.metric) & (card.period == str(period))]
    found = own[own.segment == segment]
    estimate = {"value": np.nan, "low": np.nan, "high": np.nan, "value_status": "ok", "flags": ""}
    if target.per != period.unit:
        estimate["value_status"] = "other_unit"
    elif found.empty:
        estimate["value_status"] = "not_counted" if own.empty else "no_segment"
    else:
        row = found.iloc[0]
        estimate |= {name: row[name] for name in ("value", "low", "high", "flags")} | {"value_status": row.status}
    status = _status(target, METRICS[target.metric], estimate, is_due=target.by < period.end)
    asked = {"metric": target.metric, "segment": segment, "period": str(period), "target": target.value}
    return asked | {"by": target.by, "source": target.source, "status": status} | estimate


def _status(target: Target, metric: Metric, estimate: dict[str, Any], *, is_due: bool) -> str:
    if estimate["value_status"] != "ok":
        return "no value"
    sign = -1 if metric.better == "less" else 1
    ends = [estimate["low"], estimate["high"]]
    if np.isnan(ends).any():
        if not _is_exact(metric, estimate["flags"]):
            return "cannot be told yet"
        ends = [estimate["value"]] * 2
    if min(sign * end for end in ends) >= sign * target.value:
        return "met" if is_due else "on course"
    if max(sign * end for end in ends) < sign * target.value:
        return "missed" if is_due else "behind"
    return "cannot be told yet"


def _is_exact(metric: Metric, flags: str) -> bool:
    """Whether a value without an interval is compared as it is: of a ratio the interval may be missing for too few."""
    return metric.compared in COUNTED_WHOLE or not {"small_n", "no_variation"} & set(flags.split())


def target_lines(engagement: Engagement, metric: str) -> tuple[TargetLine, ...]:
    """The targets of a metric of all customers, for figures of it over the periods of the report's unit."""
    unit, wording = report_period(engagement).unit, wording_of(engagement)
    lines = []
    for target in engagement.settings.targets:
        if (target.metric, target.segment, target.per) == (metric, None, unit):
            value = measure(target.value, METRICS[metric].unit, wording)
            sentence = wording.gettext("Dashed line: target, {aim} by {day}").format(
                aim=aim(metric, target.value, wording), day=wording.day(target.by)
            )
            lines.append(TargetLine(target.value, wording.gettext("Target: {value}").format(value=value), sentence))
    return tuple(lines)
