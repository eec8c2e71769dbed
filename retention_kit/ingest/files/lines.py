"""Which line of a text file a row stands on, and how it reads there.

Only rejected rows are looked for, so stretches of the file that hold none are counted, not read: a line is a row there
as long as no quote and no blank line is among them. Elsewhere quotes are watched: a quoted cell may hold line breaks.
"""

import io
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from retention_kit.ingest.files.quotes import WHITESPACE, Quotes
from retention_kit.ingest.files.raw import RawTable

Lines = dict[int, "Line"]
"""Lines by the number of the row they hold."""

STRETCH = 1 << 17
"""Bytes passed over at once."""

_UNEVEN = (b'"', b"\n\n", b"\n\r", b"\n ", b"\n\t")
"""What a stretch must not hold if each of its lines is to be a row: quotes, and lines that may be blank."""


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
    search = _Search(sorted(rows), sorted(broken), Quotes(raw.delimiter or WHITESPACE), is_header=raw.has_header)
    for stretch in _stretches(raw.text):
        if search.is_over:
            break
        if not search.pass_over(stretch):
            search.read(stretch)
    search.end_row()
    return search.good, search.bad


def _stretches(text: Path | None) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    if text is None:
        return
    with text.open("rb") as file:
        while stretch := file.read(STRETCH):
            yield stretch if stretch.endswith(b"\n") else stretch + file.readline()


@dataclass
class _Search:
    """A search for rows, and how far it has come.

    Attributes:
        rows: Numbers of the readable rows wanted, sorted.
        broken: Numbers of the unreadable ones, sorted.
        quotes: Whether a quoted cell goes on.
        is_header: Whether the header is still to come.
        row: Number of the last row that DuckDB could read.
        ordinal: Number of the last row whether or not it could be read, as DuckDB counts them.
        line: Number of the last line of a row that is over.
        held: The lines so far of a row that is not.
    """

    rows: list[int]
    broken: list[int]
    quotes: Quotes
    is_header: bool
    good: Lines = field(default_factory=dict)
    bad: Lines = field(default_factory=dict)
    row: int = 0
    ordinal: int = 0
    line: int = 0
    held: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether every row is found."""
        return len(self.good) == len(self.rows) and len(self.bad) == len(self.broken)

    def pass_over(self, stretch: bytes) -> bool:
        """Count the lines of a stretch that holds nothing wanted, if each of them is a row; whether that was so."""
        n = stretch.count(b"\n") + (not stretch.endswith(b"\n"))
        begins_a_row = self.line > 0 and not self.is_header and not self.held
        is_wanted = _holds(self.rows, self.row, n) or _holds(self.broken, self.ordinal, n)
        if is_wanted or not begins_a_row or not _is_even(stretch):
            return False
        self.row, self.ordinal, self.line = self.row + n, self.ordinal + n, self.line + n
        return True

    def read(self, stretch: bytes) -> None:
        """Read a stretch line by line."""
        encoding = "utf-8" if self.line or self.held else "utf-8-sig"
        for text in io.StringIO(stretch.decode(encoding, errors="replace"), newline=None):
            self.held.append(text)
            self.quotes.read(text)
            if not self.quotes.is_open:
                self.end_row()

    def end_row(self) -> None:
        """Take the lines held for a row, and keep it if it is wanted."""
        if not self.held:
            return
        line = Line(self.line + 1, "".join(self.held).rstrip("\r\n"))
        self.line, self.ordinal, self.held = self.line + len(self.held), self.ordinal + 1, []
        if not line.text.strip(" \r\n"):
            return
        if self.is_header:
            self.is_header = False
        elif _holds(self.broken, self.ordinal - 1, 1):
            self.bad[self.ordinal] = line
        else:
            self.row += 1
            if _holds(self.rows, self.row - 1, 1):
                self.good[self.row] = line


def _holds(numbers: list[int], after: int, n: int) -> bool:
    """Whether one of the n numbers after a number is among the sorted ones."""
    return bisect_right(numbers, after) < bisect_right(numbers, after + n)


def _is_even(stretch: bytes) -> bool:
    """Whether every line of a stretch is a row."""
    has_bare_returns = stretch.count(b"\r") != stretch.count(b"\r\n")
    return stretch[:1] not in b"\r\n \t" and not has_bare_returns and not any(mark in stretch for mark in _UNEVEN)
