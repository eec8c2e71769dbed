"""The four numbers of a customer that purchase models read: how often, how recently, since when, how much."""

from datetime import date
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit import tables
from retention_kit.arguments import checked
from retention_kit.errors import InvalidPeriod, InvalidTable
from retention_kit.money import MONEY
from retention_kit.periods import day_number
from retention_kit.tables import Tabular

TimeUnit: TypeAlias = Literal["week", "day"]
"""What one unit of `recency` and `T` is."""

UNITS_A_MONTH = {"week": 4.345, "day": 30.415}
"""Average length of a month; the published CDNOW values use 4.345 weeks."""

_DAYS: dict[str, int] = {"week": 7, "day": 1}


def days_in(unit: str) -> int:
    """How many days one unit of time has; refused (`InvalidPeriod`) unless it is "week" or "day".

    Example:
        >>> days_in("week")
        7
    """
    if unit not in _DAYS:
        raise InvalidPeriod(f'"{unit}" is no unit of time that purchases are counted in: write "week" or "day".')
    return _DAYS[unit]


@checked
def purchase_summary(orders: Tabular, *, as_of: date, unit: TimeUnit = "week") -> pd.DataFrame:
    """How often, how recently, since when and for how much did each customer buy?

    frequency = purchase days - 1;  recency = first → last purchase day;  T = first purchase day → last day covered;
    monetary_value = mean net value of a purchase day, the first one excluded

    Args:
        orders: The `orders` or the `occasions` table; the orders of one local day are one purchase.
        as_of: The day after the last one that the data cover, to which T runs: the calibration period of the CDNOW
            papers, which ends with 1997-09-30, is `as_of=date(1997, 10, 1)`.
        unit: "week" (days / 7, as in the papers) or "day".

    Returns:
        One row per customer who bought before `as_of`, sorted by customer_id: customer_id, frequency (count), recency
        and T (in `unit`), monetary_value (money; missing without a repeat purchase of known amount), unit.

    Warning:
        Recency is not the time since the last purchase: that is T - recency.

    Reference: METRICS V08; Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way.

    Example:
        >>> days = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-11", "2024-01-31"])
        >>> orders = pd.DataFrame({"customer_id": "a", "ordered_on": days, "amount": [10, 5, 20, 40]})
        >>> purchase_summary(orders, as_of=date(2024, 2, 21), unit="day")
          customer_id  frequency  recency     T  monetary_value unit
        0           a          2     30.0  50.0            30.0  day
    """
    days = days_in(unit)
    counted = tables.collected(_counted(orders, as_of=as_of).sort("customer_id"))  # millions of ids: the engine sorts
    last_day_covered = day_number(as_of) - 1
    return pd.DataFrame(
        {
            "customer_id": counted["customer_id"],
            "frequency": counted["n_occasions"] - 1,
            "recency": (counted["last_day"] - counted["first_day"]) / days,
            "T": (last_day_covered - counted["first_day"]) / days,
            "monetary_value": counted["repeat_amount"] / counted["n_priced"].replace(0, np.nan),
            "unit": pd.Series(unit, index=counted.index, dtype=pd.CategoricalDtype([unit])),
        }
    )


@checked
def calibration_split(orders: Tabular, *, calibrated_until: date, as_of: date, unit: TimeUnit = "week") -> pd.DataFrame:
    """What was known of each customer at an earlier day, and how often did the customer buy after it?

    Takes what `purchase_summary` takes, and in `calibrated_until` the first day that the models may not see.

    Returns:
        `purchase_summary` as of `calibrated_until`, with n_holdout (purchase days from then to `as_of`) and duration
        (the length of that time, in `unit`). Customers who first bought later are not in it: nothing was known of them.

    Reference: METRICS V14, V15.

    Example:
        >>> days = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-03-11"])
        >>> orders = pd.DataFrame({"customer_id": "a", "ordered_on": days, "amount": 10})
        >>> calibration_split(orders, calibrated_until=date(2024, 2, 21), as_of=date(2024, 3, 22), unit="day")[
        ...     ["frequency", "n_holdout", "duration"]
        ... ]
           frequency  n_holdout  duration
        0          1          1      30.0
    """
    if calibrated_until >= as_of:
        raise InvalidPeriod(f"Nothing is held out: the calibration ends at {calibrated_until}, the data at {as_of}.")
    held_out = tables.occasions(orders).filter(
        nw.col("ordered_day") >= day_number(calibrated_until), nw.col("ordered_day") < day_number(as_of)
    )
    counted = tables.collected(held_out.group_by("customer_id").agg(n=nw.len().cast(nw.Int64)), "customer_id")
    summary = purchase_summary(orders, as_of=calibrated_until, unit=unit)
    n_holdout = summary["customer_id"].map(counted.set_index("customer_id")["n"]).fillna(0).astype("int64")
    return summary.assign(n_holdout=n_holdout, duration=(as_of - calibrated_until).days / days_in(unit))


def unit_of(summary: pd.DataFrame) -> str:
    """The unit of time of a purchase summary; refused (`InvalidTable`) where it has none or mixes units.

    Example:
        >>> unit_of(pd.DataFrame({"unit": ["week", "week"]}))
        'week'
    """
    if "unit" not in summary:
        raise InvalidTable(
            'The purchase summary has no column "unit": make it with purchase_summary, or say what one unit of its '
            'time is, for example summary.assign(unit="week").'
        )
    units = summary["unit"].unique().tolist()
    if len(units) > 1:
        raise InvalidTable(f"The purchase summary mixes units of time ({units}): make it anew in one of them.")
    return str(units[0]) if units else "week"


def require_unit(summary: pd.DataFrame, unit: str) -> None:
    """Refuse (`InvalidTable`) a summary in another unit of time than a model's, or without one."""
    if len(summary) and unit_of(summary) != unit:
        raise InvalidTable(
            f"The purchase summary counts time in {unit_of(summary)}s and the model in {unit}s: fit the model on this "
            "summary, or make the summary in the unit of the model."
        )


def distinct_ages(summary: pd.DataFrame) -> tuple[npt.NDArray[Any], pd.DataFrame]:
    """The distinct pairs of frequency and T, and for each customer which one it is.

    Example:
        >>> codes, pairs = distinct_ages(pd.DataFrame({"frequency": [0, 1, 0], "T": [9.0, 9.0, 9.0]}))
        >>> codes.tolist(), len(pairs)
        ([0, 1, 0], 2)
    """
    names = ["frequency", "T"]
    codes = summary.groupby(names, sort=False).ngroup().to_numpy()
    return codes, summary[names].drop_duplicates(ignore_index=True)


def _counted(orders: Tabular, *, as_of: date) -> nw.LazyFrame[Any]:
    """The sums behind the summary, one row per customer."""
    tables.require_money(tables.lazy(orders))
    occasions = tables.occasions(orders).filter(nw.col("ordered_day") < day_number(as_of))
    counted = (
        occasions.with_columns(dated=_at(nw.col("ordered_day")) + nw.col("amount").cast(_WIDE).fill_null(_UNKNOWN))
        .group_by("customer_id")
        .agg(
            first_day=nw.col("ordered_day").min(),
            last_day=nw.col("ordered_day").max(),
            n_occasions=nw.len().cast(nw.Int64),
            n_known=nw.col("amount").count().cast(nw.Int64),
            amount=nw.col("amount").sum(),
            dated=nw.col("dated").min(),
        )
        .with_columns(first=nw.col("dated") - _at(nw.col("first_day")))
        .with_columns(first=nw.when(nw.col("first") > _UNKNOWN).then(nw.col("first")))
        .with_columns(n_priced=nw.col("n_known") - (~nw.col("first").is_null()).cast(nw.Int64))
    )
    repeats = nw.when(nw.col("n_priced") > 0).then(nw.col("amount") - nw.col("first").fill_null(0)).cast(MONEY)
    return counted.with_columns(repeat_amount=repeats).drop("n_known", "amount", "dated", "first")


_WIDE = nw.Decimal(38, 4)

_UNKNOWN = -(10**14)
"""In place of an amount that is not known: less than any that is one."""


def _at(day: nw.Expr) -> nw.Expr:
    """A day as a number that amounts are small beside: added up, the least of a customer's is that of the first day.

    A window over every customer's purchases, to find the first, takes twice as long as the whole sum does so, and
    Narwhals has no value at the least day that Spark knows too.
    """
    return day.cast(_WIDE) * 10**15
