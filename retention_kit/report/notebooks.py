"""The notebooks of a report: which there are, what they ask for, how they are kept."""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.inspection import inspect_notebook

from retention_kit.errors import ReportFailed

ORDER = ("overview", "cohorts", "churn", "loyalty", "nps", "ltv", "method")
FIRST = ORDER[0]
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebooks_folder(given: Path | str | None = None) -> Path:
    """The folder of the notebooks: the one given, else `notebooks` in the working folder or the nearest above it.

    Raises:
        ReportFailed: There is no such folder, or it holds no overview.
    """
    here = Path.cwd()
    places = [Path(given)] if given is not None else [folder / "notebooks" for folder in (here, *here.parents)]
    for place in places:
        if (place / f"{FIRST}.ipynb").is_file():
            return place
    raise ReportFailed(
        f"No {FIRST}.ipynb in {places[0]}{'' if given else ' or a notebooks folder above'}; run this inside the "
        "project's folder, or name the folder of the notebooks."
    )


@dataclass(frozen=True)
class Found:
    """The notebooks of a folder: the pages of a report by name, and of the others why they are none."""

    pages: dict[str, NotebookNode]
    passed_over: dict[str, str]


def find_pages(folder: Path, parameters: Iterable[str]) -> Found:
    """The notebooks of a folder that are pages, in their order: the overview first, names of one's own last.

    A page has a cell tagged `parameters` that sets what a report sets, and is no copy of another page. A notebook
    of one's own that is none of that is passed over; one of the toolkit's must be a page.

    Args:
        folder: The folder of the notebooks.
        parameters: The names that the cell must set.

    Raises:
        ReportFailed: A notebook of the toolkit's cannot be read.
    """
    names = sorted(path.stem for path in folder.glob("*.ipynb"))
    names.sort(key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    found = Found({}, {})
    for name in names:
        try:
            notebook = _read_notebook(folder / f"{name}.ipynb")
            why = "" if name in ORDER else _why_no_page(name, notebook, found.pages, set(parameters))
        except ReportFailed as error:
            if name in ORDER:
                raise
            why = str(error)
        if why:
            found.passed_over[name] = why
        else:
            found.pages[name] = notebook
    return found


def _why_no_page(name: str, notebook: NotebookNode, pages: Mapping[str, NotebookNode], parameters: set[str]) -> str:
    """Why a notebook is no page of the report; nothing where it is one."""
    if set(inspect_notebook(notebook)) != parameters:
        return f"it has no cell tagged `parameters` that sets {' and '.join(sorted(parameters))}"
    if copied := re.fullmatch(r"(.+)-Copy\d+", name):
        return f"it is a copy of {copied[1]}.ipynb; give it a name of its own to make it a page"
    twin = next((page for page, other in pages.items() if _sources(other) == _sources(notebook)), None)
    return f"it has the cells of {twin}.ipynb; change them to make it a page" if twin else ""


def _sources(notebook: NotebookNode) -> list[str]:
    """What the cells hold, without the values of the parameters: a copy for another client is a copy."""
    cells = [cell for cell in notebook.cells if "parameters" not in cell.metadata.get("tags", [])]
    return [cell.source.strip() for cell in cells if cell.source.strip()]


def _read_notebook(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:
        raise ReportFailed(
            f"{path} is not a notebook that can be read ({error}); open it in JupyterLab and save it again."
        ) from error
    # The kernel is this environment's, whatever the notebook was last saved with.
    notebook.metadata["kernelspec"] = dict(KERNELSPEC)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number}")
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook


def check_parameters(notebooks: Mapping[str, NotebookNode], parameters: Mapping[str, str]) -> None:
    """Hold every notebook's `parameters` cell against the parameters a report sets.

    papermill only warns of a parameter that the notebook does not have, and then reports the default.

    Raises:
        ReportFailed: A notebook lacks a parameter or has one that the report does not set; all of them are named.
    """
    complaints = [
        complaint for name, notebook in notebooks.items() for complaint in _complaints(name, notebook, parameters)
    ]
    if complaints:
        expected = ", ".join(parameters)
        raise ReportFailed(
            "\n".join(complaints) + f"\nThe cell tagged `parameters` of each notebook must set exactly: {expected}."
        )


def _complaints(name: str, notebook: NotebookNode, parameters: Mapping[str, str]) -> list[str]:
    found = set(inspect_notebook(notebook))
    missing = [f"{name}.ipynb has no parameter `{one}`." for one in parameters if one not in found]
    unknown = [f"{name}.ipynb has an unknown parameter `{one}`." for one in sorted(found - set(parameters))]
    return missing + unknown


def settled(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without what differs from run to run: clocks, random ids, addresses, paths, warnings.

    Returns:
        A copy; its code and the outputs that a reader sees are as executed.
    """
    copy: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    copy.metadata.pop("papermill", None)
    copy.metadata.pop("widgets", None)
    for number, cell in enumerate(copy.cells, start=1):
        cell["id"] = f"cell-{number}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell["outputs"] = [_steady(output) for output in cell.outputs if not is_warning(output)]
    return copy


def is_warning(output: NotebookNode) -> bool:
    """Whether an output was written to stderr."""
    return bool(output.output_type == "stream" and output.name == "stderr")


def _steady(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output["text"] = _without_places(output.text)
    if "text/plain" in output.get("data", {}):
        output.data["text/plain"] = _without_places(output.data["text/plain"])
    return output


def _without_places(text: str) -> str:
    for place, name in ((sys.prefix, "<environment>"), (str(Path.cwd()), "."), (str(Path.home()), "~")):
        text = text.replace(place, name) if len(place) > 1 else text
    return re.sub(r"\b0x[0-9a-f]{6,}\b", "0x…", text)
