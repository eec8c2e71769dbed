"""What does it cost to win a customer, and to keep one?"""

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import garwood
from retention_kit.money import as_money
from retention_kit.periods import Period, Unit
from retention_kit.tables import Tabular, collected, lazy, require, with_calendar

CATEGORIES = ("acquisition", "retention", "support", "other")


@checked
def customer_acquisition_cost(costs: Tabular, *, new_customers: int) -> pd.DataFrame:
    """What did a new customer cost (CAC)?

    CAC = cost of category acquisition / customers with their first purchase ever in the same period

    Args:
        costs: The period's costs: category, amount. Retention cost has no part in CAC.
        new_customers: `new` + `new_lost` of `customer_flow`.

    Returns:
        One row: an estimate without flags, money per customer. The interval takes the cost as it is and the number of
        new customers as Poisson (Garwood's exact interval). `no_denominator` without new customers.

    Raises:
        InvalidTable: A category is none of acquisition, retention, support, other.

    Reference: METRICS O15, O18.

    Example:
        >>> costs = pd.DataFrame({"category": ["acquisition"], "amount": [12000]})
        >>> customer_acquisition_cost(costs, new_customers=60)[["value", "low", "high"]].round(2).values.tolist()
        [[200.0, 155.38, 262.09]]
    """
    cost = _cost(costs, "acquisition")
    row = _per_customer(cost, new_customers)
    if new_customers:
        fewest, most = garwood(new_customers)
        row = row.assign(low=cost / most, high=cost / fewest)
    return row


@checked
def customer_retention_cost(costs: Tabular, *, retained_customers: int) -> pd.DataFrame:
    """What did a retained customer cost (CRC)?

    CRC = cost of category retention / customers active at the start and at the end of the period

    Returns:
        As `customer_acquisition_cost`, without interval. There is no published standard: name the denominator.

    Reference: METRICS O15.

    Example:
        >>> costs = pd.DataFrame({"category": ["retention"], "amount": [3000]})
        >>> customer_retention_cost(costs, retained_customers=150).value.item()
        20.0
    """
    return _per_customer(_cost(costs, "retention"), retained_customers)


@checked
def acquisition_costs(costs: Tabular, *, by: Unit = "month") -> pd.DataFrame:
    """What was spent on winning customers in each period?

    Args:
        costs: The `costs` table: category, amount, spent_on (any day of the month that the cost is of).
        by: The period: "month", "quarter" or "year".

    Returns:
        One row per period with a cost of category acquisition: period, cost. A period that is not there is one of which
        nothing is known, not one in which nothing was spent.

    Raises:
        InvalidTable: A category is none of acquisition, retention, support, other; or costs, which are of months, were
            asked for by week.

    Reference: METRICS O15.

    Example:
        >>> costs = pd.DataFrame({"category": ["acquisition", "retention"], "amount": [900, 300],
        ...     "spent_on": pd.to_datetime(["2024-05-01", "2024-05-01"])})
        >>> acquisition_costs(costs).values.tolist()
        [['2024-05', 900.0]]
    """
    if by == "week":
        raise InvalidTable("Costs are of months, so that those of a week are not known: take months.")
    sums = _sums(with_calendar(lazy(costs), "spent"), f"spent_{by}")
    won = sums[sums.category == "acquisition"]
    named = [str(Period.nth(by, int(number))) for number in won[f"spent_{by}"]]
    return pd.DataFrame({"period": named, "cost": won.amount.to_numpy(float)})


def _cost(costs: Tabular, category: str) -> float:
    sums = _sums(lazy(costs))
    return float(sums.amount[sums.category == category].sum())


def _sums(rows: nw.LazyFrame[Any], *keys: str) -> pd.DataFrame:
    """The cost of each category, and of each value of further keys."""
    require(rows, "category", "amount")
    exact = rows.select(*keys, "category", amount=as_money("amount", rows.collect_schema()))
    sums = collected(exact.group_by(*keys, "category").agg(nw.col("amount").sum()), *keys, "category")
    if unknown := sorted(set(sums.category.fillna("(none)")) - set(CATEGORIES)):
        raise InvalidTable(f'Cost category "{unknown[0]}" is unknown: use one of {", ".join(CATEGORIES)}.')
    return sums


def _per_customer(cost: float, n: int) -> pd.DataFrame:
    value, status = (cost / n, "ok") if n else (np.nan, "no_denominator")
    unknown = {"low": np.nan, "high": np.nan}
    return pd.DataFrame(index=[0]).assign(value=value, **unknown, numerator=cost, denominator=n, n=n, status=status)
