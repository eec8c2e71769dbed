"""All calendar arithmetic: half-open periods and the integers that stand for days, weeks, months, quarters, years."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Literal, Self, TypeAlias, get_args, overload

from retention_kit.errors import InvalidPeriod

Unit = Literal["week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = get_args(Unit)

EPOCH = date(1970, 1, 1)
PERIODS_A_YEAR: dict[Unit, int] = {"week": 52, "month": 12, "quarter": 4, "year": 1}

_FORMS: dict[Unit, re.Pattern[str]] = {
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-?Q([1-4])"),
    "year": re.compile(r"(\d{4})"),
}


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    Example:
        >>> day_number(date(1970, 1, 2))
        1
    """
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number.

    Example:
        >>> day_of(19723)
        datetime.date(2024, 1, 1)
    """
    return EPOCH + timedelta(days=number)


@total_ordering
@dataclass(frozen=True, init=False, repr=False)
class Period:
    """A calendar month, quarter, ISO week (from Monday) or year, half-open: [start, end).

    Args:
        text: "2024-05", "2024Q2", "2024-W20" or "2024".

    Attributes:
        unit: "month", "quarter", "week" or "year".
        ordinal: The running number of the period within its unit, as the canonical tables hold it.

    Raises:
        InvalidPeriod: The text names no period.

    Example:
        >>> may = Period("2024-05")
        >>> may.start, may.end, may.n_days
        (datetime.date(2024, 5, 1), datetime.date(2024, 6, 1), 31)
        >>> may.next(), may.year_ago(), may - Period("2024-01")
        (Period('2024-06'), Period('2023-05'), 4)
    """

    unit: Unit
    ordinal: int

    def __init__(self, text: str) -> None:
        """Read the period from its text."""
        for unit, form in _FORMS.items():
            if match := form.fullmatch(str(text)):
                self._set(unit, _ordinal(unit, str(text), *map(int, match.groups())))
                return
        raise InvalidPeriod(
            f'"{text}" is not a period: write a month as 2024-05, a quarter as 2024Q2, '
            "an ISO week as 2024-W20, a year as 2024."
        )

    def _set(self, unit: Unit, ordinal: int) -> Self:
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "ordinal", ordinal)
        return self

    @classmethod
    def nth(cls, unit: Unit, ordinal: int) -> Self:
        """The period of that running number.

        Example:
            >>> Period.nth("month", 24293)
            Period('2024-06')
        """
        return cls.__new__(cls)._set(unit, ordinal)

    @classmethod
    def of(cls, day: date, unit: Unit) -> Self:
        """The period that holds a day.

        Example:
            >>> Period.of(date(2024, 12, 30), "week")
            Period('2025-W01')
        """
        ordinals: dict[Unit, int] = {
            "week": (day_number(day) + 3) // 7,
            "month": day.year * 12 + day.month - 1,
            "quarter": day.year * 4 + (day.month - 1) // 3,
            "year": day.year,
        }
        return cls.nth(unit, ordinals[unit])

    @classmethod
    def last_complete(cls, as_of: date, unit: Unit) -> Self:
        """The last period that the data cover whole, when they hold every day before `as_of`.

        Example:
            >>> Period.last_complete(date(2024, 6, 1), "month"), Period.last_complete(date(2024, 5, 31), "month")
            (Period('2024-05'), Period('2024-04'))
        """
        return cls.of(as_of, unit).previous()

    @property
    def start(self) -> date:
        """The first day."""
        match self.unit:
            case "week":
                return day_of(self.ordinal * 7 - 3)
            case "month":
                return date(self.ordinal // 12, self.ordinal % 12 + 1, 1)
            case "quarter":
                return date(self.ordinal // 4, self.ordinal % 4 * 3 + 1, 1)
            case "year":
                return date(self.ordinal, 1, 1)

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.next().start

    @property
    def start_day(self) -> int:
        """Day number of the first day."""
        return day_number(self.start)

    @property
    def end_day(self) -> int:
        """Day number of the day after the last one."""
        return day_number(self.end)

    @property
    def n_days(self) -> int:
        """Length in days."""
        return self.end_day - self.start_day

    def next(self) -> Self:
        """The period after this one."""
        return self + 1

    def previous(self) -> Self:
        """The period before this one."""
        return self - 1

    def year_ago(self) -> Self:
        """The same period a year earlier; of a week the one 52 weeks earlier, which has the same weekdays.

        Example:
            >>> Period("2024Q2").year_ago(), Period("2020-W53").year_ago()
            (Period('2023Q2'), Period('2020-W01'))
        """
        return self - PERIODS_A_YEAR[self.unit]

    def __add__(self, n: int) -> Self:
        return self.nth(self.unit, self.ordinal + n)

    @overload
    def __sub__(self, other: int) -> Self: ...
    @overload
    def __sub__(self, other: "Period") -> int: ...
    def __sub__(self, other: "int | Period") -> "Self | int":
        if isinstance(other, Period):
            return self.ordinal - self._same_unit(other).ordinal
        return self.nth(self.unit, self.ordinal - other)

    def __lt__(self, other: "Period") -> bool:
        return self.ordinal < self._same_unit(other).ordinal

    def _same_unit(self, other: "Period") -> "Period":
        if other.unit != self.unit:
            raise InvalidPeriod(
                f"{self} is a {self.unit} and {other} a {other.unit}: only periods of one unit compare."
            )
        return other

    def __str__(self) -> str:
        match self.unit:
            case "week":
                year, week, _ = self.start.isocalendar()
                return f"{year}-W{week:02}"
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.ordinal // 4}Q{self.ordinal % 4 + 1}"
            case "year":
                return f"{self.ordinal}"

    def __repr__(self) -> str:
        return f"Period('{self}')"


Span: TypeAlias = Period | Sequence[Period]
"""A period, or several of one unit: what is asked of several is given for each of them."""

FIRST_YEAR, LAST_YEAR = 1000, 8999
"""Years around which there is still a calendar: the end of a period is a day, and so is the year before."""


def _ordinal(unit: Unit, text: str, year: int, part: int = 1) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidPeriod(f'"{text}" is out of the calendar: its year must be between {FIRST_YEAR} and {LAST_YEAR}.')
    try:
        if unit == "week":
            return Period.of(date.fromisocalendar(year, part, 1), "week").ordinal
        first_month = part if unit == "month" else part * 3 - 2
        return Period.of(date(year, first_month, 1), unit).ordinal
    except ValueError as error:
        raise InvalidPeriod(f'"{text}" is not a {unit} of the calendar: {error}.') from None


def periods(first: Period, last: Period) -> list[Period]:
    """Every period from the first to the last, both included.

    Example:
        >>> periods(Period("2023-12"), Period("2024-02"))
        [Period('2023-12'), Period('2024-01'), Period('2024-02')]
    """
    return [first + n for n in range(last - first + 1)]
