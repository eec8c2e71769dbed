"""Rates of exchange of the synthetic client, and what it spends."""

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import BASE_CURRENCY, TRUE
from retention_kit.demo.timeline import Floats, Ints, Timeline, Timestamps, days_of, months_of, random_of
from retention_kit.periods import Period, periods

DAYS_GOOD = 7
"""A rate holds for so long where the next days have none of their own."""

_FIRST_RATES = {"UAH": 0.1350, "EUR": 4.5500}
_DRIFT = {"UAH": -0.00025, "EUR": -0.00005}
_SPREAD = {"UAH": 0.004, "EUR": 0.003}
_HOLIDAYS = 0.03


def exchange_rates(timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """What a foreign currency was worth in PLN on each banking day, from a week before the data.

    Returns:
        One row per currency and day: day (day number), currency, rate (to four places, as banks quote them).
    """
    random = random_of(seed, "rates")
    days = np.arange(timeline.start_day - DAYS_GOOD, timeline.end_day)
    is_open = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday, so Monday is 0
    is_open &= (random.random(len(days)) > _HOLIDAYS) | ((days + 3) % 7 == 2)
    quoted = [
        pd.DataFrame({"day": days[is_open], "currency": currency, "rate": _walk(currency, len(days), random)[is_open]})
        for currency in _FIRST_RATES
    ]
    return pd.concat(quoted, ignore_index=True)


def _walk(currency: str, n: int, random: np.random.Generator) -> Floats:
    steps = random.normal(_DRIFT[currency], _SPREAD[currency], n)
    return np.round(_FIRST_RATES[currency] * np.exp(np.cumsum(steps)), 4)


def rates_on(rates: pd.DataFrame, timestamps: Timestamps, currencies: "pd.Series[str]") -> Floats:
    """What one of each currency was worth in PLN at each timestamp: the latest rate of the last seven days."""
    found = np.ones(len(timestamps))
    days: Ints = days_of(timestamps)
    for currency, quoted in rates.groupby("currency"):
        rows = (currencies == currency).to_numpy(bool)
        place = np.searchsorted(quoted.day.to_numpy(), days[rows], side="right") - 1
        found[rows] = quoted.rate.to_numpy(float)[place]
    return found


def monthly_costs(arrivals: Timestamps, orders: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """What was spent in each month: on winning customers by channel, on keeping them, on support and the rest.

    Args:
        arrivals: The first purchase of each customer.
        orders: ordered_at of each order.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        One row per month and kind: month (period), category, channel, amount, currency.
    """
    random = random_of(seed, "costs")
    rows = []
    for month in periods(timeline.first_month, Period.of(timeline.until, "month")):
        n_new = int((months_of(arrivals) == month.ordinal).sum())
        n_orders = int((months_of(orders.ordered_at.to_numpy()) == month.ordinal).sum())
        rows += [(month, *kind) for kind in _spent(n_new, n_orders)]
    costs = pd.DataFrame(rows, columns=["month", "category", "channel", "amount", "currency"])
    return costs.assign(amount=(costs.amount * random.uniform(0.93, 1.07, len(costs))).round(2))


def _spent(n_new: int, n_orders: int) -> list[tuple[str, str, float, str]]:
    """Category, channel, mean amount and currency; a newcomer costs about 45 PLN."""
    to_win = {"search": 22.0, "social": 13.0, "referral": 4.0, "marketplace": 6.0}
    won = [("acquisition", name, n_new * to_win[name], BASE_CURRENCY) for name in TRUE.people.channels]
    kept = ("retention", "email", 1.8 * n_orders, BASE_CURRENCY)
    tools = ("retention", "", 120.0, "EUR")
    helped = ("support", "", 9.0 * TRUE.service.contacts_per_order * n_orders, BASE_CURRENCY)
    return [*won, kept, tools, helped, ("other", "", 5.5 * n_orders, BASE_CURRENCY)]
