"""Numbers written as text: which mark is the decimal one, and which only groups thousands."""

import re

from retention_kit.ingest.sql import literal

GAPS = r" \t\x{00A0}\x{2009}\x{202F}’'"
"""What may stand between groups of three digits whatever the decimal mark: spaces of all widths and apostrophes."""


def number_sql(text: str, decimal: str | None) -> str:
    """SQL for the number that a text expression holds, NULL where it holds none.

    Args:
        text: An SQL expression of type VARCHAR.
        decimal: "." or "," as engagement.toml says. Without a word from it a dot is the decimal mark, and a comma is
            accepted only where it can mean nothing but thousands: in "1,299.00", not in "1,299". 1e9 is no number: a
            spreadsheet writes so what it has rounded.
    """
    mark = decimal or "."
    other = "." if mark == "," else ","
    bare = f"replace({text}, ',', '.')" if mark == "," else text
    digits = f"regexp_replace({text}, {literal(f'[{GAPS}{other}]')}, '', 'g')"
    grouped = f"replace({digits}, ',', '.')" if mark == "," else digits
    is_bare = f"NOT contains({text}, {literal(other)}) AND NOT contains({text}, 'e') AND NOT contains({text}, 'E')"
    is_grouped = f"regexp_full_match(trim({text}), {literal(_pattern(decimal))})"
    return (  # the plain case first: it is most cells, and a pattern costs ten times a cast
        f"coalesce(CASE WHEN {is_bare} THEN TRY_CAST({bare} AS DOUBLE) END, "
        f"CASE WHEN {is_grouped} THEN TRY_CAST({grouped} AS DOUBLE) END)"
    )


def _pattern(decimal: str | None) -> str:
    if decimal is None:
        return rf"[+-]?(\d{{1,3}}([{GAPS}]\d{{3}})+(\.\d+)?|\d{{1,3}}(,\d{{3}})+\.\d+|\d{{1,3}}(,\d{{3}}){{2,}})"
    mark, other = (r"\.", ",") if decimal == "." else (",", r"\.")
    return rf"[+-]?\d{{1,3}}([{GAPS}{other}]\d{{3}})+({mark}\d+)?"


def decimal_remedy(text: str, decimal: str | None) -> str | None:
    """What to set so that a text becomes a number; None where no setting would make it one.

    Example:
        >>> decimal_remedy("1.299,00", None), decimal_remedy("n/a", None)
        ('set decimal = ","', None)
    """
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+", text):
        return "a spreadsheet rounded it: ask for the export as it was"
    digits = "".join(mark for mark in text if mark.isdigit() or mark in ",.")
    strangers = set(text) - set("0123456789,.+- \u00a0\u2009\u202f'’")
    if strangers or not set(digits) & set(",.") or digits.strip(",.") != digits:
        return None
    if decimal is None and "." not in digits and digits.count(",") == 1 and len(digits.partition(",")[2]) == 3:
        return 'set decimal = "," if that is a decimal comma, decimal = "." if it groups thousands'
    wanted = "," if digits.rfind(",") > digits.rfind(".") else "."
    return None if wanted == decimal else f'set decimal = "{wanted}"'
