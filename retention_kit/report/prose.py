"""The words of a notebook: translated, its title taken out, its headings gathered for the contents list."""

import re
from html import escape, unescape
from typing import cast

import mistune
from nbconvert.filters.markdown_mistune import IPythonRenderer
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from retention_kit.wording import Wording

TITLE = re.compile(r"\A\s*# +(?P<title>.+?) *#*\s*(?:\n|\Z)")


class ProsePreprocessor(Preprocessor):
    """Turns Markdown cells into HTML and leaves `title`, `question` and `contents` in the resources.

    A cell is looked up whole in the catalogue before it is rendered: its text is the message id. The first heading
    of the notebook becomes the title of the page, and what stands below it in the same cell the question.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, object]) -> tuple[NotebookNode, dict[str, object]]:
        """Translate and render every Markdown cell."""
        wording = cast("Wording", resources["wording"])
        cells = [cell for cell in nb.cells if cell.cell_type == "markdown"]
        renderer = ProseRenderer()
        title, question = "", ""
        for cell in cells:
            text = wording.gettext(cell.source)
            if not title and (heading := TITLE.match(text)):
                title = _plain(_rendered(heading["title"], renderer, cell))
                question = _rendered(text[heading.end() :], renderer, cell)
                cell["source"] = ""
            else:
                cell["source"] = _rendered(text, renderer, cell)
        resources.update(title=title, question=question, contents=renderer.contents)
        return nb, resources


class ProseRenderer(IPythonRenderer):
    """Markdown to HTML with a name on every heading; the page has its one h1 already, so a second becomes an h2."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.contents: list[dict[str, str]] = []
        self._taken: dict[str, int] = {}

    def heading(self, text: str, level: int, **_attrs: object) -> str:
        """A heading, noted for the contents list where it is one of the main ones."""
        level, name = max(level, 2), self._name(_plain(text))
        if level == 2:
            self.contents.append({"name": name, "text": _plain(text)})
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def table(self, text: str) -> str:
        """A table in a frame that the keyboard can reach and scroll, since it may be wider than a screen."""
        heads = ", ".join(re.findall(r"\S.*", _plain(text.partition("</thead>")[0])))
        frame = f'<div class="rk-scroll" role="group" tabindex="0" aria-label="{escape(heads)}">'
        return f"{frame}\n<table>\n{text}</table>\n</div>\n"

    def _name(self, text: str) -> str:
        name = "s-" + (re.sub(r"\W+", "-", text.lower()).strip("-") or "section")
        self._taken[name] = self._taken.get(name, 0) + 1
        return name if self._taken[name] == 1 else f"{name}-{self._taken[name]}"


def _rendered(text: str, renderer: ProseRenderer, cell: NotebookNode) -> str:
    renderer.attachments = cell.get("attachments", {})
    # No mathematics: between two dollar signs in a client's report there is money, not a formula.
    return str(mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "def_list"])(text))


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()
