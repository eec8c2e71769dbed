"""Which line of a text file a row stands on, and how it reads there.

Only rejected rows are looked for. A quoted cell may hold line breaks, so lines are counted while watching the quotes.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from retention_kit.sources.raw import RawTable

Lines = dict[int, "Line"]
"""Lines by the number of the row they hold."""


@dataclass(frozen=True)
class Line:
    """A row of a text file: the number of its first line, from 1, and its text."""

    number: int
    text: str


def find_lines(raw: RawTable, rows: Collection[int], broken: Collection[int]) -> tuple[Lines, Lines]:
    """Where rows stand.

    Args:
        raw: The text file.
        rows: Numbers, from 1, of rows that DuckDB could read.
        broken: The numbers that DuckDB gives the rows it could not read: blank lines and the header count, line breaks
            inside cells do not.

    Returns:
        The lines of `rows` and of `broken`, by number.
    """
    good: Lines = {}
    bad: Lines = {}
    row = 0
    for ordinal, line in _records(raw):
        if ordinal in broken:
            bad[ordinal] = line
            continue
        row += 1
        if row in rows:
            good[row] = line
        if len(good) == len(rows) and len(bad) == len(broken):
            break
    return good, bad


def _records(raw: RawTable) -> Iterator[tuple[int, Line]]:
    if raw.text is None:
        return
    is_header = raw.has_header
    with raw.text.open(encoding="utf-8-sig", errors="replace") as lines:
        for ordinal, line in enumerate(_joined(lines, raw.delimiter), start=1):
            if line.text.strip() and not is_header:
                yield ordinal, line
            is_header = is_header and not line.text.strip()


def _joined(lines: Iterator[str], delimiter: str | None) -> Iterator[Line]:
    """Lines, those of one row joined."""
    first, held = 1, ""
    for number, text in enumerate(lines, start=1):
        held += text
        if '"' in held and delimiter is not None and _is_open(held, delimiter):
            continue
        yield Line(first, held.rstrip("\r\n"))
        first, held = number + 1, ""
    if held:
        yield Line(first, held.rstrip("\r\n"))


def _is_open(text: str, delimiter: str) -> bool:
    """Whether a quoted cell goes on after the end of the text; a quote inside an unquoted cell opens nothing."""
    edge = re.escape(delimiter)
    closed = re.compile(rf'(^|{edge})"(?:[^"]|"")*"(?={edge}|\s*$)')
    return re.search(rf'(^|{edge})"', closed.sub(r"\1", text)) is not None
