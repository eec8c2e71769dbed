"""Does the range of `rk.customers.retention_point_value` hold what another customer kept would truly bring?

Simulated shops of another making than the demo's: customers arrive over three years, buy at a rate of their own (gamma,
purchases as chance has it), spend at a level of their own (lognormal) and stop after a time of their own (exponential).
What each would have done is simulated too: a life that starts anew at the moment of stopping. So two truths are known,
over all shops of a kind, of those who lapse: the difference it makes to those whom not stopping would have kept, which
is what one more customer kept brings; and that to all of them, many of whom would have lapsed all the same.

Prints a markdown table. No timing; the shops are the same every time.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

import retention_kit as rk
from retention_kit.metrics.customers.kept_and_lapsed import ALIKE_IN

Floats = npt.NDArray[np.float64]

FOLLOWED, YEARS = 365, 3
END = YEARS * 365
"""The number of the day on which it is known who was kept: who bought in the window before it."""

FIRST_DAY = date(2020, 1, 1)
AS_OF = FIRST_DAY + timedelta(days=END + FOLLOWED)
N_ACTIVE = 100
"""A point is one customer, so that values are money per customer."""

MEAN_LIFE, MEAN_SPEND = 300.0, 50.0


@dataclass(frozen=True)
class Kind:
    """Shops of a kind: days between purchases, how unlike customers are (the shape of a gamma), inactivity window."""

    days_between: float
    shape: float
    window: int
    hazard: Callable[[Floats, Floats], Floats]
    """How many times the usual chance to stop, from the rate and the spend as multiples of their means."""


def _alike(rate: Floats, _spend: Floats) -> Floats:
    return np.ones_like(rate)


KINDS = {
    "frequent buyers, stop at random": Kind(10, 2.0, 90, _alike),
    "regular buyers, stop at random": Kind(20, 1.5, 90, _alike),
    "the same, a longer window": Kind(20, 1.5, 180, _alike),
    "seldom buyers, stop at random": Kind(60, 0.6, 90, _alike),
    "the same, a much longer window": Kind(60, 0.6, 270, _alike),
    "regular, who buys seldom stops sooner": Kind(20, 1.5, 90, lambda rate, _spend: np.clip(1 / rate, 0.2, 5)),
    "regular, who spends little stops sooner": Kind(20, 1.5, 90, lambda _rate, spend: np.clip(1 / spend, 0.3, 3)),
    "seldom buyers, nobody stops": Kind(60, 0.6, 90, lambda rate, _spend: np.full_like(rate, 1e-9)),
}


@dataclass(frozen=True)
class Shop:
    """The orders of a shop, and of those who lapsed what they would have brought more: in all, and how many."""

    orders: pd.DataFrame
    n_lapsed: int
    gain_of_all: float
    n_kept_instead: int
    gain_of_kept: float


def shop_of(kind: Kind, n: int, seed: list[int]) -> Shop:
    random = np.random.default_rng(seed)
    arrival = random.uniform(0, END - kind.window, n)
    rate, spend = random.gamma(kind.shape, 1 / kind.shape, n), random.lognormal(-0.18, 0.6, n)
    hazard = kind.hazard(rate, spend) / MEAN_LIFE
    stop = arrival + random.exponential(1 / hazard)
    second_stop = stop + random.exponential(1 / hazard)
    time_left = END + FOLLOWED - arrival
    n_later = random.poisson(rate / kind.days_between * time_left)
    customer = np.concatenate([np.arange(n), np.repeat(np.arange(n), n_later)])
    waits = np.concatenate([np.zeros(n), random.uniform(0, 1, n_later.sum())])
    time = arrival[customer] + waits * time_left[customer]
    amount = (MEAN_SPEND * spend[customer] * random.gamma(4, 0.25, len(customer))).round(2)
    made = pd.DataFrame({"customer": customer, "day": np.floor(time).astype(int), "amount": amount})
    actual, instead = made[time <= stop[customer]], made[time <= second_stop[customer]]
    start = END - kind.window
    lapsed = _bought(actual, n, start - kind.window, start) & ~_bought(actual, n, start, END)
    kept_instead = lapsed & _bought(instead, n, start, END)
    gain = _revenue(instead, n) - _revenue(actual, n)
    return Shop(_dated(actual), lapsed.sum(), gain[lapsed].sum(), kept_instead.sum(), gain[kept_instead].sum())


def _bought(orders: pd.DataFrame, n: int, first: int, end: int) -> npt.NDArray[np.bool_]:
    inside = orders[(orders.day >= first) & (orders.day < end)]
    return np.bincount(inside.customer, minlength=n) > 0


def _revenue(orders: pd.DataFrame, n: int) -> Floats:
    after = orders[orders.day >= END]
    return np.bincount(after.customer, after.amount, minlength=n)


def _dated(orders: pd.DataFrame) -> pd.DataFrame:
    days = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(orders.day, unit="D")
    return pd.DataFrame({"customer_id": orders.customer.astype(str), "ordered_on": days, "amount": orders.amount})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=120)
    parser.add_argument("--customers", type=int, default=6_000)
    arguments = parser.parse_args()
    heads = [
        "shops", "window", "of the lapsed, stopped and else kept", "one more kept brings", "had none of them stopped",
        "unadjusted", "purchases", "rate", "days since", "all three", "range", "range holds one more kept",
        "holds all who lapsed", "unadjusted holds one more kept", "lapsed who came back",
    ]  # fmt: skip
    print(f"| {' | '.join(heads)} |\n| --- |{' ---: |' * (len(heads) - 1)}")
    for place, (name, kind) in enumerate(KINDS.items()):
        print(_line(name, kind, place, arguments), flush=True)


def _line(name: str, kind: Kind, place: int, arguments: argparse.Namespace) -> str:
    shops, found = [], []
    for number in range(arguments.shops):
        shop = shop_of(kind, arguments.customers, [place, number])
        found.append(_estimated(shop, kind.window))
        shops.append((shop.n_lapsed, shop.gain_of_all, shop.n_kept_instead, shop.gain_of_kept))
    n_lapsed, of_all, n_kept, of_kept = np.sum(shops, axis=0)
    one_more, all_lapsed = of_kept / n_kept if n_kept else np.nan, of_all / n_lapsed
    tables = pd.concat(found, keys=range(len(found))).swaplevel().sort_index()
    means = tables.groupby(level=0)[["value", "low", "high"]].mean()
    values = [f"{means.value[each]:.0f}" for each in ("nothing", *ALIKE_IN, "all_three")]
    span, raw = tables.loc["range"], tables.loc["nothing"]
    cells = [
        str(kind.window), f"{n_kept / n_lapsed:.0%}", _money(one_more), f"{all_lapsed:.0f}", *values,
        f"{means.low['range']:.0f} to {means.high['range']:.0f}",
        _share(span, one_more), _share(span, all_lapsed), _share(raw, one_more),
        f"{span.came_back.mean():.0%}",
    ]  # fmt: skip
    return f"| {name} | {' | '.join(cells)} |"


def _estimated(shop: Shop, window: int) -> pd.DataFrame:
    found = rk.customers.retention_point_value(shop.orders, as_of=AS_OF, window=window, n_active=N_ACTIVE)
    return found.set_index("adjusted_for")[["value", "low", "high", "came_back"]]


def _money(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.0f}"


def _share(intervals: pd.DataFrame, truth: float) -> str:
    return "–" if np.isnan(truth) else f"{((intervals.low <= truth) & (truth <= intervals.high)).mean():.0%}"


if __name__ == "__main__":
    main()
