"""Who bought in a period, how often in it, and when first: the rates that these three say."""

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import PERIOD, as_asked, counted, keys_of, periods_of, within
from retention_kit.metrics.statistics.estimates import rates
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular, occasions, segment_keys

RepeatOn = Literal["occasions", "orders"]

_IS_REPEAT = nw.col("n_times") >= 2
RATES = {
    "repeat_purchase_rate": _IS_REPEAT,
    "returning_customer_rate": _IS_REPEAT | (nw.col("first_day") < nw.col("last_day")),
    "existing_customer_share": nw.col("first_at") < nw.col(PERIOD),
}
"""The shares of a period's buyers, by what is asked of each."""


@checked
def buyer_metrics(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """Every rate of the buyers of a period in one pass.

    Returns:
        The estimates of `repeat_purchase_rate`, `returning_customer_rate` and `existing_customer_share`, with a column
        `metric` in front.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-04-02", "2024-05-09", "2024-05-03"])})
        >>> buyer_metrics(orders, period=Period("2024-05")).value.tolist()
        [0.0, 0.5, 0.5]
    """
    span = periods_of(period)
    hits = {metric: condition.cast(nw.Int64).sum() for metric, condition in RATES.items()}
    counts = counted(_buyers(orders, span, by), {"denominator": nw.len(), **hits}, by=by, span=span)
    tables = [rates(counts.assign(numerator=counts[metric]).drop(columns=list(hits))) for metric in hits]
    found = pd.concat(tables, keys=hits, names=["metric", None]).reset_index("metric").reset_index(drop=True)
    return as_asked(found, period)


def share_of_buyers(
    metric: str, orders: Tabular, period: Span, *, by: str | None, repeat_on: RepeatOn = "occasions"
) -> pd.DataFrame:
    """One of `RATES`."""
    span = periods_of(period)
    hits = {"numerator": RATES[metric].cast(nw.Int64).sum(), "denominator": nw.len()}
    of_period = metric == "repeat_purchase_rate"  # which asks nothing of what came before
    buyers = (
        _in_periods(occasions(orders, by=by), span, by, repeat_on)
        if of_period
        else _buyers(orders, span, by, repeat_on)
    )
    return as_asked(rates(counted(buyers, hits, by=by, span=span)), period)


def n_times(repeat_on: RepeatOn) -> nw.Expr:
    """How often customers bought: on how many days, or with how many orders."""
    return (nw.len() if repeat_on == "occasions" else nw.col("n_orders").sum()).cast(nw.Int64)


def _buyers(
    orders: Tabular, span: Sequence[Period], by: str | None, repeat_on: RepeatOn = "occasions"
) -> nw.LazyFrame[Any]:
    """One row per customer, period and segment; beside it the first purchase ever, without a window over all rows."""
    bought, person = occasions(orders, by=by), ["customer_id", *segment_keys(by)]
    firsts = bought.filter(nw.col("ordered_day") < span[-1].end_day).group_by(person)
    return _in_periods(bought, span, by, repeat_on).join(
        firsts.agg(first_day=nw.col("ordered_day").min(), first_at=nw.col(f"ordered_{span[0].unit}").min()),
        on=person,
        how="inner",
    )


def _in_periods(
    bought: nw.LazyFrame[Any], span: Sequence[Period], by: str | None, repeat_on: RepeatOn
) -> nw.LazyFrame[Any]:
    """One row per customer, period and segment: how often in it, and on which day last."""
    buyers = within(bought, span).group_by("customer_id", *keys_of(by, span))
    return buyers.agg(n_times=n_times(repeat_on), last_day=nw.col("ordered_day").max())
