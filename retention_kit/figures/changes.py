"""The changes of the metrics, in a table and in a sentence."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.exhibit import Exhibit, html_table
from retention_kit.figures.measures import difference, difference_interval, measure
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import glossary, texts
from retention_kit.wording.glossary import Kind
from retention_kit.wording.texts import _


def show_changes(moves: pd.DataFrame) -> Exhibit:
    """Show the result of `changes` as a table, each metric in its own unit; of segments those that changed."""
    is_spoken_of = (moves.segment == ALL) | (moves.verdict == "changed")
    compared = moves[(moves.verdict != "no_base_period") & is_spoken_of]
    if compared.empty:
        html = Markup('<p class="rk-note">{}</p>').format(glossary.status_text("no_base_period"))
        return Exhibit("changes", html, moves)
    rows = [
        {
            _("Metric"): _metric_of(move),
            _("Compared with"): against(move),
            _("Then"): measure(move.base_value, glossary.METRICS[move.metric].unit),
            _("Change"): difference(move, move.difference),
            _("95 % interval"): difference_interval(move),
            _("Adjusted p"): _chance(move.p_adjusted),
            _("Verdict"): _(VERDICTS[move.verdict]),
        }
        for _index, move in compared.iterrows()
    ]
    table = pd.DataFrame(rows)
    numeric: dict[str, Kind] = {str(column): "figures" for column in list(table)[2:-1]}
    return Exhibit("changes", html_table(table, numeric, most=None), moves)


def _metric_of(move: "pd.Series[Any]") -> str:
    label = glossary.label(move.metric)
    return label if move.segment == ALL else f"{label}, {glossary.segment_name(move.segment)}"


def _chance(p_value: float) -> str:
    return f"< {texts.number(0.001, digits=3)}" if p_value < 0.001 else texts.number(p_value, digits=3)


VERDICTS = {
    "changed": texts.marked("changed"),
    "no detectable change": texts.marked("no detectable change"),
    "not_comparable": texts.marked("not tested"),
    "no_base_period": texts.marked("no data to compare"),
}


def against(move: "pd.Series[Any]") -> str:
    """The period that a change is measured against."""
    if not move.base_period:
        return _("previous period") if move.base == "previous" else _("a year ago")
    return texts.period_name(Period(move.base_period))


def moved(move: "pd.Series[Any]", unit: str) -> str:
    """A change in a sentence."""
    if texts.is_missing(move.base_value):
        return _("{against}: no data to compare").format(against=against(move))
    if move.verdict == "changed":
        text = _("{against}: {earlier}, changed by {difference}")
    elif texts.is_missing(move.difference):
        text = _("{against}: {earlier}")
    elif texts.is_missing(move.low):
        text = _("{against}: {earlier} ({difference})")
    else:
        text = _("{against}: {earlier}, no detectable change ({difference})")
    earlier, size = measure(move.base_value, unit), difference(move, move.difference)
    if glossary.METRICS[move.metric].compared in ("total", "count"):
        size = _("{difference}, daily average").format(difference=size)
    return text.format(against=against(move), earlier=earlier, difference=size)
