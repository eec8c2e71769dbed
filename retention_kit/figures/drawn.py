"""What of a result a figure draws: which rows of a long one, and which numbers it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from retention_kit.wording.glossary import COLUMNS, ESTIMATED

P = ParamSpec("P")
R = TypeVar("R")
Draw = Callable[..., Any]

MOST_VALUES = 4
"""So many columns of numbers can be told in one sentence, where a figure does not say which it draws."""


@dataclass(frozen=True)
class Drawn:
    """What a figure is about.

    Attributes:
        values: The columns that it draws; by default `value`, or else the first columns of numbers.
        names: The columns that tell its numbers apart, such as the period; by default the first that do.
        rows: Which of the rows it draws, where it leaves some out.
    """

    values: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rows: Callable[[pd.DataFrame], pd.DataFrame] = pd.DataFrame.copy

    def values_in(self, rows: pd.DataFrame) -> list[str]:
        """The columns that are drawn of these rows; a part that there is nothing of is not."""
        if self.values:
            return [column for column in self.values if rows[column].fillna(0).any()] or list(self.values[:1])
        if "value" in rows:
            return ["value"]
        told_by = self.names_in(rows)
        numeric = [str(name) for name in rows if is_numeric_dtype(rows[name]) and not is_bool_dtype(rows[name])]
        return [column for column in numeric if column in COLUMNS and column not in told_by][:MOST_VALUES]

    def names_in(self, rows: pd.DataFrame) -> list[str]:
        """The columns that tell these rows apart, the constant left out: those named, or the first few that do."""
        names = list(self.names) or _first_that_tell_apart(rows)
        return [column for column in names if rows[column].nunique(dropna=False) > 1] or names[-1:]


def _first_that_tell_apart(rows: pd.DataFrame) -> list[str]:
    columns = [str(column) for column in rows if column not in ESTIMATED]
    enough = (n for n in range(1, len(columns) + 1) if not rows.duplicated(columns[:n]).any())
    return columns[: next(enough, 1)]


@dataclass(frozen=True)
class Cut:
    """That a figure has the first or the last `n` of all `n_all` values of a column."""

    column: str
    n: int
    n_all: int
    is_last: bool


def draws(
    *values: str, names: tuple[str, ...] = (), rows: Callable[[pd.DataFrame], pd.DataFrame] = pd.DataFrame.copy
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which columns a figure draws, where its result has more numbers than `value`."""

    def noted(draw: Callable[P, R]) -> Callable[P, R]:
        vars(draw)["drawn"] = Drawn(values, names, rows)
        return draw

    return noted


def excerpt(
    **most: int,
) -> Callable[[Callable[Concatenate[pd.DataFrame, P], R]], Callable[Concatenate[pd.DataFrame, P], R]]:
    """Draw of a long result the first so many values of a column, or, where negative, the last, as a slice does."""

    def cut(draw: Callable[Concatenate[pd.DataFrame, P], R]) -> Callable[Concatenate[pd.DataFrame, P], R]:
        @wraps(draw)
        def part(result: pd.DataFrame, /, *args: P.args, **named: P.kwargs) -> R:
            return draw(_cut(result, most)[0], *args, **named)

        vars(part)["most"] = most
        return part

    return cut


def drawn_by(plot: Draw) -> Drawn:
    """What a `plot_*` function draws of a result."""
    drawn: Drawn = getattr(plot, "drawn", Drawn())
    return drawn


def excerpt_of(plot: Draw, result: pd.DataFrame) -> tuple[pd.DataFrame, list[Cut]]:
    """The rows of a result that a `plot_*` function draws, and what they are cut down from."""
    return _cut(result, getattr(plot, "most", {}))


def _cut(result: pd.DataFrame, most: dict[str, int]) -> tuple[pd.DataFrame, list[Cut]]:
    cuts = []
    for column, n in most.items():
        every = sorted(result[column].unique())
        if len(every) > abs(n):
            cuts.append(Cut(column, abs(n), len(every), n < 0))
            result = result[result[column].isin(every[n:] if n < 0 else every[:n])]
    return result, cuts
