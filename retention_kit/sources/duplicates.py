"""Rows with one id: identical ones and older versions are left out, contradictions stop the build."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.errors import InvalidSource
from retention_kit.sources.reading import Reading
from retention_kit.sources.sql import identifier

DUPLICATE = "duplicate"


def mark_duplicates(reading: Reading, key: str) -> None:
    """Leave out all rows of an id but the one last updated, and of those the last in the files.

    Raises:
        InvalidSource: Rows of one id differ and nothing says which is the latest.
    """
    parsed, connection = reading.parsed, reading.connection
    connection.execute(
        f"CREATE TEMP TABLE repeated AS SELECT {key} FROM {parsed} WHERE reason IS NULL "
        f"GROUP BY {key} HAVING count(*) > 1"
    )
    if key == "order_id":
        check_one_customer(reading, f"(FROM {parsed} SEMI JOIN repeated USING (order_id))")
    if "updated_at" not in reading.settings.columns:
        _check_identical(reading, key)
    connection.execute(
        f"UPDATE {parsed} SET reason = '{DUPLICATE}' FROM (SELECT rowid AS row, row_number() OVER "
        f"(PARTITION BY {key} ORDER BY updated_at DESC NULLS LAST, rowid DESC) AS place "
        f"FROM {parsed} SEMI JOIN repeated USING ({key}) WHERE reason IS NULL) AS versions "
        f"WHERE {parsed}.rowid = versions.row AND versions.place > 1"
    )
    connection.execute("DROP TABLE repeated")


def _check_identical(reading: Reading, key: str) -> None:
    columns = ", ".join(f"{identifier(name)} := {identifier(name)}" for name in reading.columns)
    rows = reading.connection.execute(
        f"SELECT {key}, count(*), count(*) OVER () FROM {reading.parsed} SEMI JOIN repeated USING ({key}) "
        f"WHERE reason IS NULL GROUP BY {key} HAVING count(DISTINCT struct_pack({columns})) > 1 ORDER BY {key} LIMIT 1"
    ).fetchall()
    for value, n, n_ids in rows:
        lines = ', or set lines = "order_id" if rows are line items of an order' if key == "order_id" else ""
        raise InvalidSource(
            f'{_names(reading)}: {key} "{value}" stands on {n} rows that differ ({n_ids:,} such ids); '
            f"map updated_at under [tables.{reading.name}.columns] to keep the latest version{lines}."
        )


def check_one_customer(reading: Reading, rows: str | None = None) -> None:
    """Refuse orders that belong to two customers; among `rows`, where only some can be such.

    Raises:
        InvalidSource: The message names the first such order and both customers.
    """
    remedy = "an order has one customer: correct the export, or map another order_id"
    _check_one(reading, "customer_id", remedy, rows=rows or reading.parsed)


def check_one_status(reading: Reading) -> None:
    """Refuse orders of which some lines are cancelled and some are not: which money counts would be a guess.

    Raises:
        InvalidSource: The message names the first such order.
    """
    remedy = "name the cancelled lines under [tables.orders.leave_out] and let status speak of whole orders"
    _check_one(reading, "status", remedy, rows=reading.parsed)


def check_ids(reading: Reading, *keys: str) -> None:
    """Refuse ids that a spreadsheet has rounded: 5.02729E+12 stands for a million different ids.

    Raises:
        InvalidSource: The message names the column and the first such id.
    """
    for key in keys:
        rows = reading.connection.execute(
            f"SELECT min({key}), count(*) FROM {reading.parsed} WHERE contains({key}, 'E+') "
            rf"AND regexp_full_match({key}, '\d[.,]\d+E\+\d+') HAVING count(*) > 0"
        ).fetchall()
        for value, n in rows:
            raise InvalidSource(
                f'{_names(reading)}: {key} "{value}" is an id that a spreadsheet rounded ({n:,} rows); which rows '
                "belong together is lost. Ask for the export as it was, or map another id."
            )


def _check_one(reading: Reading, column: str, remedy: str, *, rows: str) -> None:
    contradictions = reading.connection.execute(
        f"SELECT order_id, min({column}), max({column}), count(*) OVER () FROM {rows} "
        f"WHERE reason IS NULL GROUP BY order_id HAVING min({column}) <> max({column}) ORDER BY order_id LIMIT 1"
    ).fetchall()
    for order, one, other, n in contradictions:
        others = f" ({n:,} such orders)" if n > 1 else ""
        raise InvalidSource(
            f'{_names(reading)}: order_id "{order}" has two values of {column}, '
            f'"{one}" and "{other}"{others}; {remedy}.'
        )


def _names(reading: Reading) -> str:
    return ", ".join(raw.name for raw in reading.raws)
