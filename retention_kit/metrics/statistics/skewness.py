"""The 95 % interval of a mean or ratio of skewed amounts: that of Student's t, corrected for their skewness."""

import numpy as np
import numpy.typing as npt
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import Floats

NEARLY_SYMMETRIC = 1e-4
"""Below this skewness the correction is its limit: the cube root would divide rounding by nearly 0."""


@checked
def skew_corrected(
    value: npt.ArrayLike, error: npt.ArrayLike, skewness: npt.ArrayLike, n: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """95 % interval of a mean or ratio over n customers, a few of whom may bring most of it.

    [value - h(t) * error, value - h(-t) * error], t the 0.975 quantile of Student's t with n - 1 degrees of freedom,
    h(q) = 3 sqrt(n) / g * (cbrt(1 + g * (q / sqrt(n) - g / (6 n))) - 1), g the skewness. It leans to the side of the
    large amounts: of a lognormal mean of 30 customers (sigma 1.2) it holds the truth in 91 of 100 cases, t in 85.

    Args:
        value: The mean, or the ratio of two sums.
        error: Its standard error.
        skewness: mean(z^3) / mean(z^2)^1.5 over the customers, z what each is off the mean (of a ratio y / x: off
            y - value * x).
        n: The number of customers.

    Returns:
        The ends, missing where an input is.

    Reference: METRICS Z2; Hall 1992, On the removal of skewness by transformation, JRSS B 54:221.

    Example:
        >>> low, high = skew_corrected(56.4167, 17.7310, 2.4821, 12)
        >>> round(float(low), 2), round(float(high), 2)
        (30.01, 195.38)
    """
    middle, width, size = np.asarray(value, float), np.asarray(error, float), np.asarray(n, float)
    t = np.asarray(special.stdtrit(size - 1, 0.975), float)
    low, high = (middle - _transformed(q, np.asarray(skewness, float), size) * width for q in (t, -t))
    return low, high


def _transformed(q: Floats, g: Floats, n: Floats) -> Floats:
    """Where a quantile of the symmetric distribution lies in the skewed one, in standard errors."""
    root = np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewed = 3 * root / g * (np.cbrt(1 + g * (q / root - g / (6 * n))) - 1)
    limit = q - g * (1 + 2 * q**2) / (6 * root)
    return np.asarray(np.where(np.abs(g) < NEARLY_SYMMETRIC, limit, skewed))
