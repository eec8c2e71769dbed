"""Tables as parquet files: equal raw files give equal bytes."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.sql import literal

PARQUET = "FORMAT parquet, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""Numbers as differences, and dictionaries only for few words: faster to write than the usual way, and smaller."""


@dataclass(frozen=True)
class Output:
    """A table to be written.

    Attributes:
        name: What its file is called.
        query: Its rows.
        key: What they are ordered by; None where they come in the order in which they were read.
    """

    name: str
    query: str
    key: str | None


def write_all(connection: duckdb.DuckDBPyConnection, outputs: Iterable[Output], folder: Path) -> None:
    """Write tables side by side, each by one thread: several threads would cut its row groups where they happen to be.

    Args:
        connection: The work database.
        outputs: The tables, the largest first.
        folder: Where the files go.
    """
    ((n_threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    connection.execute("SET threads = 1")
    with ThreadPoolExecutor(n_threads) as pool:
        for written in [pool.submit(write_one, connection.cursor(), output, folder) for output in outputs]:
            written.result()


def write_losses(connection: duckdb.DuckDBPyConnection, readings: Iterable[Reading], folder: Path) -> None:
    """Write the rows read by table, reason and local day; a row without a date has none."""
    nothing = 'SELECT NULL::VARCHAR AS "table", NULL::VARCHAR AS reason, NULL::DATE AS dated_on, 0 AS n_rows LIMIT 0'
    rows = [f"({nothing})", *(f'SELECT {literal(each.name)} AS "table", * FROM {each.reasons()}' for each in readings)]
    query = (
        'SELECT "table", reason, dated_on, CAST(sum(n_rows) AS BIGINT) AS n_rows '
        f"FROM ({' UNION ALL '.join(rows)}) GROUP BY ALL"
    )
    write_one(connection, Output("losses", query, key='"table", reason, dated_on'), folder)


def write_one(connection: duckdb.DuckDBPyConnection, output: Output, folder: Path) -> None:
    """Write a table to the file of its name."""
    order = "" if output.key is None else f" ORDER BY {output.key}"
    connection.execute(f"COPY ({output.query}{order}) TO {literal(folder / f'{output.name}.parquet')} ({PARQUET})")
