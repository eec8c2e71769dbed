"""One page of a report: an executed notebook as a file that needs no network and runs no script."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import nbformat
from jinja2 import Environment
from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from retention_kit.periods import Period
from retention_kit.report.collect import EXHIBIT, csv_file
from retention_kit.report.notebooks import FIRST
from retention_kit.report.prose import ProsePreprocessor
from retention_kit.wording import Wording, glossary
from retention_kit.wording.texts import marked as m

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_TYPES = ("text/html", "image/svg+xml", "image/png", "image/jpeg")
PAGE_NAMES = {
    "overview": m("Overview"),
    "cohorts": m("Cohorts"),
    "churn": m("Churn"),
    "loyalty": m("Loyalty"),
    "nps": m("NPS"),
    "ltv": m("LTV"),
    "method": m("Method and data"),
}


@dataclass(frozen=True)
class Cover:
    """What the title block of every page says. Nothing in it depends on data after `as_of`.

    Attributes:
        absent: On the first page, a sentence for each kind of data without which pages are not made.
    """

    client: str
    period: Period
    as_of: date
    time_zone: str
    version: str
    notebooks: tuple[str, ...]
    wording: Wording
    absent: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day the numbers see: `as_of` itself is excluded."""
        return self.as_of - timedelta(days=1)


def file_name(notebook: str) -> str:
    """The file of a notebook's page.

    Example:
        >>> file_name("overview"), file_name("churn")
        ('index.html', 'churn.html')
    """
    return "index.html" if notebook == FIRST else f"{notebook}.html"


def render(notebook: NotebookNode, *, name: str, cover: Cover) -> str:
    """The page of an executed notebook.

    Args:
        notebook: As executed; it is not changed.
        name: The notebook's name, one of `cover.notebooks`.
        cover: The title block.

    Returns:
        HTML of a whole page: inputs, warnings and plain-text stand-ins are left out.
    """
    pages = [
        {"name": _name(one, cover.wording), "href": file_name(one), "is_current": one == name}
        for one in cover.notebooks
    ]
    resources = {"cover": cover, "name": _name(name, cover.wording), "pages": pages, "wording": cover.wording}
    resources["absent"] = cover.absent if name == FIRST else ()
    html, _resources = PageExporter(cover.wording).from_notebook_node(notebook, resources=resources)
    return str(html)


def _name(notebook: str, wording: Wording) -> str:
    return wording.gettext(PAGE_NAMES.get(notebook, notebook.replace("_", " ").capitalize()))


class PageExporter(TemplateExporter):
    """nbconvert with the template in `templates/page`, and with nothing of the user's Jupyter folders before it."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        super().__init__(  # type: ignore[no-untyped-call]
            file_extension=".html",
            template_name="page",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
            preprocessors=[ShownOutputs, ProsePreprocessor],
        )

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.globals.update(_=self._wording.gettext, wording=self._wording, column_label=glossary.column_label)
        return environment


class ShownOutputs(Preprocessor):
    """Leaves of each cell what a client is shown: pictures, HTML, printed lines; no warning, no plain stand-in."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, object], _index: int
    ) -> tuple[NotebookNode, dict[str, object]]:
        """Drop the outputs that are not for a client."""
        if cell.cell_type == "code":
            cell["outputs"] = [output for output in map(_shown, cell.outputs) if output]
        return cell, resources


def _shown(output: NotebookNode) -> NotebookNode | None:
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    kind = next((kind for kind in SHOWN_TYPES if kind in output.get("data", {})), None)
    if kind is None:
        return None
    exhibit = output.data.get(EXHIBIT)
    shown: NotebookNode = nbformat.v4.new_output(  # type: ignore[no-untyped-call]
        "display_data", data={kind: output.data[kind]}, metadata={"file": csv_file(exhibit)} if exhibit else {}
    )
    return shown
