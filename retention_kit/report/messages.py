"""Texts of notebooks for the catalogue: pybabel reads each Markdown cell as one message."""

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
