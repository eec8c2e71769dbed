"""One retention curve for all cohorts, from the cohorts old enough for each age."""

import numpy as np
import pandas as pd
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import rates

FEWEST_COHORTS, FEWEST_CUSTOMERS = 3, 30
COHORTS_FOR_BOOTSTRAP = 6
DRAWS, SEED = 2000, 1


@checked
def cohort_curve(
    retention: pd.DataFrame, *, fewest_cohorts: int = FEWEST_COHORTS, fewest_customers: int = FEWEST_CUSTOMERS
) -> pd.DataFrame:
    """What share of customers bought at each age, all cohorts pooled?

    value = customers retained / customers, summed over the cohorts mature at that age; never the mean of their rates

    Old cohorts alone reach the high ages, so the curve may rise: the number of cohorts behind each point is given, and
    it ends where fewer than `fewest_cohorts` or `fewest_customers` are left.

    Returns:
        One row per age: age, n_cohorts and an estimate. The interval is that of resampled cohorts (2,000 draws, fixed
        seed, expanded percentiles) where an age has 6 or more, else Wilson's, which ignores differences between
        cohorts: flag `ci_within_only`.

    Reference: METRICS C03, U5.

    Example:
        >>> cells = pd.DataFrame({"cohort": ["2024-01", "2024-01", "2024-02"], "age": [0, 1, 0], "status": "ok",
        ...     "n_customers": [2, 2, 1], "n_retained": [2, 1, 1]})
        >>> cohort_curve(cells, fewest_cohorts=1, fewest_customers=1).value.tolist()
        [1.0, 0.5]
    """
    mature = retention[retention.status == "ok"]
    pooled = mature.groupby("age", as_index=False).agg(
        n_cohorts=("cohort", "size"), numerator=("n_retained", "sum"), denominator=("n_customers", "sum")
    )
    enough = (pooled.n_cohorts >= fewest_cohorts) & (pooled.denominator >= fewest_customers)
    curve = rates(pooled[enough.cummin()])
    for row in curve[curve.n_cohorts >= COHORTS_FOR_BOOTSTRAP].itertuples():
        curve.loc[row.Index, ["low", "high"]] = _resampled(mature[mature.age == row.age])
    within = np.where(curve.n_cohorts < COHORTS_FOR_BOOTSTRAP, "ci_within_only", "")
    return curve.assign(flags=[" ".join(filter(None, pair)) for pair in zip(curve["flags"], within, strict=True)])


def _resampled(cohorts: pd.DataFrame) -> list[float]:
    """Percentiles of the pooled share over resampled cohorts, as far out as a t of so few cohorts asks for.

    The plain 2.5 % and 97.5 % of 12 cohorts contain the truth nine times in ten (Hesterberg 2015, The American
    Statistician 69:371, expanded percentiles).
    """
    n = len(cohorts)
    draws = np.random.default_rng(SEED).integers(0, n, (DRAWS, n))
    retained, customers = (cohorts[name].to_numpy(float)[draws].sum(axis=1) for name in ("n_retained", "n_customers"))
    tail = float(special.ndtr(-special.stdtrit(n - 1, 0.975) * np.sqrt(n / (n - 1))))
    low, high = np.quantile(retained / customers, [tail, 1 - tail])
    return [float(low), float(high)]
