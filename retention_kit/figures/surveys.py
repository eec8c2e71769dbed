"""Figures of surveys: the net promoter score."""

import pandas as pd
from matplotlib.axes import Axes

from retention_kit.figures.drawn import draws
from retention_kit.figures.marks import over_time, wave_edges
from retention_kit.figures.shares import rounded_shares
from retention_kit.figures.style import (
    GAIN,
    GREY,
    INK,
    LOSS,
    house_style,
    new_axes,
    nothing_to_draw,
    number_axis,
    of_segments,
    percent_axis,
    period_ticks,
)
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import segment_name

PALE = "#c3c9d4"
GROUPS = {"detractor": (LOSS, "//"), "passive": (PALE, ""), "promoter": (GAIN, "")}
"""Colour and hatch of each group: in grey print orange and blue are equally dark."""

MOST_WAVES = 12


def _single_waves(trend: pd.DataFrame) -> pd.DataFrame:
    """The points of the trend; what is pooled is their mean."""
    return trend[trend.n_waves == 1]


@over_time(wave_edges)
@draws("nps", names=("kind", "wave"), rows=_single_waves)
@house_style
def plot_nps_trend(trend: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Points of one segment's `nps_scores` with 95 % intervals, hollow below 30 answers; the pooled waves as a line.

    Answers about one contact, where there are any, are squares beside those about the whole relation.
    """
    ax = new_axes() if ax is None else ax
    named = trend.rename(columns={"nps": "value"})
    after_contact = named.kind == "transactional" if "kind" in named else pd.Series(data=False, index=named.index)
    contacts, named = named[after_contact & (named.n_waves == 1)], named[~after_contact]
    single, pooled = named[named.n_waves == 1], named[named.n_waves > 1]
    if not (single.value.notna().any() or contacts.value.notna().any()):
        return nothing_to_draw(ax, wording.gettext("There are no survey answers."))
    place = _places(pd.concat([single, contacts]))
    is_small = single["flags"].str.contains("small_n")
    _points(ax, single[~is_small], place, fill=GAIN, label=wording.gettext("Wave"))
    _points(ax, single[is_small], place, fill="white", label=wording.gettext("Fewer than 30 answers"))
    _points(ax, contacts, place, fill=INK, label=wording.gettext("After a contact"), marker="s")
    if len(pooled):
        n = pooled.n_waves.iloc[0]
        name = wording.ngettext("{n} wave pooled", "{n} waves pooled", n).format(n=wording.number(n))
        ax.plot(pooled.wave.map(place), pooled.value, color=INK, linestyle="--", label=name)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set_ylim(-105, 105)
    number_axis(ax, wording)
    _wave_ticks(ax, list(place), wording)
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.22))
    ax.set(title=wording.gettext("Net promoter score by wave"), ylabel=wording.pgettext("score", "Points"))
    return ax


def _places(waves: pd.DataFrame) -> dict[str, int]:
    """The waves of both kinds in the order of time."""
    last_days = waves.groupby("wave").last_day.max().reset_index().sort_values(["last_day", "wave"])
    return {wave: number for number, wave in enumerate(last_days.wave)}


def _points(ax: Axes, rows: pd.DataFrame, place: dict[str, int], *, fill: str, label: str, marker: str = "o") -> None:
    shown = rows[rows.value.notna()]
    if len(shown):
        errors = [shown.value - shown.low, shown.high - shown.value]
        colour = INK if fill == INK else GAIN
        ax.errorbar(
            shown.wave.map(place), shown.value, yerr=errors, fmt=marker, color=colour, mfc=fill, capsize=3, label=label
        )


def _wave_ticks(ax: Axes, waves: list[str], wording: Wording) -> None:
    if pd.Series(waves).str.fullmatch(r"\d{4}-\d{2}").all():  # waves without a name have that of their month
        return period_ticks(ax, waves, wording)
    shown = range((len(waves) - 1) % -(-len(waves) // MOST_WAVES), len(waves), -(-len(waves) // MOST_WAVES))
    ax.set_xticks(list(shown), [waves[number] for number in shown])
    return None


@house_style
def plot_nps_distribution(scores: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """Bars of `nps_distribution`, one per score, in the colours of detractors, passives and promoters."""
    ax = new_axes(height=3.2) if ax is None else ax
    n = 0 if scores.empty else int(scores.n.max())
    if not n:
        return nothing_to_draw(ax, wording.gettext("There are no survey answers."))
    shares = rounded_shares([scores[scores.group == group].numerator.sum() for group in GROUPS])
    for (group, (colour, hatch)), share in zip(GROUPS.items(), shares, strict=True):
        rows = scores[scores.group == group]
        label = f"{segment_name(group, wording)}  {wording.percent(share, digits=0)}"
        ax.bar(rows.score, rows.value, color=colour, hatch=hatch, edgecolor="white", label=label)
    percent_axis(ax, wording)
    ax.set_xticks(scores.score)
    ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.2))
    title = wording.ngettext(
        "How likely customers are to recommend us ({n} answer)",
        "How likely customers are to recommend us ({n} answers)",
        n,
    )
    ax.set(title=title.format(n=wording.number(n)))
    return ax


@of_segments
@house_style
def plot_nps_gauge(scores: pd.DataFrame, *, ax: Axes | None = None, wording: Wording = ENGLISH) -> Axes:
    """A bar per row of `nps` on the whole scale from -100 to 100, with 95 % interval; grey below 30 answers."""
    shown = scores[scores.status == "ok"]
    ax = new_axes(height=1.2 + 0.45 * max(len(shown), 1)) if ax is None else ax
    if shown.empty:
        return nothing_to_draw(ax, wording.gettext("There are no survey answers."))
    places = range(len(shown))
    ax.barh(places, 200, left=-100, height=0.62, color="#eef0f4")
    colours = [_gauge_colour(value, flags) for value, flags in zip(shown.value, shown["flags"], strict=True)]
    errors = [shown.value - shown.low, shown.high - shown.value]
    ax.barh(places, shown.value, height=0.42, color=colours, xerr=errors, error_kw={"ecolor": INK, "capsize": 3})
    for place, value in zip(places, shown.value, strict=True):
        ax.annotate(wording.number(value), (104, place), va="center", fontweight="bold", annotation_clip=False)
    sizes = zip(shown.segment, shown.n, strict=True)
    names = [f"{segment_name(str(segment), wording)}  ({wording.number(n)})" for segment, n in sizes]
    ax.set_yticks(list(places), names)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xlim(-100, 100)
    number_axis(ax, wording, which="x")
    ax.set_title(wording.gettext("Net promoter score"))
    ax.set_xlabel(wording.gettext("Points (number of answers in brackets)"))
    return ax


def _gauge_colour(value: float, flags: str) -> str:
    """Grey where the answers are few."""
    if "small_n" in flags:
        return GREY
    return GAIN if value >= 0 else LOSS
