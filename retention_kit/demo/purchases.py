"""When the customers of the synthetic client buy, when they stop, and when they join the loyalty programme."""

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import SECONDS_A_DAY, TRUE
from retention_kit.demo.timeline import (
    Booleans,
    Floats,
    Ints,
    Timeline,
    Timestamps,
    awake,
    in_month,
    random_of,
    timestamps_of,
)

_EVENING, _NOON, _MIDNIGHT = 0.55, 0.37, 0.08
"""Shares of purchases around 20 h, around 13 h and in the hour around midnight."""


def purchase_history(customers: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Every purchase of every customer, from the first one, which may be before the data, to the last day.

    Args:
        customers: From `newcomers`.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        One row per purchase, by customer and timestamp: customer (row number of the customer), timestamp (wall time of
        Warsaw), joins (joins the programme with it), is_member (has joined by then), stops (is the customer's last).
    """
    starts = pd.DataFrame({"customer": np.arange(len(customers)), "day": customers.arrives}).assign(
        is_member=False, is_first=True
    )
    return bought_from(starts, customers, timeline, random_of(seed, "purchases"))


def bought_from(
    starts: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline, random: np.random.Generator
) -> pd.DataFrame:
    """The purchases of some customers, from a given one on.

    In each round whoever still buys makes one purchase, may join the programme, may stop for good unless it was the
    first, and waits.

    Args:
        starts: One row per customer: customer, day (of the given purchase, with a part of a day), is_member, is_first
            (whether it is the customer's first).
        customers: From `newcomers`.
        timeline: The client's calendar.
        random: Random numbers.

    Returns:
        As `purchase_history`.
    """
    rates, is_german = customers.rate.to_numpy(float), (customers.country == "DE").to_numpy(bool)
    dropouts = customers.dropout.to_numpy(float)
    customer, day = starts.customer.to_numpy(np.int64), starts.day.to_numpy(float)
    is_member, may_stop = starts.is_member.to_numpy(bool), ~starts.is_first.to_numpy(bool)
    rounds = []
    while len(customer):
        joins = ~is_member & _wants_to_join(rates[customer], day, timeline, random)
        is_member = is_member | joins
        usual = np.where(may_stop, dropouts[customer], 0.0)
        stops = random.random(len(customer)) < _dropout(usual, is_german[customer], day, timeline)
        rounds.append((customer, day, joins, is_member, stops))
        rate = rates[customer] * np.where(is_member, TRUE.programme.effect, 1.0)
        later = day + random.exponential(1 / rate)
        goes_on = ~stops & (later < timeline.end_day)
        customer, day, is_member = customer[goes_on], later[goes_on], is_member[goes_on]
        may_stop = np.ones(len(customer), bool)
    names = ["customer", "day", "joins", "is_member", "stops"]
    columns = (np.concatenate(parts) for parts in zip(*rounds, strict=True))
    history = pd.DataFrame(dict(zip(names, columns, strict=True))).sort_values(["customer", "day"], ignore_index=True)
    history.insert(1, "timestamp", _wall_times(history, customers, random))
    return history.drop(columns="day")


def _wants_to_join(rate: Floats, day: Floats, timeline: Timeline, random: np.random.Generator) -> Booleans:
    programme, buying = TRUE.programme, TRUE.buying
    relative = rate * 7 * buying.alpha / buying.r - 1
    chance = programme.join + programme.join_per_rate * relative
    is_open = day >= timeline.month_of("loyalty_programme").start_day
    return is_open & (random.random(len(rate)) < chance)


def _dropout(usual: Floats, is_german: Booleans, day: Floats, timeline: Timeline) -> Floats:
    """The chance to stop after this purchase; in DE the price rise of the boxes drives buyers of its month away."""
    is_hit = is_german & in_month(day, timeline.month_of("price_rise_de"))
    return np.where(is_hit, 1 - (1 - usual) * (1 - TRUE.boxes.stop_buying), usual)


def _wall_times(history: pd.DataFrame, customers: pd.DataFrame, random: np.random.Generator) -> Timestamps:
    """A likely time of the day of purchase by the customer's own clock, which in Kyiv is an hour ahead of Warsaw's."""
    seconds = times_of_day(random, len(history))
    is_ahead = (customers.country == "UA").to_numpy(bool)[history.customer]
    day = np.floor(history.day.to_numpy(float)) * SECONDS_A_DAY
    return awake(timestamps_of((day + seconds - np.where(is_ahead, 3600, 0)) / SECONDS_A_DAY))


def times_of_day(random: np.random.Generator, n: int) -> Ints:
    """Seconds since midnight: most in the evening, many around noon, a fair number within half an hour of midnight."""
    kind = random.random(n)
    hours = np.where(kind < _EVENING, random.normal(20, 2, n), random.normal(13, 2.5, n))
    hours = np.where(kind > _EVENING + _NOON, random.uniform(-0.5, 0.5, n), hours)
    return (hours % 24 * 3600).astype(np.int64)


def members_of(history: pd.DataFrame, customers: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Who joined the loyalty programme, and when.

    Returns:
        One row per member: customer_id, joined_at, left_at (few; missing while a member), tier.
    """
    random = random_of(seed, "members")
    joined = history[history.joins]
    last = history.groupby("customer").timestamp.max().reindex(joined.customer).to_numpy()
    stopped = history.groupby("customer").stops.max().reindex(joined.customer).to_numpy(bool)
    leaves = stopped & (random.random(len(joined)) < TRUE.programme.leave)
    people = customers.iloc[joined.customer]
    rate = people.rate.to_numpy(float) * people.spend.to_numpy(float)
    tiers = np.array(["leaf", "bloom", "garden"], dtype=object)
    return pd.DataFrame(
        {
            "customer_id": people.customer_id.to_numpy(),
            "joined_at": joined.timestamp.to_numpy(),
            "left_at": np.where(leaves, last + np.timedelta64(3600, "s"), np.datetime64("NaT", "s")),
            "tier": tiers[np.searchsorted([2.0, 4.0], rate)],
        }
    )
