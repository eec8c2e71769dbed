"""The customer base: who was there at the start of a period, who came, came back and left, who is there at its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.customers.left_truncation import can_tell_new
from retention_kit.metrics.statistics.estimates import OTHER, SUPPRESSED
from retention_kit.metrics.statistics.identities import check_equal
from retention_kit.periods import Period, day_number, periods
from retention_kit.tables import ALL, Tabular, collected, occasions, segment_keys

FLOW = ["period", "opening", "new", "reactivated", "churned", "new_lost", "closing"]
"""The columns of `customer_flow` that a page shows."""


@checked
def is_active(last_purchase: date, *, on: date, window: int) -> bool:
    """Whether a customer counts as active at the start of a day: last purchase at most `window` days before it.

    Example:
        >>> is_active(date(2024, 1, 2), on=date(2024, 4, 1), window=90)
        True
        >>> is_active(date(2024, 1, 1), on=date(2024, 4, 1), window=90)
        False
    """
    return day_number(on) - window <= day_number(last_purchase) < day_number(on)


@checked
def lapse_date(last_purchase: date, *, window: int) -> date:
    """The first day at whose start a customer is no longer active.

    Example:
        >>> lapse_date(date(2024, 1, 2), window=90)
        datetime.date(2024, 4, 2)
    """
    return last_purchase + timedelta(days=window + 1)


@checked
def customer_flow(
    orders: Tabular,
    *,
    since: Period,
    until: Period,
    window: int,
    history_from: date | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """How did the customer base move in each period?

    A customer is active at the start of a day if they bought in the `window` days before it. With S the customers
    active at a period's start and E those active at its end: opening = |S|, closing = |E|, churned = |S minus E|,
    new = first purchase ever in the period and in E, new_lost = first purchase ever in the period and not in E,
    reactivated = the rest of E minus S. Who leaves and comes back inside a period has stayed.

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on.
        since: The first period counted.
        until: The last one; later rows are ignored.
        window: Days without a purchase after which a customer has lapsed (W).
        history_from: The first day of left-truncated data, which begin in the middle of a shop's life; None if nobody
            can have bought before. In periods that start less than `window` days later `new` and `reactivated` are
            missing and `new_or_returning` holds their sum.
        by: A column to break down by: a value per customer, or each value is a shop of its own.

    Returns:
        One row per period and segment (`(all)` without `by`), in customers: period, segment, opening, new, reactivated,
        churned, new_lost, closing, new_or_returning, lapsed (had bought before and were not active at the start),
        can_lapse (whether the window of the first customers observed was over by the end of the period, and with
        `history_from` by its start: until then some lapse unobserved). Segments that never had 5 customers are merged
        into `(other)`.

    Raises:
        InvalidPeriod: `since` is later than `until`, or of another unit.
        InvalidTable: A column is absent.
        BrokenIdentity: opening + new + reactivated - churned is not closing.

    Reference: METRICS 2.1 customer_flow; ChartMogul, customer churn rate.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "b", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-01-10", "2024-01-20", "2024-02-20"])})
        >>> flow = customer_flow(orders, since=Period("2024-02"), until=Period("2024-02"), window=30)
        >>> flow[["opening", "churned", "closing"]].values.tolist()
        [[2, 1, 1]]
    """
    if since > until:
        raise InvalidPeriod(f"The flow cannot run from {since} to {until}: name the earlier period first.")
    named = periods(since, until)
    bought = occasions(orders, by=by)
    if by is not None:  # under one name, which no column of ours has
        bought, by = bought.rename({by: "segment"}), "segment"
    spells = _spells(bought, named, window, by)
    columns = _flow_of_segment(ALL, spells, named, window)[:0]  # all there is where nobody of any segment has bought
    segments = [_flow_of_segment(segment, counts, named, window) for segment, counts in _by_segment(spells, by)]
    flow = pd.concat([columns, *segments], ignore_index=True)
    check_flow(flow)
    if history_from is not None:
        flow = _without_unknown_new(flow, history_from, window)
    return flow.sort_values(["period", "segment"], ignore_index=True)


def _spells(bought: nw.LazyFrame[Any], named: Sequence[Period], window: int, by: str | None) -> pd.DataFrame:
    """Counts of the stretches of boundaries (period starts) at which a purchase keeps its customer active.

    Boundary k is the start of period k, the last one the end of the last period. A purchase on day d, followed by
    one on day e, keeps its customer active at the boundaries t with d < t <= e and t <= d + window.
    """
    starts = [period.start_day for period in named] + [named[-1].end_day]
    person = ["customer_id", *segment_keys(by)]

    def boundaries_until(day: nw.Expr) -> nw.Expr:
        return nw.sum_horizontal(*((day >= start).cast(nw.Int64) for start in starts)) - 1

    stretches = (
        bought.filter(nw.col("ordered_day") < starts[-1])
        .with_columns(
            next_day=nw.col("ordered_day").shift(-1).over(*person, order_by="ordered_day"),
            first_day=nw.col("ordered_day").min().over(*person),
        )
        .with_columns(
            last_day=nw.min_horizontal(
                nw.col("ordered_day") + window, nw.col("next_day").fill_null(starts[-1] + window)
            )
        )
        .with_columns(
            enters=boundaries_until(nw.col("ordered_day")) + 1,
            leaves=boundaries_until(nw.col("last_day")),
            first_at=boundaries_until(nw.col("first_day")),
        )
    )
    kept = stretches.filter(nw.col("enters") <= nw.col("leaves")).with_columns(
        earlier=nw.col("leaves").shift(1).over(*person, order_by="ordered_day"),
        later=nw.col("enters").shift(-1).over(*person, order_by="ordered_day"),
    )
    return pd.concat([_stays(kept, by), _first_purchases(stretches, person, by)], ignore_index=True)


def _stays(kept: nw.LazyFrame[Any], by: str | None) -> pd.DataFrame:
    joins = nw.col("earlier").fill_null(-2) + 1 < nw.col("enters")
    parts = kept.select(
        *segment_keys(by),
        "enters",
        "leaves",
        new=(joins & (nw.col("first_at") + 1 == nw.col("enters"))).cast(nw.Int64),
        reactivated=(joins & (nw.col("first_at") + 1 != nw.col("enters"))).cast(nw.Int64),
        churned=(nw.col("later").fill_null(-1) != nw.col("leaves") + 1).cast(nw.Int64),
    )
    keys = [*segment_keys(by), "enters", "leaves"]
    counts = parts.group_by(keys).agg(nw.col("new", "reactivated", "churned").sum(), n=nw.len())
    return collected(counts, *keys).assign(kind="stay")


def _first_purchases(stretches: nw.LazyFrame[Any], person: list[str], by: str | None) -> pd.DataFrame:
    keys = [*segment_keys(by), "first_at"]
    people = stretches.select(*person, "first_at", "first_day").unique()
    counts = people.group_by(keys).agg(n=nw.len(), first_day=nw.col("first_day").min())
    return collected(counts, *keys).assign(kind="first")


def _by_segment(spells: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    """The counts of every segment; those that never had 5 customers are one, `(other)`."""
    if by is None:
        return [(ALL, spells)]
    sizes = spells[spells.kind == "first"].groupby(by).n.sum()
    name = spells[by].where(spells[by].map(sizes) >= SUPPRESSED, OTHER)
    return [(str(segment), counts) for segment, counts in spells.groupby(name)]


def _flow_of_segment(segment: str, counts: pd.DataFrame, named: Sequence[Period], window: int) -> pd.DataFrame:
    stays, firsts = counts[counts.kind == "stay"], counts[counts.kind == "first"]
    boundaries = range(len(named) + 1)

    def at(column: str, what: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """Sum of `what` over the stretches that enter or leave at each boundary; boundary -1 is before the first."""
        return stays.groupby(column)[what].sum().reindex(boundaries, fill_value=0).to_numpy(np.int64)

    active = np.cumsum(at("enters", "n")) - np.concatenate([[0], np.cumsum(at("leaves", "n"))[:-1]])
    first_at = firsts.groupby("first_at").n.sum()
    first_time = first_at.reindex(range(len(named)), fill_value=0).to_numpy(np.int64)
    known = first_at.reindex(range(-1, len(named) - 1), fill_value=0).cumsum().to_numpy(np.int64)
    new = at("enters", "new")[1:]
    return pd.DataFrame(
        {
            "period": [str(period) for period in named],
            "segment": segment,
            "opening": active[:-1],
            "new": new,
            "reactivated": at("enters", "reactivated")[1:],
            "churned": at("leaves", "churned")[:-1],
            "new_lost": first_time - new,
            "closing": active[1:],
            "new_or_returning": new + at("enters", "reactivated")[1:],
            "lapsed": known - active[:-1],
            "can_lapse": [period.end_day > firsts.first_day.min() + window for period in named],
        }
    )


def check_flow(flow: pd.DataFrame) -> None:
    """Check I1 and I4 of the flow: active and lapsed customers of each period add up, else `BrokenIdentity`.

    I3, the gap between the rates by count and by sets, follows from I1.
    """
    ordered = flow.sort_values(["segment", "period"])
    at = [f"{period}, {segment}" for period, segment in zip(ordered.period, ordered.segment, strict=True)]
    came = ordered.new + ordered.reactivated
    closing = ordered.opening + came - ordered.churned
    check_equal("I1 opening + new + reactivated - churned = closing", closing, ordered.closing, at=at)
    pool = ordered.lapsed - ordered.reactivated + ordered.churned + ordered.new_lost
    next_lapsed = ordered.groupby("segment").lapsed.shift(-1).fillna(pool)
    check_equal("I4 lapsed - reactivated + churned + new_lost = next lapsed", pool, next_lapsed, at=at)


def _without_unknown_new(flow: pd.DataFrame, history_from: date, window: int) -> pd.DataFrame:
    is_known = flow.period.map(lambda text: can_tell_new(Period(text), first_day=history_from, window=window))
    return flow.assign(
        new=flow.new.where(is_known),
        reactivated=flow.reactivated.where(is_known),
        new_lost=flow.new_lost.where(is_known),
        can_lapse=flow.can_lapse & is_known,  # who last bought before the data began lapses unobserved
    )
