"""Customers who have part in two periods: what makes a ratio of one go along with that of the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.metrics.statistics.counting import CLUSTER, PERIOD, keys_of
from retention_kit.metrics.statistics.estimates import quotient
from retention_kit.money import product
from retention_kit.periods import Period
from retention_kit.tables import ALL, MONEY, collected, segment_keys


def covariances(
    customers: nw.LazyFrame[Any],
    found: pd.DataFrame,
    pairs: Mapping[str, tuple[str, ...]],
    *,
    span: Sequence[Period],
    lags: Sequence[int],
    by: str | None = None,
) -> pd.DataFrame:
    """The covariance of the logarithm of a ratio or total with that of an earlier period, over the customers of both.

    cov(ln R, ln R') = sum over customers of (y / Y - x / X)(y' / Y' - x' / X'), with R = Y / X (linearisation); of a
    total Y alone that of y y' / (Y Y')

    Args:
        customers: One row per `CLUSTER`, period and segment, with the numerators and denominators of the ratios.
        found: The metrics as they were found: metric, period, segment, numerator, denominator.
        pairs: Of each metric the columns of its numerator and denominator, of a total its own.
        span: The periods.
        lags: By how many periods the earlier ones lie before.
        by: The column that rows are broken down by.

    Returns:
        metric, segment, period, lag and covariance.
    """
    names = sorted({name for pair in pairs.values() for name in pair})
    known = customers.filter(~nw.col(CLUSTER).is_null())
    money = known.select(CLUSTER, *keys_of(by, span), *(nw.col(name).fill_null(0).cast(MONEY) for name in names))
    tables = [pd.DataFrame(columns=["metric", "segment", "period", "lag", "covariance"])]
    for lag in (lag for lag in lags if lag < len(span)):
        counts = _counted(money, pairs, lag, by)
        counts = counts.assign(period=counts[PERIOD].map({period.ordinal: str(period) for period in span}))
        base = {str(period + lag): str(period) for period in span}
        for name, pair in pairs.items():
            shared = _of_metric(counts, found[found.metric == name], base, pair)
            tables.append(shared.assign(metric=name, lag=lag))
    return pd.concat(tables[1:] or tables, ignore_index=True)[list(tables[0])]


def _counted(money: nw.LazyFrame[Any], pairs: Mapping[str, tuple[str, ...]], lag: int, by: str | None) -> pd.DataFrame:
    """Per period and segment the sums of products of what customers did in it and in the earlier one."""
    keys = [PERIOD, *segment_keys(by)]
    names = [name for name in money.collect_schema().names() if name not in (CLUSTER, *keys)]
    earlier = money.with_columns(nw.col(PERIOD) + lag).rename({name: f"{name}_base" for name in names})
    both = money.join(earlier, on=[CLUSTER, *keys], how="inner")
    sums = {f"{a} x {b}": product(a, f"{b}_base").sum() for pair in pairs.values() for a in pair for b in pair}
    counts = collected(both.group_by(keys).agg(**sums), *keys)
    return counts.assign(segment=counts[by] if by else ALL)


def _of_metric(
    counts: pd.DataFrame, found: pd.DataFrame, base: Mapping[str, str], columns: tuple[str, ...]
) -> pd.DataFrame:
    """The covariances of one metric, where its sums are there in both periods."""
    sides = [("numerator", columns[0], 1.0), *(("denominator", name, -1.0) for name in columns[1:])]
    sums = found.set_index(["period", "segment"])[["numerator", "denominator"]].astype(float)
    at = list(zip(counts.period, counts.segment, strict=True))
    then = [(base.get(period, ""), segment) for period, segment in at]
    total = np.zeros(len(counts))
    for side, a, sign in sides:
        for earlier, b, base_sign in sides:
            below = sums[side].reindex(at).to_numpy() * sums[earlier].reindex(then).to_numpy()
            total += sign * base_sign * quotient(counts[f"{a} x {b}"], below)
    return counts[["segment", "period"]].assign(covariance=total).dropna()
