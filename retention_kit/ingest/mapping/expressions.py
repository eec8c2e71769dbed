"""The expressions of engagement.toml: a raw column's name, or SQL over raw columns.

The raw columns of a text file are text, also the ones that hold numbers. Where an expression computes with a column
or compares it with a number, the column is replaced by its twin, the number that its text stands for.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.numbers import HEAD, number_sql, tells_dot
from retention_kit.ingest.sql import identifier, literal, trimmed

ROW = "_row"
FILE = "_file"
"""Columns that every raw file has beside its own: the number of the row from 1, and the file's name."""

OURS = "\x1f"
"""What the names of our own columns begin with, so that they never meet one of the file."""

_ARITHMETIC = {"+", "-", "*", "/", "//", "%", "**", "^", "abs", "round", "floor", "ceil", "ceiling", "trunc", "sign"}
_PASSING = {"greatest", "least", "ifnull", "nullif"}
_NUMBERS = {"INTEGER", "NUMERIC", "DECIMAL", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "UBIGINT"}
_REFUSED = {"SUBQUERY": "a subquery", "WINDOW": "a window function", "STAR": "a star"}

Node = dict[str, Any]


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
    """

    sql: str
    columns: tuple[str, ...]
    kind: str
    text: str
    numbers: tuple[str, ...] = ()

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
            sql = identifier(node["column_names"][0])
        else:
            sql, columns = self._parsed(text, as_number=as_number)
        numbers = tuple(name for name in columns if identifier(_twin(name)) in sql)
        return Expression(sql, tuple(columns), self._kind(sql), text, numbers)

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
        row = self._connection.execute("SELECT json_serialize_sql(?)", [f"SELECT (\n{text}\n)"]).fetchone()
        tree: Node = json.loads(row[0]) if row else {"error": True, "error_message": "empty"}
        if tree["error"] or len(tree["statements"]) != 1:
            raise Refused(f"is neither a raw column nor an SQL expression ({tree.get('error_message', 'several')}); "
                          f"{self._there(text)}")  # fmt: skip
        (select,) = tree["statements"][0]["node"]["select_list"]
        columns = dict.fromkeys(self._rewritten(select, as_number))
        row = self._connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
        return str(row[0] if row else "").removeprefix("SELECT "), columns

    def _rewritten(self, node: Any, as_number: bool) -> Iterator[str]:
        """Rename column references in place, and yield the raw columns they are."""
        if isinstance(node, list):
            for child in node:
                yield from self._rewritten(child, as_number)
        elif isinstance(node, dict):
            if node.get("class") in _REFUSED:
                raise Refused(f"holds {_REFUSED[node['class']]}; write an expression over the columns of one row")
            if node.get("class") == "COLUMN_REF":
                yield self._renamed(node, as_number)
            for key, child in node.items():
                yield from self._rewritten(child, key != "when_expr" and _reads_numbers(node, as_number))

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
            row = self._connection.execute(f"DESCRIBE SELECT {sql} AS value FROM {relation}").fetchone()
        except duckdb.Error as error:
            raise Refused(f"cannot be computed: {str(error).splitlines()[0]}") from None
        return str(row[1]) if row else ""

    def _there(self, written: str) -> str:
        names = list(self._raw.columns)
        if len(names) == 1 and (marks := set(names[0]) & set(";,\t|")):
            return f'{self._raw.name} has one column, "{names[0]}"; set delimiter = {min(marks)!r}'
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


def _reads_numbers(node: Mapping[str, Any], as_number: bool) -> bool:
    """Whether the columns right below a node are read as numbers."""
    match node.get("class"):
        case "FUNCTION":
            name = node["function_name"].lower()
            return name in _ARITHMETIC or (as_number and name in _PASSING)
        case "COMPARISON" | "BETWEEN":
            return any(_is_number(child) for child in node.values())
        case "OPERATOR":
            if node["type"] == "OPERATOR_COALESCE":
                return as_number
            return node["type"].startswith("COMPARE") and any(map(_is_number, node["children"]))
        case None | "CASE":
            return as_number  # a list of arguments or of cases passes on what its owner said
        case _:
            return False


def _is_number(node: Any) -> bool:
    match node:
        case {"class": "CONSTANT", "literal": {"kind": kind}} | {"class": "CONSTANT", "value": {"type": {"id": kind}}}:
            return kind in _NUMBERS
        case {"class": "FUNCTION", "function_name": name}:
            return name.lower() in _ARITHMETIC
        case _:
            return False
