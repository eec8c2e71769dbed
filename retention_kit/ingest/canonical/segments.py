"""Which segments a row belongs to: those of its customer, else its own, else none."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Mapping

import duckdb

from retention_kit.ingest.canonical.notes import note
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import identifier, literal
from retention_kit.tables import NONE, SMALLER

MOST_VALUES = 100
LARGEST = 20
"""Of a segment with more values than `MOST_VALUES` so many are kept."""

JOINED = " LEFT JOIN customer_segments AS segments USING (customer_id)"


def merge_small_values(settings: Settings, tables: Mapping[str, Reading]) -> None:
    """Of a segment of very many values keep the largest, by rows, and note how many rows are `(smaller)`."""
    for name in settings.segments:
        readings = [reading for reading in tables.values() if name in reading.columns]
        column = identifier(name)
        values = " UNION ALL ".join(f"SELECT {column} AS value FROM {reading.parsed}" for reading in readings)
        counted = f"SELECT value, count(*) AS n FROM ({values}) WHERE value IS NOT NULL GROUP BY value"
        connection = readings[0].connection
        ((n_values,),) = connection.execute(f"SELECT count(*) FROM ({counted})").fetchall()
        if n_values <= MOST_VALUES:
            continue
        connection.execute(f"CREATE OR REPLACE TEMP TABLE largest AS {counted} ORDER BY n DESC, value LIMIT {LARGEST}")
        said = f"{name} has {n_values:,} values: all but the largest {LARGEST} are {SMALLER}"
        for reading in readings:
            small = f"{column} NOT IN (SELECT value FROM largest)"
            note(connection, reading.name, said, f"{reading.parsed} WHERE reason IS NULL AND {small}")
            connection.execute(f"UPDATE {reading.parsed} SET {column} = {literal(SMALLER)} WHERE {small}")


def find_segments(connection: duckdb.DuckDBPyConnection, settings: Settings, tables: Mapping[str, Reading]) -> None:
    """Make `customer_segments`: one value per customer, from the customers' own table or else from the first order."""
    names = [identifier(name) for name in settings.segments]
    found, joined = {name: [f"{literal(NONE)}"] for name in names}, ""
    if "orders" in tables:
        timestamp = "(ordered_on, coalesce(ordered_at, ordered_on), order_id)"
        first = "".join(f", arg_min(coalesce({name}, {literal(NONE)}), {timestamp}) AS {name}" for name in names)
        by_orders = f"SELECT customer_id{first} FROM kept_orders WHERE customer_id IS NOT NULL GROUP BY customer_id"
        joined += f" LEFT JOIN ({by_orders}) AS first USING (customer_id)"
        found = {name: [f"first.{name}", *values] for name, values in found.items()}
    if "customers" in tables:
        joined += f" LEFT JOIN (FROM {tables['customers'].parsed} WHERE reason IS NULL) AS own USING (customer_id)"
        mapped = set(map(identifier, tables["customers"].columns))
        found = {name: [f"own.{name}", *values] if name in mapped else values for name, values in found.items()}
    columns = "".join(f", coalesce({', '.join(values)}) AS {name}" for name, values in found.items())
    connection.execute(f"CREATE TABLE customer_segments AS SELECT customer_id{columns} FROM known_customers{joined}")


def join_segments(settings: Settings) -> str:
    """The join that brings a customer's segments; none where there are no segments."""
    return JOINED if settings.segments else ""


def segment_columns(settings: Settings, *sources: str) -> list[str]:
    """SQL for the segments of a row.

    Args:
        settings: What engagement.toml says.
        sources: Where its values are looked for, in this order: `segments` are those of its customer.
    """
    return [
        f"coalesce({''.join(f'{source}.{name}, ' for source in sources)}{literal(NONE)}) AS {name}"
        for name in map(identifier, settings.segments)
    ]
