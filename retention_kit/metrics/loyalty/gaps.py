"""Days between one purchase day of a customer and the next."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import PERIOD, as_asked, moments, periods_of, within
from retention_kit.metrics.statistics.estimates import SUPPRESSED, Floats, Z, estimates, standard_error
from retention_kit.periods import Period, Span
from retention_kit.tables import ALL, Tabular, collected, occasions, segment_keys

QUANTILES = (0.25, 0.5, 0.75, 0.9)


@checked
def time_between_orders(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How many days lie between one purchase day of a customer and the next, for those who came back in the period?

    Quantiles of the gaps that closed in the period. Customers who never came back are not in it, and long gaps need a
    long history: it describes returns, and does not show when somebody is lost.

    Returns:
        Per segment (of several periods for each, with a column `period` in front) and quantile (0.25, 0.5, 0.75, 0.9)
        an estimate in days; denominator and n are gaps, the numerator is missing. The interval inverts the share of
        gaps below, the gaps of a customer taken together; none below 10 customers. No row of a segment without gaps.

    Reference: METRICS 2.2 time_between_orders; Woodruff 1952 for the interval.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-05-01", "2024-05-11", "2024-05-02", "2024-05-22"])})
        >>> time_between_orders(orders, period=Period("2024-05")).value.tolist()
        [12.5, 15.0, 17.5, 19.0]
    """
    span = periods_of(period)
    gaps = _gaps(orders, span, by)
    histogram = collected(gaps.group_by("group", "gap").agg(n=nw.len()), "group", "gap")
    days = {
        str(group): np.repeat(rows.gap.to_numpy(float), rows.n.to_numpy(int))
        for group, rows in histogram.groupby("group")
    }
    errors = _errors_below(gaps, {group: np.quantile(found, QUANTILES) for group, found in days.items()})
    wanted = [f"{each.ordinal} {ALL}" for each in span] if by is None else days
    rows = [_quantiles(group, days.get(group, np.array([])), errors.get(group)) for group in wanted]
    nothing = _quantiles(f"{span[0].ordinal} {ALL}", np.array([]), None)[:0]
    found = estimates(pd.concat(rows or [nothing], ignore_index=True))
    return as_asked(found.assign(period=found.period.map({str(each.ordinal): str(each) for each in span})), period)


def _gaps(orders: Tabular, span: Sequence[Period], by: str | None) -> nw.LazyFrame[Any]:
    """The gaps that closed in the periods; of customers who bought in none of them no row is put in order."""
    person, day = ["customer_id", *segment_keys(by)], nw.col("ordered_day")
    bought = occasions(orders, by=by).filter(day < span[-1].end_day)
    buyers = within(bought, span).select(*person).unique()
    gap = day - day.shift(1).over(*person, order_by="ordered_day")
    closed = within(bought.join(buyers, on=person, how="semi").with_columns(gap=gap), span)
    segment = nw.lit(ALL) if by is None else nw.col(by)
    group = nw.concat_str(nw.col(PERIOD).cast(nw.String), segment, separator=" ")
    return closed.filter(~nw.col("gap").is_null()).select("customer_id", "gap", group=group)


def _errors_below(gaps: nw.LazyFrame[Any], points: dict[str, Floats]) -> dict[str, Floats]:
    """Per period and segment, the standard errors of the shares of gaps below its quantiles.

    Where many gaps are equal, the shares that are shorter and no longer differ much: the larger error counts.
    """
    if not points:
        return {}
    shares: dict[str, nw.Expr] = {}
    for place in range(len(QUANTILES)):
        longest = {group: floor(days[place]) for group, days in points.items()}
        shortest_above = {group: ceil(days[place]) for group, days in points.items()}
        shares[f"upto_{place}"] = (nw.col("gap") <= _of_group(longest)).cast(nw.Int64)
        shares[f"under_{place}"] = (nw.col("gap") < _of_group(shortest_above)).cast(nw.Int64)
    customers = gaps.with_columns(n=nw.lit(1), **shares).group_by("group", "customer_id")
    sums = moments(customers.agg(nw.col("n", *shares).sum()), "n", *shares, by="group").set_index("segment")
    return {
        str(group): np.array([standard_error(row, ((name, "n", 1.0),)) for name in shares]).reshape(-1, 2).max(axis=1)
        for group, row in sums.iterrows()
    }


def _of_group(days: dict[str, int]) -> nw.Expr:
    """The days of each row's group, by halves, so that many groups make no deep expression."""
    names = sorted(days)
    if len(names) == 1:
        return nw.lit(days[names[0]])
    middle = len(names) // 2
    first, second = ({name: days[name] for name in half} for half in (names[:middle], names[middle:]))
    is_first = nw.col("group") < names[middle]
    return nw.when(is_first).then(_of_group(first)).otherwise(_of_group(second))


def _quantiles(group: str, days: Floats, errors: Floats | None) -> pd.DataFrame:
    n, (number, _blank, segment) = len(days), group.partition(" ")
    table = pd.DataFrame(
        {"period": number, "segment": segment, "quantile": QUANTILES, "numerator": np.nan, "denominator": n, "n": n}
    )
    if n == 0 or (n < SUPPRESSED and segment != ALL):
        status = "suppressed" if n else "no_denominator"
        return table.assign(value=np.nan, low=np.nan, high=np.nan, status=status)
    table = table.assign(value=np.quantile(days, QUANTILES), low=np.nan, high=np.nan, status="ok")
    if errors is None or np.isnan(errors).any():
        return table
    half = Z * errors
    low, high = (np.quantile(days, np.clip(np.array(QUANTILES) + side, 0, 1)) for side in (-half, half))
    return table.assign(low=low, high=high)
