"""Counts and exact sums per period and segment, as the engine finds them; estimates are made of them afterwards.

"Per period": of one period the rows alone; of several, a row for each in a column `period` in front, in their order.
Every function here takes the periods as a list; None where what is counted is of no period.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations_with_replacement
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.metrics.statistics.estimates import SUPPRESSED, rates, ratios_of
from retention_kit.money import product
from retention_kit.periods import Period, Span
from retention_kit.tables import ALL, MONEY, OTHER, collected, require, segment_keys

PERIOD = "_period"
"""The column that says of which period a row is: its running number."""


CLUSTER = "_cluster"
"""The column that says whose row it is, where what is of one customer belongs together."""


def periods_of(span: Span) -> list[Period]:
    """The periods wanted, in their order."""
    return [span] if isinstance(span, Period) else sorted(span)


def within(rows: nw.LazyFrame[Any], span: Sequence[Period], *, stem: str = "ordered") -> nw.LazyFrame[Any]:
    """The rows of a table that lie in the periods, with the running number of their own in `PERIOD`."""
    day, number = nw.col(f"{stem}_day"), nw.col(f"{stem}_{span[0].unit}")
    inside = rows.filter(day >= span[0].start_day, day < span[-1].end_day)
    if span[-1] - span[0] >= len(span):  # some between them are not wanted
        inside = inside.filter(number.is_in([period.ordinal for period in span]))
    return inside.with_columns(number.alias(PERIOD))


def as_asked(table: pd.DataFrame, span: Span) -> pd.DataFrame:
    """A result of several periods as it is; of one, without saying which."""
    return table.drop(columns="period") if isinstance(span, Period) else table


def keys_of(by: str | None, span: Sequence[Period] | None) -> list[str]:
    """The columns to group by: the period and the segment, where there are any."""
    return [*([] if span is None else [PERIOD]), *segment_keys(by)]


def proportions(
    rows: nw.LazyFrame[Any], condition: nw.Expr, *, by: str | None = None, span: Sequence[Period] | None = None
) -> pd.DataFrame:
    """The share of rows that meet a condition, per period and value of `by`, counted in the engine."""
    hits = {"numerator": condition.cast(nw.Int64).sum(), "denominator": nw.len()}
    return rates(counted(rows, hits, by=by, span=span))


def counted(
    rows: nw.LazyFrame[Any],
    counts: dict[str, nw.Expr],
    *,
    by: str | None = None,
    span: Sequence[Period] | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Counts per segment, small segments merged; one row `(all)` where nothing is broken down, even of no rows."""
    found = summed(rows, counts, by=by, span=span, exact=exact)
    return merged_small(found) if by else found


def summed(
    rows: nw.LazyFrame[Any],
    counts: dict[str, nw.Expr],
    *,
    by: str | None,
    span: Sequence[Period] | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Counts per segment as the engine finds them; `exact` leaves decimals what they are."""
    keys = keys_of(by, span)
    if by is not None:
        require(rows, by)
    found = collected(rows.group_by(keys).agg(**counts) if keys else rows.select(**counts), *keys, exact=exact)
    if span is not None:
        found = _named(found, span, is_whole=by is None)
    if by is not None:
        return found.rename(columns={by: "segment"})
    found.insert(len(keys), "segment", ALL)
    return found.fillna(dict.fromkeys(counts, 0))


def _named(found: pd.DataFrame, span: Sequence[Period], *, is_whole: bool) -> pd.DataFrame:
    """The periods by name; of all customers a row for each, even where there was nothing to count."""
    if is_whole:
        found = found.set_index(PERIOD).reindex([period.ordinal for period in span]).reset_index()
    names = {period.ordinal: str(period) for period in span}
    return found.assign(**{PERIOD: found[PERIOD].map(names)}).rename(columns={PERIOD: "period"})


def merged_small(counts: pd.DataFrame, *, size: str = "denominator") -> pd.DataFrame:
    """Segments smaller than 5 merged into `(other)`, so that totals still tie and nobody is recognised.

    Example:
        >>> merged_small(pd.DataFrame({"segment": ["PL", "UA", "US"], "denominator": [50, 2, 4]}))
           segment  denominator
        0       PL           50
        1  (other)            6
    """
    small = counts[size] < SUPPRESSED
    if not small.any():
        return counts
    keys = [name for name in ("period",) if name in counts]
    rest = counts[small].assign(segment=OTHER).groupby([*keys, "segment"], as_index=False).sum()
    merged = pd.concat([counts[~small], rest[list(counts)].astype(counts.dtypes)], ignore_index=True)
    return merged.sort_values(keys, kind="stable", ignore_index=True) if keys else merged


def moments(
    customers: nw.LazyFrame[Any],
    *columns: str,
    groups: Iterable[Sequence[str]] = (),
    by: str | None = None,
    span: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """Per segment: sums, sums of products and numbers of customers of columns that hold one number per customer.

    The result has the sum of each column under its name, that of each product under "a x b", the number of customers
    for whom it is not 0 under "n a", and the number of all of them under "denominator". With `groups` only columns of
    one group are multiplied with each other.

    All are exact decimals, so that they are the same whatever the order an engine adds them in.
    """
    exact = customers.with_columns(*(nw.col(name).fill_null(0).cast(MONEY) for name in columns))
    together = [set(group) for group in groups] or [set(columns)]
    pairs = combinations_with_replacement(columns, 2)
    products = {f"{a} x {b}": product(a, b).sum() for a, b in pairs if any({a, b} <= group for group in together)}
    sizes = {f"n {name}": (nw.col(name) != 0).cast(nw.Int64).sum() for name in columns}
    sums = {name: nw.col(name).sum() for name in columns}
    return counted(exact, {"denominator": nw.len(), **sums, **products, **sizes}, by=by, span=span, exact=True)


def ratios(
    customers: nw.LazyFrame[Any],
    *,
    numerator: str,
    denominator: str,
    by: str | None = None,
    span: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """Ratios of sums over customers with an interval that knows that one customer's orders belong together.

    ratio = sum(numerator) / sum(denominator); its variance is that of the sum over customers of
    (numerator - ratio * denominator) / sum(denominator) (linearisation; Cochran 1977, 6.4).
    No interval below 10 customers.
    """
    return ratios_of(moments(customers, numerator, denominator, by=by, span=span), numerator, denominator)
