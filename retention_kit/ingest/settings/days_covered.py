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
    first_day, last_day = covered
    last = Period.last_complete(last_day + timedelta(days=1), period.unit)
    if period > last:
        raise IncompletePeriod(
            f"{period} is not complete: the data of {settings.name} end with {last_day}. "
            f"The last complete {period.unit} is {last}. "
            f"If the export covers the whole {period.unit}, set last_day = {period.end - timedelta(days=1)} in {FILE}."
        )
    begun = Period.of(first_day, period.unit)
    first = begun if settings.is_history_complete or begun.start >= first_day else begun.next()
    if period < first:
        complete = f"The complete ones are {first} to {last}." if first <= last else f"No {period.unit} is complete."
        raise IncompletePeriod(
            f"{period} is {'not complete' if period == begun else 'before the data'}: the data of {settings.name} "
            f"begin with {first_day}. {complete} "
            f"If the export covers the whole {period.unit}, set first_day = {period.start} in {FILE}."
        )
