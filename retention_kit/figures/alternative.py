"""What a figure shows, said in numbers, by rule, to those who do not see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from retention_kit.figures.cells import written
from retention_kit.figures.drawn import Drawn
from retention_kit.figures.measures import interval
from retention_kit.wording import MISSING, Wording, glossary
from retention_kit.wording.glossary import ESTIMATED

MOST_LISTED = 12
"""So many numbers are read out one by one; of more, the last, the lowest and the highest are told."""
MOST_SERIES = 6
TIMES = ("period", "wave")
NUMBERS = ("number", "count", "days")


def alternative(title: str, rows: pd.DataFrame, drawn: Drawn, *, table: str, wording: Wording) -> str:
    """The alternative text of a figure: its title, from when to when, and its numbers.

    Few numbers are all said; of a long series the last with its interval, the lowest and the highest; of a grid of two
    names the lowest and the highest.

    Args:
        title: The title of the figure.
        rows: The rows that it draws.
        drawn: Which columns it draws of them.
        table: The name of their table, by which a number is written as money, a rate, points.
        wording: The reader's language.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> rates = pd.DataFrame({"period": ["2024-04", "2024-05"], "value": [0.8, 0.75], "low": 0.7, "high": 0.9})
        >>> alternative("Retention", rates, Drawn(), table="rates", wording=ENGLISH)
        'Retention, April 2024 to May 2024: last 75.0% (95%: 70.0% to 90.0%), lowest 75.0% (May 2024), highest 80.0%
        (April 2024)'
    """
    rows = drawn.rows(rows)
    told = rows[rows[drawn.values_in(rows)].notna().any(axis=1)]
    return _Sentence(told, drawn, table, wording).of(title)


@dataclass(frozen=True)
class _Sentence:
    rows: pd.DataFrame
    drawn: Drawn
    table: str
    wording: Wording

    def of(self, title: str) -> str:
        if self.rows.empty:
            return title
        names, values = self.drawn.names_in(self.rows), self.drawn.values_in(self.rows)
        parts = [f"{label}: {numbers}" if label else numbers for label, numbers in self._parts(names, values)]
        numbers = "; ".join(parts)
        along = [name for name in names if self._is_told_by_its_ends(name)][:1]
        if not along:
            return self.wording.gettext("{title}: {numbers}").format(title=title, numbers=numbers)
        first, last = (self._name(self.rows.iloc[place], along) for place in (0, -1))
        text = self.wording.gettext("{title}, {first} to {last}: {numbers}")
        return text.format(title=title, first=first, last=last, numbers=numbers)

    def _parts(self, names: list[str], values: list[str]) -> Iterator[tuple[str, str]]:
        """A label, where one is needed, and the numbers of each line or group of bars."""
        if len(names) == 1:
            for value in values:
                is_one_of_several = len({*values, *self.drawn.values}) > 1
                yield self._label(value) if is_one_of_several else "", self._series(self.rows, names, value)
            return
        series = min(names, key=lambda name: self.rows[name].nunique())
        others = [name for name in names if name != series]
        if len(others) > 1 or self.rows[series].nunique() > MOST_SERIES:
            yield "", self._lowest_and_highest(self.rows, names, values[0])
            return
        for _name, rows in self.rows.groupby(series, sort=False):
            yield self._name(rows.iloc[0], [series]), self._series(rows, others, values[0])

    def _series(self, rows: pd.DataFrame, names: list[str], value: str) -> str:
        told = rows[rows[value].notna()]
        if told.empty:
            return MISSING
        if not self._is_told_by_its_ends(names[0]):
            if len(told) > MOST_LISTED:
                return self._lowest_and_highest(told, names, value)
            return ", ".join(f"{self._name(row, names)}: {self._estimate(row, value)}" for _n, row in told.iterrows())
        text = self.wording.gettext("last {last}, {others}")
        last = self._estimate(told.iloc[-1], value)
        return text.format(last=last, others=self._lowest_and_highest(told, names, value))

    def _lowest_and_highest(self, rows: pd.DataFrame, names: list[str], value: str) -> str:
        told = rows[rows[value].notna()].sort_values(value, kind="stable")
        if told.empty:
            return MISSING
        ends = (told.iloc[place] for place in (0, -1))
        low, high = (f"{self._written(row, value)} ({self._name(row, names)})" for row in ends)
        return self.wording.gettext("lowest {lowest}, highest {highest}").format(lowest=low, highest=high)

    def _estimate(self, row: "pd.Series[Any]", value: str) -> str:
        """A number with its interval."""
        ends = _ends(value, self.drawn, row)
        if not ends or row[list(ends)].isna().any():
            return self._written(row, value)
        low, high = (written(row[end], self._kind(value), self.wording) for end in ends)
        said = self.wording.gettext("95%: {interval}").format(interval=interval(low, high, self.wording))
        return f"{self._written(row, value)} ({said})"

    def _written(self, row: "pd.Series[Any]", column: str) -> str:
        return written(row[column], self._kind(column), self.wording)

    def _name(self, row: "pd.Series[Any]", names: list[str]) -> str:
        """What a number is of: words speak for themselves, a number needs the name of its column."""
        said = (
            f"{self._label(name)} {self._written(row, name)}"
            if self._kind(name) in NUMBERS
            else self._written(row, name)
            for name in names
        )
        return ", ".join(said)

    def _label(self, column: str) -> str:
        return glossary.column_label(column, self.wording, table=self.table)

    def _kind(self, column: str) -> glossary.Kind:
        return glossary.column_kind(column, table=self.table)

    def _is_told_by_its_ends(self, name: str) -> bool:
        """Whether the numbers follow one another: in time, or along more numbers than are read out one by one."""
        kind = self._kind(name)
        return kind in TIMES or (kind in NUMBERS and self.rows[name].nunique() > MOST_LISTED)


def _ends(value: str, drawn: Drawn, row: "pd.Series[Any]") -> tuple[str, str] | None:
    """The columns of the interval of a value: its own, or those of the table where it is what the table is about."""
    own, of_table = (f"{value}_low", f"{value}_high"), ESTIMATED[1:]
    is_main = value == "value" or ("value" not in row.index and drawn.values[:1] == (value,))
    return next((ends for ends in (own, of_table) if set(ends) <= set(row.index) and (ends is own or is_main)), None)
