"""A figure as the bytes of a picture, the same in every run."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, cast

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retention_kit.figures.style import in_house_style
from retention_kit.wording import Wording


class Plot(Protocol):
    """A `plot_*` function, or one of your own: a metric's result in, the Axes out."""

    def __call__(self, result: pd.DataFrame, /, *, wording: Wording) -> Axes:
        """Draw a result."""


@dataclass(frozen=True)
class Picture:
    """What a `plot_*` function drew.

    Attributes:
        title: The title of the Axes, which is left out of the picture: the page says it in its own text.
        svg: The picture; its words are text, which can be found and read.
        why_nothing: Why nothing is drawn, where there is nothing to draw.
    """

    title: str
    svg: bytes
    why_nothing: str = ""


def picture(plot: Plot, result: pd.DataFrame, wording: Wording) -> Picture:
    """Draw a result and close the figure that was made for it."""
    with _closing_new_figures():
        axes = plot(result, wording=wording)
        title = axes.get_title()
        if not (axes.axison or axes.child_axes):  # small pictures stand in the place of one
            return Picture(title, b"", " ".join(text.get_text() for text in axes.texts))
        axes.title.set_text("")
        drawn = Picture(title, _svg(axes))
        axes.title.set_text(title)
    return drawn


@contextmanager
def _closing_new_figures() -> Iterator[None]:
    """Close the figures made in the block; those that a user has open stay."""
    before = set(plt.get_fignums())
    try:
        yield
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _svg(axes: Axes) -> bytes:
    buffer, figure = BytesIO(), cast("Figure", axes.figure)
    with in_house_style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the reader's fonts have it
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
