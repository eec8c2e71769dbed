"""Every word and number a reader of a page sees, in the reader's language.

Texts go through gettext (catalogues in `locales/<language>/LC_MESSAGES/retention_kit.mo`, the template in
`locales/retention_kit.pot`), numbers, money and dates through Babel.
"""

import gettext
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from babel import Locale, dates, numbers

from retention_kit.errors import InvalidPeriod
from retention_kit.periods import Period

DOMAIN = "retention_kit"
LOCALES = Path(__file__).parent / "locales"
MISSING = "–"
"""What stands in a table where a number is missing; the status beside it says why."""


@dataclass
class _Speech:
    """The language in which this process speaks."""

    locale: Locale = field(default_factory=lambda: Locale("en"))
    currency: str = "USD"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)


_speech = _Speech()


def speak(language: str, *, currency: str = "USD", directory: Path | None = None) -> None:
    """Write in this language and currency from now on; texts that the language's catalogue lacks stay English.

    Args:
        language: A language tag such as "en", "pl", "uk".
        currency: The ISO 4217 code of the money shown.
        directory: Where the catalogues are; the package's own by default, or $RETENTION_KIT_LOCALES.
    """
    found = directory or Path(os.environ.get("RETENTION_KIT_LOCALES", LOCALES))
    _speech.locale = Locale.parse(language, sep="-" if "-" in language else "_")
    _speech.currency = currency
    _speech.catalogue = gettext.translation(DOMAIN, found, languages=[language], fallback=True)


def language() -> str:
    """The language spoken, as a code for HTML's lang attribute."""
    return str(_speech.locale).replace("_", "-")


def _(message: str) -> str:
    """A text in the language spoken."""
    return _speech.catalogue.gettext(message) if message else ""


def marked(message: str) -> str:
    """Mark a text for translation where it stands as data; `_` translates it where it is shown."""
    return message


def is_missing(value: object) -> bool:
    """Whether there is no number to show."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value: float | None, *, digits: int = 0) -> str:
    """A number with the language's separators.

    Example:
        >>> number(1204.5), number(1204.56, digits=1), number(None)
        ('1,204', '1,204.6', '–')
    """
    if value is None or is_missing(value):
        return MISSING
    return str(numbers.format_decimal(_exact(value, digits), format=_decimals(digits), locale=_speech.locale))


def percent(value: float | None, *, digits: int = 1) -> str:
    """A ratio as a percentage.

    Example:
        >>> percent(0.1234), percent(float("nan"))
        ('12.3%', '–')
    """
    if value is None or is_missing(value):
        return MISSING
    pattern = _speech.locale.percent_formats[None].pattern.replace("#,##0", _decimals(digits))
    return str(numbers.format_percent(_exact(value, digits + 2), format=pattern, locale=_speech.locale))


def points(value: float | None) -> str:
    """A score from -100 to 100 in whole points, with a minus sign where it is below nought.

    Example:
        >>> points(-12.4), points(None)
        ('−12', '–')
    """
    return number(value).replace("-", "−")


def shares(values: Sequence[float], *, digits: int = 0) -> list[float]:
    """Shares of a whole, rounded as `percent` prints them, that add up to 100 % (largest remainder, ties by order).

    Missing where the values add up to nothing.

    Example:
        >>> shares([1, 1, 1]), shares([2, 1], digits=1)
        ([0.34, 0.33, 0.33], [0.667, 0.333])
    """
    whole, steps = sum(values), 10 ** (digits + 2)
    if not whole:
        return [math.nan] * len(values)
    exact = [value / whole * steps for value in values]
    rounded = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(values)), key=lambda place: rounded[place] - exact[place])
    for place in by_remainder[: steps - sum(rounded)]:
        rounded[place] += 1
    return [share / steps for share in rounded]


def money(value: float | None, *, digits: int | None = None) -> str:
    """An amount in the client's currency; whole units from 1,000 on unless `digits` says otherwise.

    Example:
        >>> money(2500315.63), money(35.9)
        ('$2,500,316', '$35.90')
    """
    if value is None or is_missing(value):
        return MISSING
    if digits is None:
        digits = 0 if abs(value) >= 1000 else 2
    pattern = _speech.locale.currency_formats["standard"].pattern.replace("#,##0.00", _decimals(digits))
    if pattern.startswith("¤#") and numbers.get_currency_symbol(_speech.currency, _speech.locale)[-1].isalpha():
        pattern = pattern.replace("¤", "¤\N{NO-BREAK SPACE}")  # Unicode parts letters from digits, which Babel does not
    return str(
        numbers.format_currency(
            _exact(value, digits), _speech.currency, format=pattern, locale=_speech.locale, currency_digits=False
        )
    )


def day(value: date) -> str:
    """A date, written out.

    Example:
        >>> day(date(1998, 6, 30))
        'June 30, 1998'
    """
    return dates.format_date(value, format="long", locale=_speech.locale)


def period_name(period: Period, *, short: bool = False) -> str:
    """A period in words: the stand-alone form of a month's name, never the genitive.

    Example:
        >>> period_name(Period("2024-06")), period_name(Period("2024-06"), short=True), period_name(Period("2024Q2"))
        ('June 2024', 'Jun 2024', '2nd quarter 2024')
    """
    match period.unit:
        case "week" | "year":
            return str(period)
        case "quarter":
            form = "qqq yyyy" if short else "qqqq yyyy"
        case "month":
            form = "LLL yyyy" if short else "LLLL yyyy"
    return dates.format_date(period.start, format=form, locale=_speech.locale)


def wave_name(wave: str) -> str:
    """The name of a survey's round: a month as the language writes it, any other name as it is.

    Example:
        >>> wave_name("2024-05"), wave_name("spring")
        ('May 2024', 'spring')
    """
    try:
        return period_name(Period(wave))
    except InvalidPeriod:
        return wave


def _decimals(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _exact(value: float, digits: int) -> Decimal:
    # Binary floats print with 17 digits; the shortest text that gives the float back is what a reader means.
    rounded = round(Decimal(repr(float(value))), digits)
    return abs(rounded) if rounded.is_zero() else rounded  # a nought has no sign
