"""What a metric of the report is, said once: scorecard, coverage, glossary, metric table and tests read it."""

import math
from dataclasses import dataclass
from typing import Literal

Group = Literal["orders", "customers", "cohorts", "loyalty", "surveys", "ltv"]
Unit = Literal["ratio", "money", "count", "days", "orders per customer", "per order", "points"]
Compared = Literal["proportion", "hazard", "ratio", "total", "count", "state", "points", "none"]
"""How a change is judged: as a difference of proportions, of hazards (rates that grow with the length of a period), of
ratios over customers, of totals or counts per day, of points of a score, or not."""


Base = Literal["previous", "year_ago"]
"""The period before, or the same one a year earlier."""


@dataclass(frozen=True)
class Metric:
    """A metric of the report.

    Attributes:
        name: What it is called in metrics.csv.
        group: The metrics it is counted, shown and tested with.
        unit: What its values are.
        needs: The tables, columns (`table.column`) and settings it is made from; one of several is `a or b`.
        label: Its name on a page.
        definition: What it says, in a sentence.
        compared: How a change of it is judged.
        better: Which end is good; of a metric with neither no target can be set.
        bases: The earlier periods that it is compared with.
        is_signed: Whether it can be below zero.
        is_headline: Whether it stands on the overview.
        tested_as: The metric whose test is this one's too, since both say the same fact.
        age: Periods since the first order, for a metric of a cohort's age: `{age}` in its words.
    """

    name: str
    group: Group
    unit: Unit
    needs: tuple[str, ...]
    label: str
    definition: str
    compared: Compared = "none"
    better: Literal["more", "less", "neither"] = "more"
    bases: tuple[Base, ...] = ("previous", "year_ago")
    is_signed: bool = False
    is_headline: bool = False
    tested_as: str = ""
    age: int | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values it lies; of growth from nobody left to twice as many.

        Example:
            >>> Metric("nps", "surveys", "points", ("responses",), "", "", is_signed=True).bounds
            (-100.0, 100.0)
        """
        high = {"ratio": 1.0, "points": 100.0}.get(self.unit, math.inf)
        return (-high if self.is_signed else 0.0), high


def marked(message: str) -> str:
    """Mark a text for translation where it stands as data; whoever shows it translates it."""
    return message
