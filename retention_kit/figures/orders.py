"""Figures of the overview page."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.style import house_style, money_axis, new_axes, nothing_to_draw, period_ticks
from retention_kit.wording.texts import _


@house_style
def plot_revenue_history(history: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Bars of the revenue of `order_history`, that of customers who had bought before the lowest."""
    ax = new_axes() if ax is None else ax
    if not history.revenue.any():
        return nothing_to_draw(ax, _("There is no revenue in these periods."))
    places = range(len(history))
    hatched = {"hatch": "//", "edgecolor": "white"}
    parts: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("revenue_existing", {"color": "#0072b2"}, _("Customers who had bought before")),
        ("revenue_first", {"color": "#56b4e9"} | hatched, _("Customers of their first period")),
        ("revenue_untold", {"color": "#8a919e"} | hatched, _("Customers not told apart")),
        ("revenue_unknown", {"color": "#8a919e"}, _("Orders without a customer")),
    )
    base = 0 * history.revenue
    for column, look, label in parts:
        part = history[column].fillna(0)
        if part.any() or column in ("revenue_existing", "revenue_first"):
            ax.bar(places, part, bottom=base, label=label, **look)
        base = base + part
    money_axis(ax)
    period_ticks(ax, history.period.tolist())
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.2))
    ax.set(title=_("Revenue"), ylabel="")
    return ax
