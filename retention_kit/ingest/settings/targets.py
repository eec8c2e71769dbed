"""[[targets]] and [calendar] of engagement.toml: what a client aims at, and what happened when."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from retention_kit.ingest.settings.tables import Section
from retention_kit.periods import Unit

Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Target(Section):
    """One entry of [[targets]]: what a metric is to reach, by when, and who says so.

    Attributes:
        metric: What the metric is called in metrics.csv.
        value: What it is to reach, or not to exceed where less is better; a share as 0.80.
        by: The day by which: from the period that holds it on the target is met or missed.
        source: Where the number comes from.
        segment: Whose metric, as `country=DE`; without it that of all customers.
        per: The unit of the periods that the value is of.
    """

    metric: Text
    value: Annotated[float, Field(allow_inf_nan=False)]
    by: date
    source: Text
    segment: Text | None = None
    per: Unit = "month"

    @property
    def of(self) -> str:
        """What the target is of, for a message."""
        return self.metric if self.segment is None else f"{self.metric} of {self.segment}"


def check_targets_agree(targets: tuple[Target, ...], segments: tuple[str, ...]) -> None:
    """Refuse targets of segments that are not counted, and two of one metric, segment, unit and day.

    Raises:
        ValueError: Every such target is named by its number.
    """
    wrong, first = [], dict[tuple[object, ...], int]()
    for number, target in enumerate(targets, start=1):
        if target.segment is not None and (complaint := _about_segment(target.segment, segments)):
            wrong.append(f"targets.{number}.segment {complaint}")
        before = first.setdefault((target.metric, target.segment, target.per, target.by), number)
        if before != number:
            both = f"targets.{before} and targets.{number} are both of {target.of} by {target.by}"
            wrong.append(f"{both}: {targets[before - 1].value:.15g} and {target.value:.15g}; keep one")
    if wrong:
        raise ValueError("; ".join(wrong))


def _about_segment(segment: str, segments: tuple[str, ...]) -> str:
    column, sign, value = segment.partition("=")
    if not (sign and column and value):
        return f'= "{segment}" names no segment; write column=value, such as country=DE, or leave it out'
    if column not in segments:
        there = f"which holds {', '.join(segments)}" if segments else "which is empty"
        return f'= "{segment}" is of a column that is not in segments, {there}; add "{column}" to segments'
    return ""


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ValueError("is no day; write days as 2024-05-31") from None


Calendar: TypeAlias = Mapping[Annotated[date, BeforeValidator(_day)], Text]
"""What happened on which day, in the client's words."""
