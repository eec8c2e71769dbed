"""Texts of engagement.toml that must name something: a time zone, an encoding, a language, a currency."""

import codecs
import difflib
from collections.abc import Iterable
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import AfterValidator, Strict

CURRENCIES = sorted(list_currencies())
"""The codes of every currency there is or was."""


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"is no IANA time zone{nearest(name, available_timezones())}; write one such as Europe/Kyiv")
    return name


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name).incrementaldecoder("strict")  # rot13 has one, but
        if "a,1\n".encode(name).decode(name) == "a,1\n":  # turns no text into bytes
            return codecs.lookup(name).name
    except (LookupError, UnicodeError, TypeError):
        pass
    raise ValueError("is no encoding of text; write one such as utf-8, utf-16, cp1251, cp1250, cp1252")


def _language(code: str) -> str:
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        raise ValueError("is no language; write a code such as en, pl, uk, be") from None
    return code


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"is no currency{nearest(code.upper(), CURRENCIES)}; write a code such as USD")
    return code


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A hint at the word that was probably meant; empty where none is near."""
    near = difflib.get_close_matches(word, sorted(words), n=1, cutoff=cutoff)
    return f'; did you mean "{near[0]}"?' if near else ""


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Language = Annotated[str, AfterValidator(_language)]
Currency = Annotated[str, AfterValidator(_currency)]
Names = Annotated[tuple[str, ...], Strict(False)]
