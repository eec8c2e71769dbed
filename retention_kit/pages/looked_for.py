"""What findings are chosen from: everything that was looked for in a period, one test a fact."""

from collections.abc import Sequence
from dataclasses import dataclass

from retention_kit.engagement import Engagement
from retention_kit.facts.metric_rows import COUNTED
from retention_kit.facts.spans import report_period
from retention_kit.facts.tracks import Tracks, tracks
from retention_kit.metrics.description import Group
from retention_kit.metrics.statistics.estimates import OTHER
from retention_kit.metrics.statistics.shifts import Shift, shifts
from retention_kit.periods import Period
from retention_kit.tables import ALL, NONE, SMALLER

TOLD = (
    "customer_churn_rate", "reactivation_rate", "new_customers", "net_revenue", "orders", "average_order_value",
    "refund_rate", "contact_rate", "repeat_purchase_rate", "repeat_within", "nps", "csat", "ces", "response_rate",
)  # fmt: skip
"""The metrics that findings speak of: one of those that say the same fact."""

FACTORS = {"net_revenue": ("orders", "average_order_value")}
"""What is not told beside one of what it is made of."""


@dataclass(frozen=True)
class Looked:
    """Something that was looked for.

    Attributes:
        metric: The metric.
        segment: `(all)` or `country=PL`.
        shift: What was found.
        since: The first period that it is of.
        p_adjusted: Its p-value among all that was looked for.
    """

    metric: str
    segment: str
    shift: Shift
    since: Period
    p_adjusted: float = 1.0


def looked_for(engagement: Engagement) -> list[Looked]:
    """Everything that was looked for, whether or not it was found."""
    topics: list[Group] = [
        topic for topic in COUNTED if topic != "ltv" and engagement.has("responses" if topic == "surveys" else "orders")
    ]
    found = {pair: track for topic in topics for pair, track in tracks(engagement, topic).items()}
    return looked_in(found, report_period(engagement))


def looked_in(levels: Tracks, last: Period) -> list[Looked]:
    """The same, of the levels of every metric and segment up to a period."""
    return [
        Looked(metric, segment, shift, last - (track.n - 1 - shift.start))
        for (metric, segment), track in levels.items()
        if metric in TOLD and (metric, ALL) in levels and not segment.endswith((OTHER, SMALLER, NONE))
        for shift in shifts(track, levels[metric, ALL])
        if _can_be_told(metric, shift)
    ]


def _can_be_told(metric: str, shift: Shift) -> bool:
    """Whether a metric's periods are independent enough, and whole enough, for a kind of finding.

    The customers of three months are in `repeat_within`, so that its levels overlap; refunds of the last weeks have not
    all come in, so that only more of them than usual says something.
    """
    if metric == "repeat_within":
        return shift.kind in ("shift", "odd")
    return metric != "refund_rate" or shift.kind == "odd" or shift.change > 0


def one_of_each(found: Sequence[Looked]) -> list[Looked]:
    """Of each metric and segment the surest, a drift only where nobody knows since when.

    Nothing that is made of what is told anyway, nor a segment that moved as all customers did.
    """
    surest: dict[tuple[str, str], Looked] = {}
    for each in sorted(found, key=lambda looked: (looked.shift.kind == "drift", looked.shift.surest_first)):
        surest.setdefault((each.metric, each.segment), each)
    kept = [each for each in surest.values() if not _is_told_by_factors(each, surest)]
    whole = {each.metric: each for each in kept if each.segment == ALL}
    return [each for each in kept if each.segment == ALL or _says_more(each, whole.get(each.metric))]


def _is_told_by_factors(each: Looked, told: dict[tuple[str, str], Looked]) -> bool:
    factors = (told.get((name, each.segment)) for name in FACTORS.get(each.metric, ()))
    return any(factor is not None and factor.shift.change * each.shift.change > 0 for factor in factors)


def _says_more(part: Looked, whole: Looked | None) -> bool:
    """Whether what was found of a segment is another thing than what was found of all customers, or far more of it."""
    if whole is None or (whole.shift.kind == "odd") != (part.shift.kind == "odd"):
        return True
    if part.shift.kind == "odd":
        return False
    return whole.shift.change * part.shift.change < 0 or abs(part.shift.change) >= 2 * abs(whole.shift.change)
