"""A raw file in the making: its rows, what is the matter with some of them, and the account of it."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retention_kit.demo.cells import Cells

CLEAN, DUPLICATE, TEST, UNMATCHED = "kept", "duplicate", "test", "unmatched"
"""What becomes of a row; any other word is the name of a reason in `leave_out`, or why a row is rejected."""

ROWS_PER_FAULT = 300
"""Never more than one faulty row in so many: a reader that allows one in a hundred goes on."""

ROWS_PER_COPY = 400


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Attributes:
        reason: The reader's word for it.
        column: The column that holds `text` instead of a value; None where the row has too few fields.
    """

    reason: str
    column: str | None = None
    text: str = ""


TOO_FEW_FIELDS = Fault("wrong number of fields")


@dataclass
class RawFile:
    """A raw file: a header and rows of texts, and for each row its outcome.

    Attributes:
        name: The file's name in raw/.
        table: The canonical table that is read from it.
        header: The names of its columns.
        key: The column that tells its rows apart; None where every row counts.
        delimiter: Between the fields.
        encoding: Of the file.
    """

    name: str
    table: str
    header: list[str]
    key: str | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    rows: list[Cells] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, table: str, columns: dict[str, Cells], **how: Any) -> "RawFile":
        """A file of clean rows, from its columns."""
        file = cls(name, table, list(columns), **how)
        rows = [list(row) for row in zip(*columns.values(), strict=True)]
        file.add(rows, CLEAN)
        return file

    def add(self, rows: list[Cells], outcome: str) -> None:
        """Append rows, all of one outcome."""
        self.rows += rows
        self.outcomes += [outcome] * len(rows)

    def with_cells(self, row: Cells, **cells: str) -> Cells:
        """A copy of a row with other cells; names as in the header, blanks as underscores."""
        named = {name.replace("_", " "): text for name, text in cells.items()} | cells
        return [named.get(name, text) for name, text in zip(self.header, row, strict=True)]

    def add_copies(self, random: np.random.Generator) -> None:
        """Repeat some clean rows word for word."""
        self.add([list(row) for row in self._some(len(self.rows) // ROWS_PER_COPY, random)], DUPLICATE)

    def add_faults(self, faults: list[Fault], random: np.random.Generator) -> None:
        """Add rows that cannot be read: copies of clean ones, each with an id of its own and one fault."""
        chosen = faults[: len(self.rows) // ROWS_PER_FAULT]
        for number, (fault, row) in enumerate(zip(chosen, self._some(len(chosen), random), strict=True)):
            own = row if self.key is None else self._with(row, self.key, f"{row[self.header.index(self.key)]}x{number}")
            faulty = own[:2] if fault.column is None else self._with(own, fault.column, fault.text)
            self.add([faulty], fault.reason)

    def _with(self, row: Cells, column: str, text: str) -> Cells:
        place = self.header.index(column)
        return [*row[:place], text, *row[place + 1 :]]

    def _some(self, n: int, random: np.random.Generator) -> list[Cells]:
        clean = [place for place, outcome in enumerate(self.outcomes) if outcome == CLEAN]
        return [self.rows[place] for place in random.choice(clean, n, replace=False).tolist()] if n else []

    def mix(self, random: np.random.Generator) -> None:
        """Put the rows that are not clean somewhere among the others, which keep their order."""
        n = len(self.rows)
        is_clean = np.array([outcome == CLEAN for outcome in self.outcomes])
        place = np.where(is_clean, np.arange(n), random.uniform(0, n, n))
        order = np.argsort(place, kind="stable").tolist()
        self.rows = [self.rows[index] for index in order]
        self.outcomes = [self.outcomes[index] for index in order]

    def write(self, folder: Path) -> None:
        """Write the file."""
        with (folder / self.name).open("w", encoding=self.encoding, newline="") as file:
            writer = csv.writer(file, delimiter=self.delimiter, lineterminator="\n")
            writer.writerow(self.header)
            writer.writerows(self.rows)

    def account(self, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
        """How many rows have which outcome, and the lines that are rejected and why; lines count from 1."""
        known = {CLEAN, DUPLICATE, TEST, UNMATCHED, *left_out}
        rejected = [
            {"line": line, "reason": outcome}
            for line, outcome in enumerate(self.outcomes, start=2)
            if outcome not in known
        ]
        counts = Counter(outcome for outcome in self.outcomes if outcome in known)
        return {"table": self.table, "rows": len(self.rows), **dict(sorted(counts.items())), "rejected": rejected}
