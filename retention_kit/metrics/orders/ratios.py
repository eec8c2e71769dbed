"""Orders and money of a period: revenue, orders, average order value, purchase frequency, refunds, per segment.

The functions take `orders`, one row per order (ordered_on, amount, customer_id), the `period` counted, or several of
one unit, and in `by` a column to break down by, and give an estimate (`statistics.estimates`) per segment; of several
periods for each, with a column `period` in front. The interval of a ratio is corrected for the skewness of what
customers spend (`statistics.skewness`) and takes the orders of a customer together, an order of an unknown customer as
a customer of its own; there is none below 10 customers, nor where all are alike (`no_variation`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import (
    CLUSTER,
    as_asked,
    keys_of,
    moments,
    periods_of,
    proportions,
    within,
)
from retention_kit.metrics.statistics.estimates import estimates
from retention_kit.metrics.statistics.skewed_ratios import skewed_ratios, skewed_ratios_of, with_cubes
from retention_kit.money import as_money
from retention_kit.periods import Period, Span, day_number
from retention_kit.tables import (
    MONEY,
    Tabular,
    is_cancelled,
    is_test,
    lazy,
    require,
    require_money,
    segment_keys,
)
from retention_kit.tables import orders as orders_table


def valid_orders(orders: Tabular, *, before: date) -> nw.LazyFrame[Any]:
    """Orders before a day that are no test and not cancelled, with every money column there.

    A table without any money column is refused (`InvalidTable`).
    """
    frame = lazy(orders)
    schema = frame.collect_schema()
    require_money(frame)
    frame = orders_table(frame).filter(nw.col("ordered_day") < day_number(before))
    if "is_test" in schema:
        frame = frame.filter(~is_test())
    if "status" in schema:
        frame = frame.filter(~is_cancelled())
    return frame.with_columns(
        customer_id=nw.col("customer_id") if "customer_id" in schema else nw.lit(None, nw.String),
        refunded=as_money("refunded", schema) if "refunded" in schema else nw.lit(None, MONEY),
        gross=as_money("gross", schema) if "gross" in schema else nw.col("amount"),
        n_orders=nw.col("is_purchase").cast(nw.Int64),
        priced_orders=(nw.col("is_purchase") & ~nw.col("amount").is_null()).cast(nw.Int64),
        purchased=nw.when(nw.col("is_purchase")).then(nw.col("amount")),
    )


def per_customer(orders: Tabular, span: Sequence[Period], by: str | None) -> nw.LazyFrame[Any]:
    """One row per customer, period and segment; an order of an unknown customer counts as a customer of its own.

    Orders of unknown amount have no part in the sums of money, nor in what these are divided by.
    """
    rows = within(valid_orders(orders, before=span[-1].end), span)
    require(rows, *segment_keys(by))
    is_told = ~nw.col("refunded").is_null() & ~nw.col("gross").is_null()  # unknown refunds are not none
    told = {name: nw.when(is_told).then(nw.col(name)) for name in ("gross", "refunded")}
    rows = rows.with_columns(nw.col("customer_id").cast(nw.String).alias(CLUSTER), **told)
    sums = nw.col("amount", "purchased", "gross", "refunded")
    counts = nw.col("n_orders", "priced_orders")
    is_known = ~nw.col(CLUSTER).is_null()
    keys = [CLUSTER, *keys_of(by, span)]
    known = rows.filter(is_known).group_by(*keys).agg(sums.sum().cast(MONEY), counts.sum().cast(nw.Int64))
    unknown = rows.filter(~is_known).select(*keys, sums, counts)
    return nw.concat([known, unknown]).with_columns(
        n_customers=(is_known & (nw.col("n_orders") > 0)).cast(nw.Int64),
        n_spenders=(is_known & (nw.col("priced_orders") > 0)).cast(nw.Int64),
        known_orders=nw.when(is_known).then(nw.col("n_orders")).otherwise(nw.lit(0)),
        known_amount=nw.when(is_known).then(nw.col("purchased")),
    )


@checked
def average_order_value(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """What did an order bring? Not the mean of the customers' means.

    AOV = net amount of purchases / purchases, of those whose amount is known; a negative order (a refund
    without its order) counts in revenue alone

    Returns:
        An estimate per segment: money per order; numerator money, denominator orders, n customers. The module
        `orders.ratios` describes the arguments and the interval.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "amount": [100, 100, 100, 10],
        ...     "ordered_on": pd.to_datetime(["2024-05-02"] * 4)})
        >>> average_order_value(orders, period=Period("2024-05")).value.item()
        77.5
    """
    return _ratio(orders, "average_order_value", period, by)


@checked
def purchase_frequency(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How often did a customer who bought at all buy? Only periods of one length compare.

    frequency = orders of known customers / customers with at least one order in the period

    Returns:
        As `average_order_value`: orders per customer; numerator orders, denominator customers.

    Reference: METRICS O01.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [1, 1, 1],
        ...     "ordered_on": pd.to_datetime(["2024-05-02"] * 3)})
        >>> purchase_frequency(orders, period=Period("2024-05")).value.item()
        1.5
    """
    return _ratio(orders, "purchase_frequency", period, by)


@checked
def revenue_per_customer(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """What did a customer who bought bring in the period? Purchase frequency x average order value of known customers.

    Returns:
        As `average_order_value`: money per customer; numerator revenue, denominator customers.

    Reference: METRICS O01.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [1, 1, 4],
        ...     "ordered_on": pd.to_datetime(["2024-05-02"] * 3)})
        >>> revenue_per_customer(orders, period=Period("2024-05")).value.item()
        3.0
    """
    return _ratio(orders, "revenue_per_customer", period, by)


@checked
def refund_rate(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How much of what was ordered in the period went back?

    rate = refunded amount / gross amount, over orders that are no test and not cancelled, by the order's date

    Returns:
        As `average_order_value`: 0..1; numerator refunded, denominator gross. `no_denominator` where the table has
        no column `refunded`: unknown is not zero.

    Reference: METRICS O19.

    Example:
        >>> orders = pd.DataFrame({"gross": [100, 50, 0, 80], "refunded": [30, 50, 0, 0],
        ...     "ordered_on": pd.to_datetime(["2024-05-02"] * 4)})
        >>> round(refund_rate(orders, period=Period("2024-05")).value.item(), 4)
        0.3478
    """
    return _ratio(orders, "refund_rate", period, by)


@checked
def refunded_orders_rate(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """Of the orders of the period, how many were refunded in whole or in part?

    An estimate per segment, of the orders of which it is known.

    Reference: METRICS O19.

    Example:
        >>> orders = pd.DataFrame({"gross": [100, 50, 0, 80], "refunded": [30, 50, 0, 0],
        ...     "ordered_on": pd.to_datetime(["2024-05-02"] * 4)})
        >>> refunded_orders_rate(orders, period=Period("2024-05")).value.item()
        0.5
    """
    span = periods_of(period)
    known = within(valid_orders(orders, before=span[-1].end), span).filter(~nw.col("refunded").is_null())
    return as_asked(proportions(known, nw.col("refunded") > 0, by=by, span=span), period)


def _ratio(orders: Tabular, metric: str, period: Span, by: str | None) -> pd.DataFrame:
    span, (numerator, denominator) = periods_of(period), RATIOS[metric]
    rows = per_customer(orders, span, by)
    found = skewed_ratios(rows, numerator=numerator, denominator=denominator, by=by, span=span)
    return as_asked(_possible(found, metric), period)


def _possible(found: pd.DataFrame, metric: str) -> pd.DataFrame:
    """An estimate whose interval keeps to what can be: who bought has bought once, and no more goes back than went."""
    least, most = _BOUNDS.get(metric, (None, None))
    return found.assign(low=found.low.clip(least, most), high=found.high.clip(least, most))


_BOUNDS = {"purchase_frequency": (1, None), "refund_rate": (0, 1)}


RATIOS = {
    "average_order_value": ("purchased", "priced_orders"),
    "purchase_frequency": ("known_orders", "n_customers"),
    "revenue_per_customer": ("known_amount", "n_spenders"),
    "refund_rate": ("refunded", "gross"),
}
"""The ratios of this page as numerator and denominator of what `per_customer` counts."""

TOTALS = {"net_revenue": "amount", "orders": "n_orders", "buyers": "n_customers"}


GROUPS = (*RATIOS.values(), *((name,) for name in TOTALS.values()))
"""What is multiplied with each other for these: what is divided by what, and every total by itself."""

_COLUMNS = sorted({name for group in GROUPS for name in group})


@checked
def order_metrics(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """Every metric of orders and money of a period in one pass.

    Returns:
        The estimates of `average_order_value`, `purchase_frequency`, `revenue_per_customer` and `refund_rate`, and of
        the totals `net_revenue`, `orders` and `buyers` (complete counts, so without interval), with a column `metric`
        in front.
    """
    span = periods_of(period)
    rows = per_customer(orders, span, by)
    sums = moments(rows, *_COLUMNS, groups=GROUPS, by=by, span=span)
    sums = with_cubes(rows, sums, *RATIOS.values(), by=by, span=span)
    ratio_rows = [_possible(skewed_ratios_of(sums, *pair), name).assign(metric=name) for name, pair in RATIOS.items()]
    total_rows = [_total(sums, name).assign(metric=metric) for metric, name in TOTALS.items()]
    table = pd.concat(total_rows + ratio_rows, ignore_index=True)
    return as_asked(table[["metric", *(name for name in table if name != "metric")]], period)


def _total(sums: pd.DataFrame, name: str) -> pd.DataFrame:
    """A complete count is known exactly: it has no interval, and is not flagged as small."""
    total, missing = sums[name].astype(float), dict.fromkeys(("low", "high", "denominator"), np.nan)
    table = sums[["period", "segment"]].assign(value=total, numerator=total, **missing, n=sums.n_customers.astype(int))
    error = np.sqrt(sums[f"{name} x {name}"].to_numpy(float))
    return estimates(table.assign(status="ok")).assign(flags="", se=error)
