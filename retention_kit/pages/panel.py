"""A table or figure of a page, described once and counted when asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.needs import missing


@dataclass(frozen=True)
class Panel:
    """A table or figure of a page.

    Attributes:
        name: What its CSV file is called.
        title: What it shows, in words.
        needs: The tables, columns (`table.column`) and settings it is made from; one of several is `a or b`.
        count: What gives its numbers.
        columns: The columns of its table on the page; None for all, or none beside a figure.
        metric: The metric whose values a figure of it shows over time, for its targets.
        empty: The columns of its CSV file where what it needs is not there.
        says: What it comes to, in a sentence above it, or in its place where no row of it has a value.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    count: Callable[[Engagement], pd.DataFrame]
    columns: list[str] | None = None
    empty: tuple[str, ...] = ()
    metric: str = ""
    says: Callable[[Engagement], str] | None = None

    def of(self, engagement: Engagement) -> pd.DataFrame:
        """Its numbers; no rows where what it needs is not there."""
        if missing(engagement, self.needs):
            return pd.DataFrame(columns=list(self.empty))
        return self.count(engagement)
