"""The expressions of engagement.toml: a raw column's name, or SQL over raw columns.

The raw columns of a text file are text, also the ones that hold numbers. Where an expression computes with a column
or compares it with a number, the column is replaced by its twin, the number that its text stands for. What is no name
is tried row by row: a cell that it cannot be computed from costs its row, not the table.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from retention_kit.ingest.files.header import header_elsewhere
from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.functions import is_one_expression, reads_numbers, refusal, refusal_of
from retention_kit.ingest.mapping.numbers import HEAD, number_sql, tells_dot
from retention_kit.ingest.sql import identifier, literal, trimmed

ROW = "_row"
FILE = "_file"
"""Columns that every raw file has beside its own: the number of the row from 1, and the file's name."""

OURS = "\x1f"
"""What the names of our own columns begin with, so that they never meet one of the file."""

ROUNDED = r"\s*[-+]?\d([.,]\d+)?[eE]\+\d{2,}\s*"
"""An id as a spreadsheet shows it when it has kept the first digits alone: 5.02729E+12."""

Node = dict[str, Any]
_NESTED = ("STRUCT", "TUPLE", "MAP", "UNION")


class Refused(Exception):
    """An expression that cannot be used, in words that fit behind its key."""


@dataclass(frozen=True)
class Expression:
    """An expression as DuckDB can compute it from `Expressions.relation`.

    Attributes:
        sql: The SQL.
        columns: The raw columns it uses, in the order of their first use.
        kind: Its DuckDB type.
        text: As engagement.toml has it.
        numbers: Those of the columns that are read as numbers.
        untried: The SQL as it would stop at a row that it cannot be computed from; None where it is a column.
    """

    sql: str
    columns: tuple[str, ...]
    kind: str
    text: str
    numbers: tuple[str, ...] = ()
    untried: str | None = None

    def as_text(self) -> str:
        """SQL for its value as a text."""
        return self.sql if self.kind == "VARCHAR" else f"CAST({self.sql} AS VARCHAR)"

    def as_trimmed(self) -> str:
        """SQL for its value as a text without blanks around it; NULL where nothing is left."""
        is_column = self.sql in map(identifier, self.columns)
        return f"nullif({trimmed(self.as_text()) if is_column else f'trim({self.as_text()})'}, '')"

    def found(self) -> str:
        """SQL for the raw values that the expression reads, quoted, for a message."""
        parts = [f"""coalesce('"' || CAST({identifier(name)} AS VARCHAR) || '"', 'nothing')""" for name in self.columns]
        return "concat_ws(', ', " + ", ".join(parts or [literal(self.text)]) + ")"

    def is_unread(self) -> str:
        """SQL that holds where a text that should be a number is none."""
        unread = (f"({identifier(name)} IS NOT NULL AND {identifier(_twin(name))} IS NULL)" for name in self.numbers)
        return "(" + " OR ".join((*unread, "false")) + ")"

    def fails(self) -> str:
        """SQL that holds where the value cannot be computed; a NULL that was computed is none of that."""
        if self.untried is None:
            return "false"
        return f"CASE WHEN {self.sql} IS NULL THEN TRY(struct_pack(value := {self.untried})) IS NULL ELSE false END"

    def is_rounded(self) -> str:
        """SQL that holds where a raw value that the expression reads is an id that a spreadsheet rounded."""
        texts = [f"CAST({identifier(name)} AS VARCHAR)" for name in self.columns]
        rounded = (  # the plain question first: a pattern costs ten times as much
            f"((contains({text}, 'E+') OR contains({text}, 'e+')) AND regexp_full_match({text}, {literal(ROUNDED)}))"
            for text in texts
        )
        return "(" + " OR ".join((*rounded, "false")) + ")"

    def is_empty(self) -> str:
        """SQL that holds where a raw value that the expression reads is missing."""
        return (
            "(" + " OR ".join(f"{identifier(name)} IS NULL" for name in self.columns) + ")" if self.columns else "false"
        )


class Expressions:
    """Reads expressions over one raw table and remembers which of its columns are read as numbers."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, raw: RawTable, *, decimal: str | None) -> None:
        self._connection = connection
        self._raw = raw
        self._decimal = decimal
        self._names = {ROW: ROW, FILE: FILE} | {name.lower(): name for name in raw.columns}
        self._own = {name.lower() for name in raw.columns}
        self._written = _as_written(raw.columns)
        self._numbers: dict[str, bool] = {}
        self._uses_row = False

    def read(self, text: str, *, as_number: bool = False) -> Expression:
        """An expression of engagement.toml; `as_number` where its value is money.

        Raises:
            Refused: It is no expression over the columns there are.
        """
        if text.lower() in self._names:  # a name needs no quotes, whatever characters it holds
            node: Node = {"class": "COLUMN_REF", "column_names": [text]}
            columns = dict.fromkeys(self._rewritten(node, as_number))
            sql, untried = identifier(node["column_names"][0]), None
        else:
            untried, columns = self._parsed(text, as_number=as_number)
            sql = f"TRY({untried})"
        numbers = tuple(name for name in columns if identifier(_twin(name)) in sql)
        return Expression(sql, tuple(columns), self._kind(sql), text, numbers, untried)

    def relation(self, raw_sql: str | None = None) -> str:
        """The raw table with the numbers beside their texts, and with `_row` and `_file`."""
        numbers = "".join(
            f", {number_sql(identifier(name), self._decimal, is_dot_told=is_told)} AS {identifier(_twin(name))}"
            for name, is_told in self._numbers.items()
        )
        # a raw file has no key but its order, which DuckDB keeps in a window over all rows
        row = "row_number() OVER ()" if self._uses_row else "NULL::BIGINT"
        beside = {ROW: row, FILE: literal(self._raw.name)}
        ours = "".join(f", {sql} AS {name}" for name, sql in beside.items() if name not in self._own)
        return f"(SELECT *{numbers}{ours} FROM {raw_sql or self._raw.sql})"

    def _parsed(self, text: str, *, as_number: bool) -> tuple[str, dict[str, None]]:
        tree = self._tree(text)
        select = tree["statements"][0]["node"]["select_list"][0]
        columns = dict.fromkeys(self._rewritten(select, as_number))
        row = self._connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
        return str(row[0] if row else "").removeprefix("SELECT "), columns

    def _tree(self, text: str) -> Node:
        """The text as DuckDB reads it: one expression and nothing else."""
        if not text.strip():
            raise Refused("is empty; name a raw column, or leave the key out")
        row = self._connection.execute("SELECT json_serialize_sql(?)", [f"SELECT (\n{text}\n)"]).fetchone()
        tree: Node = json.loads(row[0]) if row else {"error": True}
        if tree["error"] or not is_one_expression(tree):
            found = tree.get("error_message", "more than one expression")
            raise Refused(f"is neither a raw column nor an SQL expression ({found}); {self._there(text)}")
        return tree

    def _rewritten(self, node: Any, as_number: bool) -> Iterator[str]:
        """Rename column references in place, and yield the raw columns they are."""
        if isinstance(node, list):
            for child in node:
                yield from self._rewritten(child, as_number)
        elif isinstance(node, dict):
            if reason := refusal_of(node):
                raise Refused(reason)
            if node.get("class") == "COLUMN_REF":
                yield self._renamed(node, as_number)
            for key, child in node.items():
                yield from self._rewritten(child, key != "when_expr" and reads_numbers(node, as_number))

    def _renamed(self, node: Node, as_number: bool) -> str:
        written = node["column_names"][0]
        name = self._named(written)
        self._uses_row |= name == ROW
        if as_number and name in self._raw.columns and self._raw.is_text(name):
            self._numbers.setdefault(name, self._is_dot_told(name))
            node["column_names"][0] = _twin(name)
        else:
            node["column_names"][0] = name
        return name

    def _named(self, written: str) -> str:
        """The raw column of a name: the one written so, else the one that differs in capitals alone."""
        if len(same := self._written.get(written, [])) > 1:
            raise Refused(
                f'needs the column "{written}", which {self._raw.name} has {len(same)} times; write "{same[1]}" for '
                "the second, or give each a name of its own in the export"
            )
        alike = [name for name in self._written if name.lower() == written.lower()]
        if not same and len(alike) > 1:
            raise Refused(f'needs a column "{written}"; there are "{alike[0]}" and "{alike[1]}", write the one meant')
        name = same[0] if same else self._names.get(written.lower())
        if name is None and (reason := refusal(written.lower(), 0)):
            raise Refused(reason)
        if name is None:
            raise Refused(f'needs a column "{written}", which is not there; {self._there(written)}')
        return name

    def _is_dot_told(self, name: str) -> bool:
        """Whether the first numbers of a text column show what a dot means."""
        if self._decimal or name in self._numbers:
            return True
        head = f"(SELECT {identifier(name)} AS text FROM {self._raw.sql} LIMIT {HEAD})"
        row = self._connection.execute(f"SELECT bool_or({tells_dot('text')}) FROM {head}").fetchone()
        return bool(row and row[0])

    def _kind(self, sql: str) -> str:
        relation = self.relation(self._raw.sample())
        try:
            query = f"DESCRIBE SELECT {sql} AS value FROM {relation} WHERE {sql} IS NULL"  # there only of one row
            row = self._connection.execute(query).fetchone()
        except duckdb.Error as error:
            raise Refused(f"cannot be computed: {str(error).splitlines()[0]}") from None
        kind = str(row[1]) if row else ""
        if kind.startswith(_NESTED) or kind.endswith("]"):
            raise Refused("gives several values at once; write an expression with one value")
        return kind

    def _there(self, written: str) -> str:
        names = list(self._raw.columns)
        if elsewhere := header_elsewhere(self._raw, written):
            return f"in {self._raw.name} {elsewhere}"
        near = difflib.get_close_matches(written.lower(), [name.lower() for name in names], n=1)
        hint = f'did you mean "{self._names[near[0]]}"? ' if near else ""
        return f"{hint}{self._raw.name} has the columns {', '.join(names)}"


def _as_written(columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns of a name as the file has it: "ID" beside "id" is read as "ID.2", as DuckDB tells no capitals apart.

    Example:
        >>> _as_written(["id", "ID.2", "id.3"])
        {'id': ['id', 'id.3'], 'ID': ['ID.2'], 'ID.2': ['ID.2'], 'id.3': ['id.3']}
    """
    there = list(columns)
    first = {name.lower() for name in there}
    written: dict[str, list[str]] = {}
    for name in there:
        plain, _, place = name.rpartition(".")
        is_repeated = place.isdigit() and int(place) > 1 and plain.lower() in first
        written.setdefault(plain if is_repeated else name, []).append(name)
    return written | {name: [name] for name in there if name not in written}


def _twin(name: str) -> str:
    return f"{OURS}{name} as a number"
