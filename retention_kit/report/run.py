"""One command, one report: notebooks run on a client's data as they stood at the end of a period."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from retention_kit import __version__
from retention_kit.engagement import Engagement, open_engagement
from retention_kit.errors import IncompletePeriod
from retention_kit.pages.absent import absent_pages, has_data
from retention_kit.pages.ahead import TOPICS
from retention_kit.pages.target_checks import check_targets
from retention_kit.pages.wording import wording_of
from retention_kit.periods import EPOCH, Period
from retention_kit.replacement import in_a_sentence, replacement
from retention_kit.report.collect import exhibits, write_numbers
from retention_kit.report.counting import count_ahead
from retention_kit.report.execute import Conditions, cell_timeout, run_notebooks, warnings_of
from retention_kit.report.forks import ForkServer
from retention_kit.report.manifest import provenance, write_manifest
from retention_kit.report.notebooks import Found, check_parameters, find_pages, notebooks_folder, settled
from retention_kit.report.page import Cover, file_name, render

PARAMETERS = ("client", "period")
"""What a report sets in every notebook."""


@dataclass(frozen=True)
class Folders:
    """Where things are that are not where they are by default."""

    data: str | Path | None
    reports: str | Path | None
    notebooks: str | Path | None


def made_report(
    client: str | Path,
    period: str | Period | None,
    forks: ForkServer | None,
    folders: Folders,
    *,
    progress: bool,
) -> Path:
    """What `retention_kit.report` says, with what kernels are forked from."""
    folder = notebooks_folder(folders.notebooks)
    found = find_pages(folder, PARAMETERS)
    _say_passed_over(found)
    with open_engagement(client, data_dir=folders.data) as whole:
        check_targets(whole)
        if period is None and whole.as_of == EPOCH:
            raise IncompletePeriod(f"{whole.settings.name} has no orders: name the period, for example PERIOD=2024-05.")
        engagement = whole.at(str(period or Period.last_complete(whole.as_of, "month")))
        run = _prepared(engagement, found, folder, forks)
        target = Path(folders.reports or folder.parent / "reports") / engagement.name / str(engagement.period)
        with in_a_sentence(target), replacement(target) as fresh:
            _count(engagement, run, progress=progress)
            executed = _executed(run.notebooks, run.conditions, progress=progress)
            _write(executed, run.cover, fresh)
            write_manifest(run.made_from, fresh)
    return target / file_name("overview")


@dataclass(frozen=True)
class _Prepared:
    """A run before its first kernel: all that is asked of the engagement."""

    notebooks: Mapping[str, NotebookNode]
    conditions: Conditions
    cover: Cover
    made_from: Mapping[str, Any]


def _prepared(engagement: Engagement, found: Found, folder: Path, forks: ForkServer | None) -> _Prepared:
    notebooks = {name: page for name, page in found.pages.items() if has_data(engagement, name)}
    parameters = dict(zip(PARAMETERS, (engagement.name, str(engagement.period)), strict=True))
    check_parameters(notebooks, parameters)
    files = [folder / f"{name}.ipynb" for name in notebooks]
    return _Prepared(
        notebooks,
        Conditions(parameters, _environment(engagement), cell_timeout(), forks),
        _cover(engagement, tuple(notebooks)),
        provenance(engagement, parameters=parameters, notebooks=files),
    )


def _say_passed_over(found: Found) -> None:
    for name, why in found.passed_over.items():
        Console(stderr=True).print(
            f"{name}.ipynb is no page of the report: {why}.",
            style="yellow",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _cover(engagement: Engagement, notebooks: tuple[str, ...]) -> Cover:
    return Cover(
        client=engagement.settings.name,
        period=Period(str(engagement.period)),
        as_of=engagement.as_of,
        time_zone=engagement.settings.time_zone,
        version=__version__,
        notebooks=notebooks,
        wording=wording_of(engagement),
        absent=absent_pages(engagement),
    )


def _environment(engagement: Engagement) -> dict[str, str]:
    """What makes a kernel find the same client."""
    return {"RETENTION_KIT_DATA": str(engagement.folder.parent)}


def _count(engagement: Engagement, run: _Prepared, *, progress: bool) -> None:
    with _bar(Console(stderr=True), progress=progress) as bar:
        task = bar.add_task("Counting", total=len(TOPICS))
        count_ahead(engagement, run.notebooks, run.conditions, on_topic=lambda: bar.advance(task))


def _executed(
    notebooks: Mapping[str, NotebookNode], conditions: Conditions, *, progress: bool
) -> dict[str, NotebookNode]:
    console = Console(stderr=True)
    n_cells = sum(len(notebook.cells) + 1 for notebook in notebooks.values())  # papermill adds a cell to each
    with _bar(console, progress=progress) as bar:
        task = bar.add_task("Running notebooks", total=n_cells)
        executed = run_notebooks(notebooks, conditions, on_cell=lambda: bar.advance(task))
    for name, notebook in executed.items():
        for warning in warnings_of(notebook):
            console.print(f"{name}.ipynb, {warning}", style="yellow", markup=False, highlight=False)
    return executed


@contextmanager
def _bar(console: Console, *, progress: bool) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not progress, transient=True) as bar:
        yield bar


def _write(executed: Mapping[str, NotebookNode], cover: Cover, folder: Path) -> None:
    write_numbers(exhibits(executed), folder)
    (folder / "notebooks").mkdir()
    for name, notebook in executed.items():
        steady = settled(notebook)
        nbformat.write(steady, folder / "notebooks" / f"{name}.ipynb")  # type: ignore[no-untyped-call]
        (folder / file_name(name)).write_text(render(steady, name=name, cover=cover), encoding="utf-8", newline="\n")
