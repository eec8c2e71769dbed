"""How often do customers have to ask? Contacts with support per order."""

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.metrics.estimates import counted, proportions
from retention_kit.metrics.orders import within
from retention_kit.periods import Period
from retention_kit.tables import Tabular, lazy, require, with_calendar
from retention_kit.tables import orders as orders_table


def contact_rate(tickets: Tabular, orders: Tabular, *, period: Period) -> pd.DataFrame:
    """How many contacts came in per order placed? A ratio, not a share: it may exceed 1.

    rate = inbound contacts created in the period / orders placed in the period

    Args:
        tickets: One row per contact: created_on; `direction` (outbound rows are left out) if there is one.
        orders: The `orders` table: ordered_on.
        period: The period counted.

    Returns:
        One row: value, numerator (contacts), denominator (orders), n, status; `no_denominator` without orders.

    Reference:
        METRICS O14; some public pages print the fraction inverted.

    Example:
        >>> days = pd.to_datetime(["2024-05-02"] * 4)
        >>> contact_rate(pd.DataFrame({"created_on": days[:1]}), pd.DataFrame({"ordered_on": days}),
        ...     period=Period("2024-05")).value.item()
        0.25
    """
    contacts = with_calendar(lazy(tickets), "created")
    if "direction" in contacts.collect_schema().names():
        contacts = contacts.filter(nw.col("direction") == "inbound")
    day = nw.col("created_day")
    inside = contacts.filter((day >= period.start_day) & (day < period.end_day))
    count = {"denominator": nw.len()}
    n_contacts = int(counted(inside, count).denominator.item())
    placed = within(orders_table(orders), period).filter("is_purchase")
    n_orders = int(counted(placed, count).denominator.item())
    return pd.DataFrame(
        {
            "segment": ["(all)"],
            "value": [n_contacts / n_orders if n_orders else np.nan],
            "numerator": [n_contacts],
            "denominator": [n_orders],
            "n": [n_orders],
            "status": ["ok" if n_orders else "no_denominator"],
        }
    )


def orders_with_contact_rate(
    tickets: Tabular, orders: Tabular, *, period: Period, by: str | None = None
) -> pd.DataFrame:
    """Of the orders placed in the period, how many led to at least one contact?

    Args:
        tickets: One row per contact: order_id.
        orders: The `orders` table: order_id, ordered_on.
        period: The period of the orders.
        by: A column of the orders to break down by.

    Returns:
        One row per segment: value (0..1), low, high (95 % Wilson), numerator, denominator, n, status, flags.

    Reference:
        METRICS O14.

    Example:
        >>> orders = pd.DataFrame({"order_id": ["1", "2"], "ordered_on": pd.to_datetime(["2024-05-02"] * 2)})
        >>> tickets = pd.DataFrame({"order_id": ["1", "1"]})
        >>> orders_with_contact_rate(tickets, orders, period=Period("2024-05")).value.item()
        0.5
    """
    contacts, placed = lazy(tickets), within(orders_table(orders), period).filter("is_purchase")
    require(contacts, "order_id")
    require(placed, "order_id")
    asked = contacts.select("order_id").unique().with_columns(has_contact=nw.lit(1))
    joined = placed.join(asked, on="order_id", how="left").with_columns(nw.col("has_contact").fill_null(0))
    return proportions(joined, hits="has_contact", by=by)
