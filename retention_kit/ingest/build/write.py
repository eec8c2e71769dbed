"""Canonical tables as parquet files: equal raw files give equal bytes.

What can be computed from a column of its row is not stored, nor is a column that says nothing: `Engagement.table` adds
both.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from retention_kit.ingest.build.currencies import currency
from retention_kit.ingest.build.duplicates import key_columns
from retention_kit.ingest.build.reading import Reading
from retention_kit.ingest.mapping.columns import attributes, sql_type
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import identifier, literal
from retention_kit.schema import Column
from retention_kit.schema.reasons import UNMATCHED
from retention_kit.schema.sales import CURRENCY
from retention_kit.tables import NONE

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
        for written in [pool.submit(copy, connection.cursor(), output, folder) for output in outputs]:
            written.result()


def copy(connection: duckdb.DuckDBPyConnection, output: Output, folder: Path) -> None:
    """Write the rows of a query."""
    order = "" if output.key is None else f" ORDER BY {output.key}"
    connection.execute(f"COPY ({output.query}{order}) TO {literal(folder / f'{output.name}.parquet')} ({PARQUET})")


def day(on: str) -> str:
    """SQL for the day number of a local date."""
    return f"CAST({on} - DATE '1970-01-01' AS INTEGER)"


def table_output(reading: Reading) -> Output:
    """The rows of a table that are kept; a row of a customer carries the segments, a line of an order its day."""
    columns = [sql for column in reading.table.columns for sql in _kept(reading, column)]
    columns += [identifier(column.name) for column in attributes(reading.table, reading.settings, reading.engagement)]
    joined = ""
    if reading.name == "order_items" and reading.has_table("purchases"):
        joined += " LEFT JOIN (SELECT order_id, customer_id, ordered_on FROM kept_orders) AS orders USING (order_id)"
        columns += ["customer_id", "ordered_on", f"{day('ordered_on')} AS ordered_day"]
    if "customer_id" in reading.columns and reading.name != "id_map":
        joined += join_segments(reading.engagement)
        columns += [f"coalesce(segments.{name}, {literal(NONE)}) AS {name}" for name in segments_of(reading.engagement)]
    elif "customer_id" in reading.table.names and reading.name != "id_map":  # of nobody known
        columns += [f"{literal(NONE)} AS {name}" for name in segments_of(reading.engagement)]
    if reading.table.references:
        columns.append(UNMATCHED)
    query = f"SELECT {', '.join(columns)} FROM {reading.parsed} AS own{joined} WHERE reason IS NULL"
    return Output(reading.name, query, key=", ".join(key_columns(reading)) or "ALL")


def segments_of(settings: Settings) -> list[str]:
    """The engagement's segments, quoted."""
    return [identifier(name) for name in settings.segments]


def join_segments(settings: Settings) -> str:
    """The join that brings a customer's segments; none where there are no segments."""
    return " LEFT JOIN customer_segments AS segments USING (customer_id)" if settings.segments else ""


def _kept(reading: Reading, column: Column) -> Iterator[str]:
    """SQL for what is stored of a column."""
    is_there = column.name in reading.columns
    if column.name == "updated_at":  # has told the versions apart
        return
    if column.kind == "moment":
        if f"{column.stem}_on" in reading.columns:
            yield from (f"{column.stem}_at", f"{column.stem}_on", f"{day(column.stem + '_on')} AS {column.stem}_day")
    elif column == CURRENCY:
        yield f"{currency(reading)} AS currency"
    elif column.name == "wave":  # a survey without rounds is one a month
        month = f"strftime({reading.table.stem}_on, '%Y-%m')"
        yield f"coalesce(wave, {month}) AS wave" if is_there else f"{month} AS wave"
    elif is_there:
        yield column.name
    elif column.default:
        yield f"CAST({column.default} AS {sql_type(column)}) AS {column.name}"


def write_losses(connection: duckdb.DuckDBPyConnection, losses: str, folder: Path) -> None:
    """Write the rows read by table, reason and local day; a row without a date has none."""
    query = f'SELECT "table", reason, dated_on, CAST(sum(n_rows) AS BIGINT) AS n_rows FROM {losses} GROUP BY ALL'
    copy(connection, Output("losses", query, key='"table", reason, dated_on'), folder)
