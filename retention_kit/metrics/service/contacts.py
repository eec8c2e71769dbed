"""How often do customers have to ask? Contacts with support per order."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.orders.changes import change_of_ratio
from retention_kit.metrics.statistics.clusters import CUSTOMER, clustered_proportions
from retention_kit.metrics.statistics.counting import CLUSTER, PERIOD, as_asked, keys_of, periods_of, within
from retention_kit.metrics.statistics.differences import Difference
from retention_kit.metrics.statistics.estimates import garwood
from retention_kit.metrics.statistics.skewed_ratios import NO_VARIATION, skewed_ratios
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular, lazy, require, segment_keys, with_calendar
from retention_kit.tables import orders as orders_table


@checked
def contact_rate(tickets: Tabular, orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How many contacts came in per order placed? A ratio, not a share: it may exceed 1.

    rate = inbound contacts created in the period / orders placed in the period
    Of the `tickets` table, one row per contact, it reads created_on and where there are any customer_id and direction
    (outbound contacts are excluded); `by` is a column of both tables.

    Returns:
        An estimate per segment: numerator contacts, denominator orders; `no_denominator` without orders. The interval
        is skew-corrected (`statistics.skewness`) and takes what is of one customer together, a contact or an order of
        an unknown customer as one of its own; none below 10 customers who ordered. Without any contact it reaches from
        0 to 3.69 contacts, the upper end of the exact interval of a count of 0, per order.

    Reference: METRICS O14, Z2, Z3; some public pages print the fraction inverted.

    Example:
        >>> days = pd.to_datetime(["2024-05-02"] * 4)
        >>> contact_rate(pd.DataFrame({"created_on": days[:1]}), pd.DataFrame({"ordered_on": days}),
        ...     period=Period("2024-05")).value.item()
        0.25
    """
    span = periods_of(period)
    customers = contacts_per_customer(tickets, orders, span, by)
    found = skewed_ratios(customers, numerator="contacts", denominator="placed", by=by, span=span)
    return as_asked(_up_to_garwood(found), period)


def _up_to_garwood(found: pd.DataFrame) -> pd.DataFrame:
    """Where enough customers had no contact at all, the rate lies below what would hardly ever give none."""
    is_none = (found.numerator == 0) & found["flags"].str.contains(NO_VARIATION)
    flags = found["flags"].str.replace(NO_VARIATION, "").str.strip()
    return found.assign(
        low=found.low.mask(is_none, 0.0),
        high=found.high.mask(is_none, garwood(0)[1] / found.denominator),
        flags=found["flags"].mask(is_none, flags),
    )


@checked
def contact_change(tickets: Tabular, orders: Tabular, *, period: Period, base: Period) -> Difference:
    """How did the contact rate change since an earlier period?

    The interval of the difference takes one customer's contacts of both periods together (METRICS T3).

    Example:
        >>> orders = pd.DataFrame({"customer_id": [f"c{i % 20}" for i in range(40)],
        ...     "ordered_on": pd.to_datetime(["2024-04-02"] * 20 + ["2024-05-02"] * 20)})
        >>> tickets = pd.DataFrame({"customer_id": ["c1", "c2"], "created_on": pd.to_datetime(["2024-05-03"] * 2)})
        >>> contact_change(tickets, orders, period=Period("2024-05"), base=Period("2024-04")).value
        0.1
    """
    both = contacts_per_customer(tickets, orders, [base, period], None)
    return change_of_ratio(both, "contacts", "placed", period=period, base=base)


def contacts_per_customer(
    tickets: Tabular, orders: Tabular, span: Sequence[Period], by: str | None
) -> nw.LazyFrame[Any]:
    """One row per customer, period and segment: contacts, orders placed; a row of nobody known is one of its own."""
    contacts = with_calendar(lazy(tickets), "created")
    if "direction" in contacts.collect_schema().names():
        contacts = contacts.filter(nw.col("direction") == "inbound")
    inside = within(contacts, span, stem="created")
    placed = within(orders_table(orders), span).filter("is_purchase")
    rows = nw.concat(
        [
            _clustered(inside, "created_day", by).with_columns(contacts=nw.lit(1), placed=nw.lit(0)),
            _clustered(placed, "ordered_day", by).with_columns(contacts=nw.lit(0), placed=nw.lit(1)),
        ]
    )
    sums = nw.col("contacts", "placed").sum().cast(nw.Int64)
    return rows.group_by(CLUSTER, *keys_of(by, span)).agg(sums)


def _clustered(rows: nw.LazyFrame[Any], day: str, by: str | None) -> nw.LazyFrame[Any]:
    """Whose row it is: the customer's, or where that is not known the row's own, by its number among such rows."""
    require(rows, *segment_keys(by))
    is_named = "customer_id" in rows.collect_schema().names()
    customer = nw.col("customer_id").cast(nw.String) if is_named else nw.lit(None, nw.String)
    number = nw.col(day).cum_count().over(CLUSTER, order_by=[day, *segment_keys(by)]).cast(nw.String)
    unknown = nw.concat_str(nw.lit(f"{day} "), number)
    keyed = rows.with_columns(customer.alias(CLUSTER)).with_columns(unknown=unknown)
    return keyed.select(nw.coalesce(CLUSTER, "unknown").alias(CLUSTER), PERIOD, *segment_keys(by))


@checked
def orders_with_contact_rate(tickets: Tabular, orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """Of the orders placed in the period, how many led to at least one contact?

    Of the orders it reads ordered_on, order_id and where there is one customer_id; of the tickets, one row per contact,
    order_id.

    Returns:
        deff (`statistics.clusters`: 1 unless a customer ordered several times) and an estimate per segment, of orders,
        with Wilson's interval of n / deff.

    Reference: METRICS O14, Z4.

    Example:
        >>> orders = pd.DataFrame({"order_id": ["1", "2"], "ordered_on": pd.to_datetime(["2024-05-02"] * 2)})
        >>> tickets = pd.DataFrame({"order_id": ["1", "1"]})
        >>> orders_with_contact_rate(tickets, orders, period=Period("2024-05")).value.item()
        0.5
    """
    span = periods_of(period)
    contacts, placed = lazy(tickets), within(orders_table(orders), span).filter("is_purchase")
    require(contacts, "order_id")
    require(placed, "order_id")
    asked = contacts.select("order_id", has_contact=nw.lit(1)).unique()
    joined = placed.join(asked, on="order_id", how="left")
    if CUSTOMER not in joined.collect_schema().names():
        joined = joined.with_columns(nw.lit(None, nw.String).alias(CUSTOMER))
    return as_asked(clustered_proportions(joined, ~nw.col("has_contact").is_null(), by=by, span=span), period)
