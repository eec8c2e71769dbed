"""What had happened to a customer by the day of the answer: contacts, refunds, purchases, deliveries."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from retention_kit import tables
from retention_kit.arguments import checked
from retention_kit.metrics.surveys.answers import as_count
from retention_kit.tables import MONEY, Tabular, is_cancelled, is_test, lazy, require, with_calendar

CONTACT_DAYS = 90
"""The days up to the answer in which contacts are counted."""


@checked
def driver_table(
    responses: Tabular,
    *,
    items: Sequence[str] = (),
    orders: Tabular | None = None,
    tickets: Tabular | None = None,
    refunds: Tabular | None = None,
) -> nw.LazyFrame[Any]:
    """What could have influenced each answer: the ratings given with it, and what had happened up to its day?

    Only what happened up to the day of the answer counts. So an order that was refunded after the answer counts as
    bought. Tests and orders cancelled by now are excluded, for no table says on which day an order was cancelled.

    Args:
        responses: Valid answers, one per respondent: response_id, customer_id, answered_on, score and the items.
        items: Rating items of the same questionnaire, columns of the responses.
        orders: The `orders` table: customer_id, ordered_on; order_id for refunds; delivery_days (from the order to the
            delivery) if there is one.
        tickets: The `tickets` table: customer_id, created_on; outbound contacts are excluded.
        refunds: The `refunds` table: order_id, refunded_on. Needs the orders.

    Returns:
        One row per response_id: score, the items, and of what was given: n_contacts (in the 90 days up to the answer),
        tenure_days (since the first order), days_since_purchase (since the last), n_purchases (days with an order),
        delivery_days (mean over the orders delivered by then), refunded_share (of the orders by then those refunded by
        then, in whole or in part). Missing, not 0, where the customer is unknown or had not ordered, delivery_days also
        where nothing had been delivered; n_contacts and n_purchases of a known customer are 0 then.

    Reference: METRICS section 6, drivers.

    Example:
        >>> import pandas as pd
        >>> responses = pd.DataFrame({"response_id": ["r"], "customer_id": ["a"], "score": [9],
        ...     "answered_on": pd.to_datetime(["2024-03-01"])})
        >>> orders = pd.DataFrame({"customer_id": "a", "ordered_on": pd.to_datetime(["2024-02-01", "2024-02-20"])})
        >>> tables.collected(driver_table(responses, orders=orders))
          response_id  score  tenure_days  days_since_purchase  n_purchases
        0           r      9           29                   10            2
    """
    answers = with_calendar(lazy(responses), "answered")
    require(answers, "response_id", "customer_id", "score", *items)
    asked = answers.select("response_id", "customer_id", "answered_day")
    table = answers.select("response_id", "customer_id", "score", *items)
    if tickets is not None:
        table = _with_counts(table, _contacts(asked, tickets), "n_contacts")
    if orders is not None:
        table = _with_counts(table, _purchases(asked, orders), "n_purchases")
        table = _joined(table, _deliveries(asked, orders)) if _has(orders, "delivery_days") else table
    if orders is not None and refunds is not None:
        table = _joined(table, _refunds(asked, orders, refunds))
    return table.drop("customer_id")


def _has(data: Tabular, column: str) -> bool:
    return column in lazy(data).collect_schema().names()


def _joined(table: nw.LazyFrame[Any], facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return table.join(facts, on="response_id", how="left")


def _with_counts(table: nw.LazyFrame[Any], facts: nw.LazyFrame[Any], count: str) -> nw.LazyFrame[Any]:
    """Facts joined to the answers; the count of a known customer without facts is 0."""
    known = nw.when(~nw.col("customer_id").is_null()).then(nw.col(count).fill_null(0))
    return _joined(table, facts).with_columns(known.alias(count))


def _contacts(asked: nw.LazyFrame[Any], tickets: Tabular) -> nw.LazyFrame[Any]:
    contacts = with_calendar(lazy(tickets), "created")
    require(contacts, "customer_id")
    if "direction" in contacts.collect_schema().names():
        contacts = contacts.filter(nw.col("direction") == "inbound")
    age = nw.col("answered_day") - nw.col("created_day")
    pairs = asked.join(contacts.select("customer_id", "created_day"), on="customer_id")
    recent = pairs.filter((age >= 0) & (age < CONTACT_DAYS))
    return recent.group_by("response_id").agg(n_contacts=nw.len().cast(nw.Int64))


def _purchases(asked: nw.LazyFrame[Any], orders: Tabular) -> nw.LazyFrame[Any]:
    days = _orders_so_far(asked, orders).select("response_id", "answered_day", "ordered_day").unique()
    return (
        days.with_columns(age=nw.col("answered_day") - nw.col("ordered_day"))
        .group_by("response_id")
        .agg(
            tenure_days=nw.col("age").max(),
            days_since_purchase=nw.col("age").min(),
            n_purchases=nw.len().cast(nw.Int64),
        )
    )


def _orders_so_far(asked: nw.LazyFrame[Any], orders: Tabular, *columns: str) -> nw.LazyFrame[Any]:
    """Orders up to the answer that are no test and not cancelled, refunded ones among them."""
    placed = tables.orders(orders)
    require(placed, "customer_id", *columns)
    names = placed.collect_schema().names()
    if "is_test" in names:
        placed = placed.filter(~is_test())
    if "status" in names:
        placed = placed.filter(~is_cancelled())
    pairs = asked.join(placed.select("customer_id", "ordered_day", *columns), on="customer_id")
    return pairs.filter(nw.col("ordered_day") <= nw.col("answered_day"))


def _deliveries(asked: nw.LazyFrame[Any], orders: Tabular) -> nw.LazyFrame[Any]:
    day_of_delivery = nw.col("ordered_day") + nw.col("delivery_days").cast(nw.Float64)
    known = _orders_so_far(asked, orders, "delivery_days").filter(day_of_delivery <= nw.col("answered_day"))
    exact = known.with_columns(
        nw.col("delivery_days").cast(MONEY)
    )  # the sum of decimals does not depend on their order
    sums = exact.group_by("response_id").agg(days=nw.col("delivery_days").sum(), n=nw.len())
    return sums.select("response_id", delivery_days=nw.col("days").cast(nw.Float64) / nw.col("n"))


def _refunds(asked: nw.LazyFrame[Any], orders: Tabular, refunds: Tabular) -> nw.LazyFrame[Any]:
    paid_back = with_calendar(lazy(refunds), "refunded")
    require(paid_back, "order_id")
    first = paid_back.group_by("order_id").agg(first_day=nw.col("refunded_day").min())
    so_far = _orders_so_far(asked, orders, "order_id").join(first, on="order_id", how="left")
    sums = so_far.group_by("response_id").agg(
        n_refunded=as_count(nw.col("first_day") <= nw.col("answered_day")).sum(), n=nw.len()
    )
    return sums.select("response_id", refunded_share=nw.col("n_refunded").cast(nw.Float64) / nw.col("n"))
