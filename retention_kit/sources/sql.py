"""Pieces of SQL: quoted names and texts."""

from collections.abc import Iterable
from pathlib import Path


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


def literals(texts: Iterable[str]) -> str:
    """A list of texts.

    Example:
        >>> literals(["a", "b"])
        "['a', 'b']"
    """
    return "[" + ", ".join(map(literal, texts)) + "]"


def conditions(choices: Iterable[tuple[str, str]], *, otherwise: str = "NULL") -> str:
    """A CASE that gives the first value whose condition holds.

    Example:
        >>> conditions([("n < 0", "'less'")])
        "CASE WHEN n < 0 THEN 'less' ELSE NULL END"
    """
    whens = " ".join(f"WHEN {condition} THEN {value}" for condition, value in choices)
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise
