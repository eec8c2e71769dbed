"""The canonical tables as parquet files, each ordered by its full key, so that equal rows are equal bytes."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from pathlib import Path

import duckdb

from retention_kit.settings import Settings
from retention_kit.sources.mapping import MONEY
from retention_kit.sources.sql import identifier, literal
from retention_kit.tables import NONE

_PARTS = ("gross", "discount", "refunded", "amount")


def calendar(moment: str) -> str:
    """SQL for the running numbers of a local date `<moment>_on`: its day, week, month, quarter and year."""
    on = f"{moment}_on"
    day = f"({on} - DATE '1970-01-01')"
    numbers = {
        "day": day,
        "week": f"floor(({day} + 3) / 7)",
        "month": f"year({on}) * 12 + month({on}) - 1",
        "quarter": f"year({on}) * 4 + quarter({on}) - 1",
        "year": f"year({on})",
    }
    return ", ".join(f"CAST({sql} AS BIGINT) AS {moment}_{number}" for number, sql in numbers.items())


def write_tables(connection: duckdb.DuckDBPyConnection, settings: Settings, folder: Path) -> None:
    """Write orders, occasions and customers from `parsed_orders` and `parsed_customers`."""
    _keep(connection, settings)
    _attribute(connection, settings)
    orders = folder / "orders.parquet"
    _copy(connection, _orders(settings), key="ordered_day, order_id", target=orders)
    purchases = f"{_parquet(orders)} WHERE is_purchase AND customer_id IS NOT NULL"
    segments = "".join(f", any_value({identifier(name)}) AS {identifier(name)}" for name in settings.segments)
    _copy(
        connection,
        f"SELECT customer_id, ordered_on, {calendar('ordered')}, n_orders, amount{_names(settings)} FROM "
        f"(SELECT customer_id, ordered_on, count(*) AS n_orders, CAST(sum(amount) AS {MONEY}) AS amount{segments} "
        f"FROM {purchases} GROUP BY customer_id, ordered_on)",
        key="customer_id, ordered_day",
        target=folder / "occasions.parquet",
    )
    _copy(
        connection,
        f"SELECT customer_id, first_ordered_on, {calendar('first_ordered')}{_names(settings)} FROM "
        f"(SELECT customer_id, min(ordered_on) AS first_ordered_on{segments} FROM {purchases} GROUP BY customer_id)",
        key="customer_id",
        target=folder / "customers.parquet",
    )


def write_losses(connection: duckdb.DuckDBPyConnection, losses: str, target: Path) -> None:
    """Write the rows read by table, reason and local day; a row without a date has none."""
    query = f'SELECT "table", reason, ordered_on, CAST(sum(n_rows) AS BIGINT) AS n_rows FROM {losses} GROUP BY ALL'
    _copy(connection, query, key='"table", reason, ordered_on', target=target)


def _keep(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """`kept_orders`: the rows that are orders, or the sums of those that are lines of one."""
    orders = settings.tables.orders
    kept = "FROM parsed_orders WHERE reason IS NULL"
    if orders is None or orders.lines is None:
        connection.execute(f"CREATE VIEW kept_orders AS {kept}")
        return
    segments = "".join(f", arg_min({identifier(name)}, rowid) AS {identifier(name)}" for name in settings.segments)
    money = ", ".join(f"CAST(sum({part}) AS {MONEY}) AS {part}" for part in _PARTS)
    connection.execute(
        "CREATE TABLE kept_orders AS SELECT order_id, max(customer_id) AS customer_id, min(ordered_at) AS ordered_at, "
        "min(ordered_on) AS ordered_on, min(currency) AS currency, min(status) AS status, bool_or(is_test) AS is_test, "
        f"{money}{segments} {kept} GROUP BY order_id"
    )


def _attribute(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """`customer_segments`: one value per customer, from the customers' own table or else from the first order."""
    moment = "(ordered_on, coalesce(ordered_at, ordered_on), order_id)"
    first = "".join(
        f", arg_min(coalesce({identifier(name)}, {literal(NONE)}), {moment}) AS {identifier(name)}"
        for name in settings.segments
    )
    either = "".join(
        f", coalesce(own.{identifier(name)}, first.{identifier(name)}) AS {identifier(name)}"
        for name in settings.segments
    )
    connection.execute(
        f"CREATE TABLE customer_segments AS SELECT first.customer_id{either} FROM "
        f"(SELECT customer_id{first} FROM kept_orders WHERE customer_id IS NOT NULL GROUP BY customer_id) AS first "
        "LEFT JOIN (FROM parsed_customers WHERE reason IS NULL) AS own USING (customer_id)"
        if settings.segments
        else "CREATE TABLE customer_segments (customer_id VARCHAR)"
    )


def _orders(settings: Settings) -> str:
    least = "amount >= 0" if settings.count_zero_value else "amount > 0"
    segments = "".join(
        f", CASE WHEN o.customer_id IS NULL THEN coalesce(o.{name}, {literal(NONE)}) ELSE s.{name} END AS {name}"
        for name in map(identifier, settings.segments)
    )
    joined = "LEFT JOIN customer_segments AS s USING (customer_id)" if settings.segments else ""
    return (
        f"SELECT order_id, o.customer_id, ordered_at, ordered_on, {calendar('ordered')}, currency, status, is_test, "
        f"{', '.join(_PARTS)}, (NOT is_test AND status <> 'cancelled' AND {least}) AS is_purchase{segments} "
        f"FROM kept_orders AS o {joined}"
    )


def _names(settings: Settings) -> str:
    return "".join(f", {identifier(name)}" for name in settings.segments)


def _parquet(file: Path) -> str:
    return f"read_parquet({literal(file)})"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, *, key: str, target: Path) -> None:
    connection.execute(f"COPY ({query} ORDER BY {key}) TO {literal(target)} (FORMAT parquet)")
