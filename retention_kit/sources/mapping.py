"""What engagement.toml says of a table, turned into one SELECT over a raw file.

The SELECT gives every raw row: its canonical values, the reason why it cannot be kept (NULL where it can), and for
rejected rows what was found.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from dataclasses import dataclass, field

import duckdb

from retention_kit.settings import Settings, TableSettings
from retention_kit.sources.dates import find_formats, in_zone
from retention_kit.sources.expressions import Expression, Expressions, Refused
from retention_kit.sources.raw import RawTable
from retention_kit.sources.sql import conditions, identifier, literal

MONEY = "DECIMAL(18,4)"
YEARS = "BETWEEN 1900 AND 2199"
"""A year outside is a date misread."""


@dataclass
class Mapping:
    """The SELECT of one raw file in the making.

    Attributes:
        values: Canonical column -> SQL.
        checks: Reason -> (condition, what was found), in the order in which they are asked.
        problems: What cannot be used, in words.
    """

    connection: duckdb.DuckDBPyConnection
    raw: RawTable
    table: TableSettings
    engagement: Settings
    values: dict[str, str] = field(default_factory=dict)
    checks: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Rows whose fields do not fit the header come first: their values mean nothing."""
        self.expressions = Expressions(self.connection, self.raw, decimal=self.table.decimal)
        for reason, condition in self.raw.broken.items():
            self.checks[reason] = (condition, "NULL")

    def read(self, column: str, *, as_number: bool = False) -> Expression | None:
        """The expression of a canonical column; None where there is none or it cannot be used."""
        text = self.table.columns.get(column)
        return None if text is None else self._read(column, text, as_number=as_number)

    def _read(self, key: str, text: str, *, as_number: bool = False) -> Expression | None:
        try:
            return self.expressions.read(text, as_number=as_number)
        except Refused as refused:
            self.problems.append(f'{key} = "{text}" {refused}.')
            return None

    def add_id(self, column: str, *, is_needed: bool = True) -> None:
        """An id as text; whole numbers that a program stored as 17850.0 are 17850."""
        if (read := self.read(column)) is None:
            return
        self.values[column] = _id(read)
        if is_needed:
            self.checks[f"{column} is missing"] = (f"{own(column)} IS NULL", "NULL")

    def add_text(self, column: str) -> None:
        """A text, NULL where it is blank."""
        read = self.read(column)
        self.values[column] = "NULL::VARCHAR" if read is None else f"nullif(trim(CAST({read.sql} AS VARCHAR)), '')"

    def add_money(self, column: str, *, is_needed: bool) -> None:
        """Money; a blank cell is missing where it is needed, and nothing otherwise."""
        if column not in self.table.columns:
            self.values[column] = f"NULL::{MONEY}"
        elif (read := self.read(column, as_number=True)) is not None:
            value = f"TRY_CAST(({read.sql}) AS {MONEY})"
            self.values[column] = value if is_needed else f"CASE WHEN {read.is_empty()} THEN 0 ELSE {value} END"
            if is_needed:
                self.checks[f"{column} is missing"] = (read.is_empty(), "NULL")
            self.checks[f"{column} is not a number"] = (f"{own(column)} IS NULL", read.found())

    def add_moment(self, column: str, *, day: str | None = None) -> None:
        """A local moment and, with `day`, its local date; days without a time stay the days they are."""
        self.values[column], on = "NULL::TIMESTAMP", "NULL::DATE"
        read = self.read(column)
        if read is not None:
            try:
                on, self.values[column] = self._moment(read)
            except Refused as refused:
                self.problems.append(f'{column} = "{read.text}" {refused}.')
        if day is None:
            self.values[column] = f"coalesce({self.values[column]}, CAST({on} AS TIMESTAMP))"
        if day is None or read is None:
            return
        self.values[day] = f"CASE WHEN year({on}) {YEARS} THEN {on} END"
        self.checks["date is missing"] = (read.is_empty(), "NULL")
        self.checks["date does not parse"] = (f"{own(day)} IS NULL", read.found())

    def _moment(self, read: Expression) -> tuple[str, str]:
        zone = self.table.time_zone or self.engagement.time_zone
        target = self.engagement.time_zone
        if read.kind == "DATE":
            return read.sql, "NULL::TIMESTAMP"
        if read.kind == "TIMESTAMP WITH TIME ZONE":
            local = f"timezone({literal(target)}, {read.sql})"
        elif read.kind.startswith("TIMESTAMP"):
            local = in_zone(f"CAST({read.sql} AS TIMESTAMP)", zone, target)
        else:
            formats = find_formats(self.connection, self.expressions.relation(), read, settings=self.table)
            return formats.sql(f"trim(CAST({read.sql} AS VARCHAR))", zone=zone, target=target)
        return f"CAST({local} AS DATE)", local

    def select(self) -> str:
        """The SELECT; ask only when there are no problems."""
        left_out = [(self._condition(reason, text), literal(reason)) for reason, text in self.table.leave_out.items()]
        checks = [(condition, literal(reason)) for reason, (condition, _) in self.checks.items()]
        found = [
            (f"{own('reason')} = {literal(reason)}", f"CAST({found} AS VARCHAR)")
            for reason, (_, found) in self.checks.items()
        ]
        values = ", ".join(f"{sql} AS {own(column)}" for column, sql in self.values.items())
        columns = ", ".join(f"{own(column)} AS {identifier(column)}" for column in self.values)
        return (
            f"SELECT {columns}, {own('reason')} AS reason, {conditions(found)} AS found "
            f"FROM (SELECT *, {conditions(left_out + checks)} AS {own('reason')} "
            f"FROM (SELECT *, {values} FROM {self.expressions.relation()}))"
        )

    def _condition(self, reason: str, text: str) -> str:
        read = self._read(f"leave_out.{reason}", text)
        if read is not None and read.kind != "BOOLEAN":
            self.problems.append(
                f'leave_out.{reason} = "{text}" is no condition; write one such as "status = \'test\'".'
            )
        return read.sql if read is not None else "false"


def own(column: str) -> str:
    """The name of a canonical value while the raw columns, which may have the same name, are still there."""
    return identifier(f"{column} =")


def _id(read: Expression) -> str:
    text = f"nullif(trim(CAST({read.sql} AS VARCHAR)), '')"
    if read.kind not in ("DOUBLE", "FLOAT"):
        return text
    return f"CASE WHEN {read.sql} = floor({read.sql}) THEN CAST(CAST({read.sql} AS HUGEINT) AS VARCHAR) ELSE {text} END"
