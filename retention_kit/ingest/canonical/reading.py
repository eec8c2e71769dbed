"""A table being read: every raw row parsed into a work database, with the reason why it cannot be kept."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files.csv import read_csv
from retention_kit.ingest.files.find import RawFile
from retention_kit.ingest.files.parquet import read_parquet
from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.query import Mapping
from retention_kit.ingest.settings import Settings, TableSettings
from retention_kit.ingest.sql import identifier, literal
from retention_kit.schema import CanonicalTable
from retention_kit.schema.reasons import KEPT, UNMATCHED

BROKEN_ENCODING = "not in the encoding given"
_BROKEN = {
    "MISSING COLUMNS": "wrong number of fields",
    "TOO MANY COLUMNS": "wrong number of fields",
    "INVALID ENCODING": BROKEN_ENCODING,
    "UNQUOTED VALUE": "quotation mark out of place",
    "LINE SIZE OVER MAXIMUM": "line too long",
}


@dataclass
class Reading:
    """A table being read: `parsed_<table>` in the work database, and what could not get into it.

    Attributes:
        connection: The work database.
        table: The canonical table.
        settings: The table's section of engagement.toml.
        engagement: The whole of engagement.toml.
        columns: The canonical columns of the parsed rows and their types.
        raws: The files read.
        n_parsed: For each file the number of rows parsed.
        broken: For each file the rows that the CSV parser could not read: number -> reason.
    """

    connection: duckdb.DuckDBPyConnection
    table: CanonicalTable
    settings: TableSettings
    engagement: Settings
    columns: dict[str, str]
    raws: list[RawTable] = field(default_factory=list)
    n_parsed: list[int] = field(default_factory=list)
    broken: list[dict[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The table is there before the first file: a file without rows leaves it empty."""
        columns = {**self.columns, "reason": "VARCHAR", "found": "VARCHAR", "noted": "VARCHAR"}
        if self.table.references:
            columns |= {UNMATCHED: "VARCHAR"}
        if self.engagement.tables.fx and ("currency" in self.columns or self.name == "refunds"):
            columns |= {"rate": "DOUBLE"}
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE TABLE {self.parsed} ({listed})")

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @property
    def parsed(self) -> str:
        """Name of the table of parsed rows."""
        return f"parsed_{self.name}"

    @property
    def files(self) -> str:
        """The names of the files read, for messages."""
        return ", ".join(raw.name for raw in self.raws)

    @property
    def n_rows(self) -> list[int]:
        """Rows read, file by file."""
        return [n + len(lost) for n, lost in zip(self.n_parsed, self.broken, strict=True)]

    @property
    def starts(self) -> list[int]:
        """For each file the number of rows parsed before it."""
        return [sum(self.n_parsed[:place]) for place in range(len(self.n_parsed))]

    def number(self, query: str) -> int:
        """The one number that a query gives."""
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def has_table(self, name: str) -> bool:
        """Whether the work database has a table or a view."""
        found = f"SELECT count(*) FROM information_schema.tables WHERE table_name = {literal(name)}"  # views too
        return bool(self.number(found))

    def has_column(self, table: str, name: str) -> bool:
        """Whether a table of the work database has a column."""
        place = f"table_name = {literal(table)} AND column_name = {literal(name)}"
        return bool(self.number(f"SELECT count(*) FROM duckdb_columns() WHERE {place}"))

    def read(self, files: list[RawFile], fill: Callable[[Mapping], None], *, work: Path) -> None:
        """Parse every file.

        Args:
            files: The raw files.
            fill: Adds the table's columns to a mapping.
            work: A folder for copies in UTF-8.

        Raises:
            InvalidSource: A file cannot be read, or the mapping does not fit it; every mistake is named.
        """
        mappings = [self._mapping(self._raw(file, work), fill) for file in files]
        _check_fits(*mappings)
        for mapping in mappings:
            self._parse(mapping, fill)

    def _mapping(self, raw: RawTable, fill: Callable[[Mapping], None], *, looks_through: bool = False) -> Mapping:
        mapping = Mapping(self.connection, raw, self.table, self.settings, self.engagement, looks_through=looks_through)
        if raw.columns:
            fill(mapping)
        return mapping

    def _raw(self, file: RawFile, work: Path) -> RawTable:
        if file.is_empty:
            return RawTable(file.name, "(SELECT 1 LIMIT 0)", {})
        if self.settings.source == "parquet":
            return read_parquet(self.connection, file)
        own = work / f"{self.name}_{len(list(work.iterdir()))}"
        own.mkdir()
        return read_csv(file, self.settings, work=own)

    def _parse(self, mapping: Mapping, fill: Callable[[Mapping], None]) -> None:
        """Parse a file with the formats of its first rows, and once more where others are found further down."""
        self.connection.execute("BEGIN")
        self._insert(mapping)
        if self._lacks_timestamps(mapping):
            second = self._mapping(mapping.raw, fill, looks_through=True)
            _check_fits(second)
            if second.parts != mapping.parts:
                self.connection.execute("ROLLBACK; BEGIN")
                self._insert(second)
        self.connection.execute("COMMIT")
        self.raws.append(mapping.raw)
        self.n_parsed.append(self.number(f"SELECT count(*) FROM {self.parsed}") - sum(self.n_parsed))
        self.broken.append(self._broken(mapping.raw))

    def _insert(self, mapping: Mapping) -> None:
        select = mapping.select() if mapping.values else f"FROM {self.parsed} LIMIT 0"
        try:
            self.connection.execute(f"INSERT INTO {self.parsed} BY NAME {select}")
        except duckdb.Error as error:
            raise InvalidSource(f"{mapping.raw.name} cannot be read: {str(error).splitlines()[0]}") from None

    def _lacks_timestamps(self, mapping: Mapping) -> bool:
        timestamps = (name for name in mapping.values if name.endswith("_on") or name == "updated_at")
        is_missing = " OR ".join(f"{name} IS NULL" for name in timestamps) or "false"
        rows = f"{self.parsed} WHERE rowid >= {sum(self.n_parsed)}"
        return bool(self.number(f"SELECT count(*) FROM {rows} AND ({is_missing})"))

    def _broken(self, raw: RawTable) -> dict[int, str]:
        if raw.rejects is None:
            return {}
        rows = self.connection.execute(
            f"SELECT line, min(error_type), max(csv_line) FROM {raw.rejects} GROUP BY line ORDER BY line"
        ).fetchall()
        for line, kind, text in rows:
            if kind == "UNQUOTED VALUE" and "\n" in text.strip():
                raise InvalidSource(
                    f"{raw.name}: a quotation mark opened in row {line} (header and blank lines counted), "
                    f"{text[:60]!r}, is never closed, so all the rest would be one cell; close it, or double it."
                )
        return {line: _BROKEN.get(kind, "row cannot be read") for line, kind, _ in rows}

    def reasons(self) -> str:
        """A relation with the rows read by reason and local day: reason, dated_on, n_rows."""
        stem = self.table.stem
        on = f"{stem}_on" if f"{stem}_on" in self.columns else "NULL::DATE"
        kept = (
            f"CASE WHEN {UNMATCHED} IS NULL THEN '{KEPT}' ELSE '{UNMATCHED}' END"
            if self.table.references
            else f"'{KEPT}'"
        )
        broken = Counter(reason for lost in self.broken for reason in lost.values())
        lost = "".join(f" UNION ALL SELECT {literal(reason)}, NULL::DATE, {n}" for reason, n in sorted(broken.items()))
        return (
            f"(SELECT coalesce(reason, {kept}) AS reason, {on} AS dated_on, count(*) AS n_rows "
            f"FROM {self.parsed} GROUP BY ALL{lost})"
        )


def _check_fits(*mappings: Mapping) -> None:
    problems = [f"{mapping.raw.name}: {problem}" for mapping in mappings for problem in mapping.problems]
    if problems:
        raise InvalidSource("\n".join(problems))
