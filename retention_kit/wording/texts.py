"""A language and a currency: every word and number that a reader sees is written by a `Wording`.

Texts go through gettext (catalogues in `locales/<language>/LC_MESSAGES/retention_kit.mo`, the template in
`locales/retention_kit.pot`), numbers, money and dates through Babel.
"""

import math
import os
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from babel import Locale, dates, numbers

from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.description import marked as marked
from retention_kit.periods import Period, Unit

DOMAIN = "retention_kit"
LOCALES = Path(__file__).parent / "locales"
LOCALES_VARIABLE = "RETENTION_KIT_LOCALES"
MISSING = "–"
"""What stands in a table where a number is missing; the status beside it says why."""

_SEPARATOR = "\x04"  # as gettext itself keeps a text and its context in one key


def in_context(context: str, message: str) -> str:
    """A text with what it is said of, on which its translation depends: "New" of customers, "to" of an interval."""
    return context + _SEPARATOR + message


def is_missing(value: object) -> bool:
    """Whether there is no number to show."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def folder_of_catalogues() -> Path:
    """The folder of the catalogues: $RETENTION_KIT_LOCALES, or the package's own."""
    return Path(os.environ.get(LOCALES_VARIABLE, LOCALES))


@dataclass(frozen=True)
class Wording:
    r"""How results are written for one reader; texts that the catalogue of the language lacks stay English.

    Attributes:
        language: A language tag such as "en", "pl", "uk".
        currency: The ISO 4217 code of the money shown.
        catalogues: The folder of the catalogues: the package's own, or $RETENTION_KIT_LOCALES.

    Example:
        >>> Wording("pl", "PLN").money(35.9), Wording("en", "EUR").money(35.9)
        ('35,90\xa0zł', '€35.90')
    """

    language: str = "en"
    currency: str = "USD"
    catalogues: Path = field(default_factory=folder_of_catalogues)

    @property
    def tag(self) -> str:
        """The language as HTML's lang attribute has it."""
        return str(self._locale).replace("_", "-")

    def gettext(self, message: str) -> str:
        """A text, as it is or as `in_context` gives it."""
        context, _separator, text = message.rpartition(_SEPARATOR)
        if not text:
            return ""
        return self._catalogue.pgettext(context, text) if context else self._catalogue.gettext(text)

    def pgettext(self, context: str, message: str) -> str:
        """A text whose translation depends on what it is said of."""
        return self._catalogue.pgettext(context, message)

    def ngettext(self, singular: str, plural: str, n: float) -> str:
        """A text that speaks of `n`, a whole number, in the form that the language has for it."""
        return self._catalogue.ngettext(singular, plural, abs(round(n)))

    def span(self, n: int, unit: Unit) -> str:
        """So many weeks, months, quarters or years.

        Example:
            >>> ENGLISH.span(1, "month"), ENGLISH.span(3, "quarter")
            ('1 month', '3 quarters')
        """
        forms = {
            "week": self.ngettext("{n} week", "{n} weeks", n),
            "month": self.ngettext("{n} month", "{n} months", n),
            "quarter": self.ngettext("{n} quarter", "{n} quarters", n),
            "year": self.ngettext("{n} year", "{n} years", n),
        }
        return forms[unit].format(n=self.number(n))

    def number(self, value: float | None, *, digits: int = 0) -> str:
        """A number with the language's separators.

        Example:
            >>> ENGLISH.number(1204.5), ENGLISH.number(-1204.56, digits=1), ENGLISH.number(None)
            ('1,204', '−1,204.6', '–')
        """
        if value is None or is_missing(value):
            return MISSING
        return _with_minus(numbers.format_decimal(_exact(value, digits), format=_decimals(digits), locale=self._locale))

    def percent(self, value: float | None, *, digits: int = 1) -> str:
        """A ratio as a percentage.

        Example:
            >>> ENGLISH.percent(0.1234), ENGLISH.percent(float("nan"))
            ('12.3%', '–')
        """
        if value is None or is_missing(value):
            return MISSING
        pattern = self._locale.percent_formats[None].pattern.replace("#,##0", _decimals(digits))
        return _with_minus(numbers.format_percent(_exact(value, digits + 2), format=pattern, locale=self._locale))

    def money(self, value: float | None, *, digits: int | None = None) -> str:
        """An amount in the client's currency; whole units from 1,000 on unless `digits` says otherwise.

        Example:
            >>> ENGLISH.money(2500315.63), ENGLISH.money(-35.9)
            ('$2,500,316', '−$35.90')
        """
        if value is None or is_missing(value):
            return MISSING
        digits = default_digits(value) if digits is None else digits
        pattern = self._locale.currency_formats["standard"].pattern.replace("#,##0.00", _decimals(digits))
        if pattern.startswith("¤#") and numbers.get_currency_symbol(self.currency, self._locale)[-1].isalpha():
            pattern = pattern.replace("¤", "¤\N{NO-BREAK SPACE}")  # Unicode parts letters from digits, Babel does not
        return _with_minus(
            numbers.format_currency(
                _exact(value, digits), self.currency, format=pattern, locale=self._locale, currency_digits=False
            )
        )

    def day(self, value: date) -> str:
        """A date, written out; in English the day first.

        Example:
            >>> ENGLISH.day(date(1998, 6, 30))
            '30 June 1998'
        """
        locale = Locale("en", "GB") if self._locale.language == "en" else self._locale
        return str(dates.format_date(value, format="long", locale=locale))

    def period_name(self, period: Period, *, short: bool = False) -> str:
        """A period in words: the stand-alone form of a month's name, never the genitive.

        Example:
            >>> [ENGLISH.period_name(Period(text), short=True) for text in ("2024-06", "2024Q2", "2024-W20")]
            ['Jun 2024', 'Q2 2024', '2024-W20']
        """
        match period.unit:
            case "week" | "year":
                return str(period)
            case "quarter":
                form = "qqq yyyy" if short else "qqqq yyyy"
            case "month":
                form = "LLL yyyy" if short else "LLLL yyyy"
        return str(dates.format_date(period.start, format=form, locale=self._locale))

    def territory(self, code: str) -> str | None:
        """The name of a country by its ISO 3166 code; None where there is no such code.

        Example:
            >>> Wording("pl").territory("DE"), ENGLISH.territory("Poland")
            ('Niemcy', None)
        """
        name = self._locale.territories.get(code) if len(code) == 2 else None
        return None if name is None else str(name)

    def wave_name(self, wave: str) -> str:
        """The name of a survey's wave: a month as the language writes it, any other name as it is.

        Example:
            >>> ENGLISH.wave_name("2024-05"), ENGLISH.wave_name("spring")
            ('May 2024', 'spring')
        """
        try:
            return self.period_name(Period(wave))
        except InvalidPeriod:
            return wave

    @property
    def _locale(self) -> Locale:
        return _locale(self.language)

    @property
    def _catalogue(self) -> NullTranslations:
        return _catalogue(self.language, self.catalogues)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-" if "-" in language else "_")


@cache
def _catalogue(language: str, folder: Path) -> NullTranslations:
    return translation(DOMAIN, folder, languages=[language], fallback=True)


def default_digits(amount: float) -> int:
    """So many decimals has an amount of money: cents only of small ones."""
    return 0 if abs(amount) >= 1000 else 2


def _with_minus(shown: str) -> str:
    """A number with the sign of arithmetic, as figures have it, in place of the hyphen."""
    return str(shown).replace("-", "−")


def _decimals(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _exact(value: float, digits: int) -> Decimal:
    # Binary floats print with 17 digits; the shortest text that gives the float back is what a reader means.
    rounded = round(Decimal(repr(float(value))), digits)
    return abs(rounded) if rounded.is_zero() else rounded  # zero has no sign


ENGLISH = Wording()
"""English and US dollars, where nothing else is asked for."""
