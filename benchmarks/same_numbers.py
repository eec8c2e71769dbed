"""Do two versions of the code give the same numbers? Folders of reports, held against each other byte for byte.

    python benchmarks/same_numbers.py OLD/reports NEW/reports

A change of house may rename words: cells of the columns in WORDS, and values that RENAMED says, may differ; nothing else.
"""

import csv
import sys
from pathlib import Path

WORDS = {"definition", "item", "detail", "identity"}
"""Columns of sentences."""

RENAMED: dict[str, str] = {}
"""Words of the old reports and what the new ones call them."""


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV file, without its sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    kept = [place for place, name in enumerate(head) if name not in WORDS]
    return [[RENAMED.get(row[place], row[place]) for place in kept] for row in (head, *rows)]


def main() -> None:
    old, new = map(Path, sys.argv[1:3])
    n_same, differing = 0, []
    for path in sorted(old.rglob("*.csv")):
        beside = new / path.relative_to(old)
        if beside.exists() and (path.read_bytes() == beside.read_bytes() or cells(path) == cells(beside)):
            n_same += 1
        else:
            differing.append(path.relative_to(old))
    added = sorted(
        {path.relative_to(new) for path in new.rglob("*.csv")} - {path.relative_to(old) for path in old.rglob("*.csv")}
    )
    print(f"{n_same} files say the same; {len(differing)} differ; {len(added)} are new")
    print(*differing, *added, sep="\n")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
