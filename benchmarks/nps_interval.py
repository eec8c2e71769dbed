"""How often does the 95 % interval of the NPS hold the truth? 10,000 simulated waves for each size and mix of answers.

Prints two markdown tables, of some mixes and of every mix in steps of five per cent: the adjusted-Wald interval that
`rk.nps` gives, beside the plain Wald interval value ± 1.96 standard errors. The waves are the same every time.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.metrics.statistics.estimates import Z
from retention_kit.metrics.surveys.scores import nps_estimates
from retention_kit.tables import ALL

SIZES = (30, 100, 400)

MIXES = {
    "middling": (0.40, 0.35, 0.25),
    "even": (1 / 3, 1 / 3, 1 / 3),
    "liked": (0.70, 0.25, 0.05),
    "much liked": (0.90, 0.08, 0.02),
    "disliked": (0.10, 0.20, 0.70),
    "torn": (0.49, 0.02, 0.49),
    "lukewarm": (0.10, 0.85, 0.05),
}
"""Shares of promoters, passives and detractors, most lopsided."""


@dataclass(frozen=True)
class Coverage:
    """How often an interval held the truth, and how wide it was on average, in points."""

    share: float
    width: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=10_000)
    arguments = parser.parse_args()
    print("| mix | promoters, passives, detractors | NPS | n | adjusted Wald | plain Wald | width, points |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    for name, shares in MIXES.items():
        for n in SIZES:
            print(_line(name, shares, n, arguments.waves))
    print("\n| every mix | n | adjusted Wald, least to most | in 94-98 % | plain Wald, least to most | in 94-98 % |")
    print("| --- | ---: | --- | ---: | --- | ---: |")
    for least in (0, 1):
        for n in SIZES:
            print(_summary(least, n, arguments.waves))


def _summary(least: int, n: int, n_waves: int) -> str:
    """The coverage over all mixes in twentieths of which no group has fewer than so many of them."""
    twentieths = [(p, 20 - p - d, d) for p in range(least, 21) for d in range(least, 21 - p - least)]
    found = [both_covered((p / 20, q / 20, d / 20), n, n_waves) for p, q, d in twentieths]
    parts = []
    for shares in zip(*[(adjusted.share, plain.share) for adjusted, plain in found], strict=True):
        n_good = sum(0.94 <= share <= 0.98 for share in shares)
        parts += [f"{min(shares):.1%} to {max(shares):.1%}", f"{n_good} of {len(shares)}"]
    name = "all three groups there" if least else "groups may be empty"
    return f"| {name} | {n} | {' | '.join(parts)} |"


def both_covered(shares: tuple[float, float, float], n: int, n_waves: int) -> tuple[Coverage, Coverage]:
    """The adjusted-Wald and the plain Wald interval of the same waves."""
    truth = 100 * (shares[0] - shares[2])
    waves = simulated(shares, n, n_waves)
    plain = covered(waves["value"] - Z * waves["se"], waves["value"] + Z * waves["se"], truth)
    return covered(waves["low"], waves["high"], truth), plain


def _line(name: str, shares: tuple[float, float, float], n: int, n_waves: int) -> str:
    truth = 100 * (shares[0] - shares[2])
    adjusted, plain = both_covered(shares, n, n_waves)
    mix = ", ".join(f"{share:.0%}" for share in shares)
    return (
        f"| {name} | {mix} | {truth:+.0f} | {n} | {adjusted.share:.1%} | {plain.share:.1%} "
        f"| {adjusted.width:.1f} against {plain.width:.1f} |"
    )


def simulated(shares: tuple[float, float, float], n: int, n_waves: int) -> pd.DataFrame:
    """The scores and intervals of so many waves of n answers."""
    promoters, passives, detractors = np.random.default_rng(20240531).multinomial(n, shares, n_waves).T
    return nps_estimates(
        pd.DataFrame(
            {
                "segment": ALL,
                "numerator": promoters - detractors,
                "denominator": n,
                "promoters": promoters,
                "passives": passives,
                "detractors": detractors,
                "deff": 1.0,
            }
        )
    )


def covered(low: npt.ArrayLike, high: npt.ArrayLike, truth: float) -> Coverage:
    low, high = np.asarray(low), np.asarray(high)
    return Coverage(float(((low <= truth) & (truth <= high)).mean()), float((high - low).mean()))


if __name__ == "__main__":
    main()
