"""The metrics of a period as cards."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.changes import change_sentence
from retention_kit.figures.exhibit import Exhibit, html_table, note
from retention_kit.figures.measures import interval, limit, limit_without_unit, measure
from retention_kit.periods import Period, Unit
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, MISSING, Wording, glossary, is_missing
from retention_kit.wording.glossary import Kind

MOST_SEGMENTS = 12
MOST_METRICS = 5
"""So many segments, and metrics of them, fit on a page; all of them stand in metrics.csv."""

MOST_POINTS, FEWEST_POINTS = 25, 4
"""So many periods has the line of a card, and none where fewer are known."""

OF_ORDERS = ("average_order_value", "contact_rate")
"""Averages over orders, though their intervals come from the customers behind them: their n is orders."""


def show_cards(
    card: pd.DataFrame,
    changes: pd.DataFrame,
    trends: pd.DataFrame | None = None,
    *,
    headlines: bool = False,
    wording: Wording = ENGLISH,
) -> Exhibit:
    """Show the metrics of a scorecard as cards: value, interval, n, and what changed; its rows go to metrics.csv.

    Args:
        card: The result of `scorecard`.
        changes: The result of `changes`.
        trends: The result of `trends`, drawn as a line on each card; None for none.
        headlines: Show the headline metrics alone; all rows go to metrics.csv none the less.
        wording: The reader's language and currency: `wording_of(engagement)`.
    """
    now = card[(card.segment == ALL) & (card.period == _period_of(card))]
    names = [name for name in now.metric if glossary.METRICS[name].is_headline or not headlines]
    whole = changes[changes.segment == ALL].sort_values("base", ascending=False)  # the year ago first
    lines = {name: _line(trends, name, wording) for name in names}
    cards = [
        _card(now[now.metric == name].iloc[0], whole[whole.metric == name], lines[name], wording) for name in names
    ]
    html = Markup('<div class="rk-cards">{}</div>{}{}').format(
        Markup("").join(cards),
        _by_segment(card[card.period == _period_of(card)], changes, names, wording),
        _definitions(names, wording, Period(_period_of(card)).unit),
    )
    return Exhibit("metrics", html, card.drop(columns=["about", "deff"], errors="ignore"), "metrics")


def _by_segment(now: pd.DataFrame, changes: pd.DataFrame, names: list[str], wording: Wording) -> Markup:
    """The same metrics for the largest segments, where engagement.toml names any; what changed is marked."""
    parts = now[(now.segment != ALL) & now.metric.isin(names)]
    if parts.empty:
        return Markup("")
    largest = parts.groupby("segment").n.max().sort_values(ascending=False).index[:MOST_SEGMENTS]
    shown = [name for name in names if name in set(parts.metric) and _is_for_segments(name)][:MOST_METRICS]
    moved = _moved(changes)
    rows = [
        {wording.gettext("Segment"): glossary.segment_name(str(segment), wording)}
        | {
            glossary.label(name, wording): _segment_value(parts, str(segment), name, wording)
            + _mark(moved.get((name, str(segment)), 0.0))
            for name in shown
        }
        for segment in largest
    ]
    numeric: dict[str, Kind] = {glossary.label(name, wording): "figures" for name in shown}
    table = html_table(pd.DataFrame(rows), numeric, wording=wording)
    return _of_all(len(largest), parts.segment.nunique(), wording) + table


def _moved(changes: pd.DataFrame) -> dict[tuple[str, str], float]:
    """By how much each metric of each segment changed, where it did; what is said of both is said since a year ago."""
    found = changes[changes.verdict == "changed"].sort_values("base")
    pairs = zip(found.metric.astype(str), found.segment.astype(str), strict=True)
    return dict(zip(pairs, found.beyond.astype(float), strict=True))


def _mark(change: float) -> str:
    return "" if not change else " ▲" if change > 0 else " ▼"


def _of_all(n: int, n_all: int, wording: Wording) -> Markup:
    """That there are more segments than the table has rows."""
    if n == n_all:
        return Markup("")
    text = wording.ngettext(
        "The largest {n} of {all} segment; metrics.csv has them all.",
        "The largest {n} of {all} segments; metrics.csv has them all.",
        n_all,
    )
    return note(text.format(n=wording.number(n), all=wording.number(n_all)))


def _is_for_segments(metric: str) -> bool:
    """Counts and headlines: a table of all metrics is wider than a page; metrics.csv has them."""
    return glossary.METRICS[metric].unit == "count" or glossary.METRICS[metric].is_headline


def _segment_value(parts: pd.DataFrame, segment: str, metric: str, wording: Wording) -> str:
    found = parts[(parts.segment == segment) & (parts.metric == metric)]
    if found.empty or found.status.item() != "ok":
        return MISSING
    row = found.iloc[0]
    value = measure(row.value, row.unit, wording)
    if is_missing(row.low):
        return value
    low, high = (limit_without_unit(end, row.unit, wording) for end in (row.low, row.high))
    limits = interval(low, high, wording) if low.startswith("−") else f"{low}–{high}"  # a minus beside a dash misleads
    return f"{value} ({limits})"


def _definitions(names: list[str], wording: Wording, unit: Unit) -> Markup:
    entries = (
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            glossary.label(name, wording, unit), glossary.definition(name, wording, unit)
        )
        for name in names
    )
    return Markup('<dl class="rk-definitions">{}</dl>').format(Markup("").join(entries))


def _period_of(card: pd.DataFrame) -> str:
    return str(max(Period(text) for text in card.period.unique()))


def _card(row: "pd.Series[Any]", changes: pd.DataFrame, line: Markup, wording: Wording) -> Markup:
    weak = Markup(' data-weak="true"') if {"small_n", "low_response"} & set(row["flags"].split()) else Markup("")
    card = Markup('<section class="rk-card"') + weak
    card += Markup('><p class="rk-label">{}</p><p class="rk-value">{}</p>{}</section>')
    name = glossary.label(row.metric, wording, Period(row.period).unit)
    if row.status != "ok":
        return card.format(name, MISSING, note(glossary.status_text(row.status, wording)))
    detail = Markup('<p class="rk-detail">{}</p>').format(_detail(row, wording))
    sentences = (_change(change, row.unit, wording) for _index, change in changes.iterrows())
    return card.format(name, measure(row.value, row.unit, wording), line + detail + Markup("").join(sentences))


WIDTH, HEIGHT = 200, 36
"""The size of a trend line, in its own units."""


def _line(trends: pd.DataFrame | None, metric: str, wording: Wording) -> Markup:
    """The values of the periods before and this one as a line from the lowest to the highest; gaps where one is not."""
    if trends is None:
        return Markup("")
    rows = trends[(trends.metric == metric) & trends.value.notna()]
    if len(rows) < FEWEST_POINTS:
        return Markup("")
    low, high = rows.value.min(), rows.value.max()
    last = max(Period(text).ordinal for text in trends.period.unique())
    places = [Period(text).ordinal - last + MOST_POINTS - 1 for text in rows.period]
    x = [WIDTH * place / (MOST_POINTS - 1) for place in places]
    y = [HEIGHT / 2 if high == low else HEIGHT * (high - value) / (high - low) for value in rows.value]
    first, final = (rows.iloc[at] for at in (0, -1))
    unit = glossary.METRICS[metric].unit
    text = wording.gettext("{first}: {value}; {last}: {now}; between {low} and {high}").format(
        first=wording.period_name(Period(first.period)),
        value=measure(first.value, unit, wording),
        last=wording.period_name(Period(final.period)),
        now=measure(final.value, unit, wording),
        low=measure(low, unit, wording),
        high=measure(high, unit, wording),
    )
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return Markup(
        '<svg class="rk-line" role="img" aria-label="{}" viewBox="-4 -4 {} {}"><polyline points="{}"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="3"/></svg>'
    ).format(text, WIDTH + 8, HEIGHT + 8, points, x[-1], y[-1])


def _change(change: "pd.Series[Any]", unit: str, wording: Wording) -> Markup:
    verdict = _verdict(change)
    return Markup('<p class="rk-change" data-verdict="{}" data-tone="{}">{}</p>').format(
        verdict, _tone(verdict, change.metric), change_sentence(change, unit, wording)
    )


def _detail(row: "pd.Series[Any]", wording: Wording) -> str:
    parts = []
    if not is_missing(row.low):
        limits = interval(limit(row.low, row.unit, wording), limit(row.high, row.unit, wording), wording)
        parts.append(wording.gettext("95%: {interval}").format(interval=limits))
    if row.metric in OF_ORDERS:
        orders = wording.ngettext("n = {n} order", "n = {n} orders", row.denominator)
        parts.append(orders.format(n=wording.number(row.denominator)))
    elif row.get("about"):
        parts.append(row["about"])
    elif row.unit != "count":
        parts.append(wording.gettext("n = {n}").format(n=wording.number(row.n)))
    parts += [glossary.flag_text(flag, wording) for flag in row["flags"].split()]
    return " · ".join(parts)


def _verdict(change: "pd.Series[Any]") -> str:
    if change.verdict in ("no_base_period", "not_comparable"):
        return "none"
    if change.verdict != "changed":
        return "same"
    return "up" if change.beyond > 0 else "down"  # what is tested: a rise that falls short of the usual one is a fall


def _tone(verdict: str, metric: str) -> str:
    better = glossary.METRICS[metric].better
    if verdict not in ("up", "down") or better == "neither":
        return "none"
    return "good" if (verdict == "up") == (better == "more") else "bad"
