"""What an expression may hold: what is computed from one row, the same run after run; and which columns are numbers."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from retention_kit.ingest.sql import connected

_ARITHMETIC = {"+", "-", "*", "/", "//", "%", "**", "^", "abs", "round", "floor", "ceil", "ceiling", "trunc", "sign"}
_PASSING = {"greatest", "least", "ifnull", "nullif"}
_NUMBERS = {"INTEGER", "NUMERIC", "DECIMAL", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "UBIGINT"}

_REFUSED = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window function",
    "STAR": "a star",
    "PARAMETER": "a parameter",
    "POSITIONAL_REFERENCE": "a column's number",
    "DEFAULT": "a default",
}
_ONE_ROW = "write an expression over the columns of one row"

_CHANGING = {"ago", "current_time", "current_timestamp", "current_user", "localtime", "localtimestamp", "session_user"}
"""Beside what DuckDB says of its functions: keywords, and macros over them."""


def is_one_expression(tree: dict[str, Any]) -> bool:
    """Whether a statement is SELECT and one expression, with no FROM or the like that a bracket has let in."""
    if len(tree["statements"]) != 1:
        return False
    node = tree["statements"][0]["node"]
    is_bare = node.get("from_table", {}).get("type") == "EMPTY" and not node.get("where_clause")
    return is_bare and not node.get("modifiers") and len(node["select_list"]) == 1


def refusal_of(node: dict[str, Any]) -> str | None:
    """Why a part of an expression cannot be used, in words that fit behind the expression; None where it can."""
    if node.get("class") in _REFUSED:
        return f"holds {_REFUSED[node['class']]}; {_ONE_ROW}"
    if node.get("class") != "FUNCTION":
        return None
    arguments = node["arguments"] if "arguments" in node else node["children"]  # DuckDB 2, DuckDB 1
    return refusal(node["function_name"].lower(), len(arguments))


def refusal(name: str, n_arguments: int) -> str | None:
    """Why a function cannot be called, in words that fit behind the expression; None where it can.

    Args:
        name: The function, in small letters.
        n_arguments: How many arguments it is given.
    """
    aggregates, changing = _functions()
    if name in aggregates:
        return f"takes many rows together with {name}(); {_ONE_ROW}"
    if name in changing or (name == "age" and n_arguments == 1):  # with one, the age on the day of the run
        return f"calls {name}, which differs from run to run; write a fixed value, or a column"
    return None


@cache
def _functions() -> tuple[frozenset[str], frozenset[str]]:
    """The functions that take many rows, and those that may differ from run to run."""
    with connected() as connection:
        rows = connection.execute(
            "SELECT function_name, bool_and(function_type = 'aggregate'), bool_or(stability <> 'CONSISTENT') "
            "FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro') GROUP BY function_name"
        ).fetchall()
    aggregates = frozenset(name for name, takes_many, _ in rows if takes_many)
    return aggregates, frozenset(name for name, _, changes in rows if changes) - aggregates | _CHANGING


def reads_numbers(node: Mapping[str, Any], as_number: bool) -> bool:
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
