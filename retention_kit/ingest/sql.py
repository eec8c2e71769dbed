"""The database, and pieces of SQL: quoted names and texts, types, days."""

import glob
from collections.abc import Iterable
from pathlib import Path

import duckdb

MONEY = "DECIMAL(18,4)"


def connected() -> duckdb.DuckDBPyConnection:
    """A database in memory that counts time in UTC, and neither fetches nor loads an extension by itself."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def identifier(name: str) -> str:
    """A name as SQL quotes it.

    Example:
        >>> identifier("Order ID")
        '"Order ID"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A text as SQL quotes it.

    Example:
        >>> literal("d'Arc")
        "'d''Arc'"
    """
    return "'" + str(text).replace("'", "''") + "'"


def file_name(path: Path) -> str:
    """The name of the one file to read, whatever signs of a pattern it holds.

    Example:
        >>> file_name(Path("orders[1].csv"))
        "'orders[[]1].csv'"
    """
    return literal(glob.escape(str(path)))


def literals(texts: Iterable[str]) -> str:
    """A list of texts.

    Example:
        >>> literals(["a", "b"])
        "['a', 'b']"
    """
    return "[" + ", ".join(map(literal, texts)) + "]"


def enum(words: Iterable[str]) -> str:
    """A type that holds one of a few words, in a byte.

    Example:
        >>> enum(["day", "week"])
        "ENUM('day', 'week')"
    """
    return "ENUM(" + ", ".join(map(literal, words)) + ")"


def day_number(on: str) -> str:
    """The day number of a local date; its other numbers are `tables.calendar_numbers`.

    Example:
        >>> day_number("ordered_on")
        "CAST(ordered_on - DATE '1970-01-01' AS INTEGER)"
    """
    return f"CAST({on} - DATE '1970-01-01' AS INTEGER)"


def trimmed(text: str) -> str:
    """A text without blanks around it; only what holds a blank is taken apart letter by letter, which is slow.

    Example:
        >>> trimmed("x")
        "CASE WHEN contains(x, ' ') OR strlen(x) <> length(x) THEN trim(x) ELSE x END"
    """
    return f"CASE WHEN contains({text}, ' ') OR strlen({text}) <> length({text}) THEN trim({text}) ELSE {text} END"


def conditions(choices: Iterable[tuple[str, str]], *, otherwise: str = "NULL") -> str:
    """A CASE that gives the first value whose condition holds.

    Example:
        >>> conditions([("n < 0", "'less'")])
        "CASE WHEN n < 0 THEN 'less' ELSE NULL END"
    """
    whens = " ".join(f"WHEN {condition} THEN {value}" for condition, value in choices)
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise
