"""Figures of the customer base: who came and left, and the rates of it."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.marks import over_time, period_edges
from retention_kit.figures.small_multiples import draw_rate, height_of, say_where_the_scale_begins, small_axes
from retention_kit.figures.style import (
    GAIN,
    GREY,
    INK,
    LOSS,
    hatched,
    house_style,
    new_axes,
    nothing_to_draw,
    number_axis,
    of_segments,
    percent_axis,
    period_ticks,
)
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import segment_name


def _told_once(flow: pd.DataFrame) -> pd.DataFrame:
    """A movement as new or won back only where it is not known which."""
    return flow.assign(new_or_returning=flow.new_or_returning.where(flow.new.isna()))


@over_time(period_edges)
@draws("new", "reactivated", "new_or_returning", "churned", rows=_told_once)
@house_style
def plot_customer_flow(flow: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of `customer_flow`: who came above the line, who left below it."""
    ax = new_axes() if ax is None else ax
    if not (flow.opening.any() or flow.closing.any()):
        return nothing_to_draw(ax, wording.gettext("Nobody was active in these periods."))
    places = range(len(flow))
    new, back = flow.new.fillna(0), flow.reactivated.fillna(0)
    untold = _told_once(flow).new_or_returning.fillna(0)
    ax.bar(places, new, color=GAIN, label=wording.pgettext("customers", "New"))
    ax.bar(places, back, bottom=new, color="#56b4e9", label=wording.gettext("Won back"), **hatched(len(flow)))
    if untold.any():
        ax.bar(places, untold, color=GREY, label=wording.gettext("New or won back"))
    ax.bar(places, -flow.churned, color=LOSS, label=wording.pgettext("customers", "Lost"))
    ax.axhline(0, color=INK, linewidth=0.8)
    number_axis(ax, wording)
    period_ticks(ax, flow.period.tolist(), wording)
    ax.legend(ncols=4, loc="upper left", bbox_to_anchor=(0, -0.2))
    ax.set(title=wording.gettext("Customer movements"))
    return ax


@over_time(period_edges)
@house_style
def plot_rate_history(rate: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Line of a rate over periods with its 95 % interval; periods without a value are gaps."""
    ax = new_axes(height=3.0) if ax is None else ax
    if not rate.value.notna().any():
        return nothing_to_draw(ax, wording.gettext("There is no period with customers at its start."))
    places = range(len(rate))
    ax.fill_between(places, rate.low, rate.high, alpha=0.2, linewidth=0)
    ax.plot(places, rate.value, marker="o")
    percent_axis(ax, wording)
    period_ticks(ax, rate.period.tolist(), wording)
    ax.set(title=wording.gettext("Share of active customers retained"))
    return ax


MOST_SEGMENTS = 6
"""So many segments have a picture of their own."""


@of_segments
@draws("value", names=("segment", "period"))
@house_style
def plot_rate_by_segment(rates: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """A small picture per segment: the line of its rate with the 95 % band, and grey behind it that of all customers.

    The largest six, by how many customers the last rate is of. All have one scale; it begins above 0 where the rates
    would else be one flat line, and says so.
    """
    largest = _largest(rates)
    ax = new_axes(height=height_of(max(len(largest), 1))) if ax is None else ax
    if not largest:
        return nothing_to_draw(ax, wording.gettext("The customers are not divided into segments."))
    shown = rates[rates.segment.isin([ALL, *largest])]
    low, high = _one_scale(shown)
    whole, *parts = (_by_period(shown, segment) for segment in (ALL, *largest))
    for small, segment, part in zip(small_axes(ax, len(largest), low=low, high=high), largest, parts, strict=True):
        title = f"{segment_name(segment, wording)}  ({wording.number(part.n.iloc[-1])})"
        draw_rate(small, part, title, wording, behind=whole)
    say_where_the_scale_begins(ax, low, wording)
    ax.set(title=_title(len(largest), rates.segment[rates.segment != ALL].nunique(), wording))
    return ax


def _by_period(rates: pd.DataFrame, segment: str) -> pd.DataFrame:
    return rates[rates.segment == segment].set_index("period").reindex(sorted(rates.period.unique()))


def _title(n: int, n_all: int, wording: Wording) -> str:
    if n == n_all:
        return wording.gettext("Share of active customers retained, by segment")
    title = wording.ngettext(
        "Share of active customers retained, the largest {n} of {all} segment",
        "Share of active customers retained, the largest {n} of {all} segments",
        n_all,
    )
    return title.format(n=wording.number(n), all=wording.number(n_all))


def _largest(rates: pd.DataFrame) -> list[str]:
    """The segments with the most customers in the last period that has a rate, the largest first."""
    known = rates[(rates.segment != ALL) & rates.value.notna()]
    last = known[known.period == known.period.max()].sort_values(["n", "segment"], ascending=[False, True])
    return list(last.segment.head(MOST_SEGMENTS))


def _one_scale(rates: pd.DataFrame) -> tuple[float, float]:
    """From 0, or from the tens of per cent below the lowest rate where that is more than half of the highest."""
    lowest, highest = rates.low.min(), min(1.0, rates.high.max() + 0.02)
    return (lowest * 10 // 1 / 10 if lowest > highest / 2 else 0.0), highest
