"""What a figure of time is marked with: what happened when, and what is aimed at."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from retention_kit.figures.style import GREY, INK, in_house_style
from retention_kit.periods import Period, day_number, day_of, periods
from retention_kit.wording import Wording

Draw = Callable[..., Axes]
D = TypeVar("D", bound=Draw)

Edges = list[date]
"""The first day of the first place of a time axis, then the day after each place."""


@dataclass(frozen=True)
class TargetLine:
    """A target of the metric that a figure shows: where it lies, and in the reader's words its value and itself."""

    value: float
    shown: str
    sentence: str


@dataclass(frozen=True)
class Marks:
    """What figures of time are marked with.

    Attributes:
        events: What happened on which day, in the client's words.
        targets: The targets of the metric that is shown.
    """

    events: Mapping[date, str] = field(default_factory=dict)
    targets: tuple[TargetLine, ...] = ()


OVER_TIME: dict[Draw, Callable[[pd.DataFrame], Edges]] = {}
"""The figures whose places along the x axis are times, with the days between which those lie."""


def over_time(edges: Callable[[pd.DataFrame], Edges]) -> Callable[[D], D]:
    """Have a figure marked with events and targets; its places are 0, 1, 2, ... in the order of time."""

    def registered(draw: D) -> D:
        OVER_TIME[inspect.unwrap(draw)] = edges
        return draw

    return registered


def period_edges(result: pd.DataFrame) -> Edges:
    """The days between the periods of a result, or its cohorts, from the first to the last.

    Example:
        >>> period_edges(pd.DataFrame({"period": ["2024-04", "2024-05"]}))
        [datetime.date(2024, 4, 1), datetime.date(2024, 5, 1), datetime.date(2024, 6, 1)]
    """
    shown = {Period(text) for text in result["period" if "period" in result else "cohort"]}
    if not shown:
        return []
    return [min(shown).start, *(period.end for period in periods(min(shown), max(shown)))]


def wave_edges(result: pd.DataFrame) -> Edges:
    """The last days of the waves of a survey: what happened before a wave ended stands before it.

    Example:
        >>> trend = pd.DataFrame({"wave": ["spring"], "last_day": [19863], "n_waves": 1})
        >>> wave_edges(trend)
        [datetime.date(2024, 5, 20), datetime.date(2024, 5, 21)]
    """
    last_days = sorted(result[result.n_waves == 1].groupby("wave").last_day.max())
    return [day_of(int(day)) for day in (*last_days[:1], *(day + 1 for day in last_days))]


def marked(plot: D, marks: Marks) -> D:
    """A figure with marks drawn over it, where its places are times; any other as it is."""
    edges = OVER_TIME.get(inspect.unwrap(plot))
    if edges is None:
        return plot

    @wraps(plot)
    def draw(result: pd.DataFrame, /, **named: Any) -> Axes:
        axes = plot(result, **named)
        draw_marks(axes, edges(result), marks)
        return axes

    vars(draw)["marks"] = marks
    return cast("D", draw)


def draw_marks(ax: Axes, edges: Edges, marks: Marks) -> None:
    """Draw marks on the axes of a figure that shows something."""
    if ax.axison and edges:
        with in_house_style():
            days = [day for day, _text in _seen(marks.events, edges)]
            _draw_events(ax, [day_number(day) for day in days], [day_number(edge) for edge in edges])
            _draw_targets(ax, marks.targets)


def listed(plot: Draw, result: pd.DataFrame, wording: Wording) -> Markup:
    """What the marks of a figure mean, as a list to stand below it: the events by number, then the targets."""
    marks: Marks | None = getattr(plot, "marks", None)
    edges = OVER_TIME[inspect.unwrap(plot)](result) if marks else []
    if marks is None or not edges:
        return Markup("")
    dated = [
        Markup("<li>{}. {}: <bdi>{}</bdi></li>").format(number, wording.day(day), text)
        for number, (day, text) in enumerate(_seen(marks.events, edges), start=1)
    ]
    aims = [Markup("<li>{}</li>").format(target.sentence) for target in marks.targets]
    lines = Markup("").join([*dated, *aims])
    return Markup('<ul class="rk-marks">{}</ul>').format(lines) if lines else lines


def _seen(events: Mapping[date, str], edges: Edges) -> list[tuple[date, str]]:
    """The events within the days that a figure shows, in the order of time."""
    return [(day, text) for day, text in sorted(events.items()) if edges[0] <= day < edges[-1]]


WIDEST = 28
"""So many points wide is a number such as 10–12: those nearer to one another would overlap."""


def _draw_events(ax: Axes, days: list[int], edges: list[int]) -> None:
    """A thin line on each day, numbered above; numbers that would overlap are one: 3-5."""
    places = np.interp(days, edges, np.arange(len(edges)) - 0.5).tolist()
    first_shown, last_shown = ax.get_xlim()
    gap = WIDEST * (last_shown - first_shown) / _points(ax.get_window_extent().width, ax)
    groups: list[list[int]] = []
    for number, place in enumerate(places):
        if groups and place - places[groups[-1][0]] < gap:
            groups[-1].append(number)
        else:
            groups.append([number])
        ax.axvline(place, color=GREY, linewidth=0.8, zorder=0.6)
    for first, *_others, last in ((group[0], *group) for group in groups):
        text = f"{first + 1}" if first == last else f"{first + 1}–{last + 1}"
        above = ax.get_xaxis_transform()
        ax.text(places[first], 1.01, text, transform=above, ha="center", va="bottom", fontsize=8, color=INK)


POINTS_APART = 11
"""Labels of targets stand at least so far from one another."""


def _draw_targets(ax: Axes, targets: tuple[TargetLine, ...]) -> None:
    """A dashed line at each target, its value at the right."""
    for target in targets:
        low, high = ax.get_ylim()
        room = (high - low) / 20
        if not low <= target.value <= high:
            ax.set_ylim(min(low, target.value - room), max(high, target.value + room))
        ax.axhline(target.value, color=INK, linewidth=1.2, linestyle=(0, (5, 3)), zorder=1.5)
    (low, high), lowest = ax.get_ylim(), -np.inf
    height = _points(ax.get_window_extent().height, ax)
    for target in sorted(targets, key=lambda each: each.value):
        place = (target.value - low) / (high - low) * height
        lowest = max(place, lowest + POINTS_APART)
        beside, offset = ax.get_yaxis_transform(), (4, lowest - place)
        ax.annotate(target.shown, (1, target.value), xycoords=beside, xytext=offset, textcoords="offset points",
                    va="center", fontsize=8.5, color=INK, annotation_clip=False)  # fmt: skip


def _points(pixels: float, ax: Axes) -> float:
    return float(pixels * 72 / ax.figure.dpi)
