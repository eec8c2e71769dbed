"""What the metrics and statuses are called on a page, and what they mean in a sentence."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.wording.glossary.columns import COLUMNS, ESTIMATED, VALUES, Kind
from retention_kit.wording.glossary.words import FAULTS, FLAGS, REASONS, SEGMENTS, STATUSES, WORDS
from retention_kit.wording.texts import _

__all__ = [
    "COLUMNS", "FAULTS", "FLAGS", "METRICS", "REASONS", "SEGMENTS", "STATUSES", "VALUES", "WORDS", "Kind", "Metric",
"column_kind", "column_label", "definition", "flag_text", "label", "reason_text", "segment_name",
    "status_text", "word",
]  # fmt: skip


def label(metric: str) -> str:
    """The name of a metric in the language spoken; an unknown id stands for itself."""
    return _(METRICS[metric].label).format(age=METRICS[metric].age) if metric in METRICS else metric


def definition(metric: str) -> str:
    """The sentence that defines a metric, in the language spoken."""
    return _(METRICS[metric].definition).format(age=METRICS[metric].age)


def status_text(status: str) -> str:
    """A status in words.

    Example:
        >>> status_text("no_opening")
        'Nobody was active at the start of the period.'
    """
    return _(STATUSES[status]) if status in STATUSES else status


def column_label(column: str, *, table: str = "") -> str:
    """The head of a column in the language spoken; an unknown column stands for itself."""
    if column == "value" and table in VALUES:
        return _(VALUES[table][0])
    return _(COLUMNS[column][0]) if column in COLUMNS else column


def column_kind(column: str, *, table: str = "") -> Kind:
    """How a column is written in the table of a name."""
    if column in ESTIMATED and table in VALUES:
        return VALUES[table][1]
    return COLUMNS[column][1] if column in COLUMNS else "text"


def segment_name(segment: str) -> str:
    """The name of a segment in the language spoken; a value of the client's data stands for itself.

    Example:
        >>> segment_name("cant_lose_them"), segment_name("country=(other)")
        ("Can't lose them", 'country: Other (small segments)')
    """
    if "=" in segment:
        column, value = segment.split("=", 1)
        return f"{column}: {segment_name(value)}"
    return _(SEGMENTS[segment]) if segment in SEGMENTS else segment


def flag_text(flag: str) -> str:
    """What a reader must know beside a value, in words."""
    return _(FLAGS[flag]) if flag in FLAGS else flag


def word(name: str) -> str:
    """An identifier in words: those of the glossary, or its own; a parameter of a model stands for itself.

    Example:
        >>> word("log_likelihood"), word("alpha"), word("alpha_standard_error"), word("delivery_rating")
        ('log-likelihood', 'alpha', 'alpha, standard error', 'delivery rating')
    """
    if name.endswith("_standard_error"):
        return _("{parameter}, standard error").format(parameter=name.removesuffix("_standard_error"))
    return _(WORDS[name]) if name in WORDS else name.replace("_", " ")


def reason_text(reason: str) -> str:
    """What became of rows, in words; the name of a condition of engagement.toml stands for itself.

    Example:
        >>> reason_text("duplicate"), reason_text("cogs is not a number"), reason_text("without_customer")
        ('Duplicates of another row', 'cogs is not a number', 'without customer')
    """
    if reason in REASONS:
        return _(REASONS[reason])
    column, _space, fault = reason.partition(" ")
    for words, text in FAULTS.items():
        if fault.startswith(words):
            return _(text).format(column=column)
    return reason.replace("_", " ")
