"""Orders with their refunds, purchase occasions and customers, as parquet files."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Collection
from pathlib import Path

import duckdb

from retention_kit.settings import Settings
from retention_kit.sources.mapping import MONEY
from retention_kit.sources.reading import Reading
from retention_kit.sources.sql import identifier, literal
from retention_kit.sources.write import calendar, copy
from retention_kit.tables import NONE

_PARTS = ("gross", "discount", "refunded", "amount", "tax", "shipping", "cogs")
_USUAL = {"status": "'completed'", "is_test": "false"}


def keep_orders(orders: Reading) -> None:
    """Make `kept_orders`: the rows that are orders, or the sums of those that are lines of one, every column there."""
    settings = orders.engagement
    currency = literal(settings.currency)
    columns = {
        "order_id": "order_id",
        "customer_id": "customer_id",
        "ordered_at": "ordered_at",
        "ordered_on": "ordered_on",
        "currency": f"coalesce(currency, {currency})" if "currency" in orders.columns else currency,
        "status": _or_usual(orders, "status"),
        "is_test": _or_usual(orders, "is_test"),
        **{part: part if part in orders.columns else f"CAST(NULL AS {MONEY})" for part in _PARTS},
        **{
            identifier(name): identifier(name) if name in orders.columns else "NULL::VARCHAR"
            for name in settings.segments
        },
    }
    rows = f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in columns.items())}, rowid AS row FROM {orders.parsed}"
    orders.connection.execute(f"CREATE VIEW order_rows AS {rows} WHERE reason IS NULL")
    if getattr(orders.settings, "lines", None) is None:
        orders.connection.execute("CREATE VIEW kept_orders AS FROM order_rows")
        return
    segments = "".join(f", arg_min({name}, row) AS {name}" for name in map(identifier, settings.segments))
    money = ", ".join(f"CAST(sum({part}) AS {MONEY}) AS {part}" for part in _PARTS)
    orders.connection.execute(
        "CREATE TABLE kept_orders AS SELECT order_id, max(customer_id) AS customer_id, min(ordered_at) AS ordered_at, "
        "min(ordered_on) AS ordered_on, min(currency) AS currency, min(status) AS status, bool_or(is_test) AS is_test, "
        f"{money}{segments} FROM order_rows GROUP BY order_id"
    )


def _or_usual(orders: Reading, column: str) -> str:
    return f"coalesce({column}, {_USUAL[column]})" if column in orders.columns else _USUAL[column]


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


def write_orders(orders: Reading, folder: Path, *, refunds: Reading | None) -> None:
    """Write orders and occasions; refunds that found no order stand as orders of nobody that take money away."""
    connection, settings = orders.connection, orders.engagement
    target = folder / "orders.parquet"
    rows = _orders(settings, refunds)
    if refunds is not None:
        rows += f" UNION ALL BY NAME ({_unlinked(settings)})"
    copy(connection, rows, key="ordered_day, order_id", target=target)
    purchases = f"read_parquet({literal(target)}) WHERE is_purchase AND customer_id IS NOT NULL"
    segments = "".join(f", any_value({name}) AS {name}" for name in map(identifier, settings.segments))
    copy(
        connection,
        f"SELECT customer_id, ordered_on, {calendar('ordered')}, n_orders, amount{_names(settings)} FROM "
        f"(SELECT customer_id, ordered_on, count(*) AS n_orders, CAST(sum(amount) AS {MONEY}) AS amount{segments} "
        f"FROM {purchases} GROUP BY customer_id, ordered_on)",
        key="customer_id, ordered_day",
        target=folder / "occasions.parquet",
    )


def write_customers(connection: duckdb.DuckDBPyConnection, settings: Settings, folder: Path, *, seen: bool) -> None:
    """Write the known customers: since when the client knows them, when they first bought, their segments.

    Args:
        connection: The work database.
        settings: What engagement.toml says.
        folder: Where occasions.parquet is, if there are orders.
        seen: Whether the customers' export says since when the client knows them.
    """
    occasions = folder / "occasions.parquet"
    bought = f"customer_id, min(ordered_on) AS first_ordered_on FROM read_parquet({literal(occasions)}) GROUP BY ALL"
    nobody_bought = "NULL::VARCHAR AS customer_id, NULL::DATE AS first_ordered_on LIMIT 0"
    first_seen = "customer_id, first_seen_at, first_seen_on FROM parsed_customers WHERE reason IS NULL"
    unseen = "NULL::VARCHAR AS customer_id, NULL::TIMESTAMP AS first_seen_at, NULL::DATE AS first_seen_on LIMIT 0"
    day = "CAST({on} - DATE '1970-01-01' AS BIGINT) AS {name}"
    copy(
        connection,
        f"SELECT customer_id, known_on, {day.format(on='known_on', name='known_day')}, first_seen_at, first_seen_on, "
        f"{day.format(on='first_seen_on', name='first_seen_day')}, first_ordered_on, {calendar('first_ordered')}"
        f"{_names(settings)} FROM known_customers "
        f"LEFT JOIN (SELECT {first_seen if seen else unseen}) USING (customer_id) "
        f"LEFT JOIN (SELECT {bought if occasions.exists() else nobody_bought}) USING (customer_id) "
        "LEFT JOIN customer_segments USING (customer_id)",
        key="customer_id",
        target=folder / "customers.parquet",
    )


def _orders(settings: Settings, refunds: Reading | None) -> str:
    least = "amount >= 0" if settings.count_zero_value else "amount > 0"
    segments = "".join(
        f", CASE WHEN customer_id IS NULL THEN coalesce(o.{name}, {literal(NONE)}) ELSE s.{name} END AS {name}"
        for name in map(identifier, settings.segments)
    )
    joined = "LEFT JOIN customer_segments AS s USING (customer_id) " if settings.segments else ""
    parts = ", ".join(_PARTS)
    if refunds is not None:
        joined += (
            f"LEFT JOIN (SELECT order_id, CAST(sum(amount) AS {MONEY}) AS paid_back FROM parsed_refunds "
            "WHERE reason IS NULL AND unmatched IS NULL GROUP BY order_id) AS back USING (order_id) "
        )
        parts = (
            "gross, discount, coalesce(paid_back, 0) AS refunded, "
            f"CAST(o.amount - coalesce(paid_back, 0) AS {MONEY}) AS amount, tax, shipping, cogs"
        )
    selected = f"SELECT order_id, customer_id, ordered_at, ordered_on, currency, status, is_test, {parts}{segments} "
    return (
        f"SELECT order_id, customer_id, ordered_at, ordered_on, {calendar('ordered')}, currency, status, is_test, "
        f"{', '.join(_PARTS)}, (NOT is_test AND status <> 'cancelled' AND {least}) AS is_purchase{_names(settings)} "
        f"FROM ({selected} FROM kept_orders AS o {joined})"
    )


def _unlinked(settings: Settings) -> str:
    segments = "".join(f", {literal(NONE)} AS {name}" for name in map(identifier, settings.segments))
    return (
        f"SELECT order_id, ordered_at, ordered_on, {calendar('ordered')}, {literal(settings.currency)} AS currency, "
        f"'completed' AS status, false AS is_test, amount, false AS is_purchase{segments} FROM "
        "(SELECT 'refund ' || refund_id AS order_id, refunded_at AS ordered_at, refunded_on AS ordered_on, "
        f"CAST(-amount AS {MONEY}) AS amount FROM parsed_refunds WHERE reason IS NULL AND unmatched IS NOT NULL)"
    )


def _names(settings: Settings) -> str:
    return "".join(f", {identifier(name)}" for name in settings.segments)
