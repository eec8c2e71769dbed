"""Ratios of sums over customers of whom a few bring most: value, and an interval that leans as their amounts do.

What `counting.moments` sums tells the standard error; the skewness takes a second pass over the same rows, since only
then is it known in which unit the third powers of the amounts can be summed without rounding.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.metrics.statistics.counting import counted, moments
from retention_kit.metrics.statistics.estimates import FEWEST_CUSTOMERS, exact, labels, ratios_of
from retention_kit.metrics.statistics.skewness import skew_corrected
from retention_kit.money import in_units, unit_for_cubes
from retention_kit.periods import Period

NO_VARIATION = "no_variation"
"""The flag of a value without an interval because no customer differs from another."""


def skewed_ratios(
    customers: nw.LazyFrame[Any],
    *,
    numerator: str,
    denominator: str,
    by: str | None = None,
    span: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """The ratio of the sums of two columns that hold one number per customer, with a skew-corrected interval.

    Takes what `counting.ratios` takes, and gives an estimate per segment as it does, but for the interval.
    """
    sums = moments(customers, numerator, denominator, by=by, span=span)
    sums = with_cubes(customers, sums, (numerator, denominator), by=by, span=span)
    return skewed_ratios_of(sums, numerator, denominator)


def with_cubes(
    customers: nw.LazyFrame[Any],
    sums: pd.DataFrame,
    *pairs: tuple[str, str],
    by: str | None = None,
    span: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """The result of `moments` and beside it what the skewness of the ratio y / x of each pair needs.

    The sums of products of three under "y x y x x", the number of customers with either under "n y or x", and that of
    customers whose y is negative under "n y negative".
    """
    sums = sums.assign(**{f"{y} x {x}": sums[f"{x} x {y}"] for y, x in pairs if f"{y} x {x}" not in sums})
    units = {name: unit_for_cubes(sums[f"{name} x {name}"]) for pair in pairs for name in pair}
    triples = {name: factors for pair in pairs for name, factors in _triples(*pair).items()}
    counts = {name: (nw.col(a) * nw.col(b) * nw.col(c)).sum() for name, (a, b, c) in triples.items()}
    for y, x in pairs:
        counts[f"n {y} or {x}"] = ((nw.col(y) != 0) | (nw.col(x) != 0)).cast(nw.Int64).sum()
        counts[f"n {y} negative"] = (nw.col(y) < 0).cast(nw.Int64).sum()
    whole = customers.with_columns(*(in_units(name, unit).alias(name) for name, unit in units.items()))
    found = counted(whole, {"denominator": nw.len(), **counts}, by=by, span=span, exact=True)
    for name, factors in triples.items():
        found[name] = in_money(found[name], sum(units[each] for each in factors))
    return sums.merge(found.drop(columns="denominator"), how="left", on=labels(sums), validate="one_to_one")


def in_money(cubes: "pd.Series[Any]", unit: int) -> "pd.Series[Any]":
    """Sums of third powers that were counted in 10^unit, as exact fractions of money."""
    return cubes.map(lambda total: exact(total) * Fraction(10) ** unit)


def skewed_ratios_of(sums: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """The ratio of two of the columns of `with_cubes`, per segment."""
    return with_skewed_intervals(ratios_of(sums, numerator, denominator), sums, numerator, denominator)


def with_skewed_intervals(found: pd.DataFrame, sums: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """Estimates of a ratio with low and high of their sums, a row of `with_cubes` for each.

    Where no customer differs from another both are missing, with `no_variation`. Low is not below 0 where no numerator
    of a customer is.
    """
    names = moment_names(numerator, denominator)
    rows = zip(*(sums[name] for name in names), strict=True)
    value, error, skewness, n, n_negative = np.array([_spread(*map(exact, row)) for row in rows]).reshape(-1, 5).T
    is_ok, is_constant = (found.status == "ok").to_numpy(), error == 0
    low, high = skew_corrected(value, np.where(is_ok & ~is_constant, error, np.nan), skewness, n)
    told = np.where(is_ok & is_constant, NO_VARIATION, "")
    flags = [" ".join(filter(None, pair)) for pair in zip(found["flags"], told, strict=True)]
    said = pd.Series(flags, index=found.index, dtype=str)
    found = found.assign(low=np.where(n_negative == 0, np.maximum(low, 0), low), high=high, flags=said)
    return found.assign(se=np.where(is_ok, error, np.nan))


def moment_names(y: str, x: str) -> list[str]:
    """The columns that a skew-corrected interval of y / x is made of."""
    second = (f"{y} x {y}", f"{y} x {x}", f"{x} x {x}")
    return [y, x, *second, *_triples(y, x), f"n {x}", f"n {y} or {x}", f"n {y} negative"]


def _triples(y: str, x: str) -> dict[str, tuple[str, str, str]]:
    return {" x ".join(each): each for each in ((y, y, y), (y, y, x), (y, x, x), (x, x, x))}


def _spread(*sums: Fraction) -> tuple[float, ...]:
    """The ratio, its standard error, the skewness of y - ratio * x, how many customers, and with y below 0.

    The error is exactly 0 where no customer differs from another, missing where too few are in the denominator.
    """
    y, x, yy, yx, xx, yyy, yyx, yxx, xxx, n_below, n, n_negative = sums
    ratio = y / x if x else Fraction()
    squares = yy - 2 * ratio * yx + ratio**2 * xx
    cubes = yyy - 3 * ratio * yyx + 3 * ratio**2 * yxx - ratio**3 * xxx
    if n_below < FEWEST_CUSTOMERS or not x:
        error, skewness = math.nan, math.nan
    elif squares <= 0:
        error, skewness = 0.0, math.nan
    else:
        error = math.sqrt(squares / x**2 * n / (n - 1))
        skewness = math.sqrt(n) * float(cubes) / float(squares) ** 1.5
    return float(ratio), error, skewness, float(n), float(n_negative)
