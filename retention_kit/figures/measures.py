"""Values, intervals and differences as people read them, each metric in its own unit."""

from typing import Any

import pandas as pd

from retention_kit.wording import glossary, texts
from retention_kit.wording.glossary import Metric
from retention_kit.wording.texts import _


def measure(value: float, unit: str) -> str:
    """A value with its unit.

    Example:
        >>> measure(0.25, "ratio"), measure(-9.4, "points"), measure(1.5, "orders per customer")
        ('25.0%', '−9', '1.50')
    """
    match unit:
        case "ratio":
            return texts.percent(value)
        case "money":
            return texts.money(value)
        case "days":
            return _("{n} days").format(n=texts.number(value))
        case "points":
            return texts.points(value)
        case _:
            return texts.number(value, digits=_DIGITS.get(unit, 0))


_DIGITS = {"orders per customer": 2, "per order": 3}


def bound(value: float, unit: str) -> str:
    """An end of an interval that stands beside its value: money without its currency.

    Example:
        >>> bound(104.72, "money"), bound(0.25, "ratio")
        ('104.72', '25.0%')
    """
    if unit == "money" and not texts.is_missing(value):
        return texts.number(value, digits=0 if abs(value) >= 1000 else 2)
    return measure(value, unit)


def bare(value: float, unit: str) -> str:
    """An end of an interval in brackets behind its value: without any unit.

    Example:
        >>> bare(104.72, "money"), bare(0.25, "ratio")
        ('104.72', '25.0')
    """
    return texts.number(100 * value, digits=1) if unit == "ratio" else bound(value, unit)


def interval(low: str, high: str) -> str:
    """From one end to the other; a dash where there is no interval."""
    return texts.MISSING if low == texts.MISSING else _("{low} to {high}").format(low=low, high=high)


def difference(move: "pd.Series[Any]", size: float) -> str:
    """A difference in the unit of its comparison: percentage points, per cent, or the metric's own."""
    if texts.is_missing(size):
        return texts.MISSING
    metric = glossary.METRICS[move.metric]
    number = _signed(metric, size)
    match metric:
        case Metric(compared="total" | "count" | "state"):
            return number
        case Metric(unit="points"):
            return _("{difference} points").format(difference=number)
        case Metric(unit="ratio"):
            return _("{difference} pp").format(difference=number)
        case _:
            return _with_sign(measure(abs(size), metric.unit), size)


def difference_interval(move: "pd.Series[Any]") -> str:
    """The interval of a difference; the unit stands once, at its end."""
    low, high = float(move.low), float(move.high)
    if texts.is_missing(low):
        return texts.MISSING
    metric = glossary.METRICS[move.metric]
    last = _signed(metric, high) if metric.unit == "money" else difference(move, high)
    return interval(_signed(metric, low), last)


def _signed(metric: Metric, size: float) -> str:
    match metric:
        case Metric(compared="total" | "count" | "state"):
            return _with_sign(texts.percent(abs(size)), size)
        case Metric(unit="points"):
            return _with_sign(texts.number(abs(size)), size)
        case Metric(unit="ratio"):
            return _with_sign(texts.number(100 * abs(size), digits=1), size)
        case _:
            return _with_sign(bound(abs(size), metric.unit), size)


def _with_sign(shown: str, size: float) -> str:
    """What is nought as it is shown has no direction."""
    is_nought = not any(sign in "123456789" for sign in shown)
    return ("±" if is_nought else "+" if size > 0 else "−") + shown
