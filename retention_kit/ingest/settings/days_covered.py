"""Whether the days that a client's data cover hold a period whole."""

from datetime import date, timedelta

from retention_kit.errors import IncompletePeriod
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.settings.clients import FILE
from retention_kit.periods import Period


def check_covered(period: Period, covered: tuple[date, date], settings: Settings) -> None:
    """Refuse a period that begins before the data or ends after them.

    Of a history that is complete nothing is missing before its first day, so the period of that day is whole.

    Args:
        period: The period asked for.
        covered: The first and the last day of the data.
        settings: What engagement.toml says.

    Raises:
        IncompletePeriod: The message names the first and the last complete period, or the last.
    """
    (first_day, last_day), unit = covered, period.unit
    begun, last = Period.of(first_day, unit), Period.last_complete(last_day + timedelta(days=1), unit)
    first = begun if settings.is_history_complete or begun.start >= first_day else begun.next()
    none = f"No {unit} is complete."
    if period > last:
        raise IncompletePeriod(
            f"{period} is not complete: the data of {settings.name} end with {last_day}. "
            f"{none if last < first else f'The last complete {unit} is {last}.'} "
            f"If the export covers the whole {unit}, set last_day = {period.end - timedelta(days=1)} in {FILE}."
        )
    if period < first:
        raise IncompletePeriod(
            f"{period} is {'not complete' if period == begun else 'before the data'}: the data of {settings.name} "
            f"begin with {first_day}. {none if last < first else f'The complete ones are {first} to {last}.'} "
            f"If the export covers the whole {unit}, set first_day = {period.start} in {FILE}."
        )
