"""The periods that a report speaks of."""

from datetime import date
from typing import Literal, get_args

from retention_kit.engagement import Engagement
from retention_kit.errors import IncompletePeriod
from retention_kit.periods import Period

Base = Literal["previous", "year_ago"]
BASES: tuple[Base, ...] = get_args(Base)


def first_period(book: Engagement) -> Period:
    """The first period, of the unit of the report, that the data cover whole; never later than the report's own."""
    period = Period.of(book.first_day, report_period(book).unit)
    return min(period if period.start >= book.first_day else period.next(), report_period(book))


def history_from(book: Engagement) -> date | None:
    """The day before which customers may have bought unseen; None where there was none before the data."""
    return None if book.settings.is_history_complete else book.first_day


def base_periods(book: Engagement) -> dict[Base, Period]:
    """The earlier periods that the data cover whole: the one before and the same a year ago."""
    period, first = report_period(book), first_period(book)
    bases: dict[Base, Period] = {"previous": period.previous(), "year_ago": period.year_ago()}
    return {name: base for name, base in bases.items() if base >= first}


def report_period(book: Engagement) -> Period:
    """The period that a book speaks of.

    Raises:
        IncompletePeriod: The book was not placed at the end of a period.
    """
    if book.period is None:
        raise IncompletePeriod('The engagement speaks of no period yet: open it with .at("2024-05") or another period.')
    return book.period
