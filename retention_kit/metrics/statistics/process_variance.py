"""Months differ by more than chance: how much more, and what that makes of an interval.

A change is a difference of levels: of logarithms (totals, money, rates, hazards) or of points (net promoter score). How
large the changes of the months before were beyond what sampling makes is the process variance tau^2; a change that is
tested is held against both (METRICS Z9).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.differences import Difference
from retention_kit.metrics.statistics.estimates import Z

FEWEST, MOST = 12, 24
"""How many earlier changes tell the process variance: at least so many, and no older ones than so many."""

MEDIAN_OF_SQUARES = 1 / 2.1981
"""The median of the square of a normal deviate is so much of its variance."""

POWER = 0.80
"""The chance with which the smallest change that would have been seen is seen."""


@dataclass(frozen=True)
class ProcessVariance:
    """By how much the changes of a metric vary from period to period beyond sampling.

    Attributes:
        tau2: The process variance, on the scale of the levels; 0 where sampling explains all of it.
        n: How many changes it was found from.
    """

    tau2: float
    n: int

    def widening(self, variance: float) -> "Widening":
        """What it makes of the interval of a change whose sampling variance is given."""
        k2 = 1 + self.tau2 / variance if variance > 0 else 1.0
        if not k2 > 1:
            return PLAIN
        return Widening(float(np.sqrt(k2)), self.n / 2 * (k2 / (k2 - 1)) ** 2)


NO_PROCESS = ProcessVariance(0.0, 0)
"""No variance beyond sampling."""


@dataclass(frozen=True)
class Widening:
    """How much wider than by sampling alone an interval is.

    Attributes:
        k: The standard error is so many times that of sampling.
        degrees: The degrees of freedom of Student's t that it is judged by; infinite for the normal.
    """

    k: float
    degrees: float

    def of(self, change: Difference) -> Difference:
        """A change with both arms of its interval and its test widened."""
        if self.k == 1:
            return change
        factor = self.k * self._t(0.975) / Z
        low, high = (change.value + factor * (end - change.value) for end in (change.low, change.high))
        return Difference(change.value, low, high, float(2 * special.stdtr(self.degrees, -_deviate(change) / self.k)))

    def smallest_seen(self, standard_error: float) -> float:
        """The smallest change that four times in five would have been seen, on the scale of the standard error.

        Example:
            >>> round(PLAIN.smallest_seen((2 * 0.15 * 0.85 / 550) ** 0.5), 3)
            0.06
        """
        return (self._t(0.975) + self._t(POWER)) * self.k * standard_error

    def _t(self, probability: float) -> float:
        if np.isinf(self.degrees):
            return float(special.ndtri(probability))
        return float(special.stdtrit(self.degrees, probability))


def _deviate(change: Difference) -> float:
    """The normal deviate of a p-value; of one too small for a float that of the interval."""
    if change.p_value > 0:
        return -float(special.ndtri(change.p_value / 2))
    nearest = change.low if change.value > 0 else change.high
    return Z * change.value / (change.value - nearest)


PLAIN = Widening(1.0, float("inf"))
"""No wider than by sampling."""


@checked
def process_variance(changes: npt.ArrayLike, variances: npt.ArrayLike) -> ProcessVariance | None:
    """The process variance of the last changes, the one that is tested excluded; None of fewer than 12.

    tau^2 = max(0, 2.1981 median(d^2) - median(v)), of the last 12 to 24 changes d with sampling variances v. They are
    not centred: who grows steadily has large changes without a shock. Missing ones are left out.

    Reference: METRICS Z9.

    Example:
        >>> d = [0.03, -0.05, 0.08, -0.02, 0.06, -0.09, 0.04, -0.01, 0.07, -0.06, 0.02, -0.04]
        >>> found = process_variance(d, [0.0009] * 12)
        >>> round(found.tau2, 6), round(found.widening(0.0009).k, 4)
        (0.003606, 2.2376)
    """
    d, v = np.asarray(changes, float), np.asarray(variances, float)
    is_there = ~np.isnan(d) & ~np.isnan(v)
    d, v = d[is_there][-MOST:], v[is_there][-MOST:]
    if len(d) < FEWEST:
        return None
    return ProcessVariance(max(0.0, float(np.median(d**2) / MEDIAN_OF_SQUARES - np.median(v))), len(d))
