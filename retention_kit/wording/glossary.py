"""What the metrics, columns and statuses are called on a page, and what they mean in a sentence.

The texts of columns and words stand in `glossary.toml`, those of metrics with the metrics.
"""

from collections.abc import Mapping
from typing import Any, Literal

from retention_kit.metrics.description import Group, Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.package_data import read_data
from retention_kit.periods import Unit
from retention_kit.wording.texts import Wording, in_context

__all__ = [
    "COLUMNS", "FAULTS", "FLAGS", "METRICS", "REASONS", "SEGMENTS", "STATUSES", "VALUES", "WORDS", "Group", "Kind",
    "Metric", "column_kind", "column_label", "definition", "flag_text", "label", "reason_text", "segment_name",
    "status_text", "word", "words",
]  # fmt: skip

Kind = Literal[
    "text", "figures", "points", "count", "ratio", "pp", "money", "days", "number", "period", "wave", "segment",
    "status", "flags", "reason", "word", "words",
]  # fmt: skip
"""How a column is written; "figures" is a text of numbers already written, "word" one of `WORDS`, "words" several of
them joined by " + ", "pp" a difference of shares in percentage points, "wave" the name of a survey's wave, mostly a
month."""

_GLOSSARY = read_data("retention_kit.wording", "glossary.toml")


def _marked(entry: str | Mapping[str, str]) -> str:
    """An entry's text as `Wording.gettext` takes it, with its context where it has one."""
    if isinstance(entry, str):
        return entry
    return in_context(entry["context"], entry["text"]) if "context" in entry else entry["text"]


def _texts(section: Mapping[str, Any]) -> dict[str, str]:
    return {name: _marked(entry) for name, entry in section.items()}


def _columns(section: Mapping[str, Any]) -> dict[str, tuple[str, Kind]]:
    return {name: (_marked(entry), entry["kind"]) for name, entry in section.items()}


COLUMNS = _columns(_GLOSSARY["columns"])
"""What a column is called, and how it is written."""
OF_UNIT: dict[str, dict[Unit, str]] = _GLOSSARY["of_unit"]
"""What a column is called where the unit of its periods is known."""
VALUES = _columns(_GLOSSARY["values"])
"""What the column `value` is called in the table of a name, and how it and its interval are written there."""
ESTIMATED = ("value", "low", "high")
"""A value and its interval."""

STATUSES, FLAGS, SEGMENTS = (_texts(_GLOSSARY[name]) for name in ("statuses", "flags", "segments"))
REASONS, FAULTS, WORDS = (_texts(_GLOSSARY[name]) for name in ("reasons", "faults", "words"))


def label(metric: str, wording: Wording, unit: Unit = "month") -> str:
    """The name of a metric, an age in it as so many of the unit; an unknown id stands for itself.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> label("cohort_curve_1", ENGLISH), label("cohort_curve_3", ENGLISH, "week")
        ('Bought again after 1 month', 'Bought again after 3 weeks')
    """
    return _aged(METRICS[metric].label, METRICS[metric], wording, unit) if metric in METRICS else metric


def definition(metric: str, wording: Wording, unit: Unit = "month") -> str:
    """The sentence that defines a metric."""
    return _aged(METRICS[metric].definition, METRICS[metric], wording, unit)


def _aged(text: str, metric: Metric, wording: Wording, unit: Unit) -> str:
    said = wording.gettext(text)
    return said if metric.age is None else said.format(age=wording.span(metric.age, unit))


def status_text(status: str, wording: Wording) -> str:
    """A status in words.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> status_text("no_opening", ENGLISH)
        'Nobody was active at the start of the period.'
    """
    return _text(STATUSES, status, wording)


def column_label(column: str, wording: Wording, *, table: str = "", unit: Unit | None = None) -> str:
    """The head of a column; an unknown column stands for itself.

    Args:
        column: The name of the column.
        wording: The reader's language.
        table: The name of the table that the column stands in.
        unit: The unit of the table's periods, where they are all of one.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> column_label("period", ENGLISH), column_label("period", ENGLISH, unit="quarter")
        ('Period', 'Quarter')
    """
    if column == "value" and table in VALUES:
        return wording.gettext(VALUES[table][0])
    if column in OF_UNIT and unit is not None:
        return wording.gettext(OF_UNIT[column][unit])
    return wording.gettext(COLUMNS[column][0]) if column in COLUMNS else column


def column_kind(column: str, *, table: str = "") -> Kind:
    """How a column is written in the table of a name."""
    if column in ESTIMATED and table in VALUES:
        return VALUES[table][1]
    return COLUMNS[column][1] if column in COLUMNS else "text"


COUNTRY = "country"
"""The segment whose values are ISO 3166 codes of countries, mostly."""


def segment_name(segment: str, wording: Wording) -> str:
    """The name of a segment; a value of the client's data stands for itself.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> segment_name("cant_lose_them", ENGLISH), segment_name("country=(other)", ENGLISH)
        ("Can't lose them", 'country: Other (small segments)')
        >>> segment_name("country=DE", ENGLISH), segment_name("channel=DE", ENGLISH)
        ('Germany', 'channel: DE')
    """
    if "=" in segment:
        column, value = segment.split("=", 1)
        if column == COUNTRY and (name := wording.territory(value)):
            return name
        return f"{column}: {segment_name(value, wording)}"
    return _text(SEGMENTS, segment, wording)


def flag_text(flag: str, wording: Wording) -> str:
    """What a reader must know beside a value, in words."""
    return _text(FLAGS, flag, wording)


def word(name: str, wording: Wording) -> str:
    """An identifier in words: those of the glossary, or its own; a parameter of a model stands for itself.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> [word(name, ENGLISH) for name in ("log_likelihood", "alpha", "alpha_standard_error", "delivery_rating")]
        ['log-likelihood', 'alpha', 'alpha, standard error', 'delivery rating']
    """
    if name.endswith("_standard_error"):
        parameter = name.removesuffix("_standard_error")
        return wording.gettext("{parameter}, standard error").format(parameter=parameter)
    return wording.gettext(WORDS[name]) if name in WORDS else name.replace("_", " ")


def words(names: str, wording: Wording) -> str:
    """Several identifiers joined by " + ", in words.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> words("price + delivery_rating", ENGLISH)
        'price + delivery rating'
    """
    return " + ".join(word(name, wording) for name in names.split(" + "))


def reason_text(reason: str, wording: Wording) -> str:
    """What became of rows, in words; the name of a condition of engagement.toml stands for itself.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> [reason_text(reason, ENGLISH) for reason in ("duplicate", "cogs is not a number", "without_customer")]
        ['Duplicates', 'cogs is not a number', 'without customer']
    """
    if reason in REASONS:
        return wording.gettext(REASONS[reason])
    column, _space, fault = reason.partition(" ")
    for beginning, text in FAULTS.items():
        if fault.startswith(beginning):
            return wording.gettext(text).format(column=column)
    return reason.replace("_", " ")


def _text(texts: dict[str, str], name: str, wording: Wording) -> str:
    return wording.gettext(texts[name]) if name in texts else name
