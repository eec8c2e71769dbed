"""Where the names of the columns stand, if not where they were looked for."""

from itertools import islice

from retention_kit.ingest.files.quotes import WHITESPACE
from retention_kit.ingest.files.raw import RawTable

DELIMITERS = ",;\t|:~^"
LOOKED_THROUGH = 50
"""Lines at the beginning of a file among which the header is looked for."""


def header_elsewhere(raw: RawTable, name: str) -> str | None:
    """What to set so that a column is found that is not there; None where it is in no line near the beginning.

    Args:
        raw: The text file as it was read.
        name: The column that is asked for.
    """
    if raw.text is None or not raw.has_header:
        return None
    with raw.text.open(encoding="utf-8-sig", errors="replace") as text:
        lines = [
            (n, line[:10_000]) for n, line in enumerate(islice(text, LOOKED_THROUGH), start=1) if line.strip(" \n")
        ]
    for place, (number, line) in enumerate(lines):
        delimiter = next((mark for mark in DELIMITERS if _has(line, mark, name)), None)
        if delimiter and place:
            return f'line {number} holds "{name}"; if that is the header, set skip = {number - 1}'
        if delimiter and delimiter != raw.delimiter:
            return f'the header was cut at {_spoken(raw.delimiter)}; set delimiter = "{_escaped(delimiter)}"'
    return None


def _has(line: str, delimiter: str, name: str) -> bool:
    fields = line.lower().split(delimiter)
    return len(fields) > 1 and name.lower() in (field.strip(' "\n') for field in fields)


def _spoken(delimiter: str | None) -> str:
    return WHITESPACE if delimiter is None else f'"{_escaped(delimiter)}"'


def _escaped(delimiter: str) -> str:
    return delimiter.replace("\t", "\\t")
