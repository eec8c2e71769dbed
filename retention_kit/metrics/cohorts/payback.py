"""When a cohort has paid what it cost to win its customers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import SMALL_N, garwood

AGES = (0, 3, 12)
"""The ages at which it is told what a cohort has brought, beside the last one seen."""

MONEY = ["cost", "cac", "cac_low", "cac_high", "brought", *(f"brought_{age}" for age in AGES)]
COLUMNS = ["cohort", "n_customers", "age", *MONEY, "payback_age", "status", "flags"]


@checked
def payback_age(cumulative: Sequence[float], *, acquisition_cost: float, margin: float = 1.0) -> int | None:
    """At which age has a cohort's margin per customer paid its acquisition cost? None where not reached so far.

    Reference: METRICS C09.

    Example:
        >>> payback_age([30, 39, 45], acquisition_cost=40), payback_age([30, 39, 45], acquisition_cost=40, margin=0.5)
        (2, None)
    """
    if acquisition_cost <= 0:
        raise InvalidTable(
            f"An acquisition cost of {acquisition_cost} cannot be paid back: give what one customer cost."
        )
    paid = [age for age, revenue in enumerate(cumulative) if revenue * margin >= acquisition_cost]
    return paid[0] if paid else None


@checked
def cohort_payback(revenue: pd.DataFrame, costs: pd.DataFrame, *, margin: float = 1.0) -> pd.DataFrame:
    """After how long has each cohort paid what it cost to win its customers?

    cac = cost of acquisition in the period of the first orders / customers of the cohort
    payback_age = the first age at which cumulative revenue per customer x margin >= cac

    Args:
        revenue: The result of `cohort_revenue`.
        costs: The result of `service.acquisition_costs`, by the period of the cohorts.
        margin: The share of revenue that is profit; 1.0 compares revenue, which pays back sooner than profit does.

    Returns:
        One row per cohort: cohort, n_customers, age (the last one seen), cost, cac (money per customer), cac_low,
        cac_high (95 %: the cost as it is, the number of customers as Poisson, Garwood), brought (money per customer by
        the last age, x margin), brought_0, brought_3, brought_12 (the same by these ages), payback_age (missing where
        not reached), status: `ok`, `not_reached`, `no_costs` where no cost of the period is known or it is not above 0,
        or why the cohort has no cell yet; flags: `small_n` below 30 customers.

    Warning:
        Who was won in a month is not always who the money of that month was spent on: with a long way from the first
        advertisement to the first order, look at quarters.

    Reference: METRICS C09, O15, O18.

    Example:
        >>> revenue = pd.DataFrame({"cohort": "2024-01", "age": [0, 1, 2], "n_customers": 10, "status": "ok",
        ...     "cumulative": [30.0, 39.0, 45.0]})
        >>> costs = pd.DataFrame({"period": ["2024-01"], "cost": [400.0]})
        >>> cohort_payback(revenue, costs)[["cac", "age", "brought", "payback_age"]].values.tolist()
        [[40.0, 2, 45.0, 2]]
    """
    spent = costs.set_index("period").cost
    rows = [_of_cohort(cells, spent.get(str(cohort), np.nan), margin) for cohort, cells in revenue.groupby("cohort")]
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found.astype(dict.fromkeys(MONEY, float) | dict.fromkeys(("n_customers", "age", "payback_age"), "Int64"))


def _of_cohort(cells: pd.DataFrame, cost: float, margin: float) -> dict[str, object]:
    """A row of the result; without a cost, or a cell, it says what is missing."""
    n, seen = int(cells.n_customers.iloc[0]), cells[cells.status == "ok"]
    row = {"cohort": cells.cohort.iloc[0], "n_customers": n, "cost": cost, "flags": ""}
    if seen.empty:
        return row | {"status": cells.status.iloc[0]}
    brought = (seen.set_index("age").cumulative * margin).to_dict()
    row |= {"age": seen.age.iloc[-1], "brought": brought[seen.age.iloc[-1]]}
    row |= {f"brought_{age}": brought.get(age) for age in AGES}
    if not cost > 0:
        return row | {"status": "no_costs"}
    age = payback_age(seen.cumulative.tolist(), acquisition_cost=cost / n, margin=margin)
    fewest, most = garwood(n)
    return row | {
        "cac": cost / n,
        "cac_low": cost / most,
        "cac_high": cost / fewest,
        "payback_age": age,
        "status": "not_reached" if age is None else "ok",
        "flags": "small_n" if n < SMALL_N else "",
    }
