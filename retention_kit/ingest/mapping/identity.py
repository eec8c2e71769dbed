"""What makes two ids one, and what stands where there is no id or no date.

An id is the same however a spreadsheet, a database or a form has written it; a stand-in is written where something is
not known, and is missing.
"""

from collections.abc import Collection

from retention_kit.ingest.mapping.expressions import Expression
from retention_kit.ingest.sql import conditions, literal, literals
from retention_kit.schema import Column

NOBODY = ("null", r"\n", "none", "nan", "n/a", "na", "-", "undefined")
"""Words, in small letters, that stand for an id that is not there."""

GUESTS = ("guest", "0", "-1")
"""What stands for a customer without an account."""

_BLANK = r"[\s\p{Z}\p{C}\x{115F}\x{1160}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FFA0}]"
_PLAIN = "[0-9A-Za-z_#/-]*"
_WHOLE = r"([+-]?\d+)\.00?"
_PLAIN_EMAIL = r"[0-9A-Za-z_.+-]+@[0-9A-Za-z.-]*[A-Za-z]"
_EMAIL = r"[^\s@]+@[^\s@]+"


def id_sql(text: str) -> str:
    """SQL for the one spelling of an id; NULL where nothing is left.

    Without blanks and invisible characters around it, without the `'` and the `="..."` by which spreadsheets keep
    zeros, without the `.0` of a whole number; an e-mail in small letters. Most ids are plain letters and digits and
    stay as they are, which is asked first: patterns are slow.

    Args:
        text: An SQL expression of type VARCHAR.
    """
    steps = [(f"^{_BLANK}+|{_BLANK}+$|\\p{{Cf}}", ""), ('^="(.*)"$', r"\1"), (f"^(?:{_BLANK}|')+|{_BLANK}+$", "")]
    bare = text
    for pattern, kept in (*steps, (f"^{_WHOLE}$", r"\1")):
        bare = f"regexp_replace({bare}, {literal(pattern)}, {literal(kept)}, 'g')"
    cases = [
        (f"regexp_full_match({text}, {literal(_PLAIN)})", text),
        (f"regexp_full_match({text}, {literal(_PLAIN_EMAIL)})", f"lower({text})"),
        (f"regexp_matches({text}, {literal(_EMAIL)})", f"lower({bare})"),
    ]
    return f"nullif({conditions(cases, otherwise=bare)}, '')"


def number_as_id(number: str) -> str:
    """SQL for a stored number as an id: 17850.0 is 17850, and what is no number is none."""
    whole = f"CAST(CAST({number} AS HUGEINT) AS VARCHAR)"
    return (
        f"CASE WHEN NOT isfinite({number}) THEN NULL WHEN {number} = floor({number}) AND abs({number}) < 1e18 "
        f"THEN {whole} ELSE CAST({number} AS VARCHAR) END"
    )


def stand_ins(column: Column, missing: Collection[str] | None) -> list[str]:
    """The words, in small letters, that are no id of a column.

    Args:
        column: The column.
        missing: What engagement.toml says instead.
    """
    if missing is not None:
        return [word.strip().lower() for word in missing]
    return [*NOBODY, *(GUESTS if column.name in ("customer_id", "raw_id") else ())]


def is_stand_in(text: str, words: Collection[str]) -> str:
    """SQL that holds where an id is one of the words that stand for none."""
    return f"list_contains({literals(words)}::VARCHAR[], lower({text}))" if words else "false"


def is_no_day(on: str, at: str, read: Expression) -> str:
    """SQL that holds for a date that programs write where there is none: the first and last they know, and zeros.

    A timestamp may have been moved to the day beside it by its time zone.

    Args:
        on: An SQL expression for the local date.
        at: One for the local timestamp, NULL where only the day is known.
        read: What they were read from.
    """
    days = ("1900-01-01", "1970-01-01", "2099-12-31")
    exact = f"{on} IN ({', '.join(f'DATE {literal(day)}' for day in days)})"
    near = " OR ".join(f"{at} BETWEEN {_hours(day, -14)} AND {_hours(day, 38)}" for day in days)
    zeros = f"CASE WHEN {on} IS NULL THEN regexp_matches({read.as_text()}, '^\\s*(0000|00?[-./]00?[-./]0)') END"
    return f"coalesce({exact} OR year({on}) <= 1 OR year({on}) >= 9999 OR {near} OR {zeros}, false)"


def _hours(day: str, hours: int) -> str:
    return f"(TIMESTAMP {literal(day)} + INTERVAL ({hours}) HOUR)"
