"""What is said of rows that are kept: values left out of them, refunds above their order, segments put together."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterable
from pathlib import Path

import duckdb

from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.canonical.write import Output, write_one
from retention_kit.ingest.sql import literal


def begin_notes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `notes`, in which steps of the build say what they did to rows that are kept."""
    connection.execute('CREATE TABLE notes ("table" VARCHAR, note VARCHAR, n_rows BIGINT)')


def note(connection: duckdb.DuckDBPyConnection, table: str, said: str, rows: str) -> None:
    """Note how many rows a query gives; nothing where it gives none.

    Args:
        connection: The work database.
        table: The canonical table.
        said: What is said of the rows.
        rows: What stands behind FROM, with its condition.
    """
    counted = f"SELECT {literal(table)}, {literal(said)}, count(*) FROM {rows} HAVING count(*) > 0"
    connection.execute(f"INSERT INTO notes {counted}")


def write_notes(connection: duckdb.DuckDBPyConnection, readings: Iterable[Reading], folder: Path) -> None:
    """Write how many rows of each table were kept with something to be said of them: table, note, n_rows."""
    of_rows = [
        f'SELECT {literal(reading.name)} AS "table", unnest(string_split(noted, chr(10))) AS note, 1 AS n_rows '
        f"FROM {reading.parsed} WHERE reason IS NULL AND noted IS NOT NULL"
        for reading in readings
    ]
    query = (
        'SELECT "table", note, CAST(sum(n_rows) AS BIGINT) AS n_rows '
        f"FROM ({' UNION ALL '.join(['FROM notes', *of_rows])}) GROUP BY ALL"
    )
    write_one(connection, Output("notes", query, key='"table", note'), folder)
