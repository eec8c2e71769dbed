"""All cohorts together: one curve of retention and one of revenue, from the cohorts old enough for each age."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import Floats, estimates, quotient, rates

FEWEST_COHORTS, FEWEST_CUSTOMERS = 3, 30
COHORTS_FOR_BOOTSTRAP = 6
DRAWS, SEED = 2000, 1
OF_COHORTS = {"n_cohorts": ("cohort", "size"), "last_cohort": ("cohort", "max")}


@checked
def cohort_curve(
    retention: pd.DataFrame, *, fewest_cohorts: int = FEWEST_COHORTS, fewest_customers: int = FEWEST_CUSTOMERS
) -> pd.DataFrame:
    """What share of customers bought at each age, all cohorts pooled?

    value = customers retained / customers, summed over the cohorts mature at that age; never the mean of their rates

    Old cohorts alone reach the high ages, so the curve may rise: the number of cohorts behind each point is given, and
    it ends where fewer than `fewest_cohorts` or `fewest_customers` are left.

    Returns:
        One row per age: age, n_cohorts, last_cohort (the youngest of them) and an estimate. The interval is that of
        resampled cohorts (2,000 draws, fixed seed, expanded percentiles) where an age has 6 or more, else Wilson's,
        which ignores differences between cohorts: flag `ci_within_only`.

    Reference: METRICS C03, U5.

    Example:
        >>> cells = pd.DataFrame({"cohort": ["2024-01", "2024-01", "2024-02"], "age": [0, 1, 0], "status": "ok",
        ...     "n_customers": [2, 2, 1], "n_retained": [2, 1, 1]})
        >>> cohort_curve(cells, fewest_cohorts=1, fewest_customers=1).value.tolist()
        [1.0, 0.5]
    """
    mature = retention[retention.status == "ok"]
    pooled = mature.groupby("age", as_index=False).agg(
        **OF_COHORTS, numerator=("n_retained", "sum"), denominator=("n_customers", "sum")
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
    draws = _draws(len(cohorts))
    retained, customers = (cohorts[name].to_numpy(float)[draws].sum(axis=1) for name in ("n_retained", "n_customers"))
    return _percentiles(retained / customers, len(cohorts))


def _draws(n_cohorts: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, n_cohorts, (DRAWS, n_cohorts))


def _percentiles(drawn: Floats, n_cohorts: int) -> list[float]:
    tail = float(special.ndtr(-special.stdtrit(n_cohorts - 1, 0.975) * np.sqrt(n_cohorts / (n_cohorts - 1))))
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return [float(low), float(high)]


@checked
def cohort_revenue_curve(
    revenue: pd.DataFrame, *, fewest_cohorts: int = FEWEST_COHORTS, fewest_customers: int = FEWEST_CUSTOMERS
) -> pd.DataFrame:
    """How much has a customer brought by each age, all cohorts pooled?

    per_customer = revenue / customers at the age, summed over the cohorts mature at it; value = its running sum

    A cohort counts at the ages it has reached, so that young ones are not left out, and the curve can fall only where
    refunds exceed what was bought. It ends as `cohort_curve` does.

    Args:
        revenue: The result of `cohort_revenue`.
        fewest_cohorts: The curve ends where fewer are left.
        fewest_customers: The same of customers.

    Returns:
        One row per age: age, n_cohorts, last_cohort, n_customers, revenue (of that age), per_customer, value (money
        per customer so far), low, high, status, flags. The interval is that of resampled cohorts, as in `cohort_curve`;
        missing where an age has fewer than 6.

    Reference: METRICS C09, 4, U5.

    Example:
        >>> cells = pd.DataFrame({"cohort": ["2024-01", "2024-01", "2024-02"], "age": [0, 1, 0], "status": "ok",
        ...     "n_customers": [2, 2, 3], "revenue": [50.0, 10.0, 100.0]})
        >>> cohort_revenue_curve(cells, fewest_cohorts=1, fewest_customers=1).value.tolist()
        [30.0, 35.0]
    """
    mature = revenue[revenue.status == "ok"]
    pooled = mature.groupby("age", as_index=False).agg(
        **OF_COHORTS, n_customers=("n_customers", "sum"), revenue=("revenue", "sum")
    )
    enough = (pooled.n_cohorts >= fewest_cohorts) & (pooled.n_customers >= fewest_customers)
    curve = pooled[enough.cummin()]
    per_customer = curve.revenue.astype(float) / curve.n_customers.astype(float)
    curve = curve.assign(per_customer=per_customer, value=per_customer.cumsum(), n=curve.n_customers, status="ok")
    found = estimates(curve.assign(low=np.nan, high=np.nan, numerator=np.nan, denominator=np.nan))
    many = found.n_cohorts >= COHORTS_FOR_BOOTSTRAP
    found.loc[many, ["low", "high"]] = _resampled_sums(mature, found[many])
    return found[REVENUE_CURVE]


REVENUE_CURVE = [
    "age", "n_cohorts", "last_cohort", "n_customers", "revenue", "per_customer", "value", "low", "high", "status",
    "flags",
]  # fmt: skip


def _resampled_sums(mature: pd.DataFrame, curve: pd.DataFrame) -> Floats:
    """Percentiles of the running sum over resampled cohorts; a draw without a cohort of an age says nothing of it."""
    wide = mature.pivot(index="cohort", columns="age", values=["revenue", "n_customers"]).astype(float).fillna(0)
    draws, so_far, ends = _draws(len(wide)), np.zeros(DRAWS), []
    for age, n_cohorts in zip(curve.age, curve.n_cohorts, strict=True):
        revenue, customers = (wide[name, age].to_numpy()[draws].sum(axis=1) for name in ("revenue", "n_customers"))
        so_far = so_far + quotient(revenue, customers)
        ends.append(_percentiles(so_far, n_cohorts))
    return np.array(ends).reshape(-1, 2)
