"""The customer base: who was there at the start of a period, who came, came back and left, who is there at its end."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.customers.last_purchases import Boundaries, Counts, last_purchases
from retention_kit.metrics.customers.left_truncation import can_tell_new
from retention_kit.metrics.statistics.estimates import OTHER, SUPPRESSED
from retention_kit.metrics.statistics.identities import check_equal
from retention_kit.periods import Period, day_number, periods
from retention_kit.tables import ALL, Tabular, purchases, require, segment_keys

DAYS_OF_LAPSES = 365
"""The pool that a reactivation rate is of: who lapsed on one of so many days, whatever the age of the data."""

RECENTLY = "recently"

SINCE_LAPSE = {
    RECENTLY: (0, DAYS_OF_LAPSES - 1),
    "0_30": (0, 30),
    "31_91": (31, 91),
    "92_182": (92, 182),
    "183_364": (183, DAYS_OF_LAPSES - 1),
}
"""Days since the lapse, from and to, by what a column of `customer_flow` ends with."""

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
        `history_from` by its start: until then some lapse unobserved). lapsed_recently are those of the lapsed whose
        last lapse was in the 365 days up to the start, that day included, and reactivated_recently those of them who
        were active at the end; by days from the lapse to the start lapsed_0_30, lapsed_31_91, lapsed_92_182 and
        lapsed_183_364, with their reactivated_... . lapse_days_seen (0..365) says of how many of these days the data
        show every lapse. Segments that never had 5 customers are merged into `(other)`.

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
    bought = purchases(orders)
    require(bought, *segment_keys(by))
    counted = last_purchases(bought, named, window, by)
    columns = _flow_of_segment(ALL, counted, named, window)[:0]  # all there is where nobody of any segment has bought
    segments = [_flow_of_segment(segment, counts, named, window) for segment, counts in _by_segment(counted, by)]
    flow = pd.concat([columns, *segments], ignore_index=True)
    check_flow(flow)
    if history_from is not None:
        flow = _with_lapses_seen(_without_unknown_new(flow, history_from, window), history_from, window)
    return flow.sort_values(["period", "segment"], ignore_index=True)


def _by_segment(counts: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    """The counts of every segment; those that never had 5 customers are one, `(other)`."""
    if by is None:
        return [(ALL, counts)]
    sizes = counts[counts.is_first].groupby(by).n.sum()
    name = counts[by].where(counts[by].map(sizes) >= SUPPRESSED, OTHER)
    return [(str(segment), rows) for segment, rows in counts.groupby(name)]


def _flow_of_segment(segment: str, counts: pd.DataFrame, named: Sequence[Period], window: int) -> pd.DataFrame:
    at = Boundaries(counts, named)
    active, new, reactivated = at.bought_within(window), at.joined(window), at.came_back(after=window)
    return pd.DataFrame(
        {
            "period": [str(period) for period in named],
            "segment": segment,
            "opening": active[:-1],
            "new": new,
            "reactivated": reactivated,
            "churned": at.left(window),
            "new_lost": at.bought_first() - new,
            "closing": active[1:],
            "new_or_returning": new + reactivated,
            "lapsed": (at.known() - active)[:-1],
            "can_lapse": [period.end_day > counts.first_day.min() + window for period in named],
            **_lapsed_recently(at, window),
            "lapse_days_seen": DAYS_OF_LAPSES,
        }
    )


def _lapsed_recently(at: Boundaries, window: int) -> dict[str, Counts]:
    """Customers by the days since they had lapsed, and of them those who were active again at the end."""
    counts = {}
    for name, (first, last) in SINCE_LAPSE.items():
        newest, oldest = window + first, window + 1 + last
        counts[f"lapsed_{name}"] = (at.bought_within(oldest) - at.bought_within(newest))[:-1]
        counts[f"reactivated_{name}"] = at.came_back(after=newest, by=oldest)
    return counts


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
    untold = ["new", "new_lost", "reactivated", *(f"reactivated_{name}" for name in SINCE_LAPSE)]
    return flow.assign(
        **flow[untold].where(is_known),
        can_lapse=flow.can_lapse & is_known,  # who last bought before the data began lapses unobserved
    )


def _with_lapses_seen(flow: pd.DataFrame, history_from: date, window: int) -> pd.DataFrame:
    """Who lapsed in the first window of the data, or before, may last have bought before them."""
    first = day_number(history_from) + window
    seen = flow.period.map(lambda text: min(max(Period(text).start_day - first, 0), DAYS_OF_LAPSES))
    return flow.assign(lapse_days_seen=seen.astype("int64"))
