"""Texts for the catalogue that stand in no code: those of notebooks and of the glossary, as pybabel takes them."""

import tomllib
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import nbformat


def notebook_messages(
    fileobj: BufferedReader,
    _keywords: Any,
    _comment_tags: Any,
    options: Any,  # noqa: ARG001 - pybabel names it
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Every Markdown cell of a notebook, whole, with the number of its cell in place of a line's."""
    notebook = nbformat.reads(fileobj.read().decode(), as_version=4)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            yield number, None, cell.source, []


def glossary_messages(
    fileobj: BufferedReader,
    _keywords: Any,
    _comment_tags: Any,
    options: Any,  # noqa: ARG001 - pybabel names it
) -> Iterator[tuple[int, str | None, str | tuple[str, str], list[str]]]:
    """Every text of glossary.toml, with its context where it has one, and its number in place of a line's."""
    sections = tomllib.load(fileobj).values()
    entries = (entry for section in sections for entry in section.values())
    for number, (context, text) in enumerate((pair for entry in entries for pair in _texts(entry)), start=1):
        if context is not None:
            yield number, "pgettext", (context, text), []
        elif text:
            yield number, None, text, []


def _texts(entry: str | dict[str, str]) -> Iterator[tuple[str | None, str]]:
    """The context and the text of an entry: one, or one of each unit."""
    if isinstance(entry, str):
        yield None, entry
    elif "text" in entry:
        yield entry.get("context"), entry["text"]
    else:
        yield from ((None, text) for text in entry.values())
