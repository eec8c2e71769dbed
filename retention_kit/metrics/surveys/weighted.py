"""What would the score be if the segments answered in proportion to those who were asked?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import OTHER, Floats, Z, estimates
from retention_kit.metrics.surveys.scores import adjusted_wald
from retention_kit.tables import ALL


@checked
def weighted_nps(segments: pd.DataFrame, *, population: "Mapping[str, float] | pd.Series[Any]") -> pd.DataFrame:
    """What is the score of a population whose segments answer at different rates (post-stratified)?

    NPS = Σ W_h * NPS_h;  se = √(Σ W_h² * se_h²), with W_h the segment's share of the population

    Args:
        segments: The result of `nps(..., by=...)`.
        population: How many people each segment has, for example those invited. A segment without a row of its own
            counts with `(other)`, if there is one.

    Returns:
        One row: segment, covered (share of the population whose segment has a score, 0..1; the weights are those of
        that part), se, and an estimate in points with the adjusted Wald interval, the three answers added spread over
        the segments by weight; numerator missing, denominator and n answers. `no_responses` where no segment of the
        population has a score. Weights that equal the sample's give the plain score.

    Reference: METRICS 6, N07; Cochran 1977, 5A.9.

    Example:
        >>> segments = pd.DataFrame({"segment": ["A", "B"], "value": [50, -10], "se": [10, 12], "n": [60, 40],
        ...     "promoters": [0.6, 0.3], "detractors": [0.1, 0.4], "deff": [1, 1], "status": ["ok", "ok"]})
        >>> round(weighted_nps(segments, population={"A": 0.3, "B": 0.7}).value.item(), 6)
        8.0
    """
    people = _people(pd.Series(population, dtype=float), segments.segment)
    scored = segments[segments.status == "ok"].set_index("segment")
    weights = people.reindex(scored.index, fill_value=0)
    covered = float(weights.sum())
    weight = np.asarray(weights, np.float64) / (covered or 1)
    low, high = _interval(scored, weight)
    value, n = float((weight * scored["value"].to_numpy(float)).sum()), int(scored.n.sum())
    row: dict[str, object] = {
        "segment": ALL,
        "covered": covered / (float(people.sum()) or 1),
        "se": float(np.hypot.reduce(weight * scored.se.to_numpy(float))) if covered else np.nan,
        "value": value,
        "low": min(low, value),
        "high": max(high, value),
        "numerator": np.nan,
        "denominator": n,
        "n": n,
        "status": "ok" if covered else "no_responses",
    }
    return estimates(pd.DataFrame([row]))


def _people(population: "pd.Series[float]", names: "pd.Series[str]") -> "pd.Series[float]":
    """People per segment that has a row."""
    own = population.index.where(population.index.isin(names), OTHER)
    return population.groupby(own).sum()


def _interval(scored: pd.DataFrame, weight: Floats) -> tuple[float, float]:
    """Adjusted Wald over strata: of the three answers added, a stratum of weight W gets 3 W.

    (P + ¾ W) / (n + 3 W) is what `adjusted_wald` makes of P / W and n / W; its variance is then too small by W.
    """
    per_weight = np.divide(1, weight, out=np.zeros_like(weight), where=weight > 0)
    n = (scored.n / scored.deff).to_numpy(float) * per_weight
    centre, error = adjusted_wald(scored.promoters.to_numpy(float) * n, scored.detractors.to_numpy(float) * n, n)
    middle, half = (weight * centre).sum(), Z * np.sqrt((weight * error**2).sum())
    return max(100 * (middle - half), -100), min(100 * (middle + half), 100)
