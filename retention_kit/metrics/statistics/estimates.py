"""From counts and sums to estimates: the value, its 95 % interval, its n, and in words why there is none.

An estimate is a row with these eight columns, behind those that say of what it is:

    value        unrounded, a rate as 0..1; missing, like the interval, where the status is not ok
    low, high    the 95 % interval: Wilson's of a share, unless a function names another; missing where there is none
    numerator    what was divided, in the counts or the money of the function
    denominator  what it was divided by; of a share n
    n            how many customers, orders or answers the value is based on
    status       ok · incomplete · immature · no_opening · no_denominator · inconsistent · suppressed · no_base_period ·
                 no_responses · no_invitations · not_reached · refused:<reason>
    flags        what a reader must know beside an ok value, separated by spaces; `small_n` where n is below 30,
                 `no_variation` where a ratio has no interval because it is the same for every customer

"Per segment": a row for each value of the column `by`, in `segment`; one row `(all)` where nothing is broken down.
Segments below 5 are merged into `(other)`, which is `suppressed` if it is still below 5.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special  # scipy.stats takes longer to import than pandas

from retention_kit.arguments import checked
from retention_kit.tables import ALL
from retention_kit.tables import OTHER as OTHER

Floats = npt.NDArray[np.float64]

Z = float(special.ndtri(0.975))
SMALL_N = 30
FEWEST_CUSTOMERS = 10
"""Below this many customers no interval of a ratio of sums is given."""
SUPPRESSED = 5
"""A segment with a smaller denominator is merged into `(other)`."""
ESTIMATE = ["value", "low", "high", "numerator", "denominator", "n", "status", "flags"]
"""The columns of an estimate, as the docstring of this module describes them."""


@checked
def wilson(hits: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """95 % Wilson interval of hits / n: exactly 0 below no hit, exactly 1 above no miss, missing where n = 0.

    Example:
        >>> low, high = wilson(150, 200)
        >>> round(float(low), 4), round(float(high), 4)
        (0.6857, 0.8049)
    """
    k, m = np.asarray(hits, float), np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / m
        centre = (p + Z**2 / (2 * m)) / (1 + Z**2 / m)
        half = Z * np.sqrt(p * (1 - p) / m + Z**2 / (4 * m**2)) / (1 + Z**2 / m)
    return np.where(k == 0, p, np.maximum(centre - half, 0)), np.where(k == m, p, np.minimum(centre + half, 1))


def quotient(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """The ratio a / b; missing or infinite, without a warning, where b is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.asarray(a, float) / np.asarray(b, float))


@checked
def garwood(n: float) -> tuple[float, float]:
    """Exact 95 % interval of a Poisson count.

    Example:
        >>> low, high = garwood(60)
        >>> round(low, 2), round(high, 2)
        (45.79, 77.23)
    """
    low = float(special.gammaincinv(n, 0.025)) if n else 0.0
    return low, float(special.gammaincinv(n + 1, 0.975))


def rates(counts: pd.DataFrame, *, empty: str = "no_denominator") -> pd.DataFrame:
    """Proportions with Wilson intervals from columns `numerator` and `denominator`; the other columns stay in front.

    Args:
        counts: One row per estimate; a column `status` that is not "ok" is kept and makes the value missing, and the
            interval is that of n / `deff` where there is such a column (`statistics.clusters`).
        empty: The status where the denominator is 0.

    Example:
        >>> rates(pd.DataFrame({"numerator": [3, 0], "denominator": [4, 0]}))[["value", "status", "flags"]]
           value          status    flags
        0   0.75              ok  small_n
        1    NaN  no_denominator
    """
    k, n = counts.numerator.to_numpy(float), counts.denominator.to_numpy(float)
    deff = counts["deff"].to_numpy(float) if "deff" in counts else 1.0
    low, high = wilson(k / deff, n / deff)
    status = status_of_sizes(counts, n, empty=empty)
    return estimates(counts.assign(value=quotient(k, n), low=low, high=high, n=counts.denominator, status=status))


def status_of_sizes(counts: pd.DataFrame, n: Floats, *, empty: str) -> npt.NDArray[np.str_]:
    """`ok`, `empty` where n is 0, `suppressed` in a segment below 5; a column `status` that is not "ok" is kept."""
    status = np.where(n > 0, "ok", empty)
    if "status" in counts:
        status = np.where(counts.status == "ok", status, counts.status)
    if "segment" in counts:
        status = np.where((counts.segment != ALL) & (n > 0) & (n < SUPPRESSED), "suppressed", status)
    return status


def estimates(table: pd.DataFrame) -> pd.DataFrame:
    """Columns in their fixed order; missing value and interval where the status is not ok; `small_n` flagged."""
    not_ok = (table.status != "ok").to_numpy()
    shown = {name: np.where(not_ok, np.nan, table[name].to_numpy(float)) for name in ("value", "low", "high")}
    flags = np.where(not_ok | (table.n.to_numpy(float) >= SMALL_N), "", "small_n")
    return table.assign(**shown, flags=flags)[
        [*(name for name in table if name not in ESTIMATE), *ESTIMATE]
    ].reset_index(drop=True)


def ratios_of(sums: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """The ratio of two of the columns of `moments`, per segment."""
    y, x, n = (sums[name].to_numpy(float) for name in (numerator, denominator, f"n {denominator}"))
    pairs = zip(sums[numerator], sums[denominator], strict=True)
    values = np.array([float(exact(above) / exact(below)) if below else math.nan for above, below in pairs])
    errors = np.array([standard_error(row, ((numerator, denominator, 1.0),)) for _, row in sums.iterrows()])
    small = (sums.segment != ALL) & (n > 0) & (n < SUPPRESSED)
    status = np.where(small, "suppressed", np.where(x > 0, "ok", "no_denominator"))
    interval = {"low": values - Z * errors, "high": values + Z * errors}
    table = sums[labels(sums)].assign(value=values, **interval, numerator=y, denominator=x, n=n.astype(int))
    return estimates(table.assign(status=status))


def labels(sums: pd.DataFrame) -> list[str]:
    """The columns that say of what a row is."""
    return [name for name in ("period", "segment") if name in sums]


def log_interval(value: npt.ArrayLike, error: npt.ArrayLike) -> tuple[Floats, Floats]:
    """95 % interval of a mean or ratio of skewed amounts: normal on the log, so that it leans as the amounts do.

    Where the value is not above 0 there is no log, and the interval is the plain normal one.

    Example:
        >>> low, high = log_interval(0.04, 0.01)
        >>> round(float(low), 4), round(float(high), 4)
        (0.0245, 0.0653)
    """
    middle, half = np.asarray(value, float), Z * np.asarray(error, float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(half / middle)
        low, high = middle / factor, middle * factor
    return np.where(middle > 0, low, middle - half), np.where(middle > 0, high, middle + half)


def standard_error(sums: "pd.Series[Any]", terms: tuple[tuple[str, str, float], ...]) -> float:
    """Standard error of a signed sum of ratios (numerator, denominator, sign) over the same customers.

    Missing where one of the ratios has fewer than 10 customers in its denominator.
    """
    n = int(sums["denominator"])
    if min(sums[f"n {x}"] for _, x, _ in terms) < FEWEST_CUSTOMERS or any(sums[x] == 0 for _, x, _ in terms):
        return float("nan")
    gradient: dict[str, Fraction] = {}
    for y, x, sign in terms:
        above, below = exact(sums[y]), exact(sums[x])
        gradient[y] = gradient.get(y, Fraction()) + exact(sign) / below
        gradient[x] = gradient.get(x, Fraction()) - exact(sign) * above / below**2
    variance = sum(
        gradient[a] * gradient[b] * exact(sums[f"{a} x {b}" if f"{a} x {b}" in sums else f"{b} x {a}"])
        for a in gradient
        for b in gradient
    )
    return math.sqrt(max(variance, 0) * n / (n - 1))


def exact(number: Any) -> Fraction:
    """A number as it is: the terms of a variance nearly cancel, and of floats their noise would be left."""
    return Fraction(number if isinstance(number, Decimal | Fraction) else float(number))
