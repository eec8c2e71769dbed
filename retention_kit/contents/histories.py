"""Purchases of data that begin in the middle of a shop's life: with what came before, or of whole histories alone."""

from datetime import date, timedelta
from typing import Literal

from retention_kit.contents.abilities import is_there
from retention_kit.contents.spans import history_from
from retention_kit.engagement import Engagement
from retention_kit.metrics.left_edge import acquired_since, with_earlier_purchases
from retention_kit.tables import Tabular

Purchases = Literal["occasions", "orders"]
"""The table that purchases are taken from."""


def told_from(book: Engagement) -> date | None:
    """The day from which on a first purchase in the data makes a new customer; None where it always does.

    Data that begin in the middle of a shop's life show every old customer once as if new, unless the client says since
    when each is known.
    """
    first_day = history_from(book)
    if first_day is None or is_there(book, "customers.first_seen_at"):
        return None
    return first_day + timedelta(days=book.settings.churn_window)


def looking_back(book: Engagement, table: Purchases = "occasions") -> Tabular:
    """Purchases for what asks who had bought before: the flow of customers, returning customers, revenue of old ones.

    Args:
        book: The engagement.
        table: "occasions" or "orders".

    Returns:
        The table; where the data begin in the middle of the shop's life, with an earlier purchase of each customer
        whom the client has known longer (`with_earlier_purchases`).
    """
    first_day = history_from(book)
    if first_day is None:
        return book.table(table)
    known: Tabular = with_earlier_purchases(book.table(table), book.customers, first_day=first_day)
    return known


def whole_histories(book: Engagement, table: Purchases = "occasions") -> Tabular:
    """Purchases for what starts at a customer's first one: cohorts, repeat purchase after it, lifetime value.

    Args:
        book: The engagement.
        table: "occasions" or "orders".

    Returns:
        The table; where the data begin in the middle of the shop's life, the purchases of customers who were acquired
        inside the data (`acquired_since`).
    """
    first_day = history_from(book)
    if first_day is None:
        return book.table(table)
    window = book.settings.churn_window
    whole: Tabular = acquired_since(book.table(table), first_day=first_day, window=window, customers=book.customers)
    return whole
