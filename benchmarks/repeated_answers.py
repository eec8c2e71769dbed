"""How often does the 95 % interval hold the truth where the same people are asked again and again?

Prints two markdown tables, of the net promoter score over several waves and of the response rate over several rounds,
each beside the interval that takes every answer for one of somebody else. The simulations are the same every time.
"""

import argparse
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from retention_kit.metrics.statistics.clusters import SHARE, design_effects
from retention_kit.metrics.statistics.estimates import rates
from retention_kit.metrics.surveys.scores import SQUARES, nps_estimates
from retention_kit.tables import ALL

Numbers = npt.NDArray[np.int64]
Model = Callable[[np.random.Generator, int, int], Numbers]
SHARES = (0.45, 0.30, 0.25)
"""Promoters, passives and detractors."""
RATE = 0.2
"""The response rate: customers differ in theirs as Beta(0.5, 2) does."""
SIZES, TIMES = (30, 100, 300), (3, 12)


def normal(random: np.random.Generator, n: int, times: int) -> Numbers:
    """An opinion of each customer and a mood that lasts from wave to wave, both normal, cut into three groups."""
    opinion, mood = random.normal(size=(n, 1)), random.normal(size=(n, times))
    for wave in range(1, times):
        mood[:, wave] = 0.5 * mood[:, wave - 1] + np.sqrt(0.75) * mood[:, wave]
    return _codes(stats.norm.cdf(np.sqrt(0.5) * opinion + np.sqrt(0.5) * mood))


def fixed_or_fickle(random: np.random.Generator, n: int, times: int) -> Numbers:
    """A third of the customers always answer the same, the others as chance has it."""
    place = random.random((n, times))
    is_fixed = random.random(n) < 1 / 3
    place[is_fixed] = place[is_fixed, :1]
    return _codes(place)


def _codes(place: npt.NDArray[np.float64]) -> Numbers:
    """Codes of places between 0 and 1, the promoters on top."""
    return np.where(place > 1 - SHARES[0], 1, np.where(place < SHARES[2], -1, 0))


def scores(model: Model, n: int, times: int, runs: int, *, is_everybody: bool) -> pd.DataFrame:
    """The sums over customers of so many runs; not everybody answers every wave, nor equally often."""
    random, rows = np.random.default_rng(20240531), []
    for _ in range(runs):
        code = model(random, n, times)
        propensity = np.ones((n, 1)) if is_everybody else random.beta(1, 1, (n, 1))
        is_there = random.random((n, times)) < propensity
        a, b = (code * is_there).sum(axis=1), is_there.sum(axis=1)
        groups = {
            name: ((code == one) & is_there).sum() for name, one in zip((*SQUARES, "passives"), (1, -1, 0), strict=True)
        }
        rows.append(_sums(a, b) | groups)
    return pd.DataFrame(rows)


def responses(n: int, times: int, runs: int) -> pd.DataFrame:
    random, rows = np.random.default_rng(20240531), []
    for _ in range(runs):
        propensity = random.beta(0.5, 0.5 / RATE - 0.5, (n, 1))
        asked = random.integers(1, times + 1, n)
        is_asked = np.arange(times) < asked[:, np.newaxis]
        rows.append(_sums(((random.random((n, times)) < propensity) & is_asked).sum(axis=1), asked))
    return pd.DataFrame(rows)


def _sums(a: Numbers, b: Numbers) -> dict[str, object]:
    products = {"numerator x numerator": a @ a, "numerator x denominator": a @ b, "denominator x denominator": b @ b}
    return {"segment": ALL, "numerator": a.sum(), "denominator": b.sum(), "n denominator": (b > 0).sum()} | products


def _line(name: str, runs: pd.DataFrame, truth: float, *, squares: tuple[str, ...]) -> str:
    estimate = rates if squares == SHARE else nps_estimates
    held, width = [], []
    for deff in (design_effects(runs, squares=squares), 1.0):
        found = estimate(runs.assign(deff=deff))
        held.append(f"{((found.low <= truth) & (truth <= found.high)).mean():.1%}")
        width.append((found.high - found.low).mean() * (100 if squares == SHARE else 1))
    return f"| {name} | {held[0]} | {held[1]} | {width[0]:.1f} against {width[1]:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4000)
    runs = parser.parse_args().runs
    print("| model | who answers | waves | customers | n / deff | every answer for itself | width, points |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    for model, name in ((normal, "normal opinions"), (fixed_or_fickle, "fixed or fickle")):
        for is_everybody, who in ((True, "all, every wave"), (False, "some, more or less often")):
            for times in TIMES:
                for n in SIZES:
                    counts = scores(model, n, times, runs, is_everybody=is_everybody)
                    named = f"{name} | {who} | {times} | {n}"
                    print(_line(named, counts, 100 * (SHARES[0] - SHARES[2]), squares=SQUARES))
    print("\n| response rate, rounds | customers | n / deff | every invitation for itself | width, points |")
    print("| ---: | ---: | ---: | ---: | --- |")
    for times in TIMES:
        for n in SIZES:
            print(_line(f"{times} | {n}", responses(n, times, runs), RATE, squares=SHARE))


if __name__ == "__main__":
    main()
