"""A client's engagement: engagement.toml and the canonical tables, as they stood at a day."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import duckdb
import narwhals as nw
import pandas as pd

from retention_kit.errors import MissingTable
from retention_kit.ingest.canonical.pipeline import build_tables
from retention_kit.ingest.settings import Settings, read_settings
from retention_kit.ingest.settings.clients import FILE, find_client
from retention_kit.ingest.settings.days_covered import check_covered
from retention_kit.ingest.settings.targets import Target as Target
from retention_kit.ingest.spark import read_table
from retention_kit.ingest.sql import connected, file_name
from retention_kit.ingest.stored import StoredTable
from retention_kit.periods import EPOCH, Period, day_number
from retention_kit.schema import TABLES

_NAMES = (*TABLES, "occasions")


def open_engagement(name_or_path: str | Path, *, data_dir: str | Path | None = None) -> "Engagement":
    """The engagement of a client, its tables built anew where a raw file or the mapping changed.

    Args:
        name_or_path: The client's folder under data/, for example "cdnow", or the path of a folder with an
            engagement.toml.
        data_dir: Where the clients' folders are; otherwise $RETENTION_KIT_DATA, or data/ here or in a folder above.

    Returns:
        The engagement as its data stand now; `at` gives it as it stood at the end of a period.

    Raises:
        UnknownEngagement: There is no such client; the message lists those there are.
        InvalidEngagement: engagement.toml cannot be used; every mistake is named.
        InvalidSource: A raw file cannot be used; the message names file, line and remedy, the old tables stay.
    """
    folder = find_client(name_or_path, data_dir)
    settings = read_settings(folder / FILE)
    if settings.demo and not (folder / "raw").exists():
        from retention_kit.demo import write_raw  # many small modules that no real client needs

        write_raw(folder, **settings.demo.model_dump())
    build_tables(settings, folder)
    return Engagement(folder, settings, connected())


class Engagement:
    """A client's tables as they stood before a day, on the engine that engagement.toml names.

    Each table is an attribute, such as `engagement.orders`, that every metric takes. `to_pandas()` of a table gives a
    frame, `native` the DuckDB relation or Spark DataFrame behind it.

    Attributes:
        folder: The engagement's folder.
        settings: What engagement.toml says.
        period: The period at whose end the data are seen; None as they stand now.
        made_from: The manifest of the tables as they were when it was opened; None where there was none.
    """

    def __init__(
        self, folder: Path, settings: Settings, connection: duckdb.DuckDBPyConnection, *, period: Period | None = None
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.period = period
        self._connection = connection
        self.made_from = read_manifest(folder / "tables")
        self._covered = self._days_covered()
        self._tables: dict[str, StoredTable] = {}

    @property
    def name(self) -> str:
        """The client's folder."""
        return self.folder.name

    @property
    def first_day(self) -> date:
        """The first day that the data cover."""
        if self._covered is not None:
            return self._covered[0]
        return EPOCH if self.period is None else self.period.start  # no order, no day given: nothing contradicts

    @property
    def last_day(self) -> date:
        """The last day seen: of the data, or of the period."""
        return self.as_of - timedelta(days=1)

    @property
    def as_of(self) -> date:
        """The day before which everything is seen, and after which nothing."""
        if self.period is not None:
            return self.period.end
        return EPOCH if self._covered is None else self._covered[1] + timedelta(days=1)

    def table(self, name: str) -> StoredTable:
        """A canonical table as it stood, on the engagement's engine; `engagement.orders` is short for it.

        Args:
            name: A table of data/README.md: one of those that engagement.toml maps, or `occasions` (one row per
                customer and local day with at least one purchase) or `customers` (one row per known customer), which
                follow from orders.

        Raises:
            MissingTable: The engagement has no such table; the message says how to add it.
        """
        if not self.has(name):
            raise MissingTable(
                f"{self.settings.name} has no {name}. Put the export into {self.name}/raw/ and name it in a section "
                f"[tables.{name}] of {self.name}/{FILE}."
            )
        if name not in self._tables:
            stored = nw.from_native(self._stored(name))
            self._tables[name] = StoredTable(name, stored, before=day_number(self.as_of))
        return self._tables[name]

    def __getattr__(self, name: str) -> StoredTable:
        """A canonical table by its name."""
        if name in _NAMES:
            return self.table(name)
        raise AttributeError(f"An engagement has no {name!r}; its tables are {', '.join(_NAMES)}.")

    def __dir__(self) -> list[str]:
        """The tables that are there, for tab completion."""
        return sorted([*super().__dir__(), *filter(self.has, _NAMES)])

    def at(self, period: str | Period) -> "Engagement":
        """The engagement as it stood at the end of a period, whatever came later.

        Raises:
            InvalidPeriod: The text names no period.
            IncompletePeriod: The data begin after the period does, or end before it does; the message names those that
                are complete.
        """
        wanted = Period(str(period))
        if self._covered is not None:
            check_covered(wanted, self._covered, self.settings)
        return Engagement(self.folder, self.settings, self._connection, period=wanted)

    def has(self, table: str) -> bool:
        """Whether the engagement has a canonical table."""
        return table in _NAMES and self._file(table).exists()

    def losses(self) -> pd.DataFrame:
        """What became of the raw rows: by table, how many were kept and how many left out for each reason.

        Returns:
            table, reason ("kept" first; "unmatched" are rows kept apart, since their customer or order stands in no
            table), n_rows: rows dated before `as_of`, and rows without a date; of an engagement that speaks of no
            period all rows. The sum over the reasons of a table is then the number of rows read.
        """
        before = f"dated_on < DATE '{self.as_of}' OR dated_on IS NULL" if self.period else "true"
        found: pd.DataFrame = (
            self._connection.cursor()
            .execute(
                'SELECT "table", reason, CAST(sum(n_rows) AS BIGINT) AS n_rows '
                f"FROM read_parquet({file_name(self._file('losses'))}) WHERE {before} "
                'GROUP BY "table", reason ORDER BY "table", reason <> \'kept\', reason'
            )
            .df()
        )
        return found

    def notes(self) -> pd.DataFrame:
        """What is said of rows that were kept: damaged or stand-in values left out of them, refunds above their order.

        Returns:
            table, note, n_rows; of all rows, whatever the period.
        """
        rows: pd.DataFrame = (
            self._connection.cursor().execute(f"FROM read_parquet({file_name(self._file('notes'))})").df()
        )
        return rows

    def examples(self, table: str) -> pd.DataFrame:
        """The first rows that were left out of a table or kept apart, up to five a reason.

        Returns:
            file, line, reason, found (what the reason speaks of) and raw (the row as the file has it).
        """
        file = self.folder / "tables" / "examples" / f"{table}.parquet"
        if not file.exists():
            return pd.DataFrame(columns=["file", "line", "reason", "found", "raw"])
        rows: pd.DataFrame = self._connection.cursor().execute(f"FROM read_parquet({file_name(file)})").df()
        return rows

    def fingerprints(self) -> list[dict[str, Any]]:
        """The raw files behind the tables: table, name, sha256, n_bytes, n_rows, n_kept.

        Of the rows kept also n_orders, n_customers, first_on and last_on where the table has such columns, and amount
        of orders.
        """
        manifest: dict[str, Any] = json.loads(self._file("manifest", "json").read_text(encoding="utf-8"))
        return list(manifest["files"])

    def close(self) -> None:
        """Let go of the engine; relations taken from it can no longer be read."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        seen = f"at {self.period}" if self.period else f"{self.first_day} to {self.last_day}"
        return f"Engagement({self.name}, {seen})"

    def _stored(self, name: str) -> Any:
        if self.settings.engine == "spark":
            return read_table(self.settings, self.folder / "tables", name)
        return self._connection.sql(f"FROM read_parquet({file_name(self._file(name))})")

    def _file(self, name: str, kind: str = "parquet") -> Path:
        return self.folder / "tables" / f"{name}.{kind}"

    def _days_covered(self) -> tuple[date, date] | None:
        """The days of orders, or where there are none of whatever else is dated."""
        stems = {name: table.stem for name, table in TABLES.items() if table.stem and self.has(name) and name != "fx"}
        dated = {"orders": "ordered"} if "orders" in stems else stems
        days = [
            f"SELECT {stem}_on AS day FROM read_parquet({file_name(self._file(name))})" for name, stem in dated.items()
        ]
        query = f"SELECT min(day), max(day) FROM ({' UNION ALL '.join(days) or 'SELECT NULL::DATE AS day'})"
        ((first, last),) = self._connection.cursor().execute(query).fetchall()
        last = self.settings.last_day or last
        first = self.settings.first_day or first or last
        return None if last is None or first is None else (first, last)


def read_manifest(tables: Path) -> str | None:
    """What a folder of tables says it was built from; None where there is none."""
    try:
        return (tables / "manifest.json").read_text(encoding="utf-8")
    except OSError:
        return None
