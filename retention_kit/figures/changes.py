"""The changes of the metrics, in a table and in a sentence."""

import math
from typing import Any

import pandas as pd

from retention_kit.figures.exhibit import Exhibit, folded, html_table, note
from retention_kit.figures.measures import change_interval, change_size, measure
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, Wording, glossary, is_missing
from retention_kit.wording.glossary import Kind, Metric
from retention_kit.wording.texts import marked as m

VERDICTS = {
    "changed": m("changed"),
    "changed, but little": m("changed, but little"),
    "no detectable change": m("no detectable change"),
    "not_comparable": m("not tested"),
    "no_base_period": m("no data to compare"),
}
CHANGED = ("changed", "changed, but little")
BASES = {"previous": m("previous period"), "year_ago": m("a year ago")}


def show_changes(changes: pd.DataFrame, *, wording: Wording = ENGLISH) -> Exhibit:
    """Show the result of `changes` as a folded table, what changed first, each metric in its own unit.

    Of segments it has those that changed; the CSV file has all.
    """
    is_shown = (changes.segment == ALL) | changes.verdict.isin(CHANGED)
    compared = changes[(changes.verdict != "no_base_period") & is_shown]
    if compared.empty:
        return Exhibit("changes", note(glossary.status_text("no_base_period", wording)), changes)
    order = compared.verdict.map({word: place for place, word in enumerate(VERDICTS)})
    compared = compared.assign(order=order).sort_values(["order", "p_adjusted"], kind="stable")
    table = pd.DataFrame([_row(change, wording) for _index, change in compared.iterrows()])
    numeric: dict[str, Kind] = {str(column): "figures" for column in list(table)[2:-1]}
    text = wording.ngettext("{n} comparison", "{n} comparisons", len(table)).format(n=wording.number(len(table)))
    return Exhibit("changes", folded(text, html_table(table, numeric, most=None, wording=wording)), changes)


def _row(change: "pd.Series[Any]", wording: Wording) -> dict[str, str]:
    return {
        wording.gettext("Metric"): _metric_of(change, wording),
        wording.gettext("Compared with"): base_name(change, wording),
        wording.gettext("Earlier value"): measure(change.base_value, glossary.METRICS[change.metric].unit, wording),
        wording.gettext("Change"): change_size(change, change.difference, wording),
        wording.gettext("Usual at this season"): change_size(change, change.usual, wording),
        wording.gettext("95% interval"): change_interval(change, wording),
        wording.gettext("p-value (adjusted)"): _p_value(change.p_adjusted, wording),
        wording.gettext("Would have been seen"): _seen(change, wording),
        wording.gettext("Verdict"): wording.gettext(VERDICTS[change.verdict]),
    }


def _metric_of(change: "pd.Series[Any]", wording: Wording) -> str:
    label = glossary.label(change.metric, wording, Period(change.period).unit)
    return label if change.segment == ALL else f"{label}, {glossary.segment_name(change.segment, wording)}"


def _p_value(p_value: float, wording: Wording) -> str:
    return f"< {wording.number(0.001, digits=3)}" if p_value < 0.001 else wording.number(p_value, digits=3)


def base_name(change: "pd.Series[Any]", wording: Wording) -> str:
    """The period that a change is measured against."""
    if not change.base_period:
        return wording.gettext(BASES[change.base])
    return wording.period_name(Period(change.base_period))


def _seen(change: "pd.Series[Any]", wording: Wording) -> str:
    """The smallest change that would have been seen, without a sign."""
    return change_size(change, change.smallest_seen, wording).lstrip("+")


def change_sentence(change: "pd.Series[Any]", unit: str, wording: Wording) -> str:
    """A change in a sentence."""
    base = base_name(change, wording)
    if is_missing(change.base_value):
        return wording.gettext("{base}: no data to compare").format(base=base)
    size, earlier = change_size(change, change.difference, wording), measure(change.base_value, unit, wording)
    if glossary.METRICS[change.metric].compared in ("total", "count"):
        size = wording.gettext("{difference}, daily average").format(difference=size)
    if not is_missing(change.usual):
        usual = change_size(change, change.usual, wording)
        size = wording.gettext("{difference}; {usual} at this season a year ago").format(difference=size, usual=usual)
    sentence = _sentence(change, wording)
    return sentence.format(base=base, earlier=earlier, difference=size, seen=_seen(change, wording))


def _whole(metric: Metric) -> float:
    """A change so large that it is no change of the metric any more: all of a share, as much again, half of a score."""
    if metric.unit == "points":
        return 100.0
    return 1.0 if metric.unit == "ratio" or metric.compared in ("total", "count") else math.inf


def _sentence(change: "pd.Series[Any]", wording: Wording) -> str:
    if is_missing(change.difference):
        return wording.gettext("{base}: {earlier}")
    match change.verdict:
        case "changed":
            return wording.gettext("{base}: {earlier}, changed by {difference}")
        case "changed, but little":
            return wording.gettext("{base}: {earlier}, changed, but little ({difference})")
        case "no detectable change" if change.smallest_seen >= _whole(glossary.METRICS[change.metric]):
            return wording.gettext("{base}: {earlier}, too little is known to see any change ({difference})")
        case "no detectable change" if not is_missing(change.smallest_seen):
            return wording.gettext(
                "{base}: {earlier}, no detectable change ({difference}); a change of {seen} would have been seen"
            )
        case "no detectable change":
            return wording.gettext("{base}: {earlier}, no detectable change ({difference})")
        case _:
            return wording.gettext("{base}: {earlier} ({difference})")
