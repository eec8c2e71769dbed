"""Has a metric changed since the period before, or since a year ago? The rules, in one place.

1. What is compared is of equal length: totals per day, rates of customers who leave or come back as hazards of a mean
   month, repeat purchases on the first days of both periods.
2. A change is judged against chance and against how much the metric varies from period to period anyway.
3. Where two years are known, the change since the period before is judged beyond what the same two periods brought a
   year earlier; where one is, nobody knows what the season brings, and there is no word.
4. We call something a change only if its 95% interval excludes zero, if it stands out among all that are compared
   (adjusted p-value of at most 0.1), and if it is large enough to matter: one percentage point for a share (less near
   0% and 100%), 5 points of the net promoter score, 2% for money, counts and frequencies. If only the last fails, it
   is "changed, but little"; otherwise there is "no detectable change", and beside it stands the smallest change that
   would have been seen.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from retention_kit.metrics.description import Metric
from retention_kit.metrics.statistics.differences import UNKNOWN, Difference, difference_with_error
from retention_kit.metrics.statistics.estimates import Z
from retention_kit.metrics.statistics.hazards import hazard, least_of_rate, on_rates, rate_of_hazard
from retention_kit.metrics.statistics.process_variance import PLAIN, ProcessVariance, Widening
from retention_kit.metrics.statistics.tracks import Track
from retention_kit.periods import Unit

LEAST_POINTS = 5.0
"""A change of a net promoter score below five points is not spoken of."""
LEAST_RELATIVE = 0.02
"""Nor is a change of money, counts or frequencies below two per cent."""


def least_change(metric: Metric, base: float) -> float:
    """The least change of a metric worth speaking of, given an earlier value: relative where changes of it are."""
    if metric.compared == "points":
        return LEAST_POINTS
    if metric.unit == "ratio":
        return least_of_rate(base)
    return LEAST_RELATIVE if metric.compared in ("total", "count") else LEAST_RELATIVE * abs(base)


@dataclass(frozen=True)
class Scale:
    """A metric's unit of comparison, seen from an earlier value: how a shift of its level is printed.

    Attributes:
        metric: The metric.
        base: Its earlier value.
        days: The length of the earlier period.
        unit: The unit of the periods.
    """

    metric: Metric
    base: float
    days: int
    unit: Unit

    @property
    def is_relative(self) -> bool:
        """Whether a change is printed in per cent of the earlier value."""
        return self.metric.compared in ("total", "count")

    def shifted(self, shift: float) -> float:
        """What the metric is where its level has moved by so much; of what is relative, by how much it has grown."""
        match self.metric.compared:
            case "total" | "count":
                return math.expm1(shift)
            case "points":
                return self.base + shift
            case "hazard":
                return rate_of_hazard(self._hazard * math.exp(shift))
            case _:
                return self.base * math.exp(shift)

    def between(self, start: float, shift: float) -> float:
        """By how much a shift moves the metric from where another one has brought it."""
        return self.shifted(start + shift) - self.shifted(start)

    def size(self, start: float, shift: float) -> float:
        """The same for a size without a direction: of a share on both sides alike."""
        if self.is_relative:
            return self.between(start, shift)
        return (self.between(start, 1e-6) - self.between(start, -1e-6)) / 2e-6 * shift

    @property
    def least(self) -> float:
        """The least change worth speaking of."""
        return least_change(self.metric, self.base)

    def tested(self, plain: Difference) -> Difference:
        """A difference by sampling alone on the scale on which it is tested."""
        return _each(plain, math.log1p) if self.is_relative else plain

    def printed(self, tested: Difference) -> Difference:
        """A difference on the scale on which it is tested, as it is printed."""
        if self.is_relative:
            return _each(tested, math.expm1)
        return on_rates(tested, self._hazard) if self.metric.compared == "hazard" else tested

    def printed_size(self, size: float) -> float:
        """A size on the scale on which it is tested, as it is printed."""
        if self.is_relative:
            return math.expm1(size)
        return math.exp(-self._hazard) * size if self.metric.compared == "hazard" else size

    @property
    def _hazard(self) -> float:
        return hazard(self.base, days=self.days, unit=self.unit)


def _each(change: Difference, to_scale: Callable[[float], float]) -> Difference:
    return replace(change, **{name: to_scale(getattr(change, name)) for name in ("value", "low", "high")})


@dataclass(frozen=True)
class Judged:
    """A change as it is told.

    Attributes:
        difference: The later value minus the earlier, in the unit of the comparison.
        usual: What the same two periods brought a year earlier; missing where no season is taken out.
        tested: The difference, or what of it is beyond the usual one, with its interval and p-value.
        smallest_seen: The smallest change that would have been seen four times in five.
        flags: What a reader must know of the test.
    """

    difference: float
    usual: float
    tested: Difference
    smallest_seen: float
    flags: str = ""


def judged(scale: Scale, plain: Difference, track: Track | None, lag: int) -> Judged:
    """A change judged by the rules of this module.

    Args:
        scale: The unit in which it is printed.
        plain: The difference by sampling alone; of hazards theirs (`difference_of_hazards`).
        track: The levels of the metric up to the later period; None where there are none.
        lag: How many periods lie between the two.
    """
    if not plain.low < plain.high:  # not known, or of customers who are all alike
        return Judged(plain.value, math.nan, replace(UNKNOWN, value=plain.value), math.nan)
    if track is None:
        return _by_sampling(scale, plain)
    at = track.n - 1
    if lag == 1 < track.year:
        process, step = track.season_process(at), track.season_step(at)
        if process is not None and math.isfinite(step.change):
            return _beyond_season(scale, track, process)
        if track.n_known > track.year:
            return _without_word(scale, plain, "season_unknown")
    process = track.process(at, lag)
    if process is None:
        few = _by_sampling if track.unit == "month" else _without_word
        return few(scale, plain, "sampling_only")
    variance = track.step(at, lag).variance
    if not math.isfinite(variance):  # of a rate that was 0 there is no level
        return _by_sampling(scale, plain)
    return _told(scale, plain, process.widening(variance))


def _told(scale: Scale, plain: Difference, widening: Widening, flags: str = "") -> Judged:
    tested = scale.tested(plain)
    printed = scale.printed(widening.of(tested))
    seen = widening.smallest_seen((tested.high - tested.low) / (2 * Z))
    return Judged(printed.value, math.nan, printed, scale.printed_size(seen), flags)


def _by_sampling(scale: Scale, plain: Difference, flags: str = "sampling_only") -> Judged:
    """The test by sampling alone, where nobody knows how much the metric varies anyway."""
    return _told(scale, plain, PLAIN, flags)


def _without_word(scale: Scale, plain: Difference, flags: str) -> Judged:
    """The interval without a test."""
    told = _told(scale, plain, PLAIN, flags)
    return replace(told, tested=replace(told.tested, p_value=math.nan), smallest_seen=math.nan)


def _beyond_season(scale: Scale, track: Track, process: ProcessVariance) -> Judged:
    at = track.n - 1
    step, usual = track.season_step(at), track.step(at - track.year, 1).change
    error = math.sqrt(step.variance)
    widening = process.widening(step.variance)
    beyond = _each(widening.of(difference_with_error(step.change, error)), lambda shift: scale.between(usual, shift))
    seen = scale.size(usual, widening.smallest_seen(error))
    return Judged(scale.between(0, track.step(at, 1).change), scale.between(0, usual), beyond, seen, "beyond_season")


FALSE_DISCOVERIES = 0.10
"""Of what is said to have changed on a page, how much may not have."""

Verdict = Literal["changed", "changed, but little", "no detectable change", "not_comparable"]


def verdict(change: float, low: float, high: float, p_adjusted: float, *, least: float) -> Verdict:
    """The word for a change, given its interval, its adjusted p-value and the least change worth speaking of.

    Example:
        >>> verdict(0.008, 0.004, 0.012, 0.001, least=0.0008), verdict(0.005, 0.001, 0.009, 0.02, least=0.01)
        ('changed', 'changed, but little')
    """
    if math.isnan(low) or math.isnan(high) or math.isnan(p_adjusted):
        return "not_comparable"
    if low * high <= 0 or p_adjusted > FALSE_DISCOVERIES:
        return "no detectable change"
    return "changed" if abs(change) >= least else "changed, but little"
