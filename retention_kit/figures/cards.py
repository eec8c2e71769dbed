"""The metrics of a period as cards, and their changes as a table."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit import glossary, texts
from retention_kit.figures.exhibit import Exhibit, html_table
from retention_kit.glossary import Kind
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.texts import _

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
    cards = [_card(now[now.metric == name].iloc[0], moves[moves.metric == name]) for name in names]
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
    value = _measure(row.value, row.unit)
    if texts.is_missing(row.low):
        return value
    return f"{value} ({_measure(row.low, row.unit)}–{_measure(row.high, row.unit)})"


def _definitions(names: list[str]) -> Markup:
    entries = (
        Markup("<dt>{}</dt><dd>{}</dd>").format(glossary.label(name), glossary.definition(name)) for name in names
    )
    return Markup('<dl class="rk-definitions">{}</dl>').format(Markup("").join(entries))


def show_changes(moves: pd.DataFrame) -> Exhibit:
    """Show the result of `changes` as a table, each metric in its own unit."""
    compared = moves[moves.verdict != "no_base_period"]
    if compared.empty:
        html = Markup('<p class="rk-note">{}</p>').format(glossary.status_text("no_base_period"))
        return Exhibit("changes", html, moves)
    rows = [
        {
            _("Metric"): glossary.label(move.metric),
            _("Compared with"): _against(move),
            _("Then"): _measure(move.base_value, glossary.METRICS[move.metric].unit),
            _("Change"): _difference(move, move.difference),
            _("95 % interval"): _interval(_difference(move, move.low), _difference(move, move.high)),
            _("Adjusted p"): _chance(move.p_adjusted),
            _("Verdict"): _(VERDICTS[move.verdict]),
        }
        for _index, move in compared.iterrows()
    ]
    table = pd.DataFrame(rows)
    numeric: dict[str, Kind] = {str(column): "figures" for column in list(table)[2:-1]}
    return Exhibit("changes", html_table(table, numeric), moves)


def _interval(low: str, high: str) -> str:
    return texts.MISSING if low == texts.MISSING else _("{low} to {high}").format(low=low, high=high)


def _chance(p_value: float) -> str:
    return f"< {texts.number(0.001, digits=3)}" if p_value < 0.001 else texts.number(p_value, digits=3)


VERDICTS = {
    "changed": texts.marked("changed"),
    "no detectable change": texts.marked("no detectable change"),
    "not_comparable": texts.marked("not tested"),
    "no_base_period": texts.marked("no data to compare"),
}


def _against(move: "pd.Series[Any]") -> str:
    if not move.base_period:
        return _("previous period") if move.base == "previous" else _("a year ago")
    return texts.period_name(Period(move.base_period))


def _period_of(card: pd.DataFrame) -> str:
    return str(max(Period(text) for text in card.period.unique()))


def _card(row: "pd.Series[Any]", moves: pd.DataFrame) -> Markup:
    card = Markup('<section class="rk-card"><p class="rk-label">{}</p><p class="rk-value">{}</p>{}</section>')
    name = glossary.label(row.metric)
    if row.status != "ok":
        reason = Markup('<p class="rk-note">{}</p>').format(glossary.status_text(row.status))
        return card.format(name, texts.MISSING, reason)
    detail = Markup('<p class="rk-detail">{}</p>').format(_detail(row))
    changes = (_change(move, row.unit) for _index, move in moves.iterrows())
    return card.format(name, _measure(row.value, row.unit), detail + Markup("").join(changes))


def _change(move: "pd.Series[Any]", unit: str) -> Markup:
    verdict = _verdict(move)
    return Markup('<p class="rk-change" data-verdict="{}" data-tone="{}">{}</p>').format(
        verdict, _tone(verdict, move.metric), _moved(move, unit)
    )


def _measure(value: float, unit: str) -> str:
    match unit:
        case "ratio":
            return texts.percent(value)
        case "money":
            return texts.money(value)
        case "days":
            return _("{n} days").format(n=texts.number(value))
        case "orders per customer":
            return texts.number(value, digits=2)
        case _:
            return texts.number(value)


def _detail(row: "pd.Series[Any]") -> str:
    parts = []
    if not texts.is_missing(row.low):
        low, high = _measure(row.low, row.unit), _measure(row.high, row.unit)
        parts.append(_("95 %: {interval}").format(interval=_interval(low, high)))
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
    return "good" if (verdict == "up") != glossary.METRICS[metric].less_is_better else "bad"


def _moved(move: "pd.Series[Any]", unit: str) -> str:
    if texts.is_missing(move.base_value):
        return _("{against}: no data to compare").format(against=_against(move))
    if move.verdict == "changed":
        text = _("{against}: {earlier}, changed by {difference}")
    elif texts.is_missing(move.difference):
        text = _("{against}: {earlier}")
    elif texts.is_missing(move.low):
        text = _("{against}: {earlier} ({difference})")
    else:
        text = _("{against}: {earlier}, no detectable change ({difference})")
    earlier, difference = _measure(move.base_value, unit), _difference(move, move.difference)
    if glossary.METRICS[move.metric].compared in ("total", "count"):
        difference = _("{difference}, daily average").format(difference=difference)
    return text.format(against=_against(move), earlier=earlier, difference=difference)


def _difference(move: "pd.Series[Any]", size: float) -> str:
    """A difference in the unit of its comparison: percentage points, per cent, or the metric's own."""
    if texts.is_missing(size):
        return texts.MISSING
    metric = glossary.METRICS[move.metric]
    sign = "+" if size > 0 else "−" if size < 0 else "±"
    match metric.compared:
        case "proportion":
            return _("{difference} pp").format(difference=sign + texts.number(100 * abs(size), digits=1))
        case "total" | "count" | "state":
            return sign + texts.percent(abs(size))
        case _:
            return sign + _measure(abs(size), metric.unit)
