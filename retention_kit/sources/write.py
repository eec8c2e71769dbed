"""Canonical tables as parquet files, each ordered by its full key, so that equal rows are equal bytes."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterator
from pathlib import Path

import duckdb

from retention_kit.canonical import Column
from retention_kit.sources.columns import attributes, sql_type
from retention_kit.sources.duplicates import key_columns
from retention_kit.sources.reading import Reading
from retention_kit.sources.reasons import UNMATCHED
from retention_kit.sources.sql import identifier, literal
from retention_kit.tables import NONE


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


def write_table(reading: Reading, target: Path) -> None:
    """Write the rows of a table that are kept, with what a table says that has not all its columns mapped.

    A row of a customer carries the customer's segments; a line of an order its day and customer.
    """
    columns = [sql for column in reading.table.columns for sql in _kept(reading, column)]
    columns += [identifier(column.name) for column in attributes(reading.table, reading.settings, reading.engagement)]
    rows = f"{reading.parsed} AS own"
    if reading.name == "order_items" and reading.has_table("kept_orders"):
        rows += " LEFT JOIN (SELECT order_id, customer_id, ordered_on FROM kept_orders) AS orders USING (order_id)"
        columns += ["customer_id", "ordered_on", calendar("ordered")]
    if "customer_id" in reading.columns and reading.name not in ("id_map",):
        rows += " LEFT JOIN customer_segments AS segments USING (customer_id)"
        columns += [f"coalesce(segments.{name}, {literal(NONE)}) AS {name}" for name in segments_of(reading)]
    if reading.table.references:
        columns.append(UNMATCHED)
    query = f"SELECT {', '.join(columns)} FROM {rows} WHERE reason IS NULL"
    copy(reading.connection, query, key=", ".join(key_columns(reading)) or "ALL", target=target)


def segments_of(reading: Reading) -> list[str]:
    """The engagement's segments, quoted."""
    return [identifier(name) for name in reading.engagement.segments]


def _kept(reading: Reading, column: Column) -> Iterator[str]:
    """SQL for what a canonical table holds of a column."""
    if column.name == "updated_at":  # has told the versions apart
        return
    is_mapped = column.name in reading.settings.columns
    if column.kind == "moment":
        yield f"{column.stem}_at" if is_mapped else f"NULL::TIMESTAMP AS {column.stem}_at"
        yield f"{column.stem}_on" if is_mapped else f"NULL::DATE AS {column.stem}_on"
        day = f"CAST({column.stem}_on - DATE '1970-01-01' AS BIGINT) AS {column.stem}_day"
        yield calendar(column.stem) if column.stem == reading.table.stem else day
        return
    kind, default = sql_type(column), column.default or "NULL"
    if column.name == "wave":  # a survey without rounds is one a month
        default = f"strftime({reading.table.stem}_on, '%Y-%m')"
    if column.name in reading.columns:
        yield f"coalesce({column.name}, CAST({default} AS {kind})) AS {column.name}"
    else:
        yield f"CAST({default} AS {kind}) AS {column.name}"


def write_losses(connection: duckdb.DuckDBPyConnection, losses: str, target: Path) -> None:
    """Write the rows read by table, reason and local day; a row without a date has none."""
    query = f'SELECT "table", reason, dated_on, CAST(sum(n_rows) AS BIGINT) AS n_rows FROM {losses} GROUP BY ALL'
    copy(connection, query, key='"table", reason, dated_on', target=target)


def copy(connection: duckdb.DuckDBPyConnection, query: str, *, key: str, target: Path) -> None:
    """Write the rows of a query in the order of a key."""
    connection.execute(f"COPY ({query} ORDER BY {key}) TO {literal(target)} (FORMAT parquet)")
