"""What was paid back: the goods' part of a refund, and orders below zero, which are refunds of their customer."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterable, Iterator
from decimal import Decimal

import duckdb
import pyarrow as pa

from retention_kit.ingest.canonical.notes import note
from retention_kit.ingest.sql import MONEY
from retention_kit.schema.reasons import REFUND_ABOVE_ORDER

TOLD_APART = "0.01"
"""So much may a refund be above its order by rounding alone."""


def take_off(rows: str, *, includes_tax: bool) -> str:
    """Rows of orders whose refunds take off the goods at most; `is_above` where more was paid back.

    Args:
        rows: The orders, with all that was paid back as `refunded`, and off the amount.
        includes_tax: Whether that is of the whole order, with tax and shipping: the goods' part is then
            refunded × goods / total.
    """
    goods = "greatest(amount + coalesce(refunded, 0), 0)"
    whole = f"{goods} + coalesce(tax, 0) + coalesce(shipping, 0)" if includes_tax else goods
    part = (
        f"CASE WHEN refunded >= whole THEN goods ELSE CAST(round(refunded::DOUBLE * goods / whole, 4) AS {MONEY}) END"
    )
    read = f"SELECT *, CAST({goods} AS {MONEY}) AS goods, CAST({whole} AS {MONEY}) AS whole FROM ({rows})"
    parted = f"SELECT *, refunded > whole + {TOLD_APART} AS is_above, {part} AS part FROM ({read})"
    left = f"CAST(amount + coalesce(refunded - part, 0) AS {MONEY})"
    return f"SELECT * EXCLUDE (goods, whole, part) REPLACE ({left} AS amount, part AS refunded) FROM ({parted})"


def settle_negative_orders(connection: duckdb.DuckDBPyConnection, *, has_parts: bool) -> None:
    """Make `kept_orders` of `read_orders`: an order below zero comes off what its customer had bought by then.

    The latest purchase first, up to what is left of it; it stays a purchase. What exceeds them all takes nothing off.
    Where the customer had bought nothing by then the order stays as it is: it pays back what the data do not hold.

    Args:
        connection: The work database.
        has_parts: Whether orders say what they were before refunds.
    """
    is_valid = "customer_id IS NOT NULL AND NOT is_test AND status <> 'cancelled'"
    refunded = f"SELECT customer_id FROM read_orders WHERE {is_valid} AND amount < 0"
    rows = connection.execute(
        f"SELECT customer_id, order_id, amount FROM read_orders WHERE {is_valid} AND (is_purchase OR amount < 0) "
        f"AND customer_id IN ({refunded}) ORDER BY customer_id, ordered_on, amount < 0, ordered_at, order_id"
    ).fetchall()
    if not rows:
        connection.execute("CREATE VIEW kept_orders AS FROM read_orders")
        return
    taken = list(_taken(rows)) or [("", Decimal(0))]
    names = ["order_id", "taken"]
    connection.register("taken_rows", pa.table(dict(zip(names, map(list, zip(*taken, strict=True)), strict=True))))
    connection.execute(
        f"CREATE TABLE customer_refunds AS SELECT order_id, CAST(sum(taken) AS {MONEY}) AS taken, "
        "FROM taken_rows GROUP BY order_id"
    )
    connection.unregister("taken_rows")
    parts = f", {_settled_parts()}" if has_parts else ""
    amount = f"CAST(CASE WHEN amount < 0 AND taken IS NOT NULL THEN 0 ELSE amount - coalesce(taken, 0) END AS {MONEY})"
    connection.execute(
        f"CREATE TABLE kept_orders AS SELECT * EXCLUDE (taken) REPLACE ({amount} AS amount{parts}) "
        "FROM read_orders LEFT JOIN customer_refunds USING (order_id)"
    )
    above = f"read_orders JOIN customer_refunds USING (order_id) WHERE amount < 0 AND -amount > taken + {TOLD_APART}"
    note(connection, "orders", REFUND_ABOVE_ORDER, above)


def _settled_parts() -> str:
    """An order below zero is no goods, and what it pays back stands with the purchase."""
    is_back = "amount < 0 AND taken IS NOT NULL"
    parts = {
        "gross": f"CASE WHEN {is_back} THEN 0 ELSE gross END",
        "discount": f"CASE WHEN {is_back} THEN 0 ELSE discount END",
        "refunded": f"CASE WHEN {is_back} THEN 0 ELSE coalesce(refunded, 0) + coalesce(taken, 0) END",
    }
    return ", ".join(f"CAST({sql} AS {MONEY}) AS {name}" for name, sql in parts.items())


def _taken(rows: Iterable[tuple[str, str, Decimal]]) -> Iterator[tuple[str, Decimal]]:
    """For each refund and each purchase that it comes off, how much.

    Args:
        rows: customer_id, order_id and amount, by customer and time.
    """
    bought: list[tuple[str, Decimal]] = []
    of, has_bought = None, False
    for customer, order, amount in rows:
        if customer != of:
            of, bought, has_bought = customer, [], False
        if amount >= 0:
            bought.append((order, amount))
            has_bought = True
            continue
        due = -amount
        while due and bought:
            purchase, left = bought.pop()
            less = min(due, left)
            due -= less
            yield purchase, less
            if left > less:
                bought.append((purchase, left - less))
        if has_bought:
            yield order, -amount - due
