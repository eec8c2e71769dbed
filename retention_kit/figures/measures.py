"""Values, intervals and changes as people read them, each metric in its own unit."""

from typing import Any

import pandas as pd

from retention_kit.wording import MISSING, Wording, glossary, is_missing
from retention_kit.wording.glossary import Metric
from retention_kit.wording.texts import default_digits

_DIGITS = {"orders per customer": 2, "per order": 3}


def measure(value: float, unit: str, wording: Wording) -> str:
    """A value with its unit.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> [measure(0.25, "ratio", ENGLISH), measure(-9.4, "points", ENGLISH), measure(1, "days", ENGLISH)]
        ['25.0%', '−9', '1 day']
    """
    match unit:
        case "ratio":
            return wording.percent(value)
        case "money":
            return wording.money(value)
        case "days" if not is_missing(value):
            return wording.ngettext("{n} day", "{n} days", value).format(n=wording.number(value))
        case _:
            return wording.number(value, digits=_DIGITS.get(unit, 0))


def limit(value: float, unit: str, wording: Wording) -> str:
    """A confidence limit that stands beside its value: money without its currency.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> limit(104.72, "money", ENGLISH), limit(0.25, "ratio", ENGLISH)
        ('104.72', '25.0%')
    """
    if unit == "money" and not is_missing(value):
        return wording.number(value, digits=default_digits(value))
    return measure(value, unit, wording)


def limit_without_unit(value: float, unit: str, wording: Wording) -> str:
    """A confidence limit in brackets behind its value.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> limit_without_unit(104.72, "money", ENGLISH), limit_without_unit(0.25, "ratio", ENGLISH)
        ('104.72', '25.0')
    """
    if unit == "ratio":
        return wording.number(100 * value, digits=1)
    return limit(value, unit, wording)


def interval(low: str, high: str, wording: Wording) -> str:
    """From one confidence limit to the other; a dash where there is no interval."""
    if low == MISSING:
        return MISSING
    return wording.pgettext("interval", "{low} to {high}").format(low=low, high=high)


def change_size(change: "pd.Series[Any]", size: float, wording: Wording) -> str:
    """A change in the unit of its comparison: percentage points, per cent, or the metric's own."""
    if is_missing(size):
        return MISSING
    metric = glossary.METRICS[change.metric]
    number = _signed(metric, size, wording)
    match metric:
        case Metric(compared="total" | "count" | "state"):
            return number
        case Metric(unit="points"):
            return wording.ngettext("{difference} point", "{difference} points", size).format(difference=number)
        case Metric(unit="ratio"):
            return wording.gettext("{difference} pp").format(difference=number)
        case _:
            return _with_sign(measure(abs(size), metric.unit, wording), size)


def change_interval(change: "pd.Series[Any]", wording: Wording) -> str:
    """The interval of a change; the unit stands once, at its end."""
    low, high = float(change.low), float(change.high)
    if is_missing(low):
        return MISSING
    metric = glossary.METRICS[change.metric]
    last = _signed(metric, high, wording) if metric.unit == "money" else change_size(change, high, wording)
    return interval(_signed(metric, low, wording), last, wording)


def _signed(metric: Metric, size: float, wording: Wording) -> str:
    match metric:
        case Metric(compared="total" | "count" | "state"):
            return _with_sign(wording.percent(abs(size)), size)
        case Metric(unit="points"):
            return _with_sign(wording.number(abs(size)), size)
        case Metric(unit="ratio"):
            return _with_sign(wording.number(100 * abs(size), digits=1), size)
        case _:
            return _with_sign(limit(abs(size), metric.unit, wording), size)


def _with_sign(shown: str, size: float) -> str:
    """What is zero as it is shown has no direction."""
    is_zero = not any(sign in "123456789" for sign in shown)
    return ("±" if is_zero else "+" if size > 0 else "−") + shown
