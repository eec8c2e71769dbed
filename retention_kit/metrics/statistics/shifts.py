"""What of a metric's levels is out of the ordinary: a shift, a month that was odd, a drift.

A level is held against the mean of the 12 periods before it, the baseline, less what all customers' change was a year
earlier, which is the season; and against the same period a year earlier, which must agree. Each is judged by sampling
and by how much the metric varies anyway (`statistics.process_variance`).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from retention_kit.metrics.statistics.differences import difference_with_error
from retention_kit.metrics.statistics.estimates import Z
from retention_kit.metrics.statistics.process_variance import NO_PROCESS, ProcessVariance
from retention_kit.metrics.statistics.tracks import BASELINE, Step, Track, process_of

Kind = Literal["shift", "since", "odd", "drift"]

AGREES = 0.10
"""The year before agrees if its p-value is at most this, and its change at least half as large, the same way."""

NEXT_TO_NOTHING = 1e-6
"""The least sampling variance, of that by which a metric varies anyway: where all customers are alike there is none."""

FEWEST_OF_RAMP = 4
"""Months after a step from which on it can be told whether the level still goes the same way."""

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
        season: What of the level that was to be expected is the season's.
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
    season: float = 0.0

    @property
    def surest_first(self) -> tuple[float, float]:
        """Sorts the surest first; of those whose p-value is too small for a float that with the narrowest interval."""
        return self.p_value, (self.high - self.low) / abs(self.change) if self.change else math.inf


def shifts(track: Track, whole: Track) -> list[Shift]:
    """What was looked for at the end of a track, each with its p-value; nothing before a year and a month are known.

    Args:
        track: The levels of a metric.
        whole: Those of all customers, which tell what its season is.
    """
    last = track.n - 1
    if track.year < BASELINE or last < track.year:
        return []
    seen = _Seen(track, whole)
    found = (seen.against_baseline("shift", last, last), _since(seen, last), _odd(seen, last), _drift(seen, last))
    return [shift for shift in found if shift is not None]


def _since(seen: "_Seen", last: int) -> Shift | None:
    """The earlier month from which on the level has been another; its p-value is that of the best of all of them."""
    starts = range(max(last - BASELINE + 1, BASELINE), last)
    looked = [seen.against_baseline("since", start, last) for start in starts]
    there = [shift for shift in looked if shift is not None]
    if not there:
        return None
    best = min(there, key=lambda shift: shift.surest_first)
    lasts = _is_as_large(seen.beyond_season(last, last, best.start).change, best.change)
    is_step = lasts and not _is_ramp(seen.track, best, last)
    return replace(best, p_value=min(1.0, best.p_value * len(there)) if is_step else 1.0)


def _is_ramp(track: Track, since: Shift, last: int) -> bool:
    """Whether the level went the same way all along, before or after the step as far as half of it."""
    spans = [(since.start - BASELINE, since.start - 1)]
    spans += [(since.start, last)] if last - since.start + 1 >= FEWEST_OF_RAMP else []
    for start, end in spans:
        middle = (start + end + 1) // 2
        if _is_as_large(track.mean_level(middle, end) - track.mean_level(start, middle - 1), since.change):
            return True
    return False


def _odd(seen: "_Seen", last: int) -> Shift | None:
    """The period before was out of the ordinary, and this one is back where the 12 before that were."""
    odd = seen.against_baseline("odd", last - 1, last - 1)
    if odd is None:
        return None
    now = seen.beyond_season(last, last, last - 1).change
    is_back = math.isfinite(now) and not (_is_as_large(now, odd.change) or _is_as_large(-now, odd.change))
    return odd if is_back else replace(odd, p_value=1.0)


def _drift(seen: "_Seen", last: int) -> Shift | None:
    """The last half year against the same months a year earlier."""
    track, start = seen.track, last - HALF_YEAR + 1
    process, step = track.season_process(last), track.year_step(start, last)
    if process is None or not math.isfinite(step.change):
        return None
    usual = track.mean_level(start - track.year, last - track.year)
    of_means = replace(process, tau2=process.tau2 / (2 * HALF_YEAR))  # a step beyond the season is of four
    return replace(_tested("drift", start, step, usual, of_means), now=track.mean_level(last, last) - usual)


def _is_as_large(change: float, of: float) -> bool:
    """Whether a change goes the same way as another and at least half as far."""
    return change * of >= of**2 / 2


class _Seen:
    """A track beside that of all customers, whose season a year earlier is taken out of it."""

    def __init__(self, track: Track, whole: Track) -> None:
        self.track = track
        self._whole = whole
        self._ahead = whole.n - track.n

    def against_baseline(self, kind: Kind, start: int, end: int) -> Shift | None:
        """The mean level of some periods beyond their season, against that of the 12 before them.

        The baseline as it is must agree, so that what was odd a year ago makes nothing of an ordinary period, and so
        must the year before: both go the same way, far enough, and the year's change is not by chance. Where it is not
        known whether there is a season, the year's must be as sure as the other.
        """
        n, step, season = end - start + 1, self.beyond_season(start, end, start), self._season(start, end, start)
        process = self._process(start)
        if process is None or not math.isfinite(step.change):
            return None
        usual = self.track.mean_level(start - BASELINE, start - 1) + (season.change if season else 0.0)
        now = self.track.mean_level(end, end) - usual
        found = _tested(kind, start, step, usual, _of_mean(process, n))
        found = replace(found, now=now, season=season.change if season else 0.0)
        if not _is_as_large(self.track.mean_step(start, end).change, step.change):
            return replace(found, p_value=1.0)
        return replace(found, p_value=max(found.p_value, self._p_of_agreement(found, end, is_known=season is not None)))

    def _p_of_agreement(self, found: Shift, end: int, *, is_known: bool) -> float:
        """How sure it is that the year before agrees: 0 where a weak word is enough, 1 where it says otherwise.

        In a shop that grows, a month may fall back to where it was a year ago: then the change since the month before,
        beyond the season, must be as sure as the other.
        """
        start, n, year = found.start, end - found.start + 1, self.track.year_step(found.start, end)
        if math.isnan(year.change):
            return 0.0 if is_known else 1.0
        told = _tested(found.kind, start, year, 0.0, _divided(self.track.process(start, self.track.year), n))
        if told.p_value <= AGREES and _is_as_large(year.change, found.change):
            return 0.0 if is_known else told.p_value
        step, process = self.track.season_step(start), self.track.season_process(start)
        if n > 1 or process is None or not math.isfinite(step.change) or not _is_as_large(step.change, found.change):
            return 1.0
        return _tested(found.kind, start, step, 0.0, process).p_value

    def beyond_season(self, start: int, end: int, until: int) -> Step:
        """The change of some periods since the 12 before another, less the season's."""
        step, season = self.track.mean_step(start, end, until=until), self._season(start, end, until)
        if season is None:
            return step
        return Step(step.change - season.change, step.variance + season.variance)

    def _season(self, start: int, end: int, until: int) -> Step | None:
        """What all customers' change was a year earlier, where it was more than chance and the year before it agrees.

        Nothing where there is no season, which adds no chance of its own; None where the data are too short to tell.
        """
        known = [self._of_whole(start, end, until, years) for years in (1, 2)]
        last, earlier = known
        if last is None:
            return None
        is_shown = abs(last.change) > Z * math.sqrt(last.variance)
        is_again = earlier is None or _is_as_large(earlier.change, last.change)
        return last if is_shown and is_again else NO_SEASON

    def _of_whole(self, start: int, end: int, until: int, years: int) -> Step | None:
        """The same change of all customers so many years earlier; None where it is not known."""
        back = self._ahead - years * self.track.year
        if until + back < BASELINE:
            return None
        step = self._whole.mean_step(start + back, end + back, until=until + back)
        return step if math.isfinite(step.change) else None

    def _process(self, start: int) -> ProcessVariance | None:
        """How much levels vary about their baseline before a period, beyond the season where that is known."""
        known = [at for at in range(BASELINE, start) if self._season(at, at, at)]
        if found := process_of([self.beyond_season(at, at, at) for at in known]):
            return found
        if found := self.track.baseline_process(start):
            return found
        before = self.track.process(start, 1)  # each of whose steps has the variance of two periods
        return replace(before, tau2=before.tau2 / 2 * (1 + 1 / BASELINE)) if before else None


NO_SEASON = Step(0.0, 0.0)


def _of_mean(process: ProcessVariance, n: int) -> ProcessVariance:
    """The process variance of the mean of n periods about their baseline, of that of one."""
    return replace(process, tau2=process.tau2 * (1 / n + 1 / BASELINE) / (1 + 1 / BASELINE))


def _divided(process: ProcessVariance | None, n: int) -> ProcessVariance:
    """The process variance of the mean of n steps."""
    return replace(process, tau2=process.tau2 / n) if process else NO_PROCESS


def _tested(kind: Kind, start: int, step: Step, usual: float, process: ProcessVariance) -> Shift:
    variance = max(step.variance, NEXT_TO_NOTHING * process.tau2)
    error, widening = math.sqrt(variance), process.widening(variance)
    told = widening.of(difference_with_error(step.change, error))
    seen = widening.smallest_seen(error)
    return Shift(kind, start, usual, step.change, step.change, told.low, told.high, told.p_value, seen)
