"""Several small pictures on one scale, in the place of one: lines that would cross are told apart."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.style import GAIN, GREY, INK, percent_axis, period_ticks
from retention_kit.wording import Wording

MOST_MARKED = 40
"""Points of more periods would be one thick line; of few, one may have no neighbours to be joined with."""


def height_of(n: int) -> float:
    """How high a figure of so many pictures is."""
    return 0.4 + 2.0 * -(-n // _columns(n))


def small_axes(ax: Axes, n: int, *, low: float, high: float) -> Iterator[Axes]:
    """Axes inside those of a figure, row by row, all from the same low to the same high end."""
    ax.set_axis_off()
    n_columns = _columns(n)
    width, height = 1 / n_columns, n_columns / (n + -n % n_columns)
    for number in range(n):
        row, column = divmod(number, n_columns)
        place = (column * width, 1 - (row + 0.85) * height, width - 0.05, 0.66 * height)
        small = ax.inset_axes(place, ylim=(low, high))
        small.tick_params(labelleft=column == 0, labelsize=8.5)
        yield small


def _columns(n: int) -> int:
    return 2 if n in (2, 4) else min(n, 3)


def draw_rate(
    ax: Axes, rates: pd.DataFrame, title: str, wording: Wording, *, behind: pd.DataFrame | None = None
) -> None:
    """The line of a rate with its 95 % band, and another in grey behind it.

    Args:
        ax: Where it is drawn.
        rates: value, low and high of every period, whose names are the index; missing where there is none.
        title: What the rate is of.
        wording: The reader's language.
        behind: The same of what it is compared with.
    """
    places = range(len(rates))
    if behind is not None:
        ax.plot(places, behind.value, color=GREY, linewidth=1)
    ax.fill_between(places, rates.low, rates.high, alpha=0.2, linewidth=0, color=GAIN)
    marker = "o" if len(rates) <= MOST_MARKED else ""
    ax.plot(places, rates.value, marker=marker, markersize=2.5, color=GAIN, linewidth=1.5)
    percent_axis(ax, wording)
    period_ticks(ax, list(rates.index), wording, most=2)
    if ax.get_xticks()[0] == 0:  # else its label lies under that of the other axis
        ax.get_xticklabels()[0].set_horizontalalignment("left")
    ax.set_title(title, fontsize=9, loc="left", pad=6, color=INK)


def say_where_the_scale_begins(ax: Axes, low: float, wording: Wording) -> None:
    """A scale that does not begin at 0 says so."""
    if low > 0:
        said = wording.gettext("The scale begins at {start}, not at 0.").format(start=wording.percent(low, digits=0))
        ax.text(0, -0.02, said, transform=ax.transAxes, fontsize=8.5, color=INK, va="top")
