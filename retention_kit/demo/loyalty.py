"""The points account of each member: earned with orders, spent, taken back with refunds, and lost after a year."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import TRUE
from retention_kit.demo.timeline import Timeline, random_of, timestamps_of


class Entry(NamedTuple):
    """An entry of an account; the timestamp in seconds since 1970."""

    customer_id: str
    timestamp: int
    kind: str
    points: int
    order_id: str | None


def points_ledger(orders: pd.DataFrame, members: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Every entry of every account, up to the last day of data.

    Args:
        orders: From `in_base_currency`.
        members: From `members_of`.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        One row per entry, by time: entry_id, customer_id, entered_at, kind (earn, redeem, expire or reverse), points,
        order_id. No balance is ever below nought.
    """
    random = random_of(seed, "points")
    bought = orders[orders.status == "completed"].merge(members[["customer_id", "joined_at", "left_at"]])
    bought = bought[(bought.ordered_at >= bought.joined_at) & ~(bought.ordered_at > bought.left_at)]
    earns = (bought.gross - bought.discount).to_numpy(float).astype(np.int64)
    reverses = np.where(bought.is_purchase, 0, earns)
    seconds = bought.ordered_at.to_numpy().astype("datetime64[s]").astype(np.int64)
    wants = random.random(len(bought)) < TRUE.programme.redeem
    columns = (bought.customer_id, seconds, bought.order_id, earns, reverses, wants)
    rows = sorted(zip(*(list(column) for column in columns), strict=True))
    end = timeline.end_day * 86_400
    entries = [entry for account in _accounts(rows) for entry in _kept(account, end) if entry.timestamp < end]
    ledger = pd.DataFrame(entries, columns=Entry._fields).sort_values(["timestamp", "customer_id"], kind="stable")
    ledger = ledger.reset_index(drop=True)
    ledger.insert(0, "entry_id", "P" + (700_001 + ledger.index.to_series()).astype(str))
    ledger.insert(2, "entered_at", timestamps_of(ledger.timestamp.to_numpy(float) / 86_400))
    return ledger.drop(columns="timestamp")


Row = tuple[str, int, str, int, int, bool]


def _accounts(rows: list[Row]) -> Iterator[list[Row]]:
    """The rows of each customer."""
    account: list[Row] = []
    for row in rows:
        if account and account[-1][0] != row[0]:
            yield account
            account = []
        account.append(row)
    if account:
        yield account


def _kept(account: list[Row], end: int) -> Iterator[Entry]:
    """The entries of one account; the oldest points are spent first."""
    live: deque[list[int]] = deque()  # when they expire, how many are left
    who = account[0][0]
    for _customer, timestamp, order, earns, reverses, wants in account:
        yield from _expired(who, live, timestamp)
        if wants and sum(points for _, points in live) >= TRUE.programme.points_redeemed:
            _take(live, TRUE.programme.points_redeemed)
            yield Entry(who, timestamp, "redeem", TRUE.programme.points_redeemed, order)
        if earns:
            yield Entry(who, timestamp, "earn", earns, order)
        if earns > reverses:
            live.append([timestamp + TRUE.programme.points_live_days * 86_400, earns])
        elif earns:
            yield Entry(who, timestamp + 5 * 86_400, "reverse", earns, order)
    yield from _expired(who, live, end)


def _expired(who: str, live: "deque[list[int]]", now: int) -> Iterator[Entry]:
    while live and live[0][0] < now:
        timestamp, points = live.popleft()
        if points:
            yield Entry(who, timestamp, "expire", points, None)


def _take(live: "deque[list[int]]", points: int) -> None:
    while points:
        taken = min(points, live[0][1])
        live[0][1] -= taken
        points -= taken
        if not live[0][1]:
            live.popleft()
