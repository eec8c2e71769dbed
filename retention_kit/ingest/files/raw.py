"""A raw file as a relation that DuckDB can read, with what is needed to quote its rows in messages."""

from dataclasses import dataclass, field
from pathlib import Path

from retention_kit.ingest.sql import identifier


@dataclass(frozen=True)
class RawTable:
    """One raw file, ready to be read.

    Attributes:
        name: The file's name, for messages.
        sql: A table function or a parenthesised query with the raw columns, in the file's order.
        columns: Each raw column's name and its DuckDB type.
        broken: Reason -> SQL condition over hidden columns: rows whose fields do not fit the header.
        rejects: Name of the table in which DuckDB files the rows that its CSV parser cannot read; None if it has none.
        text: The file as UTF-8 text, where its rows are lines; None otherwise.
        delimiter: The character between fields; None where there is none.
        has_header: Whether the first line names the columns.
    """

    name: str
    sql: str
    columns: dict[str, str]
    broken: dict[str, str] = field(default_factory=dict)
    rejects: str | None = None
    text: Path | None = None
    delimiter: str | None = None
    has_header: bool = False

    def is_text(self, column: str) -> bool:
        """Whether the values of a column still have to be parsed."""
        return self.columns[column] == "VARCHAR"

    def sample(self) -> str:
        """A relation with the columns and no rows, to check expressions against."""
        columns = ", ".join(f"NULL::{kind} AS {identifier(name)}" for name, kind in self.columns.items())
        return f"(SELECT {columns} LIMIT 0)"


def unique_names(names: list[str]) -> list[str]:
    """Column names with .2, .3 behind repeated ones, as DuckDB tells no capitals apart.

    Example:
        >>> unique_names(["Email", "email", ""])
        ['Email', 'email.2', 'column3']
    """
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(names, start=1):
        plain = name.strip() or f"column{position}"
        seen[plain.lower()] = seen.get(plain.lower(), 0) + 1
        unique.append(plain if seen[plain.lower()] == 1 else f"{plain}.{seen[plain.lower()]}")
    return unique
