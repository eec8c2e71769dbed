"""What does it cost to win a customer, and to keep one?"""

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import garwood
from retention_kit.money import as_money
from retention_kit.tables import Tabular, collected, lazy, require

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


def _cost(costs: Tabular, category: str) -> float:
    rows = lazy(costs)
    require(rows, "category", "amount")
    exact = rows.select("category", amount=as_money("amount", rows.collect_schema()))
    sums = collected(exact.group_by("category").agg(nw.col("amount").sum()), "category")
    if unknown := sorted(set(sums.category.fillna("(none)")) - set(CATEGORIES)):
        raise InvalidTable(f'Cost category "{unknown[0]}" is unknown: use one of {", ".join(CATEGORIES)}.')
    return float(sums.amount[sums.category == category].sum())


def _per_customer(cost: float, n: int) -> pd.DataFrame:
    value, status = (cost / n, "ok") if n else (np.nan, "no_denominator")
    unknown = {"low": np.nan, "high": np.nan}
    return pd.DataFrame(index=[0]).assign(value=value, **unknown, numerator=cost, denominator=n, n=n, status=status)
