"""Figures of the cohorts page."""

from collections.abc import Iterator

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.ticker import MaxNLocator

from retention_kit.figures.drawn import draws, excerpt
from retention_kit.figures.small_multiples import draw_rate, height_of, small_axes
from retention_kit.figures.style import (
    GAIN,
    LOSS,
    house_style,
    money_axis,
    new_axes,
    nothing_to_draw,
    percent_axis,
    period_ticks,
)
from retention_kit.periods import Period, Unit, periods
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

AGES_OF_CURVE: dict[Unit, str] = {
    "week": m("Weeks since first order (number of cohorts below)"),
    "month": m("Months since first order (number of cohorts below)"),
    "quarter": m("Quarters since first order (number of cohorts below)"),
    "year": m("Years since first order (number of cohorts below)"),
}


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
    _name_ages(ax, later, wording)
    percent_axis(ax, wording)
    ax.set(title=wording.gettext("Retention curve, all cohorts"), xlabel=_ages_of_curve(curve, wording))
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


def _name_ages(ax: Axes, curve: pd.DataFrame, wording: Wording) -> None:
    """Below each age of a curve the number of cohorts that have reached it."""
    named = curve.iloc[:: -(-len(curve) // MOST_AGES)]
    ax.set_xticks(named.age)
    ax.set_xticklabels([f"{age}\n{wording.number(n)}" for age, n in zip(named.age, named.n_cohorts, strict=True)])


def _ages_of_curve(curve: pd.DataFrame, wording: Wording) -> str:
    return wording.gettext(AGES_OF_CURVE[Period(str(curve.last_cohort.iloc[0])).unit])


@draws("value", names=("cohort", "age"))
@house_style
def plot_retention_by_age(cells: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """A small picture per age of `cohort_retention`: its line over the cohorts, with the 95 % band.

    A line ends with the last cohort that has reached the age.
    """
    seen = cells[cells.status == "ok"]
    ages = sorted(map(int, seen.age.unique()))
    ax = new_axes(height=height_of(max(len(ages), 1))) if ax is None else ax
    if seen.empty:
        return nothing_to_draw(ax, wording.gettext("No cohort is old enough yet to have bought again."))
    cohorts = periods(Period(cells.cohort.min()), Period(cells.cohort.max()))
    for small, age in zip(small_axes(ax, len(ages), low=0, high=1.05 * seen.high.max()), ages, strict=True):
        line = seen[seen.age == age].set_index("cohort").reindex([str(cohort) for cohort in cohorts])
        draw_rate(small, line, wording.gettext("After {age}").format(age=wording.span(age, cohorts[0].unit)), wording)
    ax.set(title=wording.gettext("Retention at the same age, cohort by cohort"))
    return ax


@house_style
def plot_cohort_revenue_curve(curve: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Line of `cohort_revenue_curve` with its 95 % band and the number of cohorts behind each point."""
    ax = new_axes() if ax is None else ax
    if curve.empty:
        return nothing_to_draw(
            ax, wording.gettext("No curve yet: fewer than 3 cohorts or 30 customers are old enough.")
        )
    ax.fill_between(curve.age, curve.low, curve.high, alpha=0.2, linewidth=0)
    ax.plot(curve.age, curve.value, marker="o")
    ax.set_ylim(bottom=min(0, curve.value.min()))
    _name_ages(ax, curve, wording)
    money_axis(ax, wording)
    title = wording.gettext("Cumulative revenue per customer, all cohorts")
    ax.set(title=title, xlabel=_ages_of_curve(curve, wording))
    return ax


BROUGHT_FIRST: dict[Unit, str] = {
    "week": m("Brought in the first week"),
    "month": m("Brought in the first month"),
    "quarter": m("Brought in the first quarter"),
    "year": m("Brought in the first year"),
}


@draws("cac", "brought_0", "brought_3", "brought_12", names=("cohort",))
@house_style
def plot_cohort_payback(payback: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Lines of `cohort_payback` over the cohorts: what a customer cost, with its 95 % band, and brought by each age.

    A cohort has paid back by an age whose line is above that of the cost.
    """
    ax = new_axes() if ax is None else ax
    if not payback.cac.notna().any():
        return nothing_to_draw(ax, wording.gettext("Of no cohort is the cost of winning its customers known."))
    cohorts = periods(Period(payback.cohort.min()), Period(payback.cohort.max()))
    rows = payback.set_index("cohort").reindex([str(cohort) for cohort in cohorts])
    places = range(len(rows))
    ax.fill_between(places, rows.cac_low, rows.cac_high, color=LOSS, alpha=0.2, linewidth=0)
    ax.plot(places, rows.cac, color=LOSS, label=wording.gettext("Acquisition cost per customer"))
    for (column, label), style in zip(_brought_by_age(rows, cohorts[0].unit, wording), (":", "--", "-"), strict=False):
        ax.plot(places, rows[column], style, color=GAIN, label=label)
    ax.set_ylim(bottom=0)
    money_axis(ax, wording)
    period_ticks(ax, [str(cohort) for cohort in cohorts], wording)
    ax.legend(ncols=2, loc="upper left", bbox_to_anchor=(0, -0.24))
    ax.set(title=wording.gettext("What a customer cost to win and has brought"))
    return ax


def _brought_by_age(rows: pd.DataFrame, unit: Unit, wording: Wording) -> Iterator[tuple[str, str]]:
    """The columns of what was brought by an age that any cohort has reached, with their names."""
    for column in rows.filter(regex=r"^brought_\d+$").dropna(axis=1, how="all"):
        age = int(str(column).removeprefix("brought_"))
        after = wording.gettext("Brought up to {age} after the first order").format(age=wording.span(age, unit))
        yield str(column), wording.gettext(BROUGHT_FIRST[unit]) if age == 0 else after
