"""What the customer flow is counted from: the last purchase of every customer in a period, and when the next one was.

Boundary k is the start of period k, the last one the end of the last period. Between two purchases of a customer that
are the last ones of their periods, every boundary finds the earlier one as the last purchase: the rest is subtraction.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.periods import Period
from retention_kit.tables import collected, segment_keys

Counts: TypeAlias = npt.NDArray[np.int64]


def last_purchases(
    bought: nw.LazyFrame[Any], named: Sequence[Period], window: int, by: str | None = None
) -> pd.DataFrame:
    """How many customers bought last in a period on which day, and when again?

    Returns:
        One row per segment and what is alike: last_day (the last purchase of a period, or of the time before the first
        one), next_at (place of the period of the next purchase; the number of periods if there is none), next_stays
        (whether that period's last purchase keeps its customer active until its end), is_first (nothing before), n
        (customers), first_day (the first purchase of any of them in that period).
    """
    person = ["customer_id", *segment_keys(by)]
    place = nw.col(f"ordered_{named[0].unit}") - named[0].ordinal
    of_period = (
        bought.filter(nw.col("ordered_day") < named[-1].end_day)
        .with_columns(place=nw.when(place < 0).then(nw.lit(-1)).otherwise(place))
        .group_by(*person, "place")
        .agg(last_day=nw.col("ordered_day").max(), first_day=nw.col("ordered_day").min())
        .with_columns(stays=_stays(named, window))
    )
    following = of_period.with_columns(
        next_at=nw.col("place").shift(-1).over(*person, order_by="place"),
        next_stays=nw.col("stays").shift(-1).over(*person, order_by="place"),
        is_first=nw.col("place").shift(1).over(*person, order_by="place").is_null(),
    )
    keys = [*segment_keys(by), "last_day", "next_at", "next_stays", "is_first"]
    known = following.with_columns(nw.col("next_at").fill_null(len(named)), nw.col("next_stays").fill_null(value=False))
    return collected(known.group_by(keys).agg(n=nw.len(), first_day=nw.col("first_day").min()), *keys)


def _stays(named: Sequence[Period], window: int) -> nw.Expr:
    """Whether the last purchase of a period lies in the window before its end, as it must unless periods are longer."""
    if window >= max(period.n_days for period in named):
        return nw.lit(value=True)
    day = nw.col("last_day")
    ends = (period.end_day for period in named)
    return nw.any_horizontal(*((day < end) & (day + window >= end) for end in ends), ignore_nulls=False)


class Boundaries:
    """The customers of a segment at the boundaries of the periods, from the counts of `last_purchases`."""

    def __init__(self, counts: pd.DataFrame, named: Sequence[Period]) -> None:
        self._starts = np.array([*(period.start_day for period in named), named[-1].end_day])
        self._n, self._day, self._next = (counts[name].to_numpy(np.int64) for name in ("n", "last_day", "next_at"))
        self._next_stays, self._is_first = (counts[name].to_numpy(bool) for name in ("next_stays", "is_first"))
        self._place = self._last(0)

    def bought_within(self, days: int) -> Counts:
        """Customers whose last purchase before the boundary is at most so many days old, at each."""
        return self._before(self._place) - self._before(np.minimum(self._last(days), self._next))

    def known(self) -> Counts:
        """Customers who have bought before the boundary, at each."""
        return self._before(self._place[self._is_first], self._is_first)

    def bought_first(self) -> Counts:
        """Customers whose first purchase lies in the period, of each."""
        return self._in(self._place, self._is_first)

    def joined(self, window: int) -> Counts:
        """Of them those who are active at its end."""
        return self._in(self._place, self._is_first & (self._last(window) > self._place))

    def came_back(self, *, after: int, by: int | None = None) -> Counts:
        """Customers active at the end of the period who had last bought more than `after` days before it, of each.

        Args:
            after: Days that their last purchase before the start is older than.
            by: Days that it is at most old; None for any age.
        """
        came = self._next_stays & (self._last(after) < self._next)
        return self._in(self._next, came if by is None else came & (self._last(by) >= self._next))

    def left(self, window: int) -> Counts:
        """Customers active at the start of the period and not at its end, of each."""
        last = np.minimum(self._last(window), self._next)
        goes_on = self._next_stays & (last == self._next)
        return self._in(last, (last > self._place) & ~goes_on)

    def _last(self, days: int) -> Counts:
        """The last boundary at which a purchase is at most so many days old; -1 if that is before the first one."""
        return np.asarray(np.searchsorted(self._starts, self._day + days, side="right") - 1)

    def _before(self, boundary: Counts, which: "slice | npt.NDArray[np.bool_]" = slice(None)) -> Counts:
        """Customers whose boundary is an earlier one, at each."""
        return np.cumsum(self._by_place(boundary, self._n[which]))[:-1]

    def _in(self, place: Counts, which: "npt.NDArray[np.bool_]") -> Counts:
        """Customers of the wanted rows in each period."""
        return self._by_place(place[which], self._n[which])[1:-1]

    def _by_place(self, place: Counts, n: Counts) -> Counts:
        return np.bincount(place + 1, n, len(self._starts) + 1).astype(np.int64)
