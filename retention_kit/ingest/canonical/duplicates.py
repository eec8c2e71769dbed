"""Rows with one id: identical ones and older versions are left out, contradictions stop the build."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.errors import InvalidSource
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.mapping.values import rounded
from retention_kit.ingest.settings import OrdersSettings
from retention_kit.ingest.sql import identifier, literal
from retention_kit.schema.reasons import DUPLICATE


def leave_out_repeats(reading: Reading) -> None:
    """Of rows with one key keep the one last updated, or the last in the files.

    Raises:
        InvalidSource: An id belongs to two customers, or its rows contradict each other.
    """
    if isinstance(reading.settings, OrdersSettings) and reading.settings.lines:
        _check_one_customer(reading)
        _check_one_status(reading)
    elif key := key_columns(reading):
        _mark_duplicates(reading, key)


def key_columns(reading: Reading) -> list[str]:
    """The parsed columns that tell rows apart; none where the export has no such column."""
    columns = [reading.table.column(name) for name in reading.table.key]
    if any(column.name not in reading.settings.columns for column in columns):
        return []
    return [
        name
        for column in columns
        for name in ((f"{column.stem}_on", f"{column.stem}_at") if column.kind == "timestamp" else (column.name,))
    ]


def _mark_duplicates(reading: Reading, keys: list[str]) -> None:
    """Leave out all rows of a key but the one last updated, and of those the last in the files."""
    parsed, connection, key = reading.parsed, reading.connection, ", ".join(keys)
    connection.execute(
        f"CREATE TABLE repeated AS SELECT {key} FROM {parsed} WHERE reason IS NULL GROUP BY {key} HAVING count(*) > 1"
    )
    if not reading.number("SELECT count(*) FROM repeated"):
        connection.execute("DROP TABLE repeated")
        return
    if "customer_id" in reading.columns and "customer_id" not in keys:
        _check_one_customer(reading, f"(FROM {parsed} WHERE {_is_repeated(keys)})" if len(keys) == 1 else None)
    latest_first = "rowid DESC"
    if "updated_at" in reading.columns:
        latest_first = "updated_at DESC NULLS LAST, rowid DESC"
    else:
        _check_identical(reading, keys)
    connection.execute(
        f"UPDATE {parsed} SET reason = '{DUPLICATE}' FROM (SELECT rowid AS row, row_number() OVER "
        f"(PARTITION BY {key} ORDER BY {latest_first}) AS place "
        f"FROM {parsed} WHERE reason IS NULL AND {_is_repeated(keys)}) AS versions "
        f"WHERE {parsed}.rowid = versions.row AND versions.place > 1"
    )
    connection.execute("DROP TABLE repeated")


def _is_repeated(keys: list[str]) -> str:
    """SQL that holds for the rows of a repeated key; a part of a key that is missing is like another missing one."""
    row = ", ".join(f"coalesce(CAST({key} AS VARCHAR), '')" for key in keys)
    return f"({row}) IN (SELECT ({row}) FROM repeated)" if len(keys) > 1 else f"{keys[0]} IN (FROM repeated)"


def _check_identical(reading: Reading, keys: list[str]) -> None:
    key = keys[0]
    columns = ", ".join(f"{identifier(name)} := {identifier(name)}" for name in reading.columns)
    rows = reading.connection.execute(
        f"SELECT {key}, count(*), count(*) OVER () FROM {reading.parsed} WHERE reason IS NULL AND {_is_repeated(keys)} "
        f"GROUP BY {', '.join(keys)} HAVING count(DISTINCT struct_pack({columns})) > 1 ORDER BY {key} LIMIT 1"
    ).fetchall()
    for value, n, n_ids in rows:
        lines = ', or set lines = "order_id" if rows are line items of an order' if key == "order_id" else ""
        raise InvalidSource(
            f'{reading.files}: {key} "{value}" stands on {n} rows that differ ({n_ids:,} such ids); '
            f"map updated_at under [tables.{reading.name}.columns] to keep the latest version{lines}."
        )


def _check_one_customer(reading: Reading, rows: str | None = None) -> None:
    """Refuse rows of one id that belong to two customers; among `rows`, where only some can be such."""
    key = reading.table.key[0]
    thing = key.removesuffix("_id")
    article = "an" if thing[0] in "aeiou" else "a"
    remedy = f"{article} {thing} has one customer: correct the export, or map another {key}"
    _check_one(reading, "customer_id", remedy, rows=rows or reading.parsed)


def _check_one_status(reading: Reading) -> None:
    """Refuse orders of which some lines are cancelled and some are not: which money counts would be a guess."""
    remedy = "name the cancelled lines under [tables.orders.leave_out] and let status speak of whole orders"
    if "status" in reading.columns:
        _check_one(reading, "status", remedy, rows=reading.parsed)


def check_ids(reading: Reading) -> None:
    """Refuse ids that a spreadsheet has rounded: 5.02729E+12 stands for a million different ids.

    Raises:
        InvalidSource: The message names the first of them.
    """
    for column in reading.table.columns:
        rows = reading.connection.execute(
            f"SELECT min(found), count(*) FROM {reading.parsed} WHERE reason = {literal(rounded(column.name))} "
            "HAVING count(*) > 0"
        ).fetchall()
        for found, n in rows:
            raise InvalidSource(
                f"{reading.files}: {column.name} {found} is an id that a spreadsheet rounded ({n:,} rows); which rows "
                "belong together is lost. Ask for the export as it was, or map another id."
            )


def _check_one(reading: Reading, column: str, remedy: str, *, rows: str) -> None:
    key, value = reading.table.key[0], f"CAST({column} AS VARCHAR)"  # words in the order of their letters
    contradictions = reading.connection.execute(
        f"SELECT {key}, min({value}), max({value}), count(*) OVER () FROM {rows} "
        f"WHERE reason IS NULL GROUP BY {key} HAVING min({value}) <> max({value}) ORDER BY {key} LIMIT 1"
    ).fetchall()
    for place, one, other, n in contradictions:
        others = f" ({n:,} such {key.removesuffix('_id')}s)" if n > 1 else ""
        raise InvalidSource(
            f'{reading.files}: {key} "{place}" has two values of {column}, "{one}" and "{other}"{others}; {remedy}.'
        )
