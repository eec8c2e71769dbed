"""What a sample of the customers does in the shop, and what lies in the orders."""

import numpy as np
import pandas as pd

from retention_kit.demo.customers import drawn
from retention_kit.demo.parameters import TRUE
from retention_kit.demo.timeline import Floats, Ints, Timeline, Timestamps, awake, days_of, random_of, timestamps_of

_CATEGORIES = {"black": 0.24, "green": 0.18, "herbal": 0.26, "spices": 0.14, "accessories": 0.1, "gifts": 0.08}
_PRODUCTS_OF_EACH = 6


def visits(orders: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Visits of a sample of the customers between their first and last order, and what they did on them.

    Returns:
        One row per action, by time: event_id, customer_id, event_at, name (visit, favourite or review).
    """
    random = random_of(seed, "visits")
    watched = customers.customer_id[random.random(len(customers)) < TRUE.visits.watched]
    bought = orders[orders.customer_id.isin(watched)].groupby("customer_id").ordered_at.agg(["min", "max"])
    first, last = (days_of(bought[edge].to_numpy()) for edge in ("min", "max"))
    n_visits = random.poisson(TRUE.visits.per_week / 7 * (last - first + 7))
    day = np.repeat(first, n_visits) + random.random(n_visits.sum()) * np.repeat(last - first + 7, n_visits)
    seen = pd.DataFrame(
        {"customer_id": np.repeat(bought.index.to_numpy(), n_visits), "event_at": _daytime(day, random)}
    )
    seen = seen[days_of(seen.event_at.to_numpy()) < timeline.end_day]
    parts = [seen.assign(name="visit")]
    for name, share in (("favourite", TRUE.visits.favourite), ("review", TRUE.visits.review)):
        some = seen[random.random(len(seen)) < share]
        minutes = random.integers(1, 20, len(some)).astype("timedelta64[m]")
        parts.append(some.assign(name=name, event_at=np.minimum(some.event_at.to_numpy() + minutes, _end(timeline))))
    events = pd.concat(parts).sort_values(["event_at", "customer_id", "name"], ignore_index=True)
    events.insert(0, "event_id", "e" + (800_001 + events.index.to_series()).astype(str))
    return events


def _daytime(days: Floats, random: np.random.Generator) -> Timestamps:
    hours = np.clip(random.normal(17, 3.5, len(days)), 6, 23.9)
    return awake(timestamps_of(np.floor(days) + hours / 24))


def _end(timeline: Timeline) -> np.datetime64:
    return np.datetime64(timeline.end_day * 86_400 - 1, "s")


def order_items(orders: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The lines of each order; their net amounts add up to the order's before refunds, in PLN.

    Returns:
        One row per line: item_id, order_id, product_id, category, quantity, net.
    """
    random = random_of(seed, "items")
    n_lines = random.choice([1, 2, 3, 4], len(orders), p=[0.35, 0.35, 0.2, 0.1])
    order = np.repeat(np.arange(len(orders)), n_lines)
    net = ((orders.price - orders.off) * orders.rate).round(2).to_numpy(float)
    category = drawn(random, _CATEGORIES, len(order))
    number = random.integers(1, _PRODUCTS_OF_EACH + 1, len(order))
    items = pd.DataFrame({"order_id": orders.order_id.to_numpy()[order], "category": category})
    items["product_id"] = items.category.str[:2].str.upper() + "-" + pd.Series(number).astype(str).str.zfill(3)
    items["quantity"] = 1 + random.poisson(0.4, len(order))
    items["net"] = _split(net, order, random.uniform(0.5, 1.5, len(order)))
    items.insert(0, "item_id", items.order_id.str[1:] + "-" + (items.groupby("order_id").cumcount() + 1).astype(str))
    return items


def _split(net: Floats, order: Ints, weight: Floats) -> Floats:
    """Whole grosze of each order by weight; the first line takes what rounding leaves."""
    grosze = np.rint(net * 100)
    parts = np.floor(grosze[order] * weight / np.bincount(order, weight)[order])
    left = grosze - np.bincount(order, parts, minlength=len(net))
    is_first = np.r_[True, order[1:] != order[:-1]]
    parts[is_first] += left
    return parts / 100
