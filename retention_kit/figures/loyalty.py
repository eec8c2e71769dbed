"""Figures of the loyalty page."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.style import house_style, new_axes, nothing_to_draw, percent_axis
from retention_kit.wording import texts
from retention_kit.wording.glossary import segment_name
from retention_kit.wording.texts import _


@house_style
def plot_repeat_by_order_number(steps: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Points of `repeat_by_order_number` with their 95 % intervals and the customers who reached each step."""
    ax = new_axes(height=3.2) if ax is None else ax
    if steps.empty:
        return nothing_to_draw(ax, _("Nobody has bought yet."))
    errors = [steps.value - steps.low, steps.high - steps.value]
    ax.errorbar(steps.n_purchases, steps.value, yerr=errors, fmt="o", capsize=3)
    ax.set_ylim(0, 1)
    percent_axis(ax)
    ax.set_xticks(steps.n_purchases)
    ax.set_xticklabels([f"{n}\n{texts.number(reached)}" for n, reached in zip(steps.n_purchases, steps.n, strict=True)])
    ax.set(
        title=_("Customers who went on to the next purchase"),
        xlabel=_("Purchases made; below it the customers who made them"),
        ylabel="",
    )
    return ax


@house_style
def plot_rfm_segments(segments: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Horizontal bars of the share of customers in each named segment of `rfm_segments`, with 95 % intervals."""
    ax = new_axes(height=3.8) if ax is None else ax
    if not segments.n_customers.any():
        return nothing_to_draw(ax, _("Nobody has bought in the last year."))
    sizes = zip(segments.segment, segments.n_customers, strict=True)
    names = [f"{segment_name(segment)}  ({texts.number(n)})" for segment, n in sizes]
    errors = [segments.value - segments.low, segments.high - segments.value]
    ax.barh(names, segments.value, xerr=errors, error_kw={"ecolor": "#555b66", "elinewidth": 1})
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_formatter(lambda value, _position: texts.percent(value, digits=0))
    ax.set(title=_("Customers by how lately and how often they bought"), ylabel="")
    return ax
