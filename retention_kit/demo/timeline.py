"""The calendar of the synthetic client: which days its data cover, and in which month each known effect begins."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from retention_kit.demo.parameters import SECONDS_A_DAY
from retention_kit.periods import Period, day_number

Event: TypeAlias = Literal["loyalty_programme", "price_rise", "price_rise_de", "bad_support_month"]
EVENTS: tuple[Event, ...] = get_args(Event)

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
Timestamps: TypeAlias = npt.NDArray[np.datetime64]
"""Wall times in the client's time zone, to the second."""

N_MONTHS = 36
"""Complete months of data."""

N_MONTHS_BEFORE = 24
"""Months before the data in which customers came who may still buy."""

CHURN_WINDOW = 90

_BEFORE_LAST: dict[Event, int] = {
    "loyalty_programme": 14,
    "price_rise": 8,
    "price_rise_de": 3,  # whoever stops then lapses a window of 90 days later: in the last complete month
    "bad_support_month": 1,
}
"""How many months before the last complete one an event falls."""

MESSAGES_BEFORE_LAST = (10, 4)
COUPONS_BEFORE_LAST = (20, 12, 6, 2)


@dataclass(frozen=True)
class Timeline:
    """Which days the data cover and what happens when; everything hangs on the last day.

    Example:
        >>> timeline = Timeline(date(2024, 6, 9))
        >>> timeline.first_day, timeline.last_month, timeline.month_of("price_rise_de")
        (datetime.date(2021, 6, 1), Period('2024-05'), Period('2024-02'))
    """

    until: date

    @property
    def first_month(self) -> Period:
        """The first month of data."""
        return Period.of(self.until, "month") - N_MONTHS

    @property
    def last_month(self) -> Period:
        """The last month that the data cover whole."""
        return Period.last_complete(self.until + timedelta(days=1), "month")

    @property
    def first_day(self) -> date:
        """The first day of data."""
        return self.first_month.start

    @property
    def start_day(self) -> int:
        """Day number of the first day of data."""
        return self.first_month.start_day

    @property
    def end_day(self) -> int:
        """Day number of the day after the data."""
        return day_number(self.until) + 1

    @property
    def burn_in_day(self) -> int:
        """Day number of the first day on which customers came."""
        return (self.first_month - N_MONTHS_BEFORE).start_day

    def month_of(self, event: Event) -> Period:
        """The month in which an event falls, or begins."""
        return self.last_month - _BEFORE_LAST[event]


def in_month(days: "Floats | Ints", month: Period) -> Booleans:
    """Which day numbers, whole or with a part of a day, lie in a month."""
    return (days >= month.start_day) & (days < month.end_day)


def timestamps_of(days: "Floats | Ints") -> Timestamps:
    """Wall times from day numbers with a part of a day."""
    return np.floor(days * SECONDS_A_DAY + 0.5).astype(np.int64).astype("datetime64[s]")


def days_of(timestamps: Timestamps) -> Ints:
    """Day numbers of wall times."""
    return timestamps.astype("datetime64[D]").astype(np.int64)


def months_of(timestamps: Timestamps) -> Ints:
    """Running numbers of the months of wall times, as `Period.ordinal` has them."""
    return timestamps.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def awake(timestamps: Timestamps) -> Timestamps:
    """The same wall times, those between 2 and 3 at night an hour later.

    On two nights a year that hour is skipped or comes twice; nothing of this client happens in it.
    """
    hour = timestamps.astype("datetime64[h]").astype(np.int64) % 24
    return np.where(hour == 2, timestamps + np.timedelta64(3600, "s"), timestamps)


def random_of(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part of the client: a change in one part leaves all others as they were."""
    return np.random.default_rng([seed, *part.encode()])
