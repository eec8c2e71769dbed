"""Has it changed? Differences of two estimates, their tests and the words for them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import Z, wilson

Verdict = Literal["changed", "no detectable change", "not_comparable"]


@dataclass(frozen=True, repr=False)
class Difference:
    """A later estimate minus an earlier one, with the 95 % interval of the difference and the p-value of no change.

    Example:
        >>> Difference(0.05, -0.03754, 0.13653, 0.2628)
        Difference 0.05, 95 % interval -0.03754 to 0.1365, p = 0.2628
    """

    value: float
    low: float
    high: float
    p_value: float

    def __repr__(self) -> str:
        """The difference on one line."""
        shown = [f"{number:.4g}" for number in (self.value, self.low, self.high, self.p_value)]
        return "Difference {}, 95 % interval {} to {}, p = {}".format(*shown)

    def verdict(self, *, min_effect: float) -> Verdict:
        """`changed` only if the interval excludes 0 and the difference is large enough to matter.

        `not_comparable` where there is no difference, or none whose standard error is known.
        """
        if np.isnan([self.value, self.low, self.high]).any():
            return "not_comparable"
        return "changed" if self.low * self.high > 0 and abs(self.value) >= min_effect else "no detectable change"


UNKNOWN = Difference(*[float("nan")] * 4)


@checked
def difference_of_proportions(
    hits: float, n: float, base_hits: float, base_n: float, *, deff: float = 1.0, base_deff: float = 1.0
) -> Difference:
    """Difference of two proportions with Newcombe's interval (1998, method 10) and the pooled z-test.

    Fisher's exact test replaces z where an expected count is under 5. Missing where a denominator is 0. Interval and
    test are of n / deff, where a customer counts several times (`statistics.clusters`; METRICS T1, Z4); Fisher's test
    takes such counts as the nearest whole numbers.

    Example:
        >>> change = difference_of_proportions(150, 200, 140, 200)
        >>> round(change.low, 4), round(change.high, 4), round(change.p_value, 4)
        (-0.0375, 0.1365, 0.2628)
    """
    if not (n and base_n):
        return UNKNOWN
    p, q = hits / n, base_hits / base_n
    hits, n, base_hits, base_n = hits / deff, n / deff, base_hits / base_deff, base_n / base_deff
    (low_p, low_q), (high_p, high_q) = (bounds.tolist() for bounds in wilson([hits, base_hits], [n, base_n]))
    return Difference(
        value=p - q,
        low=p - q - float(np.hypot(p - low_p, high_q - q)),
        high=p - q + float(np.hypot(high_p - p, q - low_q)),
        p_value=_p_of_no_difference(hits, n, base_hits, base_n),
    )


def _p_of_no_difference(hits: float, n: float, base_hits: float, base_n: float) -> float:
    table = np.array([[hits, n - hits], [base_hits, base_n - base_hits]])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() < 5:
        from scipy.stats import fisher_exact  # slow to import, and rarely used

        return float(fisher_exact(np.round(table)).pvalue)
    pooled = (hits + base_hits) / (n + base_n)
    z = (hits / n - base_hits / base_n) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / base_n))
    return two_sided_p(float(z))


def difference_with_error(value: float, standard_error: float) -> Difference:
    """A difference whose standard error is known: normal interval and test."""
    if np.isnan(standard_error):
        return Difference(value, float("nan"), float("nan"), float("nan"))
    p_value = two_sided_p(value / standard_error) if standard_error else float(value == 0)
    return Difference(value, value - Z * standard_error, value + Z * standard_error, p_value)


def relative_change_of_rates(total: float, squares: float, days: int, base: tuple[float, float, int]) -> Difference:
    """Relative change of a total per day, for months of 28 to 31 days (quasi-Poisson on the log of the ratio).

    Takes the later total, the sum of its squares over customers (of a plain count the count itself) and its days, and
    in `base` the same three of the earlier period. 0.1 is ten per cent more.
    """
    base_total, base_squares, base_days = base
    if total <= 0 or base_total <= 0:
        return UNKNOWN
    log_ratio = float(np.log(total / days) - np.log(base_total / base_days))
    error = float(np.sqrt(squares / total**2 + base_squares / base_total**2))
    low, high = (float(np.expm1(log_ratio + z * error)) for z in (-Z, Z))
    return Difference(float(np.expm1(log_ratio)), low, high, two_sided_p(log_ratio / error))


def two_sided_p(z: float) -> float:
    """The chance of a normal deviate at least as large, on either side.

    Example:
        >>> round(two_sided_p(1.96), 3)
        0.05
    """
    return float(2 * special.ndtr(-abs(z)))


@checked
def adjusted_p_values(p_values: "pd.Series[float]") -> "pd.Series[float]":
    """Benjamini-Hochberg: p-values that may be read one by one where many were tested; missing stay missing.

    Example:
        >>> adjusted_p_values(pd.Series([0.01, 0.04, 0.03, 0.20])).round(4).tolist()
        [0.04, 0.0533, 0.0533, 0.2]
    """
    largest_first = p_values.dropna().sort_values(ascending=False)
    ranks = np.arange(len(largest_first), 0, -1)
    adjusted = (largest_first * (len(largest_first) / ranks)).cummin()  # a factor of 1 leaves a p-value as it is
    return adjusted.clip(upper=1).reindex(p_values.index)


@checked
def mix_rate_split(current: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """How much of a total's change is change inside the segments (`rate`) and how much of their sizes (`mix`)?

    rate = sum of mean weight x change of rate, mix = sum of mean rate x change of weight; they add up exactly.
    Takes one row per segment (segment, numerator, denominator) of each period; `mix_rate_parts` gives each segment's.

    Reference: METRICS A16.

    Example:
        >>> base = pd.DataFrame({"segment": ["A", "B"], "numerator": [80, 40], "denominator": [100, 100]})
        >>> now = pd.DataFrame({"segment": ["A", "B"], "numerator": [17, 81], "denominator": [20, 180]})
        >>> mix_rate_split(now, base).round(4).to_dict("records")
        [{'base': 0.6, 'current': 0.49, 'rate': 0.05, 'mix': -0.16}]
    """
    parts = mix_rate_parts(current, base)
    totals = {"base": [total_of_segments(base)], "current": [total_of_segments(current)]}
    return pd.DataFrame(totals | {name: [parts[name].sum()] for name in ("rate", "mix")})


@checked
def mix_rate_parts(current: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """What does each segment add to the change of a total: by its own rate, and by its weight?

    rate = mean weight x change of rate, mix = (mean rate - mean rate of the total) x change of weight: a segment that
    grows adds to the total if its rate is above it. All parts together are the change of the total, exactly.

    A segment without anybody in one of the periods has no rate there, and is taken to have had that of the other: all
    it adds is mix.

    Args:
        current: One row per segment: segment, numerator, denominator.
        base: The same of the earlier period.

    Returns:
        One row per segment of either period, sorted: segment, rate, mix.

    Reference: METRICS A16.

    Example:
        >>> base = pd.DataFrame({"segment": ["A", "B"], "numerator": [80, 40], "denominator": [100, 100]})
        >>> now = pd.DataFrame({"segment": ["A", "B"], "numerator": [17, 81], "denominator": [20, 180]})
        >>> mix_rate_parts(now, base).round(4).to_dict("records")
        [{'segment': 'A', 'rate': 0.015, 'mix': -0.112}, {'segment': 'B', 'rate': 0.035, 'mix': -0.048}]
    """
    names = ["segment", "numerator", "denominator"]
    both = current[names].merge(base[names], on="segment", how="outer", suffixes=("", "_base"), validate="one_to_one")
    both = both.set_index("segment").astype(float).fillna(0)
    now, then = both.numerator / both.denominator, both.numerator_base / both.denominator_base
    now, then = now.fillna(then).fillna(0), then.fillna(now).fillna(0)
    weight, weight_base = both.denominator / both.denominator.sum(), both.denominator_base / both.denominator_base.sum()
    of_total = ((weight * now).sum() + (weight_base * then).sum()) / 2
    rate = (weight + weight_base) / 2 * (now - then)
    mix = ((now + then) / 2 - of_total) * (weight - weight_base)
    return pd.DataFrame({"rate": rate, "mix": mix}).reset_index()


@checked
def total_of_segments(segments: pd.DataFrame) -> float:
    """The rate of all customers from the rates of the segments: weighted by denominator, never their plain mean.

    Example:
        >>> total_of_segments(pd.DataFrame({"numerator": [90, 60], "denominator": [100, 100]}))
        0.75
    """
    return float(segments.numerator.sum() / segments.denominator.sum())
