"""Subscriptions to the monthly tea box: who subscribes, every version of a price, and when it ends."""

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import BASE_CURRENCY, TRUE
from retention_kit.demo.timeline import Booleans, Floats, Ints, Timeline, Timestamps, in_month, random_of, timestamps_of

_HOUR = 9 / 24
"""Subscriptions begin and end at nine in the morning."""

_NAMES = ["subscription_id", "customer_id", "country", "plan_id", "started_at", "ended_at", "cancel_requested_at",
          "status", "amount", "interval", "currency"]  # fmt: skip


def subscriptions_of(customers: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Every version of every subscription that was alive on some day of the data.

    In each round whoever still subscribes comes to the next renewal and refuses it, changes the box, or goes on.

    Returns:
        One row per version, by subscription and start: subscription_id, customer_id, country, plan_id, started_at,
        ended_at (missing while it goes on), cancel_requested_at, status, amount (PLN), interval, currency.
    """
    random = random_of(seed, "subscriptions")
    boxes, over = _begun(customers, timeline, random), []
    while len(boxes):
        boxes = boxes.assign(due=_later(boxes.due, boxes.months, boxes.month_day))
        is_due = (boxes.due < timeline.end_day).to_numpy(bool)
        over.append(boxes[~is_due])
        due = boxes[is_due]
        refuses = _refuses(due, timeline, random)
        over.append(due[refuses].assign(last_day=due.due[refuses], status="cancelled"))
        stays = due[~refuses]
        boxes = _renewed(stays, timeline, random)
        changes = (boxes[["plan", "price", "status"]] != stays[["plan", "price", "status"]]).any(axis=1)
        over.append(stays[changes].assign(last_day=stays.due[changes]))
        boxes["first_day"] = boxes.first_day.where(~changes, boxes.due)
    versions = pd.concat(over).sort_values(["number", "first_day"], ignore_index=True)
    is_open = versions.last_day.isna().groupby(versions.number).transform("any")
    last = versions.groupby("number").last_day.transform("max")
    return _dated(versions[is_open | (last > timeline.start_day)], customers, random)


def _begun(customers: pd.DataFrame, timeline: Timeline, random: np.random.Generator) -> pd.DataFrame:
    boxes = TRUE.boxes
    people = customers[random.random(len(customers)) < boxes.subscribers]
    day = np.floor(people.arrives.to_numpy(float) + random.exponential(boxes.mean_days_before, len(people)))
    people = people.assign(customer=people.index, first_day=day.astype(np.int64))[day < timeline.end_day]
    people = people.sort_values(["first_day", "customer"], ignore_index=True)
    plan = random.choice(len(boxes.plans), len(people), p=np.array(boxes.plans))
    is_annual = random.random(len(people)) < boxes.annual
    return people[["customer", "first_day"]].assign(
        number=people.index,
        is_german=people.country == "DE",
        refuses=random.beta(boxes.a, boxes.b, len(people)),
        months=np.where(is_annual, 12, 1),
        month_day=np.minimum(_day_of_month(people.first_day.to_numpy()), 28),
        plan=plan,
        price=_prices()[plan] * np.where(is_annual, boxes.annual_months_paid, 1),
        status="active",
        due=people.first_day,
        last_day=np.nan,
    )


def _refuses(due: pd.DataFrame, timeline: Timeline, random: np.random.Generator) -> Booleans:
    """Who refuses this renewal; DE customers many times as often in the month in which the price rises."""
    factor = np.where(_is_dearer(due, timeline), TRUE.boxes.leave, 1.0)
    chance = np.minimum(due.refuses.to_numpy(float) * factor, 1.0)
    refuses: Booleans = random.random(len(due)) < chance
    return refuses


def _is_dearer(due: pd.DataFrame, timeline: Timeline) -> Booleans:
    is_then = in_month(due.due.to_numpy(), timeline.month_of("price_rise_de"))
    is_dearer: Booleans = is_then & due.is_german.to_numpy(bool) & (due.months == 1).to_numpy(bool)
    return is_dearer


def _renewed(boxes: pd.DataFrame, timeline: Timeline, random: np.random.Generator) -> pd.DataFrame:
    """The boxes that go on: dearer, greater, after or before a month's pause, or as they were."""
    chance = random.random(len(boxes))
    is_paused = (boxes.status == "paused").to_numpy(bool)
    is_dearer = _is_dearer(boxes, timeline) & ~is_paused
    plan, months = boxes.plan.to_numpy(), boxes.months.to_numpy()
    free = ~is_paused & ~is_dearer
    is_greater = free & (chance < TRUE.boxes.upgrade) & (plan < len(TRUE.boxes.prices) - 1)
    pauses = free & (chance > 1 - TRUE.boxes.pause) & (months == 1)
    price = boxes.price.to_numpy(float)
    greater = plan + is_greater
    price = np.round(price * _prices()[greater] / _prices()[plan], 2)
    price = np.where(is_dearer, np.round(price * TRUE.boxes.price_rise, 2), price)
    return boxes.assign(plan=greater, price=price, status=np.where(pauses, "paused", "active"))


def _prices() -> Floats:
    return np.array(list(TRUE.boxes.prices.values()))


def _dated(versions: pd.DataFrame, customers: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Days as wall times, plans by their names."""
    plans = np.array(list(TRUE.boxes.prices))
    is_annual = (versions.months == 12).to_numpy(bool)
    interval = np.where(is_annual, "year", "month")
    last, first = versions.last_day.to_numpy(float), versions.first_day.to_numpy(float)
    asked = np.maximum(last - random.integers(1, 28, len(versions)), first)
    is_cancelled = (versions.status == "cancelled").to_numpy(bool)
    people = customers.iloc[versions.customer]
    return versions.assign(
        subscription_id="sub_" + (600_001 + versions.number).astype(str),
        customer_id=people.customer_id.to_numpy(),
        country=people.country.to_numpy(),
        plan_id=pd.Series(plans[versions.plan], index=versions.index) + " " + interval,
        started_at=timestamps_of(first + _HOUR),
        ended_at=_timestamps_or_none(last + _HOUR, ~np.isnan(last)),
        cancel_requested_at=_timestamps_or_none(asked + _HOUR + 1 / 24, is_cancelled),
        amount=versions.price,
        interval=interval,
        currency=BASE_CURRENCY,
    )[_NAMES].reset_index(drop=True)


def _timestamps_or_none(days: Floats, is_there: Booleans) -> Timestamps:
    return np.where(is_there, timestamps_of(np.where(is_there, days, 0.0)), np.datetime64("NaT", "s"))


def _day_of_month(days: Ints) -> Ints:
    day = days.astype("datetime64[D]")
    first: Ints = day.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days - first + 1


def _later(days: "pd.Series[int]", months: "pd.Series[int]", month_day: "pd.Series[int]") -> Ints:
    """The same day of the month so many months later."""
    month: Ints = days.to_numpy(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    then = (month + months.to_numpy(np.int64)).astype("datetime64[M]").astype("datetime64[D]")
    first: Ints = then.astype(np.int64)
    return first + month_day.to_numpy(np.int64) - 1
