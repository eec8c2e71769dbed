"""Figures of what is associated with the score: drivers, topics of comments, behaviour after the answer."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.style import GAIN, GREY, LOSS, house_style, new_axes, nothing_to_draw, percent_axis
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import segment_name, word, words

GROUPS = {"promoter": (GAIN, "o", -0.18), "passive": (GREY, "s", 0.0), "detractor": (LOSS, "D", 0.18)}
"""Colour, marker and place beside the tick of each group."""


def _scaled(drivers: pd.DataFrame) -> pd.DataFrame:
    """The drivers that are ratings on a scale."""
    return drivers[drivers.is_scaled.astype(bool)]


BAR = {"ecolor": "#555b66", "elinewidth": 1}


@draws("importance")
@house_style
def plot_driver_importance(drivers: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Points of the importance of `nps_drivers` with 95 % intervals, the most important on top."""
    shown = drivers[drivers.status == "ok"]
    ax = new_axes(height=1.2 + 0.4 * max(len(shown), 4)) if ax is None else ax
    if why := _why_no_importance(drivers, wording):
        return nothing_to_draw(ax, why)
    errors = [shown.importance - shown.low, shown.high - shown.importance]
    ax.errorbar(shown.importance, [words(name, wording) for name in shown.driver], xerr=errors, fmt="o", capsize=3)
    ax.invert_yaxis()
    ax.grid(visible=True, axis="x")
    ax.set_xlim(left=0)
    percent_axis(ax, wording, which="x")
    ax.set(
        title=wording.gettext("What is associated with the score"),
        xlabel=wording.gettext("Share of what all drivers explain together") + _over(shown, "n", wording),
    )
    return ax


FEWEST_DRIVERS = 3
"""Importance is a share: between one or two drivers it says little."""


def _why_no_importance(drivers: pd.DataFrame, wording: Wording) -> str:
    """Why there is no chart of importance; nothing where there is one."""
    if len(drivers) < FEWEST_DRIVERS:
        return wording.gettext("There are fewer than three ratings and facts to compare.")
    n_told = (drivers.status == "ok").sum()
    if not n_told:
        return wording.gettext("There are too few answers to tell what is associated with the score.")
    few = wording.gettext("Fewer than three ratings and facts differ between the answers.")
    return few if n_told < FEWEST_DRIVERS else ""


def _over(rows: pd.DataFrame, size: str, wording: Wording) -> str:
    """Over which answers a result is, where it says so: how many, and of which days."""
    if rows.empty or not {"first_day", "last_day"} <= set(rows):
        return ""
    row = rows.iloc[0]
    text = wording.ngettext(
        "{n} answer, {first_day} to {last_day}", "{n} answers, {first_day} to {last_day}", row[size]
    )
    days = {name: wording.day(row[name]) for name in ("first_day", "last_day")}
    return "\n" + text.format(n=wording.number(row[size]), **days)


@draws("importance", "performance", rows=_scaled)
@house_style
def plot_importance_performance(drivers: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Rating items of `nps_drivers` by performance and importance, with lines at the means of both.

    Above the level line and left of the upright one stands what matters and is not done well.
    """
    ax = new_axes(height=4.6) if ax is None else ax
    shown = drivers[(drivers.status == "ok") & drivers.is_scaled]
    if why := _why_no_importance(drivers, wording):
        return nothing_to_draw(ax, why)
    if len(shown) < FEWEST_DRIVERS:  # the means of two always part them
        return nothing_to_draw(ax, wording.gettext("There are fewer than three ratings with a scale to compare."))
    errors = [shown.importance - shown.low, shown.high - shown.importance]
    ax.errorbar(shown.performance, shown.importance, yerr=errors, fmt="o", capsize=3)
    ax.axvline(shown.performance.mean(), color=GREY, linestyle="--", linewidth=1)
    ax.axhline(shown.importance.mean(), color=GREY, linestyle="--", linewidth=1)
    for name, x, y in zip(shown.driver, shown.performance, shown.importance, strict=True):
        # A name left of the points on the right and right of those on the left stays within the figure.
        beside, side = ((-6, 4), "right") if x > shown.performance.mean() else ((6, 4), "left")
        ax.annotate(words(name, wording), (x, y), xytext=beside, textcoords="offset points", ha=side, fontsize=9)
    ax.set_ylim(bottom=0)
    ax.margins(x=0.25)
    percent_axis(ax, wording)
    percent_axis(ax, wording, which="x")
    ax.set(
        title=wording.gettext("Importance and performance"),
        xlabel=wording.gettext("Performance: mean answer on its scale, 0% the lowest, 100% the highest")
        + _over(shown, "n", wording),
        ylabel=wording.gettext("Importance"),
    )
    return ax


@draws("share", "nps")
@house_style
def plot_nps_themes(themes: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of the share of comments of each theme of `nps_themes` with 95 % intervals; beside them the writers' NPS."""
    shown = themes[themes.status == "ok"].sort_values(["share", "theme"], ascending=[False, True])
    ax = new_axes(height=1.2 + 0.4 * max(len(shown), 4)) if ax is None else ax
    if shown.empty:
        return nothing_to_draw(ax, wording.gettext("No topic has five comments."))
    names = [f"{word(theme, wording)}  ({wording.number(n)})" for theme, n in zip(shown.theme, shown.n, strict=True)]
    ax.barh(names, shown.share, xerr=[shown.share - shown.low, shown.high - shown.share], error_kw=BAR)
    for place, (points, high) in enumerate(zip(shown.nps, shown.high, strict=True)):
        score = wording.gettext("NPS {points}").format(points=wording.number(points))
        ax.annotate(score, (high, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    percent_axis(ax, wording, which="x")
    ax.set(
        title=wording.gettext("Comment topics"),
        xlabel=wording.gettext("Share of comments") + _over(shown, "n_comments", wording),
    )
    return ax


@house_style
def plot_nps_behaviour(behaviour: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Points of the share of each group of `nps_behaviour` that bought again within each horizon, 95 % intervals."""
    ax = new_axes(height=3.8) if ax is None else ax
    if not (behaviour.status == "ok").any():
        return nothing_to_draw(ax, wording.gettext("No answer is old enough to see what came after it."))
    horizons = list(dict.fromkeys(behaviour.horizon_days))
    for group, (colour, marker, beside) in GROUPS.items():
        rows = behaviour[behaviour.group == group].set_index("horizon_days").loc[horizons]
        places = [place + beside for place in range(len(horizons))]
        errors = [rows.value - rows.low, rows.high - rows.value]
        ax.errorbar(
            places, rows.value, yerr=errors, fmt=marker, color=colour, capsize=3, label=segment_name(group, wording)
        )
    ax.set_xticks(range(len(horizons)), [_horizon(behaviour, horizon, wording) for horizon in horizons])
    ax.set_ylim(0, 1)
    percent_axis(ax, wording)
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.28))
    ax.set(
        title=wording.gettext("Customers who bought again after their answer"),
        xlabel=wording.gettext("Days after the answer (numbers of promoters · passives · detractors below)"),
    )
    return ax


def _horizon(behaviour: pd.DataFrame, horizon: int, wording: Wording) -> str:
    sizes = behaviour[behaviour.horizon_days == horizon].set_index("group").n
    return f"{horizon}\n" + " · ".join(wording.number(sizes[group]) for group in GROUPS)
