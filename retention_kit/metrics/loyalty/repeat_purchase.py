"""Do customers come back? Repeat purchase in a period, within days of the first, by order number."""

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.loyalty.buyers import RepeatOn, n_times, share_of_buyers
from retention_kit.metrics.statistics.counting import proportions
from retention_kit.metrics.statistics.estimates import rates
from retention_kit.periods import Span, day_number
from retention_kit.tables import Tabular, collected, occasions, segment_keys


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
    denominator, so that neither youth nor growth of a shop looks like disloyalty.

    Returns:
        As `repeat_purchase_rate`; `immature` where nobody is old enough.

    Reference: METRICS O07, O20.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-01-01", "2024-01-21", "2024-01-15"])})
        >>> repeat_within(orders, as_of=date(2024, 4, 1), days=60).value.item()
        0.5
    """
    person = ["customer_id", *segment_keys(by)]
    firsts = (
        occasions(orders, by=by)
        .filter(nw.col("ordered_day") < day_number(as_of))
        .with_columns(first_day=nw.col("ordered_day").min().over(*person))
        .filter(nw.col("first_day") + days < day_number(as_of))
    )
    came_back = (nw.col("ordered_day") > nw.col("first_day")) & (nw.col("ordered_day") <= nw.col("first_day") + days)
    customers = firsts.with_columns(n_later=came_back.cast(nw.Int64)).group_by(person).agg(nw.col("n_later").sum())
    found = proportions(customers, nw.col("n_later") > 0, by=by)
    return found.assign(status=found.status.replace("no_denominator", "immature"))


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
