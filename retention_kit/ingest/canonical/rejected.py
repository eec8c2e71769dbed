"""Rows that cannot be used: what was found where, how many there may be, and the file that keeps them."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

import pyarrow as pa

from retention_kit.errors import InvalidSource
from retention_kit.ingest.canonical.exchange_rates import NO_RATE
from retention_kit.ingest.canonical.reading import BROKEN_ENCODING, Reading
from retention_kit.ingest.files.lines import Line, Lines, find_lines
from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.mapping.numbers import decimal_remedy
from retention_kit.ingest.sql import literal, literals
from retention_kit.schema.reasons import RULED_OUT, UNMATCHED

MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be used.

    Attributes:
        file: The raw file.
        line: The line it begins on, from 1; in a parquet file the number of the row.
        reason: Why it cannot be used.
        found: The raw values that the reason speaks of, quoted.
        raw: The row as the file has it; of a parquet file as JSON.
    """

    file: str
    line: int
    reason: str
    found: str | None
    raw: str


def check_rejected(reading: Reading) -> None:
    """Refuse a table that lost more rows than max_rejected allows.

    Raises:
        InvalidSource: The message names for each reason the first row, what was found, how many, and what to do.
    """
    n_read, allowed = sum(reading.n_rows), reading.engagement.max_rejected
    counts = _counts(reading)
    if counts.total() <= allowed * n_read:
        return
    first = {row.reason: row for row in reversed(_rejected(reading, "GROUP BY reason"))}
    complaints = [f"{_complaint(reading, first[reason])} ({_rows(n)})" for reason, n in sorted(counts.items())]
    complaints.append(
        f"{_rows(counts.total())} of the {n_read:,} of {reading.name} ({counts.total() / n_read:.1%}) cannot be used, "
        f"max_rejected allows {allowed:.1%}: correct the file or engagement.toml as said, name rows that do not "
        f"belong under [tables.{reading.name}.leave_out], or raise max_rejected."
    )
    raise InvalidSource("\n".join(complaints))


def write_rejected(reading: Reading, target: Path) -> None:
    """Write the rows that cannot be used, with file, line, reason, what was found and the raw text; nothing if none."""
    if not _counts(reading):
        return
    _write(reading, _rejected(reading, "GROUP BY reason, rowid"), target)


def _write(reading: Reading, rejected: list[Rejected], target: Path) -> None:
    if not rejected:
        return
    rows = [astuple(row) for row in rejected]
    names = ["file", "line", "reason", "found", "raw"]
    table = pa.table(
        {name: pa.array(values, pa.int64() if name == "line" else pa.string())
         for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    )  # fmt: skip
    target.parent.mkdir(exist_ok=True)
    reading.connection.register("rejected_rows", table)
    reading.connection.execute(f"COPY (FROM rejected_rows ORDER BY file, line) TO {literal(target)} (FORMAT parquet)")
    reading.connection.unregister("rejected_rows")


def write_examples(reading: Reading, target: Path) -> None:
    """Write the first five rows of every reason why a row was left out or is apart, to be looked at."""
    reason = f"coalesce(reason, '{UNMATCHED}')" if reading.table.references else "reason"
    apart = f"(reason IS NOT NULL OR {UNMATCHED} IS NOT NULL)" if reading.table.references else "reason IS NOT NULL"
    first = f"SELECT unnest(min(rowid, {MOST_EXAMPLES})) FROM {reading.parsed} WHERE {apart} GROUP BY {reason}"
    query = f"SELECT rowid, {reason}, found FROM {reading.parsed} WHERE rowid IN ({first}) ORDER BY rowid"
    rows = _located_rows(reading, query, most_broken=MOST_EXAMPLES)
    _write(reading, rows, target)


def _is_rejected(reading: Reading) -> str:
    ruled_out = literals([*reading.settings.leave_out, *RULED_OUT])
    return f"reason IS NOT NULL AND NOT list_contains({ruled_out}::VARCHAR[], reason)"


def _counts(reading: Reading) -> Counter[str]:
    query = f"SELECT reason, count(*) FROM {reading.parsed} WHERE {_is_rejected(reading)} GROUP BY reason"
    counts = Counter(dict(reading.connection.execute(query).fetchall()))
    for lost in reading.broken:
        counts.update(lost.values())
    return counts


def _rejected(reading: Reading, group: str) -> list[Rejected]:
    """Rejected rows, all or with GROUP BY reason the first of each reason, with the lines they stand on."""
    return _located_rows(
        reading,
        f"SELECT min(rowid), reason, arg_min(found, rowid) FROM {reading.parsed} "
        f"WHERE {_is_rejected(reading)} {group} ORDER BY 1",
    )


def _located_rows(reading: Reading, query: str, *, most_broken: int | None = None) -> list[Rejected]:
    """The rows of a query for row, reason and found, and the rows that could not be parsed, with their lines."""
    parsed = reading.connection.execute(query).fetchall()
    files = zip(reading.raws, reading.starts, reading.n_parsed, reading.broken, strict=True)
    return [
        row
        for raw, start, n_rows, broken in files
        for row in _located(
            reading,
            raw,
            [(n - start + 1, *rest) for n, *rest in parsed if start <= n < start + n_rows],
            dict(list(broken.items())[:most_broken]),
        )
    ]


def _located(
    reading: Reading, raw: RawTable, rows: Iterable[tuple[int, str, str | None]], broken: dict[int, str]
) -> list[Rejected]:
    by_number = {number: (reason, found) for number, reason, found in rows}
    if raw.text is None:
        good, bad = _parquet_rows(reading, raw, by_number), Lines()
    else:
        good, bad = find_lines(raw, by_number, broken)
    located = [Rejected(raw.name, line.number, *by_number[number], line.text) for number, line in good.items()] + [
        Rejected(raw.name, line.number, broken[number], None, line.text) for number, line in bad.items()
    ]
    return sorted(located, key=lambda row: row.line)


def _parquet_rows(reading: Reading, raw: RawTable, numbers: Iterable[int]) -> dict[int, Line]:
    wanted = list(numbers)  # counted in the order of the file: it has no other key
    rows = reading.connection.execute(
        "SELECT n, CAST(to_json(row) AS VARCHAR) "
        f"FROM (SELECT row_number() OVER () AS n, r AS row FROM {raw.sql} AS r) WHERE list_contains(?, n)",
        [wanted],
    ).fetchall()
    return {number: Line(number, text) for number, text in rows}


def _complaint(reading: Reading, row: Rejected) -> str:
    where = f"{row.file}, {'row' if reading.settings.source == 'parquet' else 'line'} {row.line}"
    column, _, rest = row.reason.partition(" ")
    if row.found is None:
        return f"{where}: {row.reason}; {_remedy(reading, row)}; the row reads {row.raw[:200]!r}."
    if rest == "is not a number":
        kind = "a comma" if reading.settings.decimal == "," else "a dot"
        return f"{where}: {column} {row.found} is not a number with {kind}; {_remedy(reading, row)}."
    return f"{where}: {column} {row.found} {rest}; {_remedy(reading, row)}."


_REMEDIES = {
    "date is not a valid date": 'set date_format, for example "%d.%m.%Y %H:%M", or date_order under {key}',
    "wrong number of fields": "set delimiter under {key} if it is another one, else quote the cells that hold it",
    BROKEN_ENCODING: 'set encoding under {key}, for example "cp1251", "cp1250" or "cp1252"',
    NO_RATE: "add the rate of that day to the file of [tables.fx]",
    "score is outside the scale": "set scale_min and scale_max if the question has another scale, else correct the row",
    "is a stand-in": "name such rows under leave_out of {key}, or set missing = [] there if it is a true value",
}
"""What to do about a reason, or about one that ends so."""


def _remedy(reading: Reading, row: Rejected) -> str:
    if known := [remedy for end, remedy in _REMEDIES.items() if row.reason.endswith(end)]:
        return known[0].format(key=f"[tables.{reading.name}]")
    if " is neither " in row.reason or " is none of " in row.reason:
        column = reading.table.column(row.reason.partition(" ")[0])
        usual, other = column.choices[:2] if column.choices else ("true", "false")
        return f"write {column.name} = \"CASE WHEN ... THEN '{other}' ELSE '{usual}' END\""
    if row.reason.endswith("is not a number") and row.found:
        decimals = [decimal_remedy(cell.strip('"'), reading.settings.decimal) for cell in row.found.split(", ")]
        return next((f"{remedy} in engagement.toml" for remedy in decimals if remedy), "correct the cell")
    return "correct the row"


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"
