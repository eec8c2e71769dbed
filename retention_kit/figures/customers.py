"""Figures of the customer base: who came and left, and the rates of it."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.marks import over_time, period_edges
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
@house_style
def plot_rate_by_segment(rates: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """A small picture per segment: the line of its rate with the 95 % band, and grey behind it that of all customers.

    The largest six, by how many customers the last rate is of. All have one scale; it begins above 0 where the rates
    would else be one flat line, and says so.
    """
    largest = _largest(rates)
    n_columns = 2 if len(largest) in (2, 4) else min(max(len(largest), 1), 3)
    n_rows = -(-len(largest) // n_columns)
    ax = new_axes(height=0.4 + 2.0 * max(n_rows, 0.3)) if ax is None else ax
    if not largest:
        return nothing_to_draw(ax, wording.gettext("The customers are not divided into segments."))
    ax.set_axis_off()
    shown = rates[rates.segment.isin([ALL, *largest])]
    low, high = _one_scale(shown)
    for number, segment in enumerate(largest):
        small = ax.inset_axes(_place(number, n_columns, n_rows), ylim=(low, high))
        _draw_segment(small, shown, segment, wording)
        small.tick_params(labelleft=number % n_columns == 0, labelsize=8.5)
    if low > 0:
        said = wording.gettext("The scale begins at {start}, not at 0.").format(start=wording.percent(low, digits=0))
        ax.text(0, -0.02, said, transform=ax.transAxes, fontsize=8.5, color=INK, va="top")
    ax.set(title=_title(len(largest), rates.segment[rates.segment != ALL].nunique(), wording))
    return ax


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


def _place(number: int, n_columns: int, n_rows: int) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a small picture, in parts of the whole."""
    row, column = divmod(number, n_columns)
    width, height = 1 / n_columns, 1 / n_rows
    return (column * width, 1 - (row + 1) * height + 0.15 * height, width - 0.05, 0.66 * height)


def _draw_segment(ax: Axes, rates: pd.DataFrame, segment: str, wording: Wording) -> None:
    names = sorted(rates.period.unique())
    whole, own = (rates[rates.segment == name].set_index("period").reindex(names) for name in (ALL, segment))
    places = range(len(names))
    ax.plot(places, whole.value, color=GREY, linewidth=1)
    ax.fill_between(places, own.low, own.high, alpha=0.2, linewidth=0, color=GAIN)
    ax.plot(places, own.value, color=GAIN, linewidth=1.5)
    percent_axis(ax, wording)
    period_ticks(ax, names, wording, most=2)
    name = f"{segment_name(segment, wording)}  ({wording.number(own.n.iloc[-1])})"
    ax.set_title(name, fontsize=9, loc="left", pad=6)
