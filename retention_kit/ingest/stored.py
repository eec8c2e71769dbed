"""A canonical table as it is handed out: what is computed from a column or says nothing is not in its file."""

from typing import Any

import narwhals as nw
import pandas as pd
from narwhals.dtypes import DType

from retention_kit.schema import TABLES, Column
from retention_kit.schema.columns import Kind
from retention_kit.tables import MONEY, calendar_numbers, collected

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
"""The timestamp of a table that has a calendar."""

_TYPES: dict[Kind, DType] = {
    "id": nw.String(),
    "text": nw.String(),
    "choice": nw.String(),
    "money": MONEY,
    "number": nw.Float64(),
    "boolean": nw.Boolean(),
}
_KINDS = {"String": "text", "Decimal": "money", "Float64": "number", "Int64": "integer", "Datetime": "timestamp"}


class StoredTable:
    """A table of an engagement: every metric takes it as any other table, and nothing is read until asked for.

    Attributes:
        name: The table of data/README.md.
    """

    def __init__(self, name: str, stored: nw.LazyFrame[Any], *, before: int | None = None) -> None:
        """Make the table whole.

        Args:
            name: The table.
            stored: The rows of its file, on any engine.
            before: The day number before which a row must have come to be, where rows of the table are dated.
        """
        self.name = name
        if before is not None and DAYS.get(name) in stored.collect_schema().names():  # else its rows are of no time
            stored = stored.filter(nw.col(DAYS[name]) < before)
        self._frame = _whole(stored, name)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self._frame.collect_schema().names()

    @property
    def native(self) -> Any:
        """The engine's own object: a DuckDB relation, or a Spark DataFrame."""
        return self._frame.to_native()

    def to_pandas(self) -> pd.DataFrame:
        """The whole table in memory, its rows in their order; money as float, dates as datetime64."""
        return collected(self._frame)

    def __narwhals_lazyframe__(self) -> Any:
        """The table as Narwhals holds it: what `narwhals.from_native` asks for."""
        return self._frame._compliant_frame

    def __repr__(self) -> str:
        schema = self._frame.collect_schema()
        kinds = {name: str(kind).partition("(")[0] for name, kind in schema.items()}
        width = max(map(len, kinds))
        columns = (f"  {name:{width}}  {_KINDS.get(kind, kind.lower())}" for name, kind in kinds.items())
        return "\n".join([f"{self.name}{self._size()}; to_pandas() gives a frame", *columns])

    def _size(self) -> str:
        """How many rows there are, where that is counted in no time."""
        if not self._frame.implementation.is_duckdb():
            return ""
        return f", {self._frame.select(nw.len()).collect('pyarrow').item():,} rows"


def _whole(stored: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    """The rows with every column that data/README.md promises."""
    table, stem = TABLES.get(name), _STEMS[name]
    there = stored.collect_schema().names()
    absent = {
        key: nw.lit(None, kind)
        for column in (table.columns if table else ())
        for key, kind in _columns(column).items()
        if key not in there
    }
    days = {key: nw.col(key).cast(nw.Int64) for key in there if key.endswith("_day")}
    added = {**days, **absent, **(calendar_numbers(stem) if stem and f"{stem}_on" in there else {})}
    return stored.with_columns(**added) if added else stored


def _columns(column: Column) -> dict[str, DType]:
    if column.default or column.name == "updated_at":  # stored in any case, and in none
        return {}
    if column.kind == "timestamp":
        return dict(zip(column.kept_as, (nw.Datetime(), nw.Date(), nw.Int64()), strict=True))
    return {column.name: _TYPES[column.kind]}
