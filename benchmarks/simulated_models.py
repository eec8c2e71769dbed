"""Four ways in which the customers of a simulated shop buy, stay and spend; the last three are not the demo's.

A customer's purchases after the first one come at ages in days of the shop's own clock, which runs faster in a season.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Random: TypeAlias = np.random.Generator

LONGEST = 5 * 365.25
"""Days after which everybody has left: a shop older than that is in its steady state, whatever its model."""

DAYS_A_MONTH = 365.25 / 12


class Model(Protocol):
    """How customers buy, stay and spend."""

    def customers(self, random: Random, n: int) -> pd.DataFrame:
        """So many of them: rate (purchases a day), lifetime (days until they stop), level (mean of their orders)."""

    def repeats(self, random: Random, customers: pd.DataFrame, spans: Floats) -> tuple[Ints, Floats]:
        """Whose each purchase after the first is, by row of the customers, and at what age, within their spans."""

    def amounts(self, random: Random, levels: Floats) -> Floats:
        """What orders bring whose customers have these levels."""


@dataclass(frozen=True)
class _BgNbd:
    """BG/NBD with gamma-gamma spend: exponential gaps, after each repeat purchase a chance to stop for good."""

    r: float = 0.9
    alpha: float = 60.0
    a: float = 0.9
    b: float = 4.0

    def customers(self, random: Random, n: int) -> pd.DataFrame:
        rate, dropout = random.gamma(self.r, 1 / self.alpha, n), random.beta(self.a, self.b, n)
        level = 6 * 66.7 / random.gamma(5, 1, n)
        return pd.DataFrame({"rate": rate, "dropout": dropout, "lifetime": np.inf, "level": level})

    def repeats(self, random: Random, customers: pd.DataFrame, spans: Floats) -> tuple[Ints, Floats]:
        rates, dropouts = customers.rate.to_numpy(), customers.dropout.to_numpy()
        return _renewed(
            spans,
            gaps=lambda who: random.exponential(1 / rates[who]),
            goes_on=lambda who: random.random(len(who)) >= dropouts[who],
        )

    def amounts(self, random: Random, levels: Floats) -> Floats:
        return levels * random.gamma(6, 1 / 6, len(levels))


@dataclass(frozen=True)
class _ParetoNbd:
    """Pareto/NBD: exponential gaps and lifetimes, each customer's own; frequent buyers spend more, lognormally."""

    r: float = 1.1
    alpha: float = 45.0
    s: float = 2.0
    beta: float = 350.0

    def customers(self, random: Random, n: int) -> pd.DataFrame:
        rate = random.gamma(self.r, 1 / self.alpha, n)
        lifetime = random.exponential(1 / random.gamma(self.s, 1 / self.beta, n))
        level = np.exp(4.4 + 0.25 * np.log(rate * self.alpha / self.r) + random.normal(0, 0.5, n))
        return pd.DataFrame({"rate": rate, "lifetime": lifetime, "level": level})

    def repeats(self, random: Random, customers: pd.DataFrame, spans: Floats) -> tuple[Ints, Floats]:
        rates = customers.rate.to_numpy()
        return _renewed(spans, gaps=lambda who: random.exponential(1 / rates[who]))

    def amounts(self, random: Random, levels: Floats) -> Floats:
        return levels * np.exp(random.normal(0, 0.4, len(levels)))


@dataclass(frozen=True)
class _RegularBuyers:
    """Gaps of Erlang's third kind around each customer's own mean; the hazard of leaving falls with age (Weibull)."""

    typical_gap: float = 45.0
    shape: float = 0.7
    scale: float = 260.0

    def customers(self, random: Random, n: int) -> pd.DataFrame:
        gap = self.typical_gap * np.exp(random.normal(0, 0.5, n))
        lifetime = self.scale * random.weibull(self.shape, n)
        return pd.DataFrame({"rate": 1 / gap, "lifetime": lifetime, "level": random.uniform(40, 160, n)})

    def repeats(self, random: Random, customers: pd.DataFrame, spans: Floats) -> tuple[Ints, Floats]:
        rates = customers.rate.to_numpy()
        return _renewed(spans, gaps=lambda who: random.gamma(3, 1 / (3 * rates[who])))

    def amounts(self, random: Random, levels: Floats) -> Floats:
        return levels * random.gamma(9, 1 / 9, len(levels))


@dataclass(frozen=True)
class _WanderingRates:
    """Nobody's rate stays: its logarithm wanders about the customer's own mean, AR(1) by month; heavy-tailed spend."""

    typical_gap: float = 75.0
    mean_lifetime: float = 380.0
    memory: float = 0.93
    sd: float = 0.8

    def customers(self, random: Random, n: int) -> pd.DataFrame:
        rate = np.exp(random.normal(0, 0.5, n)) / self.typical_gap
        lifetime = random.exponential(self.mean_lifetime, n)
        return pd.DataFrame({"rate": rate, "lifetime": lifetime, "level": random.gamma(4, 18, n)})

    def repeats(self, random: Random, customers: pd.DataFrame, spans: Floats) -> tuple[Ints, Floats]:
        rates, who = customers.rate.to_numpy(), np.arange(len(customers))
        off = random.normal(0, self.sd, len(who))
        found: list[tuple[Ints, Floats]] = []
        age, step = 0.0, self.sd * np.sqrt(1 - self.memory**2)
        while len(who):
            n = random.poisson(rates[who] * np.exp(off) * DAYS_A_MONTH)
            buyers = np.repeat(who, n)
            at = age + random.uniform(0, DAYS_A_MONTH, len(buyers))
            found.append((buyers[at < spans[buyers]], at[at < spans[buyers]]))
            age += DAYS_A_MONTH
            goes_on = spans[who] > age
            who, off = who[goes_on], self.memory * off[goes_on] + step * random.standard_normal(goes_on.sum())
        return _joined(found)

    def amounts(self, random: Random, levels: Floats) -> Floats:
        return levels * (1 + random.pareto(3, len(levels)))


MODELS: dict[str, Model] = {
    "bg_nbd": _BgNbd(),
    "pareto_nbd": _ParetoNbd(),
    "regular": _RegularBuyers(),
    "wandering": _WanderingRates(),
}


def _renewed(
    spans: Floats, *, gaps: Callable[[Ints], Floats], goes_on: Callable[[Ints], npt.NDArray[np.bool_]] | None = None
) -> tuple[Ints, Floats]:
    """Purchases with a gap between each two: in each round everybody who is still there makes one."""
    who, age = np.arange(len(spans)), np.zeros(len(spans))
    found: list[tuple[Ints, Floats]] = []
    while len(who):
        age = age + gaps(who)
        is_inside = age < spans[who]
        who, age = who[is_inside], age[is_inside]
        found.append((who, age))
        if goes_on is not None:
            stays = goes_on(who)
            who, age = who[stays], age[stays]
    return _joined(found)


def _joined(found: list[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    if not found:
        return np.empty(0, np.int64), np.empty(0)
    return np.concatenate([who for who, _ in found]), np.concatenate([age for _, age in found])


@cache
def buyers_per_newcomer(model: str, growth: float) -> float:
    """Buyers of a month for each newcomer of that month, in the steady state: months with a purchase per customer.

    Counted on 40,000 customers, always the same. Where newcomers grow, those of earlier months were fewer.
    """
    random, n = np.random.default_rng(1), 40_000
    customers = MODELS[model].customers(random, n)
    who, age = MODELS[model].repeats(random, customers, np.minimum(customers.lifetime.to_numpy(), LONGEST))
    came = random.uniform(0, 1, n)
    month = np.floor(came[who] + age / DAYS_A_MONTH).astype(np.int64)
    later = np.unique(who * 1000 + month) % 1000
    return float(1 + ((1 + growth) ** -later[later > 0].astype(float)).sum() / n)
