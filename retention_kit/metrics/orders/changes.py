"""How orders and money changed from one period to another, and where a change of revenue came from."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.orders.ratios import GROUPS, RATIOS, TOTALS, per_customer
from retention_kit.metrics.statistics.counting import CLUSTER, PERIOD, moments
from retention_kit.metrics.statistics.differences import Difference, difference_with_error, relative_change_of_rates
from retention_kit.metrics.statistics.estimates import quotient, standard_error
from retention_kit.periods import Period
from retention_kit.tables import MONEY, Tabular, lazy, require


@checked
def order_changes(orders: Tabular, *, period: Period, base: Period) -> dict[str, Difference]:
    """How did each metric of `order_metrics` change since an earlier period?

    Ratios: difference, its interval from customers as clusters, one customer's orders of both periods kept together
    (METRICS T3). Totals: relative change per day (METRICS T5).

    Example:
        >>> orders = pd.DataFrame({"customer_id": [f"c{i % 20}" for i in range(40)], "amount": [10] * 20 + [12] * 20,
        ...     "ordered_on": pd.to_datetime(["2024-04-02"] * 20 + ["2024-05-02"] * 20)})
        >>> changes = order_changes(orders, period=Period("2024-05"), base=Period("2024-04"))
        >>> changes["average_order_value"].value
        2.0
    """
    both = per_customer(orders, [base, period], None)
    sums = _both_periods(both, GROUPS, period=period, base=base)
    changes = {metric: _ratio_change(sums, *pair) for metric, pair in RATIOS.items()}
    return changes | {metric: _total_change(sums, name, period, base) for metric, name in TOTALS.items()}


def change_of_ratio(
    both: nw.LazyFrame[Any], numerator: str, denominator: str, *, period: Period, base: Period
) -> Difference:
    """The difference of a ratio of sums over customers between two periods; a customer of both is one."""
    sums = _both_periods(both, [(numerator, denominator)], period=period, base=base)
    return _ratio_change(sums, numerator, denominator)


def _both_periods(
    both: nw.LazyFrame[Any], compared: Iterable[Sequence[str]], *, period: Period, base: Period
) -> "pd.Series[Any]":
    """The moments of what customers did in a period and, as `<column>_base`, in an earlier one, group by group."""
    columns, is_known = sorted({name for group in compared for name in group}), ~nw.col(CLUSTER).is_null()
    sides = {"": period, "_base": base}
    beside = {
        f"{name}{side}": nw.when(nw.col(PERIOD) == each.ordinal).then(nw.col(name))
        for side, each in sides.items()
        for name in columns
    }
    rows = both.select(CLUSTER, **beside)
    known = rows.filter(is_known).group_by(CLUSTER).agg(nw.col(*beside).sum().cast(MONEY))
    unknown = rows.filter(~is_known).with_columns(nw.col(*beside).cast(MONEY))
    groups = [[f"{name}{side}" for name in group for side in sides] for group in compared]
    return moments(nw.concat([each.select(*beside) for each in (known, unknown)]), *beside, groups=groups).iloc[0]


def _ratio_change(sums: "pd.Series[Any]", numerator: str, denominator: str) -> Difference:
    y, x, y_base, x_base = numerator, denominator, f"{numerator}_base", f"{denominator}_base"
    value = quotient(sums[y], sums[x]) - quotient(sums[y_base], sums[x_base])
    return difference_with_error(float(value), standard_error(sums, ((y, x, 1.0), (y_base, x_base, -1.0))))


def _total_change(sums: "pd.Series[Any]", name: str, period: Period, base: Period) -> Difference:
    then = f"{name}_base"
    now_total, now_squares, total, squares = (
        float(sums[key]) for key in (name, f"{name} x {name}", then, f"{then} x {then}")
    )
    return relative_change_of_rates(now_total, now_squares, period.n_days, (total, squares, base.n_days))


@checked
def revenue_decomposition(current: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """How much of the change of revenue came from more customers, from their frequency, from the order value?

    effect of x = L(R1, R0) * ln(x1 / x0), L(a, b) = (a - b) / ln(a / b): the log-mean Divisia index. The three effects
    add up exactly to the change; missing where a factor is 0.

    Args:
        current: One row with customers, frequency and aov.
        base: The same of the earlier period.

    Returns:
        One row: customers, frequency, aov (money each) and total.

    Reference: METRICS O16, I14; Ang 2005, The LMDI approach to decomposition analysis.

    Example:
        >>> now = pd.DataFrame({"customers": [110], "frequency": [1.9], "aov": [42]})
        >>> before = pd.DataFrame({"customers": [100], "frequency": [2], "aov": [40]})
        >>> revenue_decomposition(now, before).round(2).values.tolist()
        [[798.98, -429.99, 409.01, 778.0]]
    """
    factors = ["customers", "frequency", "aov"]
    require(lazy(current), *factors)
    later, earlier = ({name: float(table[name].iloc[0]) for name in factors} for table in (current, base))
    revenue, revenue_base = math.prod(later.values()), math.prod(earlier.values())
    if not revenue or not revenue_base:
        return pd.DataFrame([dict.fromkeys([*factors, "total"], np.nan)])
    same = math.isclose(revenue, revenue_base, rel_tol=1e-12)
    mean = revenue if same else (revenue - revenue_base) / math.log(revenue / revenue_base)
    effects = {name: mean * math.log(later[name] / earlier[name]) for name in factors}
    return pd.DataFrame([effects | {"total": revenue - revenue_base}])
