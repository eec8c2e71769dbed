"""The targets of a client as a table."""

from typing import Any

import pandas as pd

from retention_kit.figures.exhibit import Exhibit, html_table, note
from retention_kit.figures.measures import interval, limit, measure
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, MISSING, Wording, glossary, is_missing
from retention_kit.wording.glossary import Kind


def show_targets(targets: pd.DataFrame, *, wording: Wording = ENGLISH) -> Exhibit:
    """Show the result of `targets` as a table, each metric in its own unit; its rows go to tables/targets.csv.

    Args:
        targets: The result of `targets`.
        wording: The reader's language and currency: `wording_of(engagement)`.
    """
    if targets.empty:
        return Exhibit("targets", note(wording.gettext("No targets are set in engagement.toml.")), targets)
    table = pd.DataFrame([_row(target, wording) for _index, target in targets.iterrows()])
    numeric: dict[str, Kind] = {str(column): "figures" for column in list(table)[3:5]}
    return Exhibit("targets", html_table(table, numeric, most=None, wording=wording), targets)


def _row(target: "pd.Series[Any]", wording: Wording) -> dict[str, str]:
    unit = glossary.METRICS[target.metric].unit
    low, high = (MISSING if is_missing(end) else limit(end, unit, wording) for end in (target.low, target.high))
    return {
        wording.gettext("Metric"): _metric_of(target, wording),
        wording.gettext("Target"): aim(target.metric, target.target, wording),
        wording.pgettext("due date", "By"): wording.day(target.by),
        wording.gettext("Value"): measure(target.value, unit, wording),
        wording.gettext("95% interval"): interval(low, high, wording),
        wording.gettext("Status"): _status(target, wording),
        wording.gettext("Source"): target.source,
    }


def aim(metric: str, value: float, wording: Wording) -> str:
    """A target in words: on which side of it the metric is to be.

    Example:
        >>> aim("customer_retention_rate", 0.8, ENGLISH), aim("refund_rate", 0.04, ENGLISH)
        ('at least 80.0%', 'at most 4.0%')
    """
    described = glossary.METRICS[metric]
    is_ceiling = described.better == "less"
    text = wording.gettext("at most {value}") if is_ceiling else wording.gettext("at least {value}")
    return text.format(value=measure(value, described.unit, wording))


def _metric_of(target: "pd.Series[Any]", wording: Wording) -> str:
    label = glossary.label(target.metric, wording, Period(target.period).unit)
    return label if target.segment == ALL else f"{label}, {glossary.segment_name(target.segment, wording)}"


def _status(target: "pd.Series[Any]", wording: Wording) -> str:
    """Where there is no value, why."""
    if target.status == "no value":
        return glossary.status_text(target.value_status, wording)
    return {
        "met": wording.pgettext("target", "met"),
        "missed": wording.pgettext("target", "missed"),
        "on course": wording.pgettext("target", "on course"),
        "behind": wording.pgettext("target", "behind"),
        "cannot be told yet": wording.pgettext("target", "cannot be told yet"),
    }[str(target.status)]
