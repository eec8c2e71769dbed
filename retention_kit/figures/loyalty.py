"""Figures of the loyalty page."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from retention_kit.figures.drawn import draws
from retention_kit.figures.style import INK, house_style, new_axes, nothing_to_draw, percent_axis
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import segment_name

PALE = LinearSegmentedColormap.from_list("pale", ["#f4f6f9", "#8fbfe0"])
"""From nearly white to a blue on which dark text has a contrast of 5 and more."""


@house_style
def plot_repeat_by_order_number(steps: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Points of `repeat_by_order_number` with their 95 % intervals and the customers who reached each step."""
    ax = new_axes(height=3.2) if ax is None else ax
    if steps.empty:
        return nothing_to_draw(ax, wording.gettext("There are no customers whose first purchase is known."))
    errors = [steps.value - steps.low, steps.high - steps.value]
    ax.errorbar(steps.n_purchases, steps.value, yerr=errors, fmt="o", capsize=3)
    ax.set_ylim(0, 1)
    percent_axis(ax, wording)
    ax.set_xticks(steps.n_purchases)
    ax.set_xticklabels(
        [f"{n}\n{wording.number(reached)}" for n, reached in zip(steps.n_purchases, steps.n, strict=True)]
    )
    ax.set(
        title=wording.gettext("Progression to the next purchase"),
        xlabel=wording.gettext("Purchases made (number of customers below)"),
    )
    return ax


@house_style
def plot_rfm_segments(segments: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Horizontal bars of the share of customers in each named segment of `rfm_segments`, with 95 % intervals."""
    ax = new_axes(height=3.8) if ax is None else ax
    if not segments.n_customers.any():
        return nothing_to_draw(ax, wording.gettext("Nobody has bought in the last year."))
    sizes = zip(segments.segment, segments.n_customers, strict=True)
    names = [f"{segment_name(segment, wording)}  ({wording.number(n)})" for segment, n in sizes]
    errors = [segments.value - segments.low, segments.high - segments.value]
    ax.barh(names, segments.value, xerr=errors, error_kw={"ecolor": "#555b66", "elinewidth": 1})
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    percent_axis(ax, wording, which="x")
    ax.set(title=wording.gettext("Customers by recency and frequency"))
    return ax


SCORES = range(1, 6)


@draws("n_customers", names=("r", "f"))
@house_style
def plot_rfm_grid(grid: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Grid of `rfm_grid`: the number of customers of each pair of scores with its name, the darker the more."""
    ax = new_axes(height=4.4) if ax is None else ax
    if not grid.n_customers.any():
        return nothing_to_draw(ax, wording.gettext("Nobody has bought in the last year."))
    counts = grid.pivot(index="r", columns="f", values="n_customers")
    ax.pcolormesh(counts.to_numpy(float), cmap=PALE, vmin=0, edgecolor="white", linewidth=2)
    for r, f, n, segment in zip(grid.r, grid.f, grid.n_customers, grid.segment, strict=True):
        ax.text(f - 0.5, r - 0.38, wording.number(n), ha="center", va="center", fontweight="bold", color=INK)
        ax.text(f - 0.5, r - 0.72, segment_name(segment, wording), ha="center", va="center", fontsize=7.5, color=INK)
    ax.grid(visible=False)
    ax.set_xticks([score - 0.5 for score in SCORES], [str(score) for score in SCORES])
    ax.set_yticks([score - 0.5 for score in SCORES], [str(score) for score in SCORES])
    ax.tick_params(length=0)
    ax.set(
        title=wording.gettext("Customers by recency and frequency scores"),
        xlabel=wording.gettext("Frequency: from rarely (1) to often (5)"),
        ylabel=wording.gettext("Recency: from long ago (1) to lately (5)"),
    )
    return ax
