"""The numbers of a report as files: what the notebooks showed, gathered into CSV."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from retention_kit.errors import BrokenIdentity, ReportFailed

EXHIBIT = "application/vnd.retention-kit.exhibit+json"
METRIC_COLUMNS = (
    "metric",
    "segment",
    "period",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "n",
    "unit",
    "status",
    "flags",
    "definition",
)
METRIC_KEY = METRIC_COLUMNS[:3]


@dataclass(frozen=True)
class Shown:
    """One exhibit of one notebook: the text of its CSV, which is never parsed into numbers and printed anew."""

    notebook: str
    name: str
    kind: str
    csv: str


def exhibits(notebooks: Mapping[str, NotebookNode]) -> list[Shown]:
    """Everything that the executed notebooks showed with numbers behind it, in order."""
    return [
        Shown(notebook, bundle["name"], bundle["kind"], bundle["csv"])
        for notebook, executed in notebooks.items()
        for bundle in _bundles(executed)
    ]


def _bundles(notebook: NotebookNode) -> Iterator[Mapping[str, str]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if EXHIBIT in output.get("data", {}):
                yield output.data[EXHIBIT]


def csv_file(exhibit: Mapping[str, str]) -> str:
    """The file that has the numbers of an exhibit, as its pages link to it.

    Example:
        >>> csv_file({"name": "customer_flow", "kind": "table"}), csv_file({"name": "headline", "kind": "metrics"})
        ('tables/customer_flow.csv', 'metrics.csv')
    """
    return "metrics.csv" if exhibit["kind"] == "metrics" else f"tables/{exhibit['name']}.csv"


def write_numbers(shown: list[Shown], folder: Path) -> None:
    """Write metrics.csv and tables/<name>.csv.

    Args:
        shown: The exhibits of all notebooks.
        folder: Where to write.

    Raises:
        BrokenIdentity: Two pages show the same metric, segment and period, or the same table, with other numbers.
        ReportFailed: An exhibit has no usable name or other columns than a metric has.
    """
    (folder / "tables").mkdir()
    for name, text in _tables(shown).items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    with (folder / "metrics.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, METRIC_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_metrics(shown))


def _tables(shown: list[Shown]) -> dict[str, str]:
    first: dict[str, Shown] = {}
    for table in (one for one in shown if one.kind == "table"):
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", table.name):
            raise ReportFailed(
                f"{table.notebook}.ipynb shows a table named {table.name!r}, which cannot name a file; use small "
                "letters, digits and underscores."
            )
        earlier = first.setdefault(table.name, table)
        if earlier.csv != table.csv:
            raise BrokenIdentity(
                f"The table {table.name} of {earlier.notebook}.ipynb and that of {table.notebook}.ipynb differ "
                f"({_first_difference(earlier.csv, table.csv)}); show one table once, or name them apart."
            )
    return {name: table.csv for name, table in sorted(first.items())}


def _first_difference(one: str, other: str) -> str:
    ours, theirs = one.splitlines(), other.splitlines()
    for number, (mine, yours) in enumerate(zip(ours, theirs, strict=False), start=1):
        if mine != yours:
            return f"line {number}: {mine} and {yours}"
    return f"{len(ours)} lines and {len(theirs)}"


def _metrics(shown: list[Shown]) -> list[dict[str, str]]:
    first: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
    for notebook, row in _metric_rows(shown):
        key = tuple(row[column] for column in METRIC_KEY)
        page, earlier = first.setdefault(key, (notebook, row))
        if earlier != row:
            differing = next(column for column in METRIC_COLUMNS if earlier[column] != row[column])
            raise BrokenIdentity(
                f"{', '.join(key)}: {differing} is {earlier[differing] or 'missing'} in {page}.ipynb and "
                f"{row[differing] or 'missing'} in {notebook}.ipynb; the same metric of the same period must be "
                "one number, so give both cells the same arguments."
            )
    return [row for _, (_, row) in sorted(first.items(), key=lambda item: item[0])]


def _metric_rows(shown: list[Shown]) -> Iterator[tuple[str, dict[str, str]]]:
    for exhibit in (one for one in shown if one.kind == "metrics"):
        reader = csv.DictReader(io.StringIO(exhibit.csv))
        if tuple(reader.fieldnames or ()) != METRIC_COLUMNS:
            raise ReportFailed(
                f"{exhibit.notebook}.ipynb shows metrics with the columns {', '.join(reader.fieldnames or ())}; "
                f"metrics.csv takes {', '.join(METRIC_COLUMNS)}."
            )
        for row in reader:
            yield exhibit.notebook, row
