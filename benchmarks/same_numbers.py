"""Do two versions of the code give the same numbers? Folders of reports, held against each other byte for byte.

    python benchmarks/same_numbers.py OLD/reports NEW/reports

A change of house may rename words: the columns of sentences, WORDS, are passed over.
"""

import csv
import sys
from pathlib import Path

WORDS = {"definition", "item", "detail", "identity"}
"""Columns of sentences."""


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV file, without its sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    kept = [place for place, name in enumerate(head) if name not in WORDS]
    return [[row[place] for place in kept] for row in (head, *rows)]


def files(folder: Path) -> set[Path]:
    """The CSV files of all reports in a folder."""
    return {path.relative_to(folder) for path in folder.rglob("*.csv")}


def main() -> None:
    old, new = map(Path, sys.argv[1:3])
    both = sorted(files(old) & files(new))
    differing = [name for name in both if cells(old / name) != cells(new / name)]
    apart = sorted(files(old) ^ files(new))
    print(f"{len(both) - len(differing)} files say the same; {len(differing)} differ; {len(apart)} are in one alone")
    print(*differing, *apart, sep="\n")
    sys.exit(bool(differing or apart))


if __name__ == "__main__":
    main()
