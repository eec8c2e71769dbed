"""Figures of the LTV page."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.style import GREY, house_style, new_axes, nothing_to_draw, number_axis, percent_axis
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import status_text


@draws("n_customers", "n_expected")
@house_style
def plot_purchase_fit(fit: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of `purchases_fit_check`: customers by repeat purchases, as observed and as the model expects."""
    ax = new_axes(height=3.2) if ax is None else ax
    if not (fit.status == "ok").any():
        return nothing_to_draw(ax, status_text(str(fit.status.iloc[0]), wording))
    places = range(len(fit))
    ax.bar([place - 0.2 for place in places], fit.n_customers, width=0.4, color=GREY, label=wording.gettext("Observed"))
    ax.bar(
        [place + 0.2 for place in places],
        fit.n_expected,
        width=0.4,
        hatch="//",
        edgecolor="white",
        label=wording.gettext("Model"),
    )
    number_axis(ax, wording)
    ax.set_xticks(list(places), fit.frequency.astype(str))
    ax.legend()
    ax.set(
        title=wording.gettext("Customers by their number of repeat purchases"),
        xlabel=wording.gettext("Repeat purchases"),
    )
    return ax


@draws("share")
@house_style
def plot_ltv_by_decile(deciles: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of `ltv_by_decile`: the share of the predicted value of each decile of the customers."""
    ax = new_axes(height=3.0) if ax is None else ax
    if not deciles.share.notna().any():
        return nothing_to_draw(ax, status_text(str(deciles.status.iloc[0]), wording))
    ax.bar(deciles.decile, deciles.share)
    percent_axis(ax, wording)
    ax.set_xticks(deciles.decile)
    ax.set(
        title=wording.gettext("Share of the predicted value"),
        xlabel=wording.gettext("Deciles of customers, the most valuable first"),
    )
    return ax
