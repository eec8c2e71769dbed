"""A canonical table as its file has it, made whole: what is computed from a column or says nothing is not stored."""

from typing import Any

import narwhals as nw
from narwhals.dtypes import DType

from retention_kit.schema import TABLES, Column
from retention_kit.schema.columns import Kind
from retention_kit.tables import MONEY

DAYS = {name: f"{table.stem}_day" for name, table in TABLES.items() if table.stem} | {
    "occasions": "ordered_day",
    "order_items": "ordered_day",
    "customers": "known_day",
}
"""The column of a table that says since when a row is there; what is of no time is always there."""

_STEMS = {name: table.stem for name, table in TABLES.items()} | {
    "occasions": "ordered",
    "order_items": "ordered",
    "customers": "first_ordered",
}
"""The moment of a table that has a calendar."""

_TYPES: dict[Kind, DType] = {
    "id": nw.String(),
    "text": nw.String(),
    "choice": nw.String(),
    "money": MONEY,
    "number": nw.Float64(),
    "truth": nw.Boolean(),
}


def whole(stored: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    """The table with every column that data/README.md promises.

    Args:
        stored: The rows of its file, on any engine.
        name: The table.
    """
    table = TABLES.get(name)
    stem = _STEMS[name]
    there = stored.collect_schema().names()
    absent = {
        key: nw.lit(None, kind)
        for column in (table.columns if table else ())
        for key, kind in _columns(column).items()
        if key not in there
    }
    days = {key: nw.col(key).cast(nw.Int64) for key in there if key.endswith("_day")}
    calendar = _calendar(stem) if f"{stem}_on" in there else {}
    added = {**days, **absent, **calendar}
    return stored.with_columns(**added) if added else stored


def _columns(column: Column) -> dict[str, DType]:
    if column.default or column.name == "updated_at":  # stored in any case, and in none
        return {}
    if column.kind == "moment":
        return dict(zip(column.kept_as, (nw.Datetime(), nw.Date(), nw.Int64()), strict=True))
    return {column.name: _TYPES[column.kind]}


def _calendar(stem: str | None) -> dict[str, nw.Expr]:
    """The running numbers of a moment beside its day."""
    on, day = nw.col(f"{stem}_on"), nw.col(f"{stem}_day").cast(nw.Int64)
    year, month = on.dt.year().cast(nw.Int64), on.dt.month().cast(nw.Int64)
    return {
        f"{stem}_week": (day + 3) // 7,
        f"{stem}_month": year * 12 + month - 1,
        f"{stem}_quarter": year * 4 + (month - 1) // 3,
        f"{stem}_year": year,
    }
