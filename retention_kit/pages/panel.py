"""A table or figure of a page, described once and counted when asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.pages.needs import missing

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Panel:
    """A table or figure of a page.

    Attributes:
        name: What its CSV file is called.
        title: What it shows, in words.
        needs: The tables, columns (`table.column`) and settings it is made from; one of several is `a or b`.
        count: What gives its numbers.
        columns: The columns of its table on the page; None for all, or none beside a figure.
        empty: The columns of its CSV file where what it needs is not there.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    count: Callable[[Engagement], pd.DataFrame]
    columns: list[str] | None = None
    empty: tuple[str, ...] = ()

    def of(self, engagement: Engagement) -> pd.DataFrame:
        """Its numbers; no rows where what it needs is not there."""
        if missing(engagement, self.needs):
            return pd.DataFrame(columns=list(self.empty))
        return self.count(engagement)


def once(count: Callable[Concatenate[Engagement, P], T]) -> Callable[Concatenate[Engagement, P], T]:
    """Count once for an engagement as it stands, and what else is asked for, however many panels ask for it."""
    counted: WeakKeyDictionary[Engagement, dict[tuple[Any, ...], T]] = WeakKeyDictionary()

    @wraps(count)
    def kept(engagement: Engagement, /, *asked: P.args, **named: P.kwargs) -> T:
        of_engagement, key = counted.setdefault(engagement, {}), (*asked, *named.items())
        if key not in of_engagement:
            of_engagement[key] = count(engagement, *asked, **named)
        return of_engagement[key]

    return kept
