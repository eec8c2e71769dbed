"""Do customers come back? Repeat purchase in a period, within days of the first, by order number."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.loyalty.buyers import RepeatOn, n_times, share_of_buyers
from retention_kit.metrics.statistics.counting import (
    as_asked,
    merged_small,
    periods_of,
    proportions,
)
from retention_kit.metrics.statistics.estimates import rates
from retention_kit.periods import Period, Span, Unit, day_number
from retention_kit.tables import ALL, Tabular, collected, occasions, segment_keys


@checked
def repeat_purchase_rate(
    orders: Tabular, *, period: Span, by: str | None = None, repeat_on: RepeatOn = "occasions"
) -> pd.DataFrame:
    """Of the customers who bought in the period, how many bought on two days or more?

    rate = customers with >= 2 purchase days in the period / customers with >= 1

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on (local date).
        period: The period counted.
        by: A column to break down by.
        repeat_on: "orders" counts two orders of one day as a repeat.

    Returns:
        An estimate per segment, of customers; of several periods for each, with a column `period` in front.

    Raises:
        InvalidTable: A column is absent.

    Warning:
        Shopify's "returning customer rate" counts earlier orders too: `returning_customer_rate`.

    Reference: METRICS O05, O06; help.shopify.com, customer reports.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "b", "b", "c", "d"],
        ...     "ordered_on": pd.to_datetime(["2024-05-02", "2024-05-02", "2024-05-09", "2024-05-03", "2024-05-04"])})
        >>> repeat_purchase_rate(orders, period="2024-05").value.item()
        0.25
    """
    return share_of_buyers("repeat_purchase_rate", orders, period, by=by, repeat_on=repeat_on)


@checked
def returning_customer_rate(
    orders: Tabular, *, period: Span, by: str | None = None, repeat_on: RepeatOn = "occasions"
) -> pd.DataFrame:
    """Of the customers who bought in the period, how many have bought more than once up to its end (Shopify's meaning)?

    It grows with the age of the shop, so a comparison of years says little.

    Returns:
        As `repeat_purchase_rate`.

    Reference: METRICS O05; help.shopify.com, customer reports.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-04-02", "2024-05-09", "2024-05-03"])})
        >>> returning_customer_rate(orders, period="2024-05").value.item()
        0.5
    """
    return share_of_buyers("returning_customer_rate", orders, period, by=by, repeat_on=repeat_on)


@checked
def existing_customer_share(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """Of the customers who bought in the period, how many had bought before it?

    Returns:
        As `repeat_purchase_rate`.

    Reference: METRICS O05.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-04-02", "2024-05-09", "2024-05-03"])})
        >>> existing_customer_share(orders, period="2024-05").value.item()
        0.5
    """
    return share_of_buyers("existing_customer_share", orders, period, by=by)


@checked
def repeat_within(orders: Tabular, *, as_of: date, days: int, by: str | None = None) -> pd.DataFrame:
    """Of the customers whose first purchase is old enough, how many bought again within so many `days` of it?

    rate = customers with a second purchase day on day 1..days / customers with first day + days < as_of

    The data cover every day before `as_of`. Customers too young to have had all the days are in neither numerator nor
    denominator, so that neither youth nor growth of a shop looks like disloyalty. All customers ever are counted, so
    that it hardly moves from month to month: `repeat_within_of_period` does.

    Returns:
        As `repeat_purchase_rate`; `immature` where nobody is old enough.

    Reference: METRICS O07, O20.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-01-01", "2024-01-21", "2024-01-15"])})
        >>> repeat_within(orders, as_of=date(2024, 4, 1), days=60).value.item()
        0.5
    """
    old_enough = _since_first(orders, as_of, days, by).filter(nw.col("first_day") + days < day_number(as_of))
    found = proportions(old_enough, nw.col("n_later") > 0, by=by)
    return found.assign(status=found.status.replace("no_denominator", "immature"))


def _since_first(orders: Tabular, before: date, days: int, by: str | None) -> nw.LazyFrame[Any]:
    """One row per customer and segment: first_day, and n_later, the purchase days in so many days after it."""
    person = ["customer_id", *segment_keys(by)]
    bought = (
        occasions(orders, by=by)
        .filter(nw.col("ordered_day") < day_number(before))
        .with_columns(first_day=nw.col("ordered_day").min().over(*person))
    )
    came_back = (nw.col("ordered_day") > nw.col("first_day")) & (nw.col("ordered_day") <= nw.col("first_day") + days)
    return (
        bought.with_columns(n_later=came_back.cast(nw.Int64))
        .group_by(*person, "first_day")
        .agg(nw.col("n_later").sum())
    )


@checked
def repeat_within_of_period(orders: Tabular, *, period: Span, days: int, by: str | None = None) -> pd.DataFrame:
    """Of the customers whose first so many `days` ended lately, how many bought again within them?

    rate = customers with a second purchase day on day 1..days / customers whose first day lies in `first_days`:
    first day + days in the quarter or year; in the month or the two before it; in the week or the twelve before it

    Unlike `repeat_within` it moves with the customers of today, whatever those of earlier years did. Months and weeks
    next to each other share most of these customers: compare with the same period a year ago, whose customers are
    others.

    Returns:
        As `repeat_purchase_rate`; `immature` where no customer is old enough yet, `no_denominator` where those who are
        bought first earlier.

    Reference: METRICS O07, Z11.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "c"],
        ...     "ordered_on": pd.to_datetime(["2024-01-01", "2024-01-21", "2024-04-01", "2024-04-02"])})
        >>> found = repeat_within_of_period(orders, period="2024-05", days=60)
        >>> found[["value", "denominator"]].values.tolist()
        [[0.5, 2.0]]
    """
    span, keys = periods_of(period), ["first_day", *segment_keys(by)]
    hits = {"numerator": (nw.col("n_later") > 0).cast(nw.Int64).sum(), "denominator": nw.len()}
    by_day = collected(_since_first(orders, span[-1].end, days, by).group_by(keys).agg(**hits), *keys)
    by_day = by_day.assign(segment=by_day[by] if by else ALL)
    counts = pd.concat([_of_period(by_day, each, days, is_whole=by is None) for each in span], ignore_index=True)
    return as_asked(rates(merged_small(counts) if by else counts), period)


def first_days(period: Period, days: int) -> tuple[date, date]:
    """The first days [from, until) of the customers that `repeat_within_of_period` counts.

    Example:
        >>> [str(day) for day in first_days(Period("2024-05"), 60)]
        ['2024-01-01', '2024-04-02']
    """
    start = (period - EARLIER[period.unit]).start
    return start - timedelta(days=days), period.end - timedelta(days=days)


EARLIER: dict[Unit, int] = {"week": 12, "month": 2, "quarter": 0, "year": 0}
"""How many periods before it a rate of new customers takes in: those of a single week or month are few."""


def _of_period(by_day: pd.DataFrame, period: Period, days: int, *, is_whole: bool) -> pd.DataFrame:
    """The counts of a period per segment; of all customers even where there are none, with the reason."""
    since, until = map(day_number, first_days(period, days))
    inside = by_day[by_day.first_day.between(since, until, inclusive="left")]
    counts = inside.groupby("segment")[["numerator", "denominator"]].sum()
    if is_whole:
        is_old_enough = (by_day.first_day < until).any()
        counts = counts.reindex([ALL], fill_value=0).assign(status="ok" if is_old_enough else "immature")
    labelled = counts.rename_axis("segment").reset_index()
    labelled.insert(0, "period", str(period))
    return labelled


@checked
def repeat_by_order_number(
    orders: Tabular, *, as_of: date, up_to: int = 10, repeat_on: RepeatOn = "occasions"
) -> pd.DataFrame:
    """Of the customers who reached their n-th purchase, how many have made the next one so far?

    Returns:
        One row per n = 1..up_to that anybody reached: n_purchases and an estimate. Customers who have not bought again
        yet are followed until the end of the data and count as not.

    Reference: METRICS O08.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-04-02", "2024-05-09", "2024-05-03"])})
        >>> repeat_by_order_number(orders, as_of=date(2024, 6, 1)).value.tolist()
        [0.5, 0.0]
    """
    bought = occasions(orders).filter(nw.col("ordered_day") < day_number(as_of))
    customers = bought.group_by("customer_id").agg(n_times=n_times(repeat_on))
    counts = collected(customers.group_by("n_times").agg(n=nw.len()), "n_times")
    reached = np.array([counts.n[counts.n_times >= n].sum() for n in range(1, up_to + 2)], dtype=int)
    steps = pd.DataFrame({"n_purchases": range(1, up_to + 1), "numerator": reached[1:], "denominator": reached[:-1]})
    return rates(steps[steps.denominator > 0])
