"""Periods and days as callers give them, taken as they were meant; how an error shows what was found instead."""

from collections.abc import Iterable
from datetime import date, datetime
from numbers import Real
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from retention_kit.errors import InvalidPeriod
from retention_kit.periods import Period, Span


def as_period(name: str, value: Any) -> Period:
    """A period given as Period, text or pandas' Period."""
    if isinstance(value, Period):
        return value
    if isinstance(value, pd.Period) and value.freqstr == "W-SUN":
        return Period.of(value.start_time.date(), "week")
    if isinstance(value, str | int | pd.Period) and not isinstance(value, bool):
        return Period(str(value))
    raise InvalidPeriod(f'{name} = {shown(value)} is no period: give Period("2024-05"), or "2024-05" alone.')


def as_span(name: str, value: Any) -> Span:
    """A period, or several of one unit."""
    if isinstance(value, Period | str | int | pd.Period) or not isinstance(value, Iterable):
        return as_period(name, value)
    named = [as_period(name, each) for each in value]
    if not named or len({(each.unit, each.ordinal) for each in named}) < len(named) or len({p.unit for p in named}) > 1:
        shown = ", ".join(map(str, named)) or "no period at all"
        raise InvalidPeriod(f"{name} is {shown}: give one period or several of one unit, each once.")
    return named


def as_day(name: str, value: Any) -> date:
    """A day given as date, timestamp or text; a timestamp is of the date that it shows."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
        if isinstance(value, np.datetime64):
            value = pd.Timestamp(value)
        if isinstance(value, date) and value is not pd.NaT:
            return value.date() if isinstance(value, datetime) else value
    except ValueError:
        pass
    raise InvalidPeriod(f'{name} = {shown(value)} is no day: give date(2024, 6, 1), or "2024-06-01".')


def shown(value: Any) -> str:
    """The value as an error names it: short, and of something large its type."""
    text = repr(value) if isinstance(value, str | Real | date | NoneType) else f"<{type(value).__name__}>"
    return text if len(text) <= 60 else f"{text[:57]}..."
