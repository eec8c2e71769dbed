"""What callers hand to a metric, checked once at the door and taken as it was meant: periods, days, choices, tables."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import wraps
from numbers import Real
from types import NoneType
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.calendar_arguments import as_day, as_period, as_span, shown
from retention_kit.errors import InvalidArgument, InvalidTable
from retention_kit.periods import Period, Span
from retention_kit.tables import ALL, NONE, OTHER, SEGMENT, Tabular, lazy

_NO_BY = inspect.Parameter("by", inspect.Parameter.KEYWORD_ONLY)

P = ParamSpec("P")
R = TypeVar("R")

AT_LEAST_ONE = {"days", "months", "up_to", "periods_a_year", "horizons"}
"""Whole numbers that are above 0; all others may be 0, and none is negative."""

OF_A_CLIENT = {"opening", "new", "closing"}
"""Numbers of a client's own list, which may contradict each other: the metric says so in its status."""

SHARES = {"churn", "rate", "churn_a_year", "retention_rate"}

COUNTS = {"hits", "n", "base_hits", "base_n"}
"""Numbers that may be missing: what is compared with them is then missing too."""

TABLES = {
    "orders": ("orders", "occasions"),
    "occasions": ("occasions", "orders"),
    "responses": ("responses",),
    "answers": ("responses",),
    "tickets": ("tickets",),
    "invitations": ("invitations",),
    "refunds": ("refunds",),
    "customers": ("customers",),
    "costs": ("costs",),
}
"""Which tables of an engagement an argument of that name may be."""

RESULTS = {
    "flow": ("customer_flow", ("period", "segment")),
    "retention": ("cohort_retention", ("cohort", "age", "n_customers", "n_retained", "status")),
    "summary": ("purchase_summary", ("frequency",)),
    "scores": ("rfm_scores", ("segment", "n_orders", "monetary")),
}
"""Arguments that are the result of another function: which, and columns it has."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A metric that takes a period as text too, and a day as text or timestamp, and refuses what it cannot take.

    What is allowed is read from the annotations of the function.

    Raises:
        InvalidArgument, InvalidPeriod, InvalidTable: The message names the argument, what was found and what to give.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def metric(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs)
        for name, value in given.arguments.items():
            given.arguments[name] = _taken(name, value, signature.parameters[name].annotation)
        if signature.parameters.get("by", _NO_BY).annotation in (str, str | None):
            given.arguments |= _by_segment(given.arguments)
        return function(*given.args, **given.kwargs)

    return metric


def _by_segment(given: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with what they are broken down by as a column of ours, which no other column of ours is named like.

    What is missing is `(none)`; a value of the client's own that reads like a segment of ours is put in quotes.
    """
    by = given.get("by")
    if by is None:
        return {}
    frames = {name: lazy(value) for name, value in given.items() if name in TABLES and value is not None}
    having = {name: frame for name, frame in frames.items() if by in frame.collect_schema()}
    own = nw.col(by).cast(nw.String)
    quoted = nw.concat_str(nw.lit('"'), own, nw.lit('"'))
    value = nw.when(own.is_in([ALL, OTHER])).then(quoted).otherwise(own).fill_null(NONE)
    named = {name: frame.with_columns(value.alias(SEGMENT)) for name, frame in having.items()}
    return named | {"by": SEGMENT} if named else {}


def _taken(name: str, value: Any, annotation: Any) -> Any:
    """The argument as the function wants it."""
    kinds = get_args(annotation)
    if value is None and NoneType in kinds:
        return None
    if name in RESULTS:
        return _result(name, value)
    if set(get_args(Tabular)) <= set(kinds):
        return _table(name, value)
    if annotation == Span:
        return as_span(name, value)
    if annotation == Period | str:
        return _of_type(name, value, Period | str)
    if annotation == npt.ArrayLike:
        return _numbers(name, value)
    rest = [kind for kind in kinds if kind is not NoneType]
    return _of_kind(name, value, rest[0] if NoneType in kinds and len(rest) == 1 else annotation)


def _of_kind(name: str, value: Any, kind: Any) -> Any:
    origin = get_origin(kind) or kind
    takers: dict[Any, Callable[[str, Any], Any]] = {Period: as_period, date: as_day, int: _count, float: _number}
    if origin in takers:
        return takers[origin](name, value)
    if origin is Literal:
        return _choice(name, value, get_args(kind))
    if origin in (Sequence, Iterable):
        return _sequence(name, value, get_args(kind)[0])
    if isinstance(kind, str):  # an annotation in quotes, since pandas' own cannot be evaluated
        origin = Mapping if kind.startswith("Mapping") else pd.Series
    return _of_type(name, value, (Mapping, pd.Series) if origin is Mapping else origin)


def _choice(name: str, value: Any, allowed: tuple[str, ...]) -> Any:
    if isinstance(value, str) and value in allowed:
        return value
    listed = " or ".join(f'"{choice}"' for choice in allowed)
    raise InvalidArgument(f"{name} = {shown(value)} is none of its values: give {listed}.")


def _count(name: str, value: Any) -> int:
    least = int(name in AT_LEAST_ONE)
    if _is_finite(value) and value == int(value) and (value >= least or name in OF_A_CLIENT):
        return int(value)
    raise InvalidArgument(f"{name} = {shown(value)} cannot be: give a whole number, {least} or more.")


def _number(name: str, value: Any) -> Any:
    if not _is_finite(value) and not (name in COUNTS and isinstance(value, Real)):
        raise InvalidArgument(f"{name} = {shown(value)} is no number: give a finite one.")
    if name in SHARES and not 0 <= value <= 1:
        raise InvalidArgument(f"A {name} of {value} is no rate: give a share between 0 and 1, 0.05 for 5 %.")
    return value


def _is_finite(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _numbers(name: str, value: Any) -> Any:
    try:
        np.asarray(value, float)
    except (TypeError, ValueError):
        raise InvalidArgument(f"{name} = {shown(value)} holds what is no number: give numbers.") from None
    return value


def _sequence(name: str, value: Any, kind: Any) -> Any:
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        raise InvalidArgument(f"{name} = {shown(value)} is one value or none: give a list.")
    items = list(value)
    if kind is Any:
        return items
    if kind in (int, float, str):
        return [_of_kind(name, item, kind) for item in items]
    if not all(len(get_args(kind)) == len(item) for item in items if isinstance(item, Sequence)):
        raise InvalidArgument(f"{name} = {shown(value)} does not hold pairs of numbers: give a list of them.")
    return [tuple(_number(name, each) for each in _of_type(name, item, Sequence)) for item in items]


def _of_type(name: str, value: Any, kind: Any) -> Any:
    if kind is Any or kind is inspect.Parameter.empty or isinstance(value, kind):
        return value
    wanted = getattr(kind, "__name__", str(kind))
    first = {"PurchaseModel": "fit_purchases", "SpendModel": "fit_spend"}.get(wanted)
    remedy = f"call {first} first and give its result" if first else f"give a {wanted}"
    error = InvalidTable if kind is pd.DataFrame else InvalidArgument
    raise error(f"{name} = {shown(value)} is no {wanted}: {remedy}.")


def _table(name: str, value: Any) -> Any:
    """A table of any engine; of an engagement the one that is meant."""
    fits = TABLES.get(name, (name,))
    if hasattr(type(value), "__narwhals_lazyframe__") and getattr(value, "name", fits[0]) not in fits:
        raise InvalidTable(f"{name} wants the table {_either(fits)}, and was given {value.name}: give the other.")
    try:
        nw.from_native(value)
    except (TypeError, AttributeError):
        raise InvalidTable(
            f"{name} = {shown(value)} is no table: give a pandas, Polars or Arrow frame, a DuckDB relation, a Spark "
            f"DataFrame or a table of an engagement, such as engagement.{fits[0]}."
        ) from None
    return value


def _result(name: str, value: Any) -> Any:
    """The result of the function that comes first."""
    first, columns = RESULTS[name]
    try:
        there = nw.from_native(value).lazy().collect_schema().names()
    except (TypeError, AttributeError):
        there = []
    if not set(columns) <= set(there):
        found = f"a table of {', '.join(there)}" if there else shown(value)
        raise InvalidTable(f"{name} must be the result of {first}, and is {found}: call {first} first.")
    return value


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)
