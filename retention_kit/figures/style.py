"""The house style: every figure is drawn in it, and nothing outside a figure is touched by it."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from retention_kit.periods import Period
from retention_kit.wording import texts

STYLE = Path(__file__).with_name("retention.mplstyle")
GREY = "#8a919e"
GAIN, LOSS = "#0072b2", "#d55e00"

P = ParamSpec("P")
R = TypeVar("R")


def house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the house style."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with plt.style.context(STYLE):
            return draw(*args, **kwargs)

    return styled


OF_SEGMENTS: set[Callable[..., Any]] = set()
"""The figures that show every segment of a result; the others show all customers together."""


def of_segments(draw: Callable[P, R]) -> Callable[P, R]:
    """Show every segment."""
    OF_SEGMENTS.add(draw)
    return draw


def new_axes(*, height: float | None = None) -> Axes:
    """Axes of a new figure as wide as a page."""
    width, usual = plt.rcParams["figure.figsize"]
    return plt.subplots(figsize=(width, height or usual))[1]


def percent_axis(ax: Axes, *, digits: int = 0) -> None:
    """Label the y axis in per cent."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: texts.percent(value, digits=digits)))


def number_axis(ax: Axes) -> None:
    """Label the y axis with separators."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: texts.number(value)))


def money_axis(ax: Axes) -> None:
    """Label the y axis in the client's currency."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: texts.money(value, digits=0)))


def period_ticks(ax: Axes, names: list[str], *, most: int = 12) -> None:
    """Label the x axis with periods in words, at most so many of them."""
    step = -(-len(names) // most)
    places = range((len(names) - 1) % step if names else 0, len(names), step)
    ax.set_xticks(list(places), [texts.period_name(Period(names[place]), short=True) for place in places])
    if len(places) > 7:
        ax.tick_params(axis="x", rotation=30)
        plt.setp(ax.get_xticklabels(), horizontalalignment="right")


def nothing_to_draw(ax: Axes, why: str) -> Axes:
    """A figure without numbers says why."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, why, ha="center", va="center", transform=ax.transAxes, color=GREY, wrap=True)
    return ax
