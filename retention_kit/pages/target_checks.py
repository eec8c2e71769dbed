"""Whether the targets of an engagement.toml can be judged, said before anything is counted."""

import difflib
import itertools
from collections.abc import Iterator

from retention_kit.engagement import Engagement, Target
from retention_kit.errors import InvalidEngagement
from retention_kit.facts.metric_rows import BROKEN_DOWN
from retention_kit.metrics.description import Metric
from retention_kit.metrics.registry import METRICS

WHOLE = ("customer_retention_rate", "customer_churn_rate")
"""Two metrics that are 1 together: a target of one says what the other is to be."""


def check_targets(engagement: Engagement) -> None:
    """Refuse targets that no report can judge.

    Raises:
        InvalidEngagement: A metric does not exist or can have no target, a value is none that the metric can have, two
            targets contradict each other, or the data begin after a target was due; every mistake is named.
    """
    targets = list(enumerate(engagement.settings.targets, start=1))
    wrong = [complaint for number, target in targets for complaint in _about(engagement, number, target)]
    wrong += [found for pair in itertools.combinations(targets, 2) for found in _contradiction(*pair)]
    if wrong:
        raise InvalidEngagement("\n".join(f"{engagement.name}/engagement.toml: {complaint}" for complaint in wrong))


def _about(engagement: Engagement, number: int, target: Target) -> Iterator[str]:
    if target.by < engagement.first_day:
        yield (
            f"targets.{number}.by = {target.by} is before the data, which begin with {engagement.first_day}; "
            "write a later day, or take the target out."
        )
    if target.metric not in METRICS:
        yield f'targets.{number}.metric = "{target.metric}" is no metric; {_hint(target.metric)}'
        return
    metric = METRICS[target.metric]
    if why := _why_none(metric, target):
        yield f'targets.{number}.metric = "{metric.name}" {why}.'
    elif not metric.bounds[0] <= target.value <= metric.bounds[1]:
        yield f"targets.{number}.value = {target.value:.15g} {_out_of_bounds(metric, target.value)}."


def _hint(name: str) -> str:
    """The metric that was probably meant: one whose name holds the words, or is most like them."""
    words = name.lower().replace(" ", "_")
    near = [known for known in METRICS if words in known] or difflib.get_close_matches(words, METRICS, n=1, cutoff=0.4)
    return f'did you mean "{near[0]}"?' if near else f"the metrics are {', '.join(METRICS)}."


def _why_none(metric: Metric, target: Target) -> str:
    if metric.group == "ltv":
        return "is a forecast, which nobody can meet or miss; choose a metric of what happened, such as net_revenue"
    if metric.better == "neither":
        return "can have no target: neither more nor less of it is better in itself; choose another metric"
    if target.segment is not None and metric.group not in BROKEN_DOWN:
        return "is not counted by segment; take segment out"
    return ""


def _out_of_bounds(metric: Metric, value: float) -> str:
    low, high = metric.bounds
    if metric.unit == "ratio" and high < value <= 100:
        return f"is more than 1, and {metric.name} is a share; write {_share(value)} for {value:.15g} %"
    between = f"from {low:g} to {high:g}" if high < float("inf") else f"of {low:g} or more"
    return f"is no value of {metric.name}; write one {between}"


def _share(percent: float) -> str:
    """A percentage as a share, with two decimals or as many as it needs."""
    return max(f"{percent / 100:.2f}", f"{percent / 100:.15g}", key=len)


def _contradiction(one: tuple[int, Target], other: tuple[int, Target]) -> Iterator[str]:
    """Retention and churn of the same customers, by the same day, that are not 1 together."""
    (first, target), (second, with_it) = one, other
    is_same = (target.segment, target.per, target.by) == (with_it.segment, with_it.per, with_it.by)
    if not is_same or {target.metric, with_it.metric} != set(WHOLE):
        return
    if abs(target.value + with_it.value - 1) > 1e-9:
        yield (
            f"targets.{first} and targets.{second} contradict each other: {target.metric} {target.value:.15g} is "
            f"{with_it.metric} {1 - target.value:.15g}, not {with_it.value:.15g}; keep one."
        )
