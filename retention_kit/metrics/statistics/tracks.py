"""The levels of a metric period by period, and the changes between them that a change of today is held against.

A level is what changes are differences of: the logarithm of a total per day, of a rate, a hazard or a mean, or the
points of a score. The changes between two levels have a sampling variance, and the changes of earlier periods tell how
much a metric varies beyond it (`statistics.process_variance`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from retention_kit.metrics.statistics.estimates import Floats, quotient
from retention_kit.metrics.statistics.process_variance import ProcessVariance, process_variance
from retention_kit.periods import PERIODS_A_YEAR, Period, Unit

BASELINE = 12
"""How many periods before it a period is held against, taken together."""

MOST_KNOWN = 2 / 3
"""How many of several periods must have a level for their mean: a month without a survey is left out of it."""


class Step(NamedTuple):
    """A change of a level and its sampling variance; missing where a level is."""

    change: float
    variance: float


@dataclass(frozen=True)
class Track:
    """The levels of a metric of one segment, of consecutive periods up to the one that is reported.

    Attributes:
        unit: The unit of the periods.
        days: The length of each.
        lengths: The lengths that were counted from the start of a period; one alone where all of it was.
        level: A row of levels per length.
        variance: Their sampling variances.
        shared: By how many periods lie between them, the covariance of each level with an earlier one, of customers
            who have part in both.
    """

    unit: Unit
    days: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    lengths: Sequence[int]
    level: Floats
    variance: Floats
    shared: dict[int, Floats]

    @property
    def year(self) -> int:
        """How many periods a year has."""
        return PERIODS_A_YEAR[self.unit]

    @property
    def n(self) -> int:
        """The number of periods."""
        return len(self.days)

    @property
    def n_known(self) -> int:
        """The number of periods whose level is known."""
        return int(np.isfinite(self.level).any(axis=0).sum())

    def step(self, at: int, lag: int) -> Step:
        """The change of a period since one so many before it, over as many days of both."""
        if not at - lag >= 0:
            return NO_STEP
        row = self._of_length(int(min(self.days[at], self.days[at - lag])))
        shared = self.shared.get(lag)
        covariance = float(shared[at]) if shared is not None else 0.0
        variance = self.variance[row, at] + self.variance[row, at - lag] - 2 * covariance
        return Step(float(self.level[row, at] - self.level[row, at - lag]), float(max(variance, 0)))

    def season_step(self, at: int) -> Step:
        """The change since the period before, beyond that of the same two periods a year earlier."""
        now, then = self.step(at, 1), self.step(at - self.year, 1)
        return Step(now.change - then.change, now.variance + then.variance)

    def baseline_step(self, at: int, until: int | None = None) -> Step:
        """The change since the mean of the 12 periods before it, or before the period `until`."""
        return self.mean_step(at, at, until=at if until is None else until)

    def mean_step(self, start: int, end: int, *, until: int | None = None) -> Step:
        """The change of the mean of some periods since that of the 12 before them, or before the period `until`."""
        last = start if until is None else until
        if not BASELINE <= last <= self.n or end >= self.n:
            return NO_STEP
        return self._contrast((start, end), (last - BASELINE, last - 1))

    def year_step(self, start: int, end: int) -> Step:
        """The change of the mean of some periods since the same of a year earlier."""
        return NO_STEP if start < self.year else self._contrast((start, end), (start - self.year, end - self.year))

    def mean_level(self, start: int, end: int) -> float:
        """The mean level of some periods, of the shortest length counted; missing where too many of them are."""
        known = self._known(start, end)
        return float(self.level[self._shortest, known].mean()) if len(known) else math.nan

    def _known(self, start: int, end: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Which of some periods have a level; none of them where more than a third have not."""
        places = np.arange(start, end + 1)
        known = places[np.isfinite(self.level[self._shortest, places])]
        enough: np.ndarray[tuple[int], np.dtype[np.int64]] = (
            known if len(known) >= MOST_KNOWN * len(places) else known[:0]
        )
        return enough

    def _contrast(self, after: tuple[int, int], before: tuple[int, int]) -> Step:
        """One mean less another; periods of the same customers go together."""
        weights = np.zeros(self.n)
        for span, sign in ((after, 1), (before, -1)):
            known = self._known(*span)
            if not len(known):
                return NO_STEP
            weights[known] += sign / len(known)
        used = np.flatnonzero(weights)
        level, variance = (table[self._shortest, used] for table in (self.level, self.variance))
        spread = weights[used] * np.sqrt(variance)
        covariance = self._correlation[np.abs(used[:, None] - used[None, :])]
        return Step(float(weights[used] @ level), float(max(spread @ covariance @ spread, 0)))

    @cached_property
    def _correlation(self) -> Floats:
        """How much two levels go together that lie so many periods apart: known of one period and of a year."""
        known = {0: 1.0, 1: 0.0} | {lag: self._correlation_at(lag) for lag in sorted(self.shared)}
        return np.asarray(np.interp(np.arange(self.n), list(known), list(known.values())))

    def _correlation_at(self, lag: int) -> float:
        variance = self.variance[self._shortest]
        of_both = np.sqrt(variance[lag:] * variance[:-lag])
        found = quotient(self.shared[lag][lag:], of_both)
        return float(np.clip(np.nanmedian(found), 0, 1)) if np.isfinite(found).any() else 0.0

    @property
    def _shortest(self) -> int:
        return self._of_length(min(self.lengths)) if len(self.lengths) > 1 else 0

    def process(self, at: int, lag: int) -> ProcessVariance | None:
        """The process variance of the changes before a period; where too few reach a year back, those of one period."""
        found = process_of([self.step(each, lag) for each in range(lag, at)])
        return found or (process_of([self.step(each, 1) for each in range(1, at)]) if lag > 1 else None)

    def season_process(self, at: int) -> ProcessVariance | None:
        """The process variance of the changes beyond the season before a period; None without two years before it."""
        return process_of(self._season_steps[: max(at - self.year - 1, 0)])

    def baseline_process(self, at: int) -> ProcessVariance | None:
        """The process variance of the changes since the mean of 12 periods, before a period."""
        return process_of(self._baseline_steps[: max(at - BASELINE, 0)])

    @cached_property
    def _season_steps(self) -> list[Step]:
        return [self.season_step(at) for at in range(self.year + 1, self.n)]

    @cached_property
    def _baseline_steps(self) -> list[Step]:
        return [self.baseline_step(at) for at in range(BASELINE, self.n)]

    def _of_length(self, days: int) -> int:
        return list(self.lengths).index(days) if len(self.lengths) > 1 else 0


NO_STEP = Step(float("nan"), float("nan"))


def process_of(steps: Sequence[Step]) -> ProcessVariance | None:
    """The process variance that steps show."""
    return process_variance([step.change for step in steps], [step.variance for step in steps])


def track_of(rows: pd.DataFrame, last: Period, *, shared: pd.DataFrame | None = None) -> Track:
    """The track of rows of one metric and segment with period, days, level and variance, up to a period.

    Args:
        rows: A row per period, or per period and length counted.
        last: The period that is reported.
        shared: Covariances of its levels: period, lag, covariance.
    """
    ordinals = rows.period.map(lambda text: Period(text).ordinal)
    named = [Period.nth(last.unit, ordinal) for ordinal in range(int(ordinals.min()), last.ordinal + 1)]
    at = [period.ordinal for period in named]
    several = rows.duplicated("period").any()
    lengths = sorted(rows.days.unique()) if several else [0]
    keyed = rows.assign(ordinal=ordinals, length=rows.days if several else 0)
    level, variance = (
        keyed.pivot(index="length", columns="ordinal", values=name).reindex(index=lengths, columns=at).to_numpy(float)
        for name in ("level", "variance")
    )
    days = np.array([period.n_days for period in named])
    return Track(last.unit, days, lengths, level, variance, _shared(shared, at))


def _shared(shared: pd.DataFrame | None, at: list[int]) -> dict[int, Floats]:
    if shared is None or shared.empty:
        return {}
    ordinals = shared.period.map(lambda text: Period(text).ordinal)
    table = shared.assign(ordinal=ordinals).pivot(index="lag", columns="ordinal", values="covariance")
    rows = table.reindex(columns=at).fillna(0).to_numpy(float)
    return {int(lag): row for lag, row in zip(table.index, rows, strict=True)}
