"""Revenue of cohorts at each age."""

from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.cohorts.retention import cell_estimates, grid_of, observed, watermark_of
from retention_kit.metrics.statistics.estimates import estimates
from retention_kit.metrics.statistics.skewed_ratios import in_money, moment_names, with_skewed_intervals
from retention_kit.money import in_units, known_sum, product, unit_for_cubes
from retention_kit.periods import Period, Unit
from retention_kit.tables import Tabular, collected, lazy, purchases, require_money

CELL = ["cohort", "age"]
COLUMNS = [*CELL, "n_customers", "revenue", "value", "low", "high", "cumulative", "status", "flags"]


@checked
def cohort_revenue(orders: Tabular, *, by: Unit = "month", until: Period, as_of: date | None = None) -> pd.DataFrame:
    """How much did a cohort bring at each age, per customer who ever joined it?

    value = net revenue of the cohort at the age / customers of the cohort; cumulative = its running sum
    Takes what `cohort_retention` takes, and of the table the column amount too.

    Returns:
        One row per cohort and age: cohort, age, n_customers, revenue, value, low, high (95 %, skew-corrected as in
        `statistics.skewness`, since most of a cohort bought nothing; none below 10 customers), cumulative (money per
        customer), status as in `cohort_retention`, or `refused:no_amounts` where no amount is known, and flags:
        `small_n` below 30 customers, `no_variation` where all brought the same, which has no interval.

    Reference: METRICS C09, 4, Z2, Z3.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [30, 10, 50],
        ...     "ordered_on": pd.to_datetime(["2024-01-31", "2024-02-01", "2024-01-15"])})
        >>> cohort_revenue(orders, until=Period("2024-02"))[["age", "value", "cumulative"]].values.tolist()
        [[0.0, 40.0, 40.0], [1.0, 5.0, 45.0]]
    """
    watermark = watermark_of(by, until, as_of)
    require_money(lazy(orders))
    number = nw.col("number")
    spent = (
        observed(purchases(orders), watermark)
        .select("customer_id", "amount", number=nw.col(f"ordered_{by}"))
        .group_by("customer_id", "number")
        .agg(amount=known_sum("amount"))
        .with_columns(cohort=number.min().over("customer_id"), square=product("amount", "amount"))
        .with_columns(age=number - nw.col("cohort"))
    )
    sums = _with_cubes(
        spent,
        collected(
            spent.group_by(*CELL).agg(amount=known_sum("amount"), square=nw.col("square").sum(), n_retained=nw.len()),
            *CELL,
            exact=True,
        ),
    )
    grid = grid_of(sums, max(until.ordinal - int(sums.cohort.min()), 0) if len(sums) else 0)
    cells = cell_estimates(grid, until, lambda cohort, age: (cohort + age).end <= watermark, watermark)
    sums["cohort"] = [str(Period.nth(by, int(number))) for number in sums.cohort]
    seen = cells.merge(sums.drop(columns="n_retained"), on=CELL, how="left")
    is_unknown = seen.amount.isna() & (seen.n_retained > 0).fillna(value=False)
    return _per_head(seen.assign(status=seen.status.mask(is_unknown, "refused:no_amounts")))


def _with_cubes(spent: nw.LazyFrame[Any], sums: pd.DataFrame) -> pd.DataFrame:
    """Beside the sums of each cell those of third powers, and how many customers brought less than nothing."""
    unit = unit_for_cubes(sums.square.dropna())
    whole, amount = spent.with_columns(amount=in_units("amount", unit)), nw.col("amount")
    counts = {"cube": (amount * amount * amount).sum(), "n_negative": (amount < 0).cast(nw.Int64).sum()}
    found = collected(whole.group_by(*CELL).agg(**counts), *CELL, exact=True)
    return sums.merge(found.assign(cube=in_money(found.cube, 3 * unit)), on=CELL, validate="one_to_one")


def _per_head(cells: pd.DataFrame) -> pd.DataFrame:
    n, revenue = cells.n_customers.astype(float), cells.amount.astype(float).fillna(0)
    parts = {"numerator": revenue, "denominator": n, "n": n}
    bare = estimates(cells.assign(value=revenue / n, low=np.nan, high=np.nan, **parts))
    found = with_skewed_intervals(bare, _moments(cells), "amount", "n_customers")
    cumulative = found["value"].groupby(found.cohort).cumsum()
    return found.assign(revenue=revenue.where(cells.status == "ok"), cumulative=cumulative)[COLUMNS]


def _moments(cells: pd.DataFrame) -> pd.DataFrame:
    """What `statistics.skewed_ratios` makes an interval of, each customer of the cohort counting 1."""
    n = cells.n_customers.astype(int)
    y, square, cube, n_negative = (cells[name].fillna(0) for name in ("amount", "square", "cube", "n_negative"))
    names = moment_names("amount", "n_customers")
    return pd.DataFrame(dict(zip(names, (y, n, square, y, n, cube, square, y, n, n, n, n_negative), strict=True)))
