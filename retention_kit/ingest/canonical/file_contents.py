"""What each raw file gave: an export cut short, or one taken twice, shows here first."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from typing import TypeAlias

from retention_kit.ingest.canonical.reading import Reading

Content: TypeAlias = dict[str, str | int]


def contents_of(reading: Reading) -> list[Content]:
    """What was read of each file of a table, and what was kept of it.

    Returns:
        For each file n_rows and n_kept; where the table has such columns and rows of the file were kept, also n_orders,
        n_customers, amount, first_on and last_on of those kept.
    """
    places = zip(reading.n_rows, reading.starts, reading.n_parsed, strict=True)
    return [{"n_rows": n, **_kept(reading, start, n_parsed)} for n, start, n_parsed in places]


def _kept(reading: Reading, start: int, n_parsed: int) -> Content:
    day = f"{reading.table.stem}_on"
    of_column = {
        "order_id": ("n_orders", "count(DISTINCT order_id)"),
        "customer_id": ("n_customers", "count(DISTINCT customer_id)"),
        "amount": ("amount", "CAST(sum(amount) AS VARCHAR)"),
        day: ("first_on", f"CAST(min({day}) AS VARCHAR)"),
    }
    asked = {"n_kept": "count(*)"} | dict(of_column[name] for name in of_column if name in reading.columns)
    if day in reading.columns:
        asked["last_on"] = f"CAST(max({day}) AS VARCHAR)"
    own = f"rowid >= {start} AND rowid < {start + n_parsed} AND reason IS NULL"
    query = f"SELECT {', '.join(asked.values())} FROM {reading.parsed} WHERE {own}"
    (found,) = reading.connection.execute(query).fetchall()
    return {name: value for name, value in zip(asked, found, strict=True) if value is not None}
