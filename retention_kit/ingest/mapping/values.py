"""Which values can be left out of a row, and which numbers are none."""

from retention_kit.ingest.mapping.expressions import OURS, Expression
from retention_kit.ingest.sql import identifier
from retention_kit.schema import Column

_ABSENCE_SPEAKS = {"ended_at", "cancel_requested_at", "left_at", "expires_at", "redeemed_at", "top_box"}
"""A missing one says that something goes on, did not happen or is as usual: a damaged one cannot be taken for that."""


def is_optional(column: Column) -> bool:
    """Whether a row is worth keeping without a value that is damaged: a rating, an attribute, a fact beside others.

    Not money, no id, not what the row needs, and not what would then stand for something else.
    """
    stands_for_itself = column.default is None and column.name not in _ABSENCE_SPEAKS
    return column.may_be_empty and stands_for_itself and column.kind not in ("money", "id")


def is_finite(number: str) -> str:
    """SQL that holds where a value is a number, neither NaN nor infinite."""
    return f"isfinite(TRY_CAST({number} AS DOUBLE))"


def is_large(read: Expression, number: str) -> str:
    """SQL that holds for a number that money cannot hold, however it is written."""
    written = "".join(f", TRY_CAST(CAST({identifier(name)} AS VARCHAR) AS DOUBLE)" for name in read.columns[:1])
    return f"abs(coalesce(TRY_CAST({number} AS DOUBLE){written})) BETWEEN 9.9e13 AND 1.7e308"


def none_of(words: tuple[str, ...]) -> str:
    """What is said of a word that is none of those allowed."""
    return f"neither {words[0]} nor {words[1]}" if len(words) == 2 else f"none of {', '.join(words)}"


def own(column: str) -> str:
    """The name of a canonical value while the raw columns, which may have the same name, are still there."""
    return identifier(f"{OURS}{column}")


def rounded(column: str) -> str:
    """The reason why a row with an id that a spreadsheet rounded cannot be kept, nor the table."""
    return f"{column} was rounded by a spreadsheet"
