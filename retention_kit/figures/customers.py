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
    percent_axis,
    period_ticks,
)
from retention_kit.wording import ENGLISH, Wording


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
