"""Rates of unequal months on one scale: how fast customers leave or come back, per month of 30.44 days."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.differences import UNKNOWN, Difference, two_sided_p
from retention_kit.metrics.statistics.estimates import wilson
from retention_kit.periods import Unit

MEAN_DAYS: dict[Unit, float] = {"week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
"""How long a period of a unit is on average: a hazard is that of so many days."""


@checked
def hazard(rate: float, *, days: int, unit: Unit = "month") -> float:
    """The hazard of a mean month (or week, quarter, year) at which the rate of so many days comes about.

    h = -ln(1 - rate) x 30.4375 / days; infinite where everybody goes. 1 - exp(-h) is the rate of the mean month.

    Reference: METRICS Z6.

    Example:
        >>> round(hazard(0.12, days=29), 5), round(hazard(0.128, days=31), 5)
        (0.13417, 0.13448)
    """
    return -math.log1p(-rate) * MEAN_DAYS[unit] / days if rate < 1 else math.inf


def rate_of_hazard(of_mean_period: float) -> float:
    """The rate of a mean month at a hazard.

    Example:
        >>> round(rate_of_hazard(0.13417), 4)
        0.1256
    """
    return -math.expm1(-of_mean_period)


class Events(NamedTuple):
    """How many of n customers left, or came back, in a period of so many days."""

    hits: float
    n: float
    days: int


@checked
def difference_of_hazards(now: Events, base: Events, *, unit: Unit = "month") -> Difference:
    """Has a rate changed between periods of unequal length? February always loses fewer customers than March.

    The difference of the hazards of a mean month (`hazard`), its interval from Wilson's limits of both rates (MOVER),
    its p-value from the hazards of (hits + 1/2) / (n + 1). Missing where a denominator is 0 or everybody went.

    Reference: METRICS Z6; Zou and Donner 2008 on MOVER.

    Example:
        >>> change = difference_of_hazards(Events(120, 1000, 29), Events(128, 1000, 31))
        >>> round(change.value, 5), round(change.low, 5), round(change.high, 5)
        (-0.00031, -0.03385, 0.03349)
    """
    if not (now.n and base.n) or now.hits == now.n or base.hits == base.n:
        return UNKNOWN
    (h, low_h, high_h), (base_h, base_low, base_high) = (_with_limits(side, unit) for side in (now, base))
    low = h - base_h - math.hypot(h - low_h, base_high - base_h)
    high = h - base_h + math.hypot(high_h - h, base_h - base_low)
    (smooth, variance), (base_smooth, base_variance) = (smoothed_hazard(*side, unit=unit) for side in (now, base))
    z = (smooth - base_smooth) / math.sqrt(variance + base_variance)
    return Difference(h - base_h, low, high, two_sided_p(z))


def _with_limits(side: Events, unit: Unit) -> list[float]:
    """A hazard and its limits."""
    low, high = wilson(side.hits, side.n)
    return [hazard(float(rate), days=side.days, unit=unit) for rate in (side.hits / side.n, low, high)]


def smoothed_hazard(hits: float, n: float, days: int, *, unit: Unit) -> tuple[float, float]:
    """The hazard of (hits + 1/2) / (n + 1), which is there whoever went, and its variance."""
    rate = (hits + 0.5) / (n + 1)
    return hazard(rate, days=days, unit=unit), (MEAN_DAYS[unit] / days) ** 2 * rate / ((1 - rate) * n)


def on_rates(change: Difference, base: float) -> Difference:
    """A difference of hazards from a base as one of rates of a mean month, which is what is printed.

    Example:
        >>> on_rates(Difference(0.02, -0.01, 0.05, 0.2), 0.13)
        Difference 0.01739, 95 % interval -0.008825 to 0.04283, p = 0.2
    """
    at = rate_of_hazard(base)
    ends = {name: rate_of_hazard(base + getattr(change, name)) - at for name in ("value", "low", "high")}
    return replace(change, **ends)


def least_of_rate(base: float) -> float:
    """The least change of a share worth speaking of: a point, of small and of large shares a tenth of them.

    Example:
        >>> least_of_rate(0.3), round(least_of_rate(0.008), 6), round(least_of_rate(0.96), 6)
        (0.01, 0.0008, 0.004)
    """
    return float(np.minimum(0.01, min(base, 1 - base) / 10))
