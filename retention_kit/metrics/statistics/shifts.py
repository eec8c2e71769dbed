"""What of a metric's levels is out of the ordinary: a shift, a month that was odd, a drift.

A level is held against the mean of the 12 periods before it, the baseline, and where there is one against the period a
year earlier, which must agree: what every December brings is no shift. Each is judged by sampling and by how much the
metric varies anyway (`statistics.process_variance`).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from retention_kit.metrics.statistics.differences import difference_with_error
from retention_kit.metrics.statistics.process_variance import NO_PROCESS, ProcessVariance
from retention_kit.metrics.statistics.tracks import BASELINE, Step, Track

Kind = Literal["shift", "since", "odd", "drift"]

AGREES = 0.10
"""The year before agrees if its p-value is at most this, and its change at least half as large, the same way."""

NEXT_TO_NOTHING = 1e-6
"""The least sampling variance, of that by which a metric varies anyway: where all customers are alike there is none."""

HALF_YEAR = 6
"""Months of a drift, held against as many a year earlier."""


@dataclass(frozen=True)
class Shift:
    """A change of a level that was looked for.

    Attributes:
        kind: "shift" of the last period, "since" an earlier one, "odd" the period before and back, "drift" of half a
            year.
        start: The place of the first period that it is of.
        usual: The level that was to be expected.
        change: The level beyond it, of all periods from the first one on.
        now: The level beyond it in the last period, of an odd one in that.
        low: The lower end of the 95 % interval of the change.
        high: The upper end.
        p_value: Of nothing out of the ordinary; 1 where the year before does not agree.
        smallest_seen: The smallest change of the level that would have been seen four times in five.
    """

    kind: Kind
    start: int
    usual: float
    change: float
    now: float
    low: float
    high: float
    p_value: float
    smallest_seen: float

    @property
    def surest_first(self) -> tuple[float, float]:
        """Sorts the surest first; of those whose p-value is too small for a float that with the narrowest interval."""
        return self.p_value, (self.high - self.low) / abs(self.change) if self.change else math.inf


def shifts(track: Track) -> list[Shift]:
    """What was looked for at the end of a track, each with its p-value; nothing before a year and a month are known."""
    last = track.n - 1
    if track.year < BASELINE or last < track.year:
        return []
    found = (_against_baseline("shift", track, last, last), _since(track, last), _odd(track, last), _drift(track, last))
    return [shift for shift in found if shift is not None]


def _since(track: Track, last: int) -> Shift | None:
    """The earlier month from which on the level has been another; its p-value is that of the best of all of them."""
    starts = range(max(last - BASELINE + 1, BASELINE), last)
    looked = [_against_baseline("since", track, start, last) for start in starts]
    there = [shift for shift in looked if shift is not None]
    if not there:
        return None
    best = min(there, key=lambda shift: shift.surest_first)
    lasts = _is_as_large(track.baseline_step(last, until=best.start).change, best.change)
    return replace(best, p_value=min(1.0, best.p_value * len(there)) if lasts else 1.0)


def _odd(track: Track, last: int) -> Shift | None:
    """The period before was out of the ordinary, and this one is back where the 12 before that were."""
    odd = _against_baseline("odd", track, last - 1, last - 1)
    if odd is None:
        return None
    now = track.baseline_step(last, until=last - 1).change
    is_back = math.isfinite(now) and not (_is_as_large(now, odd.change) or _is_as_large(-now, odd.change))
    return odd if is_back else replace(odd, p_value=1.0)


def _is_as_large(change: float, of: float) -> bool:
    """Whether a change goes the same way as another and at least half as far."""
    return change * of >= of**2 / 2


def _against_baseline(kind: Kind, track: Track, start: int, end: int) -> Shift | None:
    """The mean level of some periods against that of the 12 before them, and of the same periods a year earlier."""
    step, n = track.mean_step(start, end), end - start + 1
    process = _baseline_process(track, start)
    if process is None or not math.isfinite(step.change):
        return None
    found = _tested(kind, start, step, track.baseline(start), _of_mean(process, n))
    found = replace(found, now=track.mean_level(end, end) - found.usual)
    year = track.year_step(start, end)
    if math.isnan(year.change) or _agrees(step, year, track, start, n):
        return found
    return replace(found, p_value=1.0)


def _baseline_process(track: Track, start: int) -> ProcessVariance | None:
    """How much levels vary about their baseline before a period; of short histories from their steps of one period."""
    found = track.baseline_process(start)
    if found is not None:
        return found
    steps = track.process(start, 1)  # of which each has the variance of two periods
    return ProcessVariance(steps.tau2 / 2 * (1 + 1 / BASELINE), steps.n) if steps else None


def _of_mean(process: ProcessVariance, n: int) -> ProcessVariance:
    """The process variance of the mean of n periods about their baseline, of that of one."""
    return replace(process, tau2=process.tau2 * (1 / n + 1 / BASELINE) / (1 + 1 / BASELINE))


def _agrees(step: Step, year: Step, track: Track, start: int, n: int) -> bool:
    """Whether the change since the year before goes the same way, far enough and not by chance."""
    process = track.process(start, track.year) or NO_PROCESS
    told = _tested("shift", start, year, 0.0, replace(process, tau2=process.tau2 / n))
    return told.p_value <= AGREES and _is_as_large(year.change, step.change)


def _drift(track: Track, last: int) -> Shift | None:
    """The last half year against the same months a year earlier."""
    start = last - HALF_YEAR + 1
    process, step = track.season_process(last), track.year_step(start, last)
    if process is None or not math.isfinite(step.change):
        return None
    usual = track.mean_level(start - track.year, last - track.year)
    of_means = replace(process, tau2=process.tau2 / (2 * HALF_YEAR))  # a step beyond the season is of four
    return replace(_tested("drift", start, step, usual, of_means), now=track.mean_level(last, last) - usual)


def _tested(kind: Kind, start: int, step: Step, usual: float, process: ProcessVariance) -> Shift:
    variance = max(step.variance, NEXT_TO_NOTHING * process.tau2)
    error, widening = math.sqrt(variance), process.widening(variance)
    told = widening.of(difference_with_error(step.change, error))
    seen = widening.smallest_seen(error)
    return Shift(kind, start, usual, step.change, step.change, told.low, told.high, told.p_value, seen)
