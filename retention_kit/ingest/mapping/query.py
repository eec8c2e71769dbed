"""What engagement.toml says of a table, turned into one SELECT over a raw file.

The SELECT gives every raw row: its canonical values, the reason why it cannot be kept (NULL where it can), and for
rejected rows what was found.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from dataclasses import dataclass, field

import duckdb

from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.dates import find_formats, in_zone
from retention_kit.ingest.mapping.expressions import Expression, Expressions, Refused
from retention_kit.ingest.settings import Settings, TableSettings
from retention_kit.ingest.sql import MONEY, conditions, enum, identifier, literal
from retention_kit.schema import CanonicalTable, Column

YEARS = "BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'"
"""A date outside is one misread."""


@dataclass
class Mapping:
    """The SELECT of one raw file in the making.

    Attributes:
        parts: Name -> SQL of what several values are made of: computed once, whereas a value that stands in a CASE is
            computed as often as it stands there.
        values: Canonical column -> SQL.
        left_out: Reason -> condition, asked before the checks.
        checks: Reason -> (condition, what was found), in the order in which they are asked.
        problems: What cannot be used, in words.
        looks_through: Whether the formats of timestamps are looked for in the whole file, not in its head alone.
    """

    connection: duckdb.DuckDBPyConnection
    raw: RawTable
    canonical: CanonicalTable
    table: TableSettings
    engagement: Settings
    parts: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    checks: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    looks_through: bool = False

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
            read = self.expressions.read(text, as_number=as_number)
        except Refused as refused:
            self.problems.append(f'{key} = "{text}" {refused}.')
            return None
        if read.untried is not None:
            fails = read.fails() if as_number else f"({read.fails()} OR {read.is_unread()})"
            self.checks[f"{key} cannot be computed"] = (fails, read.found())
        return read

    def add_text(self, column: Column) -> None:
        """A text, or an id as text; a blank cell is none."""
        if (read := self.read(column.name)) is not None:
            text = _id(read) if column.kind == "id" else read.as_trimmed()
            self.values[column.name] = f"coalesce({text}, {column.default or 'NULL'})"
            if column.kind == "id":
                self.checks[rounded(column.name)] = (read.is_rounded(), read.found())
            self._ask_for(column, f"{own(column.name)} IS NULL")

    def add_choice(self, column: Column) -> None:
        """One of a few words, in small letters whatever the export has."""
        if (read := self.read(column.name)) is None:
            return
        kind = enum(column.choices)
        kept = {word: f"{literal(word)}::{kind}" for word in column.choices}
        as_written = [(f"{read.as_text()} = {literal(word)}", value) for word, value in kept.items()]
        words = [*kept.items(), *([("canceled", kept["cancelled"])] if "cancelled" in kept else [])]
        whens = " ".join(f"WHEN {literal(word)} THEN {value}" for word, value in words)
        otherwise = f"CASE lower(coalesce({read.as_trimmed()}, {column.default or 'NULL'})) {whens} END"
        self.values[column.name] = conditions(as_written, otherwise=otherwise)
        self.checks[f"{column.name} is {_none_of(column.choices)}"] = (
            f"{own(column.name)} IS NULL",
            f"""'"' || {read.as_trimmed()} || '"'""",
        )

    def add_boolean(self, column: Column) -> None:
        """True or false; a blank cell is what it is by default."""
        if (read := self.read(column.name)) is None:
            return
        value = f"TRY_CAST({read.sql} AS BOOLEAN)"
        self.values[column.name] = f"CASE WHEN {read.is_empty()} THEN {column.default or 'NULL'} ELSE {value} END"
        wrong = f"{own(column.name)} IS NULL AND NOT {read.is_empty()}"
        self.checks[f"{column.name} is neither true nor false"] = (wrong, read.found())

    def add_number(self, column: Column) -> None:
        """A number; money, exact."""
        kind = MONEY if column.kind == "money" else "DOUBLE"
        if (read := self.read(column.name, as_number=True)) is None:
            return
        value = f"TRY_CAST(({read.sql}) AS {kind})"
        blank = f"CAST({column.default} AS {kind})"
        self.values[column.name] = f"coalesce({value}, {blank})" if column.may_be_empty and column.default else value
        is_null = f"{own(column.name)} IS NULL"
        self._ask_for(column, f"{is_null} AND {read.is_empty()}")
        wrong = [] if column.may_be_empty else [is_null]
        if column.may_be_empty or read.untried is not None:  # coalesce(net, 0) has a value where net is no number
            wrong.append(read.is_unread())
        is_wrong = "(" + " OR ".join(wrong) + ")"
        self.checks[f"{column.name} is not a number"] = (is_wrong, read.found())
        if column.least is not None:
            below = (f"{own(column.name)} < {column.least:g}", own(column.name))
            fault = "is negative" if column.least == 0 else f"is below {column.least:g}"
            self.checks[f"{column.name} {fault}"] = below

    def add_timestamp(self, column: Column) -> None:
        """A local timestamp and its local date; days without a time stay the days they are."""
        if (read := self.read(column.name)) is None:
            return
        try:
            day, at = self._timestamp(read)
        except Refused as refused:
            self.problems.append(f'{column.name} = "{read.text}" {refused}.')
            return
        self.parts |= {f"{column.stem} day": day, f"{column.stem} at": at}
        day, at = own(f"{column.stem} day"), own(f"{column.stem} at")
        if column.name == "updated_at":  # only tells versions apart
            self.values["updated_at"] = f"coalesce({at}, CAST({day} AS TIMESTAMP))"
            return
        on = f"coalesce({day}, CAST({at} AS DATE))"
        self.values[f"{column.stem}_at"] = at
        self.values[f"{column.stem}_on"] = f"CASE WHEN {on} {YEARS} THEN {on} END"
        name = "date" if column.name == self.canonical.dated_by else column.name
        self._ask_for(column, f"{own(column.stem + '_on')} IS NULL AND {read.as_trimmed()} IS NULL", name=name)
        unread = f"{own(column.stem + '_on')} IS NULL AND {read.as_trimmed()} IS NOT NULL"
        self.checks[f"{name} is not a valid date"] = (unread, read.found())

    def _ask_for(self, column: Column, is_missing: str, *, name: str | None = None) -> None:
        if not column.may_be_empty:
            self.checks[f"{name or column.name} is missing"] = (is_missing, "NULL")

    def _timestamp(self, read: Expression) -> tuple[str, str]:
        """SQL for the local date of what has no time, and for the local timestamp of what has one."""
        zone = self.table.time_zone or self.engagement.time_zone
        target = self.engagement.time_zone
        if read.kind == "DATE":
            return read.sql, "NULL::TIMESTAMP"
        if read.kind == "TIMESTAMP WITH TIME ZONE":
            local = f"timezone({literal(target)}, {read.sql})"
        elif read.kind.startswith("TIMESTAMP"):
            local = in_zone(f"CAST({read.sql} AS TIMESTAMP)", zone, target)
        else:
            relation, through = self.expressions.relation(), self.looks_through
            formats = find_formats(self.connection, relation, read, settings=self.table, looks_through=through)
            return formats.sql(read.as_text(), zone=zone, target=target)
        return "NULL::DATE", local

    def leave_out(self) -> None:
        """The rows that engagement.toml leaves out."""
        for reason, text in self.table.leave_out.items():
            read = self._read(f"leave_out.{reason}", text)
            if read is not None and read.kind != "BOOLEAN":
                self.problems.append(
                    f'leave_out.{reason} = "{text}" is no condition; write one such as "status = \'test\'".'
                )
            elif read is not None:
                self.left_out[reason] = read.sql

    def select(self) -> str:
        """The SELECT; ask only when there are no problems."""
        left_out = [(condition, literal(reason)) for reason, condition in self.left_out.items()]
        checks = [(condition, literal(reason)) for reason, (condition, _) in self.checks.items()]
        found = [
            (f"{own('reason')} = {literal(reason)}", f"CAST({found} AS VARCHAR)")
            for reason, (_, found) in self.checks.items()
        ]
        parts = "".join(f", {sql} AS {own(name)}" for name, sql in self.parts.items())
        values = ", ".join(f"{sql} AS {own(column)}" for column, sql in self.values.items())
        columns = ", ".join(f"{own(column)} AS {identifier(column)}" for column in self.values)
        return (
            f"SELECT {columns}, {own('reason')} AS reason, "
            f"CASE WHEN {own('reason')} IS NOT NULL THEN {conditions(found)} END AS found "
            f"FROM (SELECT *, {conditions(left_out + checks)} AS {own('reason')} "
            f"FROM (SELECT *, {values} FROM (SELECT *{parts} FROM {self.expressions.relation()})))"
        )


def own(column: str) -> str:
    """The name of a canonical value while the raw columns, which may have the same name, are still there."""
    return identifier(f"{column} =")


def rounded(column: str) -> str:
    """The reason why a row with an id that a spreadsheet rounded cannot be kept, nor the table."""
    return f"{column} was rounded by a spreadsheet"


def _none_of(words: tuple[str, ...]) -> str:
    return f"neither {words[0]} nor {words[1]}" if len(words) == 2 else f"none of {', '.join(words)}"


def _id(read: Expression) -> str:
    """Whole numbers that a program stored as 17850.0 are 17850."""
    text = read.as_trimmed()
    if read.kind not in ("DOUBLE", "FLOAT"):
        return text
    return f"CASE WHEN {read.sql} = floor({read.sql}) THEN CAST(CAST({read.sql} AS HUGEINT) AS VARCHAR) ELSE {text} END"
