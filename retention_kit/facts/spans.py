"""The periods that a report speaks of."""

from datetime import date
from typing import get_args

from retention_kit.engagement import Engagement
from retention_kit.errors import IncompletePeriod
from retention_kit.metrics.description import Base
from retention_kit.periods import PERIODS_A_YEAR, Period, periods

BASES: tuple[Base, ...] = get_args(Base)


def first_period(engagement: Engagement) -> Period:
    """The first period, of the unit of the report, that the data cover whole; never later than the report's own."""
    period = Period.of(engagement.first_day, report_period(engagement).unit)
    return min(period if period.start >= engagement.first_day else period.next(), report_period(engagement))


def history_from(engagement: Engagement) -> date | None:
    """The day before which customers may have bought unseen; None where there was none before the data."""
    return None if engagement.settings.is_history_complete else engagement.first_day


def base_periods(engagement: Engagement) -> dict[Base, Period]:
    """The earlier periods that the data cover whole: the one before and the same a year ago."""
    period, first = report_period(engagement), first_period(engagement)
    bases: dict[Base, Period] = {"previous": period.previous(), "year_ago": period.year_ago()}
    return {name: base for name, base in bases.items() if base >= first}


MOST_PERIODS = 26
"""How many periods beyond a year are counted: two years of months tell how much months differ, and two more are one's
own and the one before it."""


def periods_counted(engagement: Engagement) -> list[Period]:
    """The periods that the data cover whole up to that of the report: of months the last 38, of which 25 are drawn."""
    period = report_period(engagement)
    oldest = period - (PERIODS_A_YEAR[period.unit] + MOST_PERIODS - 1)
    return periods(max(first_period(engagement), oldest), period)


def report_period(engagement: Engagement) -> Period:
    """The period that an engagement speaks of.

    Raises:
        IncompletePeriod: The engagement was not placed at the end of a period.
    """
    if engagement.period is None:
        raise IncompletePeriod('The engagement speaks of no period yet: open it with .at("2024-05") or another period.')
    return engagement.period
