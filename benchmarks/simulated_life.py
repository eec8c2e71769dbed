"""A simulated shop's description, its calendar and what its customers buy."""

import zlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from simulated_models import DAYS_A_MONTH, LONGEST, MODELS, Floats, Random, buyers_per_newcomer

from retention_kit.periods import Period

WINDOW = 90
"""Days without a purchase after which a customer has lapsed."""

COUNTRIES = {"FR": 0.45, "ES": 0.25, "IT": 0.18, "PT": 0.12}
PRICES = {"FR": 1.0, "ES": 0.9, "IT": 1.1, "PT": 0.95}
"""Shares of newcomers and levels of price; in all else countries are alike."""

SMALLEST = "PT"

REFUND_CHANCE, CONTACTS_PER_ORDER = 0.05, 0.12

Planted: TypeAlias = Literal["churn", "orders", "aov", "nps"]


@dataclass(frozen=True)
class Shop:
    """A shop to simulate: equal descriptions give equal shops.

    Attributes:
        seed: Of all random numbers; it also turns the calendar: the reported month is the seed-th of four years.
        buyers_a_month: Customers who buy in a month, as expected (in the reported one, where the shop grows).
        model: A name of `MODELS`.
        season: Whether purchases and newcomers follow the month of the year.
        shock: How much months differ by chance, as the standard deviation of a logarithm: independently the purchases
            of all customers, newcomers, refunds, contacts and (in standard deviations of an opinion) what they think.
        growth: How much newcomers grow a month, since the shop began.
        planted: What shifts by 30 % (NPS by 20 points) in the smallest country; None for nothing.
        n_months: Complete months of data.
        orders_only: Whether refunds, contacts and surveys are left out.
    """

    seed: int
    buyers_a_month: int = 3000
    model: str = "bg_nbd"
    season: bool = False
    shock: float = 0.0
    growth: float = 0.0
    planted: Planted | None = None
    n_months: int = 40
    orders_only: bool = False

    @property
    def period(self) -> Period:
        """The reported month, the last complete one."""
        return Period("2022-01") + self.seed % 48

    @property
    def first_day(self) -> int:
        """The first day of the data, as days since 1970."""
        return (self.period - (self.n_months - 1)).start_day

    @property
    def end_day(self) -> int:
        """The day after the last one of the data: none to two weeks of the next month are there."""
        return self.period.end_day + int(self.random("days after the reported month").integers(0, 15))

    def random(self, of: str) -> Random:
        """Random numbers of one purpose; what is planted changes those of no other."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.model} {self.buyers_a_month} {of}".encode())])


def true_rates(shop: Shop) -> pd.DataFrame:
    """What holds in each month of the shop's life, from before the data on.

    In a shop without season, shock and growth every column but the calendar's is constant, so whatever differs between
    two months by more than their number of days is chance. A season repeats every year. Growth is as old as the shop:
    counts grow, rates and means stay.

    Returns:
        One row per month: period, start_day, n_days, newcomers (a day, expected), purchases (the factor of everybody's
        rate), refund_chance and contacts_per_order (of orders placed in the month), opinion (a shift).
    """
    months = np.arange(-int(LONGEST / DAYS_A_MONTH) - 2 - shop.n_months, 2)
    named = [shop.period + int(month) for month in months]
    season = np.array([_season(period) if shop.season else 1.0 for period in named])
    newcomers = shop.buyers_a_month / buyers_per_newcomer(shop.model, shop.growth) / DAYS_A_MONTH
    return pd.DataFrame(
        {
            "period": [str(period) for period in named],
            "start_day": [period.start_day for period in named],
            "n_days": [period.n_days for period in named],
            "newcomers": newcomers * season * (1 + shop.growth) ** months * _shocks(shop, "newcomers", len(named)),
            "purchases": season * _shocks(shop, "purchases", len(named)),
            "refund_chance": REFUND_CHANCE * _shocks(shop, "refunds", len(named)),
            "contacts_per_order": CONTACTS_PER_ORDER * _shocks(shop, "contacts", len(named)),
            "opinion": np.log(_shocks(shop, "opinions", len(named))),
        }
    )


def _season(period: Period) -> float:
    """A wave of 15 % over the year, and a December of 40 % more; 1 on average."""
    month = period.ordinal % 12
    return float((1 + 0.15 * np.cos(2 * np.pi * (month - 4) / 12)) * (1.4 if month == 11 else 1.0) / _SEASON_MEAN)


_SEASON_MEAN = 1 + 0.4 * (1 + 0.15 * np.cos(2 * np.pi * 7 / 12)) / 12


def _shocks(shop: Shop, of: str, n: int) -> Floats:
    """A factor a month, 1 on average."""
    return np.exp(shop.shock * shop.random(f"shock of {of}").standard_normal(n) - shop.shock**2 / 2)


def bought(shop: Shop) -> pd.DataFrame:
    """Every purchase inside the data, before anything is planted.

    Customers come as chance has it, buy at once and then as the model says, on a clock that the purchase factor of
    each month drives. The shop is older than anybody stays, so it is in its steady state all along.

    Returns:
        One row per purchase, by customer and time: customer (number), country, came (their first purchase ever), at
        (both in days since 1970, with their fraction), amount.
    """
    months, model, random = true_rates(shop), MODELS[shop.model], shop.random("purchases")
    customers = _seen(shop, months, random)
    came, (days, clock) = customers.came.to_numpy(), _clock(months)
    begun = np.interp(came, days, clock)
    who, age = model.repeats(random, customers, np.interp(customers.until.to_numpy(), days, clock) - begun)
    customer = np.concatenate([np.arange(len(came)), who])
    at = np.concatenate([came, np.interp(begun[who] + age, clock, days)])
    is_inside = (at >= shop.first_day) & (at < shop.end_day)
    customer, at = customer[is_inside], at[is_inside]
    order = np.lexsort((at, customer))
    rows = customers.iloc[customer[order]][["country", "came", "level"]].reset_index(drop=True)
    amount = model.amounts(random, rows.level.to_numpy()) * rows.country.map(PRICES).astype(float)
    return rows.drop(columns="level").assign(customer=customer[order], at=at[order], amount=amount)


def _seen(shop: Shop, months: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The customers who had not left before the data begin: as the model draws them, with came, until and country."""
    n = random.poisson(months.newcomers * months.n_days)
    start, length = np.repeat(months.start_day.to_numpy(), n), np.repeat(months.n_days.to_numpy(), n)
    came = start + length * random.random(n.sum())
    customers = MODELS[shop.model].customers(random, len(came))
    until = np.minimum(came + customers.lifetime.clip(upper=LONGEST), shop.end_day)
    code = random.choice(len(COUNTRIES), len(came), p=list(COUNTRIES.values()))
    customers = customers.assign(came=came, until=until, country=pd.Categorical.from_codes(code, pd.Index(COUNTRIES)))
    is_seen = (customers.until > shop.first_day) & (customers.came < shop.end_day)
    return customers[is_seen].reset_index(drop=True)


def _clock(months: pd.DataFrame) -> tuple[Floats, Floats]:
    """The days at which months begin, and what the clock shows there that purchases go by."""
    days = np.append(months.start_day, months.start_day.iloc[-1] + months.n_days.iloc[-1]).astype(float)
    return days, np.append(0.0, np.cumsum(months.purchases * months.n_days))
