"""Figures of orders and revenue."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.marks import over_time, period_edges
from retention_kit.figures.style import (
    GAIN,
    GREY,
    hatched,
    house_style,
    money_axis,
    new_axes,
    nothing_to_draw,
    period_ticks,
)
from retention_kit.periods import Period, Unit
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.texts import marked as m

FIRST: dict[Unit, str] = {
    "week": m("Customers in their first week"),
    "month": m("Customers in their first month"),
    "quarter": m("Customers in their first quarter"),
    "year": m("Customers in their first year"),
}


@over_time(period_edges)
@draws("revenue_existing", "revenue_first", "revenue_untold", "revenue_unknown")
@house_style
def plot_revenue_history(history: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of the revenue of `order_history`, that of customers who had bought before the lowest."""
    ax = new_axes() if ax is None else ax
    if not history.revenue.any():
        return nothing_to_draw(ax, wording.gettext("There is no revenue in these periods."))
    places = range(len(history))
    base = 0 * history.revenue
    for column, look, label in _parts(Period(history.period.iloc[0]).unit, hatched(len(history))):
        part = history[column].fillna(0)
        if part.any() or column in ("revenue_existing", "revenue_first"):
            ax.bar(places, part, bottom=base, label=wording.gettext(label), **look)
        base = base + part
    money_axis(ax, wording)
    period_ticks(ax, history.period.tolist(), wording)
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.2))
    ax.set(title=wording.gettext("Revenue"))
    return ax


def _parts(unit: Unit, look: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The column of each part of a bar, its look, to which one of two beside each other adds another, and its name."""
    yield "revenue_existing", {"color": GAIN}, m("Customers who had bought before")
    yield "revenue_first", {"color": "#56b4e9"} | look, FIRST[unit]
    yield "revenue_untold", {"color": GREY} | look, m("New or existing customers (not known which)")
    yield "revenue_unknown", {"color": GREY}, m("Orders without a customer")
