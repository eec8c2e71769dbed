"""What each raw file gave: an export cut short, or one taken twice, shows here first."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from typing import TypeAlias

from retention_kit.ingest.canonical.reading import Reading

Content: TypeAlias = dict[str, str | int]


def contents_of(reading: Reading) -> list[Content]:
    """What was read of each file of a table, and what was kept of it.

    Returns:
        For each file n_rows and n_kept; where the table has such columns and rows of the file were kept, also n_orders,
        n_customers, first_on and last_on of those kept; of orders their amount, other tables' may be in any currency.
    """
    places = zip(reading.n_rows, reading.starts, reading.n_parsed, strict=True)
    return [{"n_rows": n, **_kept(reading, start, n_parsed)} for n, start, n_parsed in places]


def _kept(reading: Reading, start: int, n_parsed: int) -> Content:
    day, asked = f"{reading.table.stem}_on", {"n_kept": "count(*)"}
    if "order_id" in reading.columns:
        asked["n_orders"] = "count(DISTINCT order_id)"
    if "customer_id" in reading.columns:
        asked["n_customers"] = "count(DISTINCT customer_id)"
    if reading.name == "orders" and "amount" in reading.columns:
        asked["amount"] = "CAST(sum(amount) AS VARCHAR)"
    if day in reading.columns:
        asked |= {"first_on": f"CAST(min({day}) AS VARCHAR)", "last_on": f"CAST(max({day}) AS VARCHAR)"}
    own = f"rowid >= {start} AND rowid < {start + n_parsed} AND reason IS NULL"
    query = f"SELECT {', '.join(asked.values())} FROM {reading.parsed} WHERE {own}"
    (found,) = reading.connection.execute(query).fetchall()
    return {name: value for name, value in zip(asked, found, strict=True) if value is not None}
