"""How often does the 95 % interval of a mean or ratio of money hold the truth? Simulated samples of customers.

Prints a markdown table: the skew-corrected interval that `rk.average_order_value` and its like give, beside that of
Student's t with the same standard error, which keeps a customer's orders together too. Spend is drawn from three
distributions whose means are known, orders of one customer resemble each other, and no interval assumes any of that.
The samples are the same every time.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from retention_kit.metrics.statistics.skewed_ratios import moment_names, with_skewed_intervals

Floats = npt.NDArray[np.float64]

SIZES = (30, 100, 300)
SIGMA, TAIL, SHAPE = 1.2, 2.2, 2.0
ONE_MORE = 0.45
"""The chance of another order, after each."""
DISCOUNT = -0.3
"""Who orders n times spends n to this power as much each time."""

SPEND: dict[str, tuple[Callable[[np.random.Generator, tuple[int, int]], Floats], float]] = {
    "gamma, shape 2": (lambda random, size: random.gamma(SHAPE, 1, size), SHAPE),
    "lognormal, sigma 1.2": (lambda random, size: random.lognormal(0, SIGMA, size), float(np.exp(SIGMA**2 / 2))),
    "Pareto, tail 2.2": (lambda random, size: 1 + random.pareto(TAIL, size), TAIL / (TAIL - 1)),
}
"""What a customer spends on an order: a draw of so many, and the mean."""


@dataclass(frozen=True)
class Samples:
    """Of many samples the money and the orders of each customer (a row per sample), and the true ratio."""

    money: Floats
    orders: Floats
    truth: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10_000)
    n_samples = parser.parse_args().samples
    print("| ratio | spend | n | t | skew-corrected | truth above, below t | above, below ours | width, ours / t |")
    print("| --- | --- | ---: | ---: | ---: | --- | --- | ---: |")
    for ratio, drawn in RATIOS.items():
        for spend in SPEND:
            for n in SIZES:
                samples = drawn(np.random.default_rng(20240531), spend, n_samples, n)
                print(f"| {ratio} | {spend} | {n} | {_line(samples)} |")


def one_order_each(random: np.random.Generator, spend: str, n_samples: int, n: int) -> Samples:
    draw, mean = SPEND[spend]
    return Samples(draw(random, (n_samples, n)), np.ones((n_samples, n)), mean)


def revenue_per_customer(random: np.random.Generator, spend: str, n_samples: int, n: int) -> Samples:
    bought = orders_of_customers(random, spend, n_samples, n, power=0.0)
    return Samples(bought.money, np.ones((n_samples, n)), bought.truth / (1 - ONE_MORE))


def order_value(random: np.random.Generator, spend: str, n_samples: int, n: int) -> Samples:
    return orders_of_customers(random, spend, n_samples, n, power=DISCOUNT)


def orders_of_customers(random: np.random.Generator, spend: str, n_samples: int, n: int, *, power: float) -> Samples:
    """Customers of one or more orders; half of what an order brings is the customer's own level, half the order's."""
    draw, mean = SPEND[spend]
    orders = random.geometric(1 - ONE_MORE, (n_samples, n))
    level, money = draw(random, (n_samples, n)), np.zeros((n_samples, n))
    for number in range(1, int(orders.max()) + 1):
        money += (orders >= number) * (level + draw(random, (n_samples, n))) / 2
    counts = np.arange(1, 200)
    chances = (1 - ONE_MORE) * ONE_MORE ** (counts - 1)
    factor = (chances * counts ** (1 + power)).sum() / (chances * counts).sum()
    return Samples(money * orders.astype(float) ** power, orders.astype(float), mean * float(factor))


RATIOS = {
    "revenue per customer, one order each": one_order_each,
    "revenue per customer, several orders": revenue_per_customer,
    "money per order, several orders": order_value,
}


def _line(samples: Samples) -> str:
    found = intervals(samples)
    half = stats.t.ppf(0.975, samples.money.shape[1] - 1) * found.error
    t = (found["value"] - half, found["value"] + half)
    ours = (found.low, found.high)
    held = [(low <= samples.truth) & (samples.truth <= high) for low, high in (t, ours)]
    sides = [f"{(high < samples.truth).mean():.1%}, {(samples.truth < low).mean():.1%}" for low, high in (t, ours)]
    width = np.median((ours[1] - ours[0]) / (2 * half))
    return " | ".join([*(f"{each.mean():.1%}" for each in held), *sides, f"{width:.2f}"])


def intervals(samples: Samples) -> pd.DataFrame:
    """The value of each sample, its standard error, and low and high as the metrics make them of sums."""
    y, x, n = samples.money, samples.orders, samples.money.shape[1]
    products = (y * y, y * x, x * x, y * y * y, y * y * x, y * x * x, x * x * x)
    sums = [each.sum(axis=1) for each in (y, x, *products)]
    counts = [np.full(len(y), n), np.full(len(y), n), (y < 0).sum(axis=1)]
    moments = pd.DataFrame(dict(zip(moment_names("y", "x"), [*sums, *counts], strict=True)))
    value = sums[0] / sums[1]
    error = (y - value[:, None] * x).std(axis=1, ddof=1) / x.mean(axis=1) / np.sqrt(n)
    found = pd.DataFrame({"value": value, "error": error, "status": "ok", "flags": ""})
    return with_skewed_intervals(found, moments, "y", "x")


if __name__ == "__main__":
    main()
