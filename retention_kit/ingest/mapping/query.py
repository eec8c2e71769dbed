"""What engagement.toml says of a table, turned into one SELECT over a raw file.

The SELECT gives every raw row: its canonical values, the reason why it cannot be kept (NULL where it can), and for
rejected rows what was found.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from dataclasses import dataclass, field, replace

import duckdb

from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.dates import find_formats, in_zone
from retention_kit.ingest.mapping.expressions import OURS, Expression, Expressions, Refused
from retention_kit.ingest.mapping.identity import id_sql, is_no_day, is_stand_in, number_as_id, stand_ins
from retention_kit.ingest.mapping.values import is_finite, is_large, is_optional, none_of, own, rounded
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
        notes: SQL for what is said of a row that is kept, each NULL where there is nothing to say.
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
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    looks_through: bool = False

    def __post_init__(self) -> None:
        """Rows whose fields do not fit the header come first: their values mean nothing."""
        self.expressions = Expressions(self.connection, self.raw, decimal=self.table.decimal)
        if strange := [name for name in self.raw.columns if OURS in name]:
            self.problems.append(f"column {strange[0]!r} holds a control character; give it another name.")
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
        return read if read.untried is None else self._tried(key, read, as_number=as_number)

    def _tried(self, key: str, read: Expression, *, as_number: bool) -> Expression:
        """Reject a row of which it cannot be computed; an attribute or an optional value is left out, and noted."""
        fails = read.fails() if as_number else f"({read.fails()} OR {read.is_unread()})"
        known = {column.name: column for column in self.canonical.columns}
        if not is_optional(known[key]) if key in known else key.startswith("leave_out."):
            self.checks[f"{key} cannot be computed"] = (fails, read.found())
            return read
        self._note(fails, literal(f"{key} cannot be computed"))
        return replace(read, sql=f"CASE WHEN NOT coalesce({fails}, false) THEN {read.sql} END")

    def add_id(self, column: Column) -> None:
        """An id in its one spelling; a stand-in is none."""
        if (read := self.read(column.name)) is None:
            return
        is_number = read.kind in ("DOUBLE", "FLOAT") or read.kind.startswith("DECIMAL")
        self.parts[f"{column.name} id"] = number_as_id(read.sql) if is_number else id_sql(read.as_text())
        found = own(f"{column.name} id")
        replaced = self.engagement.missing if self.table.missing is None else self.table.missing
        is_none = is_stand_in(found, stand_ins(column, replaced))
        self.values[column.name] = f"CASE WHEN NOT {is_none} THEN {found} END"
        quoted = f"""'"' || {found} || '"'"""
        if column.may_be_empty:
            self._note(is_none, f"""'{column.name} ' || lower({quoted}) || ' is a stand-in'""")
        else:
            self.checks[f"{column.name} is a stand-in"] = (is_none, quoted)
        self.checks[rounded(column.name)] = (read.is_rounded(), read.found())
        self._ask_for(column, f"{own(column.name)} IS NULL")

    def add_text(self, column: Column) -> None:
        """A text; a blank cell is none."""
        if (read := self.read(column.name)) is not None:
            self.values[column.name] = f"coalesce({read.as_trimmed()}, {column.default or 'NULL'})"
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
        self.checks[f"{column.name} is {none_of(column.choices)}"] = (
            f"{own(column.name)} IS NULL",
            f"""'"' || {read.as_trimmed()} || '"'""",
        )

    def add_boolean(self, column: Column) -> None:
        """True or false; a blank cell is what it is by default."""
        if (read := self.read(column.name)) is None:
            return
        self.parts[f"{column.name} truth"] = f"TRY_CAST({read.sql} AS BOOLEAN)"
        value = own(f"{column.name} truth")
        self.values[column.name] = f"CASE WHEN {read.is_empty()} THEN {column.default or 'NULL'} ELSE {value} END"
        wrong = f"{value} IS NULL AND NOT {read.is_empty()}"
        self._check_value(column, "is neither true nor false", wrong, read.found())

    def add_number(self, column: Column) -> None:
        """A number; money, exact. NaN is missing, infinity is no number."""
        kind = MONEY if column.kind == "money" else "DOUBLE"
        if (read := self.read(column.name, as_number=True)) is None:
            return
        raw = f"nullif({read.sql}, 'nan'::DOUBLE)" if read.kind in ("DOUBLE", "FLOAT") else f"({read.sql})"
        self.parts[f"{column.name} number"] = f"CASE WHEN {is_finite(raw)} THEN TRY_CAST({raw} AS {kind}) END"
        value, name = own(f"{column.name} number"), own(column.name)
        self.values[column.name] = value
        if column.may_be_empty and column.default:
            self.values[column.name] = f"coalesce({value}, CAST({column.default} AS {kind}))"
        self._ask_for(column, f"{name} IS NULL AND {read.is_empty()}")
        if column.kind == "money":
            self.checks[f"{column.name} is too large"] = (f"{value} IS NULL AND {is_large(read, raw)}", read.found())
        unread = read.is_unread()
        is_wrong = f"{value} IS NULL AND ({raw} IS NOT NULL OR {unread})" if column.may_be_empty else f"{name} IS NULL"
        if read.untried is not None:  # coalesce(net, 0) has a value where net is no number
            is_wrong = f"({is_wrong} OR {unread})"
        self._check_value(column, "is not a number", is_wrong, read.found())
        if column.least is not None:
            fault = "is negative" if column.least == 0 else f"is below {column.least:g}"
            self._check_value(column, fault, f"{value} < {column.least:g}", value)

    def _check_value(self, column: Column, fault: str, is_wrong: str, found: str) -> None:
        """Reject a row for a damaged value; where nothing hangs on it leave out the value alone, and note it."""
        if not is_optional(column):
            self.checks[f"{column.name} {fault}"] = (is_wrong, found)
            return
        self.values[column.name] = f"CASE WHEN NOT coalesce({is_wrong}, false) THEN {self.values[column.name]} END"
        self._note(is_wrong, literal(f"{column.name} {fault}"))

    def _note(self, condition: str, said: str) -> None:
        self.notes.append(f"CASE WHEN {condition} THEN {said} END")

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
        is_none = is_no_day(on, at, read)
        self.values[f"{column.stem}_at"] = f"CASE WHEN NOT {is_none} THEN {at} END"
        self.values[f"{column.stem}_on"] = f"CASE WHEN {on} {YEARS} AND NOT {is_none} THEN {on} END"
        self._check_date(column, read, is_none)

    def _check_date(self, column: Column, read: Expression, is_none: str) -> None:
        name = "date" if column.name == self.canonical.dated_by else column.name
        self._ask_for(column, f"{own(column.stem + '_on')} IS NULL AND {read.as_trimmed()} IS NULL", name=name)
        if column.may_be_empty:
            self._note(is_none, literal(f"{name} is a stand-in"))
        else:
            self.checks[f"{name} is a stand-in"] = (is_none, read.found())
        unread = f"{own(column.stem + '_on')} IS NULL AND {read.as_trimmed()} IS NOT NULL AND NOT {is_none}"
        if is_optional(column):
            self._note(unread, literal(f"{name} is not a valid date"))
        else:
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
                said = "is no condition; write one such as \"status = 'test'\"."
                self.problems.append(f'leave_out.{reason} = "{text}" {said}')
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
        noted = f"nullif(concat_ws(chr(10), {', '.join(self.notes)}), '')" if self.notes else "NULL"
        return (
            f"SELECT {columns}, {own('reason')} AS reason, {noted} AS noted, "
            f"CASE WHEN {own('reason')} IS NOT NULL THEN {conditions(found)} END AS found "
            f"FROM (SELECT *, {conditions(left_out + checks)} AS {own('reason')} "
            f"FROM (SELECT *, {values} FROM (SELECT *{parts} FROM {self.expressions.relation()})))"
        )
