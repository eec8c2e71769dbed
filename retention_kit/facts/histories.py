"""Purchases of data that begin in the middle of a shop's life: with what came before, or of whole histories alone."""

from datetime import date, timedelta
from typing import Literal

from retention_kit.engagement import Engagement
from retention_kit.facts.needs import is_there
from retention_kit.facts.spans import history_from
from retention_kit.metrics.customers.left_truncation import acquired_since, with_earlier_purchases
from retention_kit.tables import Tabular

Purchases = Literal["occasions", "orders"]
"""The table that purchases are taken from."""


def new_customers_known_from(engagement: Engagement) -> date | None:
    """The day from which on a first purchase in the data makes a new customer; None where it always does.

    Data that begin in the middle of a shop's life show every old customer once as if new, unless the client says since
    when each is known.
    """
    first_day = history_from(engagement)
    if first_day is None or is_there(engagement, "customers.first_seen_at"):
        return None
    return first_day + timedelta(days=engagement.settings.churn_window)


def with_prior_purchases(engagement: Engagement, table: Purchases = "occasions") -> Tabular:
    """Purchases for what asks who had bought before: the flow of customers, returning customers, revenue of old ones.

    Args:
        engagement: The engagement.
        table: "occasions" or "orders".

    Returns:
        The table; where the data begin in the middle of the shop's life, with an earlier purchase of each customer
        whom the client has known longer (`with_earlier_purchases`).
    """
    first_day = history_from(engagement)
    if first_day is None:
        return engagement.table(table)
    known: Tabular = with_earlier_purchases(engagement.table(table), engagement.customers, first_day=first_day)
    return known


def complete_histories(engagement: Engagement, table: Purchases = "occasions") -> Tabular:
    """Purchases for what starts at a customer's first one: cohorts, repeat purchase after it, lifetime value.

    Args:
        engagement: The engagement.
        table: "occasions" or "orders".

    Returns:
        The table; where the data begin in the middle of the shop's life, the purchases of customers who were acquired
        inside the data (`acquired_since`).
    """
    first_day = history_from(engagement)
    if first_day is None:
        return engagement.table(table)
    window = engagement.settings.churn_window
    whole: Tabular = acquired_since(
        engagement.table(table), first_day=first_day, window=window, customers=engagement.customers
    )
    return whole
