"""The house style: every figure is drawn in it, and nothing outside a figure is touched by it."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import floor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from retention_kit.periods import Period
from retention_kit.wording import Wording

STYLE = Path(__file__).with_name("retention.mplstyle")
GREY = "#8a919e"
GAIN, LOSS = "#0072b2", "#d55e00"
INK, SOFT_INK = "#333842", "#555b66"

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def in_house_style() -> Iterator[None]:
    """Draw in the house style, then give the style's own settings back, and no others.

    `plt.style.context` gives back every setting. A notebook's backend is loaded by the first figure and switches
    interactive drawing on as it loads: that would be undone with the rest, and no later figure would appear.
    """
    style = mpl.rc_params_from_file(STYLE, use_default_template=False)
    before = {name: mpl.rcParams[name] for name in style}
    mpl.rcParams.update(style)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw a figure in the house style."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with in_house_style():
            drawn = draw(*args, **kwargs)
        if isinstance(drawn, Axes):
            _no_mathematics(drawn)
            _rates_from_zero(drawn)
        return drawn

    return styled


def _no_mathematics(drawn: Axes) -> None:
    """A client's text is text in Axes of one's own too, which were not made in the house style."""
    for text in drawn.findobj(Text):
        text.set_parse_math(False)


class _Rates(FuncFormatter):
    """Writes rates in per cent."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(lambda value, _position: wording.percent(value, digits=0))
        self.wording = wording


def _rates_from_zero(drawn: Axes) -> None:
    """An axis of rates starts at 0, or, where all are so high that 0 would flatten their differences, says where."""
    for which in ("x", "y"):
        axis, formatter = _axis(drawn, which), _axis(drawn, which).get_major_formatter()
        low, high = axis.get_data_interval()
        start, end = axis.get_view_interval()
        if not isinstance(formatter, _Rates) or not 0 <= low <= high or start == 0:
            continue
        start = 0 if low <= high / 2 else floor(start * STEPS) / STEPS
        drawn.set(**{f"{which}lim": (start, end)})
        if start > 0:
            said = formatter.wording.gettext("Axis starts at {start}").format(start=formatter(start))
            axis.set_label_text("\n".join(filter(None, (axis.get_label_text(), said))))


STEPS = 20
"""An axis that does not start at 0 starts at a twentieth."""


OF_SEGMENTS: set[Callable[..., Any]] = set()
"""The figures that show every segment of a result; the others show all customers together."""


def of_segments(draw: Callable[P, R]) -> Callable[P, R]:
    """Show every segment."""
    OF_SEGMENTS.add(inspect.unwrap(draw))
    return draw


def new_axes(*, height: float | None = None) -> Axes:
    """Axes of a new pyplot figure as wide as a page."""
    width, usual = plt.rcParams["figure.figsize"]
    return plt.subplots(figsize=(width, height or usual))[1]


def hatched(n_bars: int) -> dict[str, Any]:
    """What tells one part of a bar from another in grey print; of many bars lines and edges would hide the colour."""
    return {"hatch": "//", "edgecolor": "white"} if n_bars <= MOST_HATCHED else {}


MOST_HATCHED = 60
"""So many bars across a page are wide enough for lines inside them."""


def percent_axis(ax: Axes, wording: Wording, *, which: str = "y") -> None:
    """Label an axis in per cent."""
    _axis(ax, which).set_major_formatter(_Rates(wording))


def number_axis(ax: Axes, wording: Wording, *, which: str = "y") -> None:
    """Label an axis with separators."""
    _axis(ax, which).set_major_formatter(lambda value, _position: wording.number(value))


def money_axis(ax: Axes, wording: Wording) -> None:
    """Label the y axis in the client's currency."""
    ax.yaxis.set_major_formatter(lambda value, _position: wording.money(value, digits=0))


def _axis(ax: Axes, which: str) -> Any:
    return ax.xaxis if which == "x" else ax.yaxis


def period_ticks(ax: Axes, names: list[str], wording: Wording, *, most: int = 12) -> None:
    """Label the x axis with periods in words, at most so many of them."""
    step = -(-len(names) // most)
    places = range((len(names) - 1) % step if names else 0, len(names), step)
    ax.set_xticks(list(places), [wording.period_name(Period(names[place]), short=True) for place in places])
    if len(places) > 7:
        ax.tick_params(axis="x", rotation=30)
        plt.setp(ax.get_xticklabels(), horizontalalignment="right")


def nothing_to_draw(ax: Axes, why: str) -> Axes:
    """A figure without numbers says why."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, why, ha="center", va="center", transform=ax.transAxes, color=SOFT_INK, wrap=True)
    return ax
