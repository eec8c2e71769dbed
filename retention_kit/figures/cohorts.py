"""Figures of the cohorts page."""

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.ticker import MaxNLocator

from retention_kit.figures.drawn import draws, excerpt
from retention_kit.figures.style import house_style, money_axis, new_axes, nothing_to_draw, percent_axis
from retention_kit.periods import Period, Unit
from retention_kit.wording import ENGLISH, Wording, is_missing
from retention_kit.wording.texts import marked as m

SCALE = PowerNorm(0.5, vmin=0, vmax=1)
"""One fixed scale, so that the maps of two clients or months compare; its root tells 5 % from 15 %."""
PALE_TO_BLUE = LinearSegmentedColormap.from_list("pale_to_blue", ["#fbfcf4", "#d8edc6", "#9bd6c0", "#70b4dc"])
"""Light enough throughout for one dark ink on every cell, on paper and turned over on a dark screen."""
CELL_INK = "#0d1218"
BAR = {"fraction": 0.02, "pad": 0.02, "aspect": 40}
SCALE_TICKS = (0, 0.05, 0.2, 0.5, 1)

AGES: dict[Unit, str] = {
    "week": m("Weeks since first order"),
    "month": m("Months since first order"),
    "quarter": m("Quarters since first order"),
    "year": m("Years since first order"),
}


def _later(retention: pd.DataFrame) -> pd.DataFrame:
    """The ages that say something: at age 0 everybody has bought."""
    return retention[retention.age > 0]


@draws("value", names=("cohort", "age"), rows=_later)
@excerpt(cohort=-24, age=24)
@house_style
def plot_cohort_retention(retention: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Heat map of `cohort_retention`: a row per cohort, a column per age, unobserved cells blank.

    The last 24 cohorts and the first 24 ages are drawn, but for age 0, which is 100 % by definition.
    """
    cohorts = sorted(retention.cohort.unique())
    values = _later(retention).pivot(index="cohort", columns="age", values="value")
    ax = new_axes(height=1.1 + 0.36 * len(cohorts)) if ax is None else ax
    if not values.notna().any(axis=None):
        return nothing_to_draw(ax, wording.gettext("No cohort is old enough yet to have bought again."))
    ax.grid(visible=False)
    labels = values.map(lambda value: "" if is_missing(value) else wording.percent(value, digits=0))
    sns.heatmap(
        values,
        norm=SCALE,
        cmap=PALE_TO_BLUE,
        annot=labels,
        fmt="",
        annot_kws={"fontsize": 8, "color": CELL_INK},
        linewidths=1.5,
        linecolor="white",
        cbar_kws={"ticks": SCALE_TICKS, "format": lambda value, _place: wording.percent(value, digits=0), **BAR},
        ax=ax,
    )
    sizes = retention.groupby("cohort").n_customers.first()
    names = [
        f"{wording.period_name(Period(cohort), short=True)}  ({wording.number(sizes[cohort])})" for cohort in cohorts
    ]
    ax.set_yticks([row + 0.5 for row in range(len(cohorts))], names, rotation=0)
    ax.tick_params(length=0)
    ax.set(
        title=wording.gettext("Customers who bought again"),
        xlabel=wording.gettext(AGES[Period(cohorts[0]).unit]),
        ylabel="",
    )
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


MOST_AGES = 18
"""So many ages can be named below a curve."""


@draws("value", names=("age",), rows=_later)
@house_style
def plot_cohort_curve(curve: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Line of `cohort_curve` from age 1 with its 95 % band and the number of cohorts behind each point."""
    ax = new_axes() if ax is None else ax
    later = curve[curve.age > 0]
    if later.empty:
        return nothing_to_draw(
            ax, wording.gettext("No curve yet: fewer than 3 cohorts or 30 customers are old enough.")
        )
    ax.fill_between(later.age, later.low, later.high, alpha=0.2, linewidth=0)
    ax.plot(later.age, later.value, marker="o")
    ax.set_ylim(bottom=0)
    named = later.iloc[:: -(-len(later) // MOST_AGES)]
    ax.set_xticks(named.age)
    ax.set_xticklabels([f"{age}\n{wording.number(n)}" for age, n in zip(named.age, named.n_cohorts, strict=True)])
    percent_axis(ax, wording)
    ax.set(
        title=wording.gettext("Retention curve, all cohorts"),
        xlabel=wording.gettext("Periods since first order (number of cohorts below)"),
    )
    return ax


@draws("cumulative", names=("cohort", "age"))
@excerpt(cohort=-6)
@house_style
def plot_cohort_revenue(revenue: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Lines of the cumulative net revenue per customer of `cohort_revenue`, the last six cohorts."""
    ax = new_axes() if ax is None else ax
    mature = revenue[revenue.status == "ok"]
    if mature.empty:
        return nothing_to_draw(ax, wording.gettext("No cohort has completed its first period."))
    for (cohort, cells), style in zip(mature.groupby("cohort"), ["-", "--", "-.", ":", "-", "--"], strict=False):
        ax.plot(cells.age, cells.cumulative, style, label=wording.period_name(Period(str(cohort)), short=True))
    ax.set_ylim(bottom=0)
    money_axis(ax, wording)
    ax.legend(title=wording.gettext("First order"))
    unit = Period(str(mature.cohort.iloc[0])).unit
    ax.set(title=wording.gettext("Cumulative revenue per customer"), xlabel=wording.gettext(AGES[unit]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax
