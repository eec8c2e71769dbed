"""Orders as they count: lines summed, refunds taken off, purchases told from the rest, and who made them."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Collection

import duckdb

from retention_kit.ingest.build.currencies import currency
from retention_kit.ingest.build.reading import Reading
from retention_kit.ingest.mapping.columns import sql_type
from retention_kit.ingest.mapping.mapping import MONEY
from retention_kit.ingest.settings import OrdersSettings, Settings
from retention_kit.ingest.sql import identifier, literal
from retention_kit.tables import NONE

PARTS = ("gross", "discount", "refunded", "amount", "tax", "shipping", "cogs")


def keep_orders(orders: Reading, refunds: Reading | None) -> None:
    """Make `kept_orders`: one row per order with every column there is and whether it is a purchase."""
    rows = _rows(orders)
    if isinstance(orders.settings, OrdersSettings) and orders.settings.lines:
        rows = _summed(rows, orders.engagement)
    if refunds is not None:
        rows = _paid_back(rows)
    least = "amount >= 0" if orders.engagement.count_zero_value else "amount > 0"
    kept = f"SELECT *, (NOT is_test AND status <> 'cancelled' AND {least}) AS is_purchase FROM ({rows})"
    kind = "VIEW" if is_as_read(orders, refunds) else "TABLE"
    orders.connection.execute(f"CREATE {kind} kept_orders AS {kept}")


def is_as_read(orders: Reading, refunds: Reading | None) -> bool:
    """Whether the kept orders are the rows of the raw files, in their order: nothing was summed or joined."""
    return refunds is None and not (isinstance(orders.settings, OrdersSettings) and orders.settings.lines)


def _rows(orders: Reading) -> str:
    status, segments = orders.table.column("status"), orders.engagement.segments
    columns = {
        "order_id": "order_id",
        "customer_id": "customer_id",
        "ordered_at": "ordered_at",
        "ordered_on": "ordered_on",
        "currency": currency(orders),
        "status": "status" if "status" in orders.columns else f"{status.default}::{sql_type(status)}",
        "is_test": "coalesce(is_test, false)" if "is_test" in orders.columns else "false",
        **{part: part if part in orders.columns else f"CAST(NULL AS {MONEY})" for part in PARTS},
        "delivery_days": "delivery_days" if "delivery_days" in orders.columns else "NULL::DOUBLE",
        **{identifier(name): identifier(name) if name in orders.columns else "NULL::VARCHAR" for name in segments},
    }
    selected = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    return f"SELECT {selected}, rowid AS row FROM {orders.parsed} WHERE reason IS NULL"


def _summed(rows: str, settings: Settings) -> str:
    segments = "".join(f", arg_min({name}, row) AS {name}" for name in map(identifier, settings.segments))
    money = ", ".join(f"CAST(sum({part}) AS {MONEY}) AS {part}" for part in PARTS)
    return (
        "SELECT order_id, max(customer_id) AS customer_id, min(ordered_at) AS ordered_at, "
        "min(ordered_on) AS ordered_on, min(currency) AS currency, min(status) AS status, bool_or(is_test) AS is_test, "
        f"max(delivery_days) AS delivery_days, {money}{segments} FROM ({rows}) GROUP BY order_id"
    )


def _paid_back(rows: str) -> str:
    back = (
        f"SELECT order_id, CAST(sum(amount) AS {MONEY}) AS paid_back FROM parsed_refunds "
        "WHERE reason IS NULL AND unmatched IS NULL GROUP BY order_id"
    )
    return (
        "SELECT o.* EXCLUDE (refunded, amount), coalesce(paid_back, 0) AS refunded, "
        f"CAST(o.amount - coalesce(paid_back, 0) AS {MONEY}) AS amount "
        f"FROM ({rows}) AS o LEFT JOIN ({back}) USING (order_id)"
    )


def find_purchases(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `purchases`, sorted by customer and day, and `buyers`: who bought, and on which day first.

    Sorted rows need no hash table of all customers: what belongs together lies together.
    """
    connection.execute(
        "CREATE TABLE purchases AS SELECT customer_id, ordered_on, amount FROM kept_orders "
        "WHERE is_purchase AND customer_id IS NOT NULL ORDER BY customer_id, ordered_on"
    )
    connection.execute(
        "CREATE VIEW buyers AS SELECT customer_id, ordered_on AS first_ordered_on FROM "
        "(SELECT customer_id, ordered_on, lag(customer_id, 1, '') OVER () AS before FROM purchases) "
        "WHERE customer_id <> before"
    )


def attribute(connection: duckdb.DuckDBPyConnection, settings: Settings, readings: Collection[Reading]) -> None:
    """Make `customer_segments`: one value per customer, from the customers' own table or else from the first order."""
    tables = {reading.name: reading for reading in readings}
    moment = "(ordered_on, coalesce(ordered_at, ordered_on), order_id)"
    names = [identifier(name) for name in settings.segments]
    first = "".join(f", arg_min(coalesce({name}, {literal(NONE)}), {moment}) AS {name}" for name in names)
    empty = "SELECT NULL::VARCHAR AS customer_id" + "".join(f", NULL::VARCHAR AS {name}" for name in names) + " LIMIT 0"
    by_orders = f"SELECT customer_id{first} FROM kept_orders WHERE customer_id IS NOT NULL GROUP BY customer_id"
    own = (
        "".join(f", {name if name in _mapped(tables['customers']) else 'NULL'} AS {name}" for name in names)
        if "customers" in tables
        else ""
    )
    by_export = f"SELECT customer_id{own} FROM parsed_customers WHERE reason IS NULL"
    either = "".join(f", coalesce(own.{name}, first.{name}, {literal(NONE)}) AS {name}" for name in names)
    connection.execute(
        f"CREATE TABLE customer_segments AS SELECT customer_id{either} FROM known_customers "
        f"LEFT JOIN ({by_orders if 'orders' in tables else empty}) AS first USING (customer_id) "
        f"LEFT JOIN ({by_export if 'customers' in tables else empty}) AS own USING (customer_id)"
    )


def _mapped(customers: Reading) -> set[str]:
    return {identifier(name) for name in customers.columns}
