"""Whose row it is: ids that another id replaces, staff and test accounts, customers and orders that no table knows."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Collection

import duckdb

from retention_kit.errors import InvalidSource
from retention_kit.ingest.canonical.notes import note
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.mapping.columns import ASKS_ORDERS
from retention_kit.ingest.mapping.identity import id_sql
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import literals
from retention_kit.schema.reasons import STRANGER, TEST, UNMATCHED

WITH_CUSTOMERS = ("customers", "orders", "subscriptions", "members")
"""The tables that make a customer known."""


def resolve_ids(reading: Reading) -> None:
    """Make `id_replacements` of an id_map: for each id the one that counts in the end.

    Raises:
        InvalidSource: Ids replace one another in a circle.
    """
    reading.connection.execute(
        "CREATE TABLE id_replacements AS WITH RECURSIVE steps AS ("
        f"SELECT raw_id, customer_id, 1 AS n FROM {reading.parsed} WHERE reason IS NULL AND raw_id <> customer_id "
        f"UNION SELECT steps.raw_id, next.customer_id, n + 1 FROM steps JOIN {reading.parsed} AS next "
        "ON steps.customer_id = next.raw_id WHERE next.reason IS NULL AND next.raw_id <> next.customer_id "
        "AND n < 100 AND steps.raw_id <> steps.customer_id) "
        "SELECT raw_id, arg_max(customer_id, n) AS customer_id, max(n) AS n FROM steps GROUP BY raw_id"
    )
    rows = reading.connection.execute(
        "SELECT raw_id FROM id_replacements WHERE raw_id = customer_id OR n >= 100 ORDER BY raw_id LIMIT 1"
    ).fetchall()
    for (raw_id,) in rows:
        raise InvalidSource(
            f'{reading.files}: following raw_id "{raw_id}" comes back to where it began; '
            "correct the id_map so that each chain of ids ends in one that counts."
        )


def replace_ids(reading: Reading) -> None:
    """Give every row the customer id that counts."""
    if "customer_id" in reading.columns and reading.has_table("id_replacements"):
        reading.connection.execute(
            f"UPDATE {reading.parsed} SET customer_id = new.customer_id FROM id_replacements AS new "
            f"WHERE {reading.parsed}.customer_id = new.raw_id"
        )


def find_staff(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make `staff`: the ids that engagement.toml names as staff."""
    written = f"(SELECT unnest({literals(settings.staff)}::VARCHAR[]) AS id)"
    connection.execute(f"CREATE TABLE staff AS SELECT {id_sql('id')} AS customer_id FROM {written}")


def leave_out_staff(reading: Reading) -> None:
    """Leave out the rows of staff and test accounts; an order of theirs becomes a test order."""
    if "is_test" in reading.columns and reading.name == "customers":
        marked = f"SELECT customer_id FROM {reading.parsed} WHERE reason IS NULL AND is_test"
        reading.connection.execute(f"INSERT INTO staff {marked}")
    if "customer_id" not in reading.columns or not reading.number("SELECT count(*) FROM staff"):
        return
    is_theirs = "reason IS NULL AND customer_id IN (FROM staff)"
    if reading.name == "orders":
        reading.connection.execute(f"UPDATE {reading.parsed} SET is_test = true WHERE {is_theirs}")
    else:
        reading.connection.execute(f"UPDATE {reading.parsed} SET reason = '{TEST}' WHERE {is_theirs}")


def take_customer_of_order(reading: Reading) -> None:
    """Give an answer or a contact that names an order, and no customer, the customer of the order."""
    if reading.name in ASKS_ORDERS and {"customer_id", "order_id"} <= reading.columns.keys():
        reading.connection.execute(
            f"UPDATE {reading.parsed} SET customer_id = orders.customer_id FROM kept_orders AS orders "
            f"WHERE reason IS NULL AND {reading.parsed}.customer_id IS NULL "
            f"AND {reading.parsed}.order_id = orders.order_id"
        )
        leave_out_staff(reading)


def mark_unmatched(reading: Reading, tables: Collection[str]) -> None:
    """Name in each row the column whose customer or order stands in no table; nothing where there is no such table.

    Args:
        reading: The table.
        tables: The tables that the engagement has.
    """
    for column in reading.table.references:
        if column.name not in reading.columns:
            continue
        if column.refers_to == "orders" and "orders" not in tables:
            continue
        if column.refers_to == "customers" and not set(WITH_CUSTOMERS) & set(tables):
            continue
        known = "parsed_orders WHERE reason IS NULL" if column.refers_to == "orders" else "known_customers"
        key = "order_id" if column.refers_to == "orders" else "customer_id"
        reading.connection.execute(
            f"UPDATE {reading.parsed} SET {UNMATCHED} = '{column.name}', found = coalesce(found, {column.name}) "
            f"WHERE reason IS NULL AND {column.name} IS NOT NULL AND {UNMATCHED} IS NULL "
            f"AND {column.name} NOT IN (SELECT {key} FROM {known})"
        )
    if reading.name in ("refunds", "order_items"):  # a refund of no order is apart as one of an unknown order is
        reading.connection.execute(
            f"UPDATE {reading.parsed} SET {UNMATCHED} = 'order_id' WHERE reason IS NULL AND order_id IS NULL"
        )


def find_known_customers(connection: duckdb.DuckDBPyConnection, readings: Collection[Reading]) -> None:
    """Make `known_customers`: who is in the customers' export or has an order, subscription or membership."""
    nobody = "SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS known_on, NULL::DATE AS first_ordered_on LIMIT 0"
    rows = [f"({nobody})"]
    for reading in readings:
        if reading.name in _SINCE:
            since = f"{_SINCE[reading.name]}_on"
            known = since if since in reading.columns else "NULL"
            rows.append(f"SELECT customer_id, {known}, NULL FROM {reading.parsed} WHERE reason IS NULL")
        elif reading.name == "orders":
            bought = "CASE WHEN is_purchase THEN ordered_on END"
            is_known = "NOT is_test AND customer_id IS NOT NULL"
            rows.append(f"SELECT customer_id, ordered_on, {bought} FROM kept_orders WHERE {is_known}")
    connection.execute(
        "CREATE TABLE known_customers AS SELECT customer_id, min(known_on) AS known_on, "
        f"min(first_ordered_on) AS first_ordered_on FROM ({' UNION ALL '.join(rows)}) GROUP BY customer_id"
    )


def note_strangers(connection: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Note the orders of customers whom the client's own table of customers lacks: are the ids of one kind?"""
    if {"orders", "customers"} <= set(tables):
        listed = "SELECT customer_id FROM parsed_customers WHERE reason IS NULL"
        is_known = "NOT is_test AND customer_id IS NOT NULL"
        note(connection, "orders", STRANGER, f"kept_orders WHERE {is_known} AND customer_id NOT IN ({listed})")


_SINCE = {"customers": "first_seen", "subscriptions": "started", "members": "joined"}
"""The timestamp from which a row makes a customer known."""
