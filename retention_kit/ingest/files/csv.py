"""Text files: delimiter, encoding, header, and the lines that rejected rows stand on."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files.find import RawFile
from retention_kit.ingest.files.quotes import WHITESPACE
from retention_kit.ingest.files.raw import RawTable, unique_names
from retention_kit.ingest.files.text import as_text
from retention_kit.ingest.settings import TableSettings
from retention_kit.ingest.sql import file_name, identifier, literal

SEPARATOR = "\x1f"
"""A delimiter that no text file holds: the whole line is one field."""

_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or a zip archive; save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV",
    b"PAR1": 'a parquet file; set source = "parquet"',
    b"\x1f\x8b": "gzip-compressed; unpack it",
    b"\x28\xb5\x2f\xfd": "zstd-compressed; unpack it",
    b"%PDF": "a PDF; ask for the data as CSV",
}
_AS_IT_IS = "auto_detect=false, compression='none', hive_partitioning=false"
"""Nothing is told from the file's name or its place."""

HEADER = 1 << 17
"""Characters that a header may have."""


def read_csv(file: RawFile, settings: TableSettings, *, work: Path) -> RawTable:
    """A delimited text file; every column is text, so that ids keep their leading zeros.

    Args:
        file: The raw file.
        settings: Its section of engagement.toml.
        work: A folder of its own, for a copy in UTF-8 where the file is in another encoding.

    Raises:
        InvalidSource: The file is not text, or not in the encoding given.
    """
    _check_is_text(file, settings.encoding)
    found = as_text(file, settings, work)
    text = found.path
    delimiter = settings.delimiter or found.delimiter or _likely_delimiter(text)
    n_blank, names = _names(file, text, delimiter, has_header=settings.header)
    rows = f"{file_name(text)}, {_AS_IT_IS}, header={settings.header}, skip={n_blank}"
    if delimiter == WHITESPACE:
        return _spaced(rows, file, text, names, has_header=settings.header)
    rejects = f"rejects_{work.name}"
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    sql = (
        f"read_csv({rows}, delim={literal(delimiter)}, "
        f"""quote='"', escape='"', columns={{{columns}}}, store_rejects=true, rejects_table={literal(rejects)}, """
        f"rejects_scan={literal(rejects + '_scan')})"
    )
    return RawTable(
        file.name, sql, dict.fromkeys(names, "VARCHAR"), rejects=rejects, text=text,
        delimiter=delimiter, has_header=settings.header,
    )  # fmt: skip


def _check_is_text(file: RawFile, encoding: str) -> None:
    with file.path.open("rb") as raw:
        head = raw.read(16)
    for signature, remedy in _SIGNATURES.items():
        if head.startswith(signature):
            raise InvalidSource(f"{file.name} is not a text file but {remedy}.")
    is_wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not is_wide:
        raise InvalidSource(f'{file.name} is in UTF-16, not {encoding}; set encoding = "utf-16" in engagement.toml.')


def _likely_delimiter(text: Path) -> str:
    """The mark that the first line holds most often outside quotes; a comma, which numbers hold too, comes last."""
    with text.open(encoding="utf-8-sig", errors="replace") as lines:
        first = re.sub(r'"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    return max("\t;|,", key=first.count) if set(first) & set("\t;|") else ","


def _names(file: RawFile, text: Path, delimiter: str, *, has_header: bool) -> tuple[int, list[str]]:
    """How many blank lines come first, and the names of the columns."""
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        number, line = next(((n, line) for n, line in enumerate(lines, start=1) if line.strip(" \r\n")), (1, ""))
        head = line + lines.read(HEADER)
    try:
        first = next((fields for fields in _fields(iter(head.splitlines(keepends=True)), delimiter) if fields), [""])
    except csv.Error:
        raise InvalidSource(
            f"{file.name}, line {number}: a quotation mark in the first row is not closed where its cell ends; "
            "close it, or double it."
        ) from None
    return number - 1, unique_names(first if has_header else [""] * len(first))


def _fields(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    return map(str.split, lines) if delimiter == WHITESPACE else csv.reader(lines, delimiter=delimiter, strict=True)


def _spaced(rows: str, file: RawFile, text: Path, names: list[str], *, has_header: bool) -> RawTable:
    lines = f"read_csv({rows}, delim='{SEPARATOR}', quote='', escape='', columns={{'line': 'VARCHAR'}})"
    split = r"regexp_split_to_array(regexp_replace(line, '^\s+|\s+$', '', 'g'), '\s+')"
    columns = ", ".join(f"_fields[{n}] AS {identifier(name)}" for n, name in enumerate(names, start=1))
    fields = f"SELECT {split} AS _fields FROM {lines} WHERE trim(line) <> ''"
    sql = f"(SELECT {columns}, len(_fields) AS _n_fields FROM ({fields}))"
    broken = {"wrong number of fields": f"_n_fields <> {len(names)}"}
    return RawTable(file.name, sql, dict.fromkeys(names, "VARCHAR"), broken=broken, text=text, has_header=has_header)
