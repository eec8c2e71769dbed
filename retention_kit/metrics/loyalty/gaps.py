"""Days between one purchase day of a customer and the next."""

from math import ceil, floor
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import moments, within
from retention_kit.metrics.statistics.estimates import SUPPRESSED, Floats, Z, estimates, standard_error
from retention_kit.periods import Period
from retention_kit.tables import ALL, Tabular, collected, occasions, segment_keys

QUANTILES = (0.25, 0.5, 0.75, 0.9)


@checked
def time_between_orders(orders: Tabular, *, period: Period, by: str | None = None) -> pd.DataFrame:
    """How many days lie between one purchase day of a customer and the next, for those who came back in the period?

    Quantiles of the gaps that closed in the period. Customers who never came back are not in it, and long gaps need a
    long history: it describes returns, and does not show when somebody is lost.

    Returns:
        Per segment and quantile (0.25, 0.5, 0.75, 0.9) an estimate in days; denominator and n are gaps, the numerator
        is missing. The interval inverts the share of gaps below, the gaps of a customer taken together; none below 10
        customers. No row of a segment without gaps.

    Reference: METRICS 2.2 time_between_orders; Woodruff 1952 for the interval.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-05-01", "2024-05-11", "2024-05-02", "2024-05-22"])})
        >>> time_between_orders(orders, period=Period("2024-05")).value.tolist()
        [12.5, 15.0, 17.5, 19.0]
    """
    gaps = _gaps(orders, period, by)
    histogram = collected(gaps.group_by("segment", "gap").agg(n=nw.len()), "segment", "gap")
    days = {
        str(segment): np.repeat(rows.gap.to_numpy(float), rows.n.to_numpy(int))
        for segment, rows in histogram.groupby("segment")
    }
    errors = _errors_below(gaps, {segment: np.quantile(found, QUANTILES) for segment, found in days.items()})
    rows = [_quantiles(segment, found, errors.get(segment)) for segment, found in days.items()]
    no_gaps = _quantiles(ALL, np.array([]), None)
    return estimates(pd.concat(rows, ignore_index=True) if rows else no_gaps[: 0 if by else None])


def _gaps(orders: Tabular, period: Period, by: str | None) -> nw.LazyFrame[Any]:
    previous = nw.col("ordered_day").shift(1).over("customer_id", *segment_keys(by), order_by="ordered_day")
    bought = occasions(orders, by=by).with_columns(gap=nw.col("ordered_day") - previous)
    closed = within(bought, [period]).filter(~nw.col("gap").is_null())
    return closed.select("customer_id", "gap", segment=nw.lit(ALL) if by is None else nw.col(by))


def _errors_below(gaps: nw.LazyFrame[Any], points: dict[str, Floats]) -> dict[str, Floats]:
    """Per segment, the standard errors of the shares of gaps below its quantiles.

    Where many gaps are equal, the shares that are shorter and no longer differ much: the larger error counts.
    """
    if not points:
        return {}
    shares: dict[str, nw.Expr] = {}
    for place in range(len(QUANTILES)):
        longest = {segment: floor(days[place]) for segment, days in points.items()}
        shortest_above = {segment: ceil(days[place]) for segment, days in points.items()}
        shares[f"upto_{place}"] = (nw.col("gap") <= _of_segment(longest)).cast(nw.Int64)
        shares[f"under_{place}"] = (nw.col("gap") < _of_segment(shortest_above)).cast(nw.Int64)
    customers = gaps.with_columns(n=nw.lit(1), **shares).group_by("segment", "customer_id")
    sums = moments(customers.agg(nw.col("n", *shares).sum()), "n", *shares, by="segment").set_index("segment")
    return {
        str(segment): np.array([standard_error(row, ((name, "n", 1.0),)) for name in shares]).reshape(-1, 2).max(axis=1)
        for segment, row in sums.iterrows()
    }


def _of_segment(days: dict[str, int]) -> nw.Expr:
    """The days of each row's segment, by halves, so that many segments make no deep expression."""
    names = sorted(days)
    if len(names) == 1:
        return nw.lit(days[names[0]])
    middle = len(names) // 2
    first, second = ({name: days[name] for name in half} for half in (names[:middle], names[middle:]))
    is_first = nw.col("segment") < names[middle]
    return nw.when(is_first).then(_of_segment(first)).otherwise(_of_segment(second))


def _quantiles(segment: str, days: Floats, errors: Floats | None) -> pd.DataFrame:
    n = len(days)
    table = pd.DataFrame({"segment": segment, "quantile": QUANTILES, "numerator": np.nan, "denominator": n, "n": n})
    if n == 0 or (n < SUPPRESSED and segment != ALL):
        status = "suppressed" if n else "no_denominator"
        return table.assign(value=np.nan, low=np.nan, high=np.nan, status=status)
    table = table.assign(value=np.quantile(days, QUANTILES), low=np.nan, high=np.nan, status="ok")
    if errors is None or np.isnan(errors).any():
        return table
    half = Z * errors
    low, high = (np.quantile(days, np.clip(np.array(QUANTILES) + side, 0, 1)) for side in (-half, half))
    return table.assign(low=low, high=high)
