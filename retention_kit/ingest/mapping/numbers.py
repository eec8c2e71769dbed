"""Numbers written as text: which mark is the decimal one, which only groups thousands, and what stands around them."""

import re
import unicodedata

from retention_kit.ingest.settings.words import CURRENCIES
from retention_kit.ingest.sql import literal

GAPS = r" \t\x{00A0}\x{2009}\x{202F}’'"
"""What may stand between groups of three digits whatever the decimal mark: spaces of all widths and apostrophes."""

HEAD = 10_000
"""Rows in which a decimal dot is looked for."""

_TOLD = r"\.\d{1,2}(?:\D|$)|\.\d{4}|(?:^|\D)0\.\d|\d{4}\.\d|,\d{3}\.\d"
"""A dot that groups no thousands: "12.5", "0.125", "1299.125", "1,299.125"."""

_MINUS = "−–﹣－"
"""What is printed for the sign that a keyboard has."""

_WORDS = (
    *CURRENCIES,
    "zł",
    r"грн\.?",
    r"руб\.?",
    r"р\.",
    r"kr\.?",
    "Kč",
    "Ft",
    "lei",
    r"лв\.?",
    r"Fr\.",
)
_CURRENCY = rf"(?i:[A-Z]{{0,3}}\p{{Sc}}|{'|'.join(_WORDS)})"
_BLANK = r"[\s\p{Z}\p{Cf}]*"
_DIGITS = rf"(?:\d(?:[\d.,{GAPS}]*\d)?)"
_FORMS = (r" [+-]? <c>? [+-]? <n> <c>? -? ", r" \( <c>? <n> <c>? \) ", r" <c> \( <n> \) ", r" \( <n> \) <c> ")
_SIGNED = "|".join(form.replace(" ", _BLANK).replace("<c>", _CURRENCY).replace("<n>", _DIGITS) for form in _FORMS)
"""A number with its currency, and with a sign: a minus before or behind it, or brackets around it."""


def number_sql(text: str, decimal: str | None, *, is_dot_told: bool = True) -> str:
    """SQL for the number that a text expression holds, NULL where it holds none.

    Args:
        text: An SQL expression of type VARCHAR.
        decimal: "." or "," as engagement.toml says. Without a word from it a dot is the decimal mark, and a comma is
            accepted only where it can mean nothing but thousands: in "1,299.00", not in "1,299". 1e9 is no number: a
            spreadsheet writes so what it has rounded.
        is_dot_told: Whether other numbers of the column show that a dot is the decimal mark: where none does, "1.299"
            may be either.
    """
    one = f"translate({text}, {literal(_MINUS)}, {literal('-' * len(_MINUS))})"
    is_signed = f"regexp_full_match({one}, {literal(_SIGNED)}) AND length({one}) - length(replace({one}, '-', '')) <= 1"
    digits = _unsigned(f"regexp_extract({text}, {literal(_DIGITS)})", decimal, is_dot_told=is_dot_told)
    sign = f"CASE WHEN contains({one}, '-') OR contains({one}, '(') THEN -1 ELSE 1 END"
    plain = _unsigned(text, decimal, is_dot_told=is_dot_told)
    return f"coalesce({plain}, CASE WHEN {is_signed} THEN {sign} * {digits} END)"


def _unsigned(text: str, decimal: str | None, *, is_dot_told: bool) -> str:
    mark = decimal or "."
    other = "." if mark == "," else ","
    bare = f"replace({text}, ',', '.')" if mark == "," else text
    digits = f"regexp_replace({text}, {literal(f'[{GAPS}{other}]')}, '', 'g')"
    grouped = f"replace({digits}, ',', '.')" if mark == "," else digits
    is_bare = " AND ".join(f"NOT contains({text}, {literal(sign)})" for sign in (other, *"eE_"))
    if decimal is None and not is_dot_told:
        is_bare += rf" AND NOT regexp_full_match({text}, '\s*[+-]?[1-9]\d{{0,2}}\.\d{{3}}\s*')"
    is_grouped = f"regexp_full_match(trim({text}), {literal(_pattern(decimal))})"
    return (  # the plain case first: it is most cells, and a pattern costs ten times a cast
        f"coalesce(CASE WHEN {is_bare} AND isfinite(TRY_CAST({bare} AS DOUBLE)) THEN TRY_CAST({bare} AS DOUBLE) END, "
        f"CASE WHEN {is_grouped} THEN TRY_CAST({grouped} AS DOUBLE) END)"
    )


def tells_dot(text: str) -> str:
    """SQL that holds for a text in which a dot is the decimal mark, whatever the rest of its column."""
    return f"(contains({text}, '.') AND regexp_matches({text}, {literal(_TOLD)}))"


def _pattern(decimal: str | None) -> str:
    if decimal is None:
        return rf"[+-]?(\d{{1,3}}([{GAPS}]\d{{3}})+(\.\d+)?|\d{{1,3}}(,\d{{3}})+\.\d+|\d{{1,3}}(,\d{{3}}){{2,}})"
    mark, other = (r"\.", ",") if decimal == "." else (",", r"\.")
    return rf"[+-]?\d{{1,3}}([{GAPS}{other}]\d{{3}})+({mark}\d+)?"


def decimal_remedy(text: str, decimal: str | None) -> str | None:
    """What to set so that a text becomes a number; None where no setting would make it one.

    Example:
        >>> decimal_remedy("1.299,00 zł", None), decimal_remedy("n/a", None)
        ('set decimal = ","', None)
    """
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+", text):
        return "a spreadsheet rounded it: ask for the export as it was"
    bare = _without_currency(text)
    digits = "".join(mark for mark in bare if mark.isdigit() or mark in ",.")
    strangers = set(bare) - set(f"0123456789,.+-{_MINUS}() \t\u00a0\u2009\u202f'’")
    if strangers or not set(digits) & set(",.") or digits.strip(",.") != digits:
        return None
    if decimal is None and re.fullmatch(r"\d+[,.]\d{3}", digits):
        point, thousands = (",", ".") if "," in digits else (".", ",")
        name = "comma" if point == "," else "point"
        return f'set decimal = "{point}" if that is a decimal {name}, decimal = "{thousands}" if it groups thousands'
    wanted = "," if digits.rfind(",") > digits.rfind(".") else "."
    return None if wanted == decimal else f'set decimal = "{wanted}"'


def _without_currency(text: str) -> str:
    letters = "".join(sign for sign in text if unicodedata.category(sign) != "Sc")
    return re.sub(rf"(?i)(?<!\w)(?:{'|'.join(_WORDS)})(?!\w)|[A-Z]{{1,3}}(?=\d)", "", letters)
