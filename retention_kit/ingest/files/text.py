"""A delimited file as plain text: UTF-8, one kind of line ends, and nothing around the table.

What is passed over (lines before the header, comments, the footer) becomes blank lines in a copy, so that lines keep
their numbers.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files.find import RawFile
from retention_kit.ingest.files.quotes import Quotes
from retention_kit.ingest.settings import TableSettings

CHUNK = 1 << 20
_SEP = re.compile(r"(?i)\ufeff?sep=(.)\s*")
"""The line with which a file tells Excel its delimiter."""

_BLANK = re.compile(rb"(?:^|\n) +\r?(?:\n|$)")
_BLANKS = re.compile(r"^ +$", re.MULTILINE)
_DIRECTLY = {"utf-8", "utf-8-sig", "ascii"}


@dataclass(frozen=True)
class Text:
    """A file as text that DuckDB reads.

    Attributes:
        path: The file itself, or a copy.
        delimiter: As the file's own `sep=` line says; None where it has none.
    """

    path: Path
    delimiter: str | None


def as_text(file: RawFile, settings: TableSettings, work: Path) -> Text:
    """The file, or a copy in `work` where it is in another encoding, has several line ends, or text around the table.

    Raises:
        InvalidSource: The file is not in the encoding given, or holds zero bytes.
    """
    try:
        delimiter = _sep(file, settings.encoding)
        has_text_around = bool(delimiter or settings.skip or settings.comment or settings.footer)
        is_direct = settings.encoding in _DIRECTLY
        if is_direct and _is_even(file) and not has_text_around:
            return Text(file.path, None)
        copy = work / "text.csv"
        with (
            # any line end is read as \n; bytes that are not UTF-8 stay, for DuckDB to reject their rows
            file.path.open(encoding=settings.encoding, errors="surrogateescape" if is_direct else "strict") as source,
            copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as target,
        ):
            table = _table_alone(file, source, settings, delimiter) if has_text_around else _whole(file, source)
            target.writelines(table)
    except UnicodeError as error:
        raise InvalidSource(
            f"{file.name} is not {settings.encoding}: {error}; set the right encoding in engagement.toml."
        ) from None
    return Text(copy, delimiter)


def _sep(file: RawFile, encoding: str) -> str | None:
    with file.path.open(encoding=encoding, errors="replace") as lines:
        sep = _SEP.fullmatch(lines.readline(100).rstrip("\n"))
    return sep.group(1) if sep else None


def _is_even(file: RawFile) -> bool:
    """Whether one kind of line end, LF or CR LF, is all that the file has, and no line is of blanks alone.

    Raises:
        InvalidSource: The file holds zero bytes.
    """
    n_line, n_return, n_both, has_blank = 0, 0, 0, False
    with file.path.open("rb") as raw:
        while chunk := raw.read(CHUNK):
            chunk += raw.readline()
            if (place := chunk.find(b"\x00")) >= 0:
                _refuse_zero(file, n_line + chunk.count(b"\n", 0, place) + 1)
            n_line, n_return = n_line + chunk.count(b"\n"), n_return + chunk.count(b"\r")
            n_both += chunk.count(b"\r\n")
            has_blank = has_blank or ((b"\n " in chunk or chunk[:1] == b" ") and _BLANK.search(chunk) is not None)
    return not has_blank and n_return == n_both and n_both in (0, n_line)


def _whole(file: RawFile, source: TextIO) -> Iterator[str]:
    """The file in pieces that end with a line, lines of blanks emptied."""
    n_lines = 0
    while piece := source.read(CHUNK):
        piece += source.readline()
        if (place := piece.find("\x00")) >= 0:
            _refuse_zero(file, n_lines + piece.count("\n", 0, place) + 1)
        n_lines += piece.count("\n")
        yield _BLANKS.sub("", piece)


def _refuse_zero(file: RawFile, line: int) -> None:
    raise InvalidSource(
        f"{file.name}, line {line}: a zero byte, which no text file holds; export the file anew as CSV, or set "
        'encoding = "utf-16" in engagement.toml if it is that.'
    )


def _table_alone(file: RawFile, source: TextIO, settings: TableSettings, delimiter: str | None) -> Iterator[str]:
    """The lines with those around the table blank."""
    quotes = Quotes(settings.delimiter or delimiter)
    held: deque[str] = deque()
    n_held = 0
    for number, line in enumerate(source, start=1):
        if "\x00" in line:
            _refuse_zero(file, number)
        passed = not quotes.is_open and _is_around(number, line, settings, delimiter)
        text = "\n" if passed else line
        if not passed and settings.comment:
            quotes.read(line)
        held.append(text)
        n_held += bool(text.strip())
        while n_held > settings.footer:  # the last lines are held back until it is known whether more follow
            first = held.popleft()
            n_held -= bool(first.strip())
            yield first


def _is_around(number: int, line: str, settings: TableSettings, delimiter: str | None) -> bool:
    is_head = number <= settings.skip or (number == 1 and delimiter is not None)
    is_comment = bool(settings.comment) and line.lstrip("\ufeff \t").startswith(str(settings.comment))
    return is_head or is_comment or not line.strip(" \r\n")
