"""The metrics of a period as cards."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.changes import moved
from retention_kit.figures.exhibit import Exhibit, html_table
from retention_kit.figures.measures import bare, bound, interval, measure
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import glossary, texts
from retention_kit.wording.glossary import Kind
from retention_kit.wording.texts import _

MOST_SEGMENTS = 12
MOST_METRICS = 5
"""So many segments, and metrics of them, fit on a page; all of them stand in metrics.csv."""


def show_cards(card: pd.DataFrame, moves: pd.DataFrame, *, headlines: bool = False) -> Exhibit:
    """Show the metrics of a scorecard as cards: value, interval, n, and what changed; its rows go to metrics.csv.

    Args:
        card: The result of `scorecard`.
        moves: The result of `changes`.
        headlines: Show the headline metrics alone; all rows go to metrics.csv none the less.
    """
    now = card[(card.segment == ALL) & (card.period == _period_of(card))]
    names = [name for name in now.metric if glossary.METRICS[name].is_headline or not headlines]
    whole = moves[moves.segment == ALL]
    cards = [_card(now[now.metric == name].iloc[0], whole[whole.metric == name]) for name in names]
    html = Markup('<div class="rk-cards">{}</div>{}{}').format(
        Markup("").join(cards), _by_segment(card[card.period == _period_of(card)], names), _definitions(names)
    )
    return Exhibit("metrics", html, card.drop(columns="flags"), "metrics")


def _by_segment(now: pd.DataFrame, names: list[str]) -> Markup:
    """The same metrics for the largest segments, where engagement.toml names any."""
    parts = now[(now.segment != ALL) & now.metric.isin(names)]
    if parts.empty:
        return Markup("")
    largest = parts.groupby("segment").n.max().sort_values(ascending=False).index[:MOST_SEGMENTS]
    shown = [name for name in names if name in set(parts.metric) and _is_for_segments(name)][:MOST_METRICS]
    rows = [
        {_("Segment"): glossary.segment_name(str(segment))}
        | {glossary.label(name): _segment_value(parts, str(segment), name) for name in shown}
        for segment in largest
    ]
    numeric: dict[str, Kind] = {glossary.label(name): "figures" for name in shown}
    return html_table(pd.DataFrame(rows), numeric)


def _is_for_segments(metric: str) -> bool:
    """Counts and headlines: a table of all metrics is wider than a page; metrics.csv has them."""
    return glossary.METRICS[metric].unit == "count" or glossary.METRICS[metric].is_headline


def _segment_value(parts: pd.DataFrame, segment: str, metric: str) -> str:
    found = parts[(parts.segment == segment) & (parts.metric == metric)]
    if found.empty or found.status.item() != "ok":
        return texts.MISSING
    row = found.iloc[0]
    value = measure(row.value, row.unit)
    if texts.is_missing(row.low):
        return value
    return f"{value} ({bare(row.low, row.unit)}–{bare(row.high, row.unit)})"


def _definitions(names: list[str]) -> Markup:
    entries = (
        Markup("<dt>{}</dt><dd>{}</dd>").format(glossary.label(name), glossary.definition(name)) for name in names
    )
    return Markup('<dl class="rk-definitions">{}</dl>').format(Markup("").join(entries))


def _period_of(card: pd.DataFrame) -> str:
    return str(max(Period(text) for text in card.period.unique()))


def _card(row: "pd.Series[Any]", moves: pd.DataFrame) -> Markup:
    weak = Markup(' data-weak="true"') if {"small_n", "low_response"} & set(row["flags"].split()) else Markup("")
    card = Markup('<section class="rk-card"') + weak
    card += Markup('><p class="rk-label">{}</p><p class="rk-value">{}</p>{}</section>')
    name = glossary.label(row.metric)
    if row.status != "ok":
        reason = Markup('<p class="rk-note">{}</p>').format(glossary.status_text(row.status))
        return card.format(name, texts.MISSING, reason)
    detail = Markup('<p class="rk-detail">{}</p>').format(_detail(row))
    changes = (_change(move, row.unit) for _index, move in moves.iterrows())
    return card.format(name, measure(row.value, row.unit), detail + Markup("").join(changes))


def _change(move: "pd.Series[Any]", unit: str) -> Markup:
    verdict = _verdict(move)
    return Markup('<p class="rk-change" data-verdict="{}" data-tone="{}">{}</p>').format(
        verdict, _tone(verdict, move.metric), moved(move, unit)
    )


def _detail(row: "pd.Series[Any]") -> str:
    parts = []
    if not texts.is_missing(row.low):
        low, high = bound(row.low, row.unit), bound(row.high, row.unit)
        parts.append(_("95 %: {interval}").format(interval=interval(low, high)))
    if row.unit != "count":
        parts.append(_("n = {n}").format(n=texts.number(row.n)))
    parts += [glossary.flag_text(flag) for flag in row["flags"].split()]
    return " · ".join(parts)


def _verdict(move: "pd.Series[Any]") -> str:
    if move.verdict in ("no_base_period", "not_comparable"):
        return "none"
    if move.verdict != "changed":
        return "same"
    return "up" if move.difference > 0 else "down"


def _tone(verdict: str, metric: str) -> str:
    if verdict not in ("up", "down"):
        return "none"
    return "good" if (verdict == "up") != (glossary.METRICS[metric].better == "less") else "bad"
