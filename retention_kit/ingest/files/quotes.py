"""Whether a quoted cell goes on after the end of a line, told line by line as DuckDB tells it."""

import re
from functools import cache

WHITESPACE = "whitespace"
"""Runs of blanks between fields, where quotes mean nothing."""

_FIRST = re.compile(r'\ufeff? *"')


class Quotes:
    """Reads the lines of a delimited file one after the other.

    Attributes:
        is_open: Whether the last line ended inside a quoted cell.
    """

    def __init__(self, delimiter: str | None) -> None:
        self.is_open = False
        self._has_quotes = delimiter != WHITESPACE
        self._next, self._end = _patterns(delimiter or ",;\t|")

    def read(self, line: str) -> None:
        """Read the next line.

        A quote opens a cell that it begins, and closes it where the cell ends. What follows one that is out of place is
        not looked at: DuckDB rejects that row, and goes on with the next line.
        """
        if not self._has_quotes or '"' not in line:
            return
        place = 0
        if not self.is_open:
            place = self._open(line, place)
        while self.is_open and (end := self._end.match(line, place)):
            self.is_open, place = False, end.end()
            if end["delimiter"]:
                place = self._open(line, place)

    def _open(self, line: str, place: int) -> int:
        """Look for a cell that a quote begins, from the start of a cell on; where what it holds begins."""
        opening = _FIRST.match(line, place) or self._next.search(line, place)
        self.is_open = opening is not None
        return opening.end() if opening else len(line)


@cache
def _patterns(delimiters: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A later cell that a quote begins; the rest of a quoted cell with what stands behind it."""
    marks = f"[{re.escape(delimiters)}]"
    return re.compile(rf'{marks} *"'), re.compile(rf'(?:[^"]++|"")*+" *(?P<delimiter>{marks})?')
