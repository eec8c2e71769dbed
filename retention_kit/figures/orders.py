"""Figures of the overview page."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.style import house_style, money_axis, new_axes, nothing_to_draw, period_ticks
from retention_kit.texts import _


@house_style
def plot_revenue_history(history: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Bars of the revenue of `order_history`, the part of customers who had bought before hatched."""
    ax = new_axes() if ax is None else ax
    if not history.revenue.any():
        return nothing_to_draw(ax, _("There is no revenue in these periods."))
    places = range(len(history))
    ax.bar(places, history.revenue_existing, color="#0072b2", label=_("Customers who had bought before"))
    ax.bar(
        places,
        history.revenue_first,
        bottom=history.revenue_existing,
        color="#56b4e9",
        hatch="//",
        edgecolor="white",
        label=_("Customers of their first period"),
    )
    if history.revenue_unknown.any():
        base = history.revenue_existing + history.revenue_first
        ax.bar(places, history.revenue_unknown, bottom=base, color="#8a919e", label=_("Orders without a customer"))
    money_axis(ax)
    period_ticks(ax, history.period.tolist())
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.2))
    ax.set(title=_("Revenue"), ylabel="")
    return ax
