"""Cohorts: customers by the period of their first purchase, and what they do at each age."""

from collections.abc import Callable
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.statistics.estimates import rates
from retention_kit.periods import Period, Unit, day_number
from retention_kit.tables import Tabular, collected, purchases

CELL = ["cohort", "age", "n_customers", "n_retained", "value", "low", "high", "status"]


@checked
def cohort_retention(
    orders: Tabular, *, by: Unit = "month", until: Period, as_of: date | None = None, look_ahead: int | None = 0
) -> pd.DataFrame:
    """Of the customers whose first purchase fell in a period, how many bought again at each age?

    value = customers of the cohort who bought at the age / customers of the cohort

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on.
        by: The period of a cohort and the unit of age: "week", "month", "quarter" or "year".
        until: The last period shown, of the unit `by`.
        as_of: The data cover every day before this one; the end of `until` by default.
        look_ahead: 0 counts who bought in the period of that age (bounded); 3 who bought in it or in the three after
            it; None who bought in it or ever after (unbounded: the cells of young cohorts are still filling).

    Returns:
        One row per cohort and age: cohort ("2024-05"), age (0, 1, ...), n_customers, n_retained, value, low, high,
        status. A cell whose time is not over is missing with `immature`, all cells of a cohort whose own period is not
        over with `incomplete`.

    Raises:
        InvalidTable: A column is absent.
        InvalidPeriod: `until` is not of the unit `by`.

    Warning:
        Ages are calendar distances: bought on 31 January and on 1 February is age 1 month. Tools that count 30-day
        months call it age 0: `elapsed_retention`. For ranges of days: `bracket_retention`.

    Reference: METRICS C01-C05; the retention reports of Mixpanel and Amplitude.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-01-31", "2024-02-01", "2024-01-15"])})
        >>> table = cohort_retention(orders, by="month", until=Period("2024-02"))
        >>> table[["cohort", "age", "n_retained", "value"]].values.tolist()
        [['2024-01', 0, 2, 1.0], ['2024-01', 1, 1, 0.5]]
    """
    watermark = watermark_of(by, until, as_of)
    number = nw.col("number")
    active = observed(purchases(orders), watermark).select("customer_id", number=nw.col(f"ordered_{by}")).unique()
    ages = active.with_columns(cohort=number.min().over("customer_id")).with_columns(age=number - nw.col("cohort"))
    counts = _reaching(ages, look_ahead).group_by("cohort", "reaches", "age").agg(n=nw.len())
    retained = _opened_less_closed(collected(counts, "cohort", "reaches", "age"), until.ordinal)
    ahead = look_ahead or 0
    return cell_estimates(retained, until, lambda cohort, age: (cohort + age + ahead).end <= watermark, watermark)


def _reaching(ages: nw.LazyFrame[Any], look_ahead: int | None) -> nw.LazyFrame[Any]:
    """From which age on a purchase counts: its own, or as far back as the look-ahead and the one before it allow."""
    if look_ahead == 0:
        return ages.with_columns(reaches=nw.col("age"))
    after_previous = nw.col("age").shift(1).over("customer_id", order_by="age").fill_null(-1) + 1
    if look_ahead is None:
        return ages.with_columns(reaches=after_previous)
    return ages.with_columns(reaches=nw.max_horizontal(after_previous, nw.col("age") - look_ahead))


def _opened_less_closed(counts: pd.DataFrame, last: int) -> pd.DataFrame:
    """Customers per cohort and age: purchases that have begun to count less those that have ceased to."""
    cohorts = sorted(counts.cohort.unique())
    ages = range(last - min(cohorts, default=last) + 1)
    opened, closed = (
        counts.pivot_table(index="cohort", columns=age, values="n", aggfunc="sum")
        .reindex(index=cohorts, columns=ages)
        .fillna(0)
        for age in ("reaches", "age")
    )
    n_retained = opened.cumsum(axis=1) - closed.cumsum(axis=1).shift(1, axis=1, fill_value=0)
    return _with_sizes(n_retained, counts[counts.age == 0].set_index("cohort").n)


def _with_sizes(wide: pd.DataFrame, sizes: "pd.Series[int]") -> pd.DataFrame:
    """A row per cohort and age from a row per cohort, with the size of the cohort beside."""
    named = wide.rename_axis(index="cohort", columns="age")
    long = named.melt(ignore_index=False, var_name="age", value_name="n_retained").reset_index()
    return long.assign(n_customers=long.cohort.map(sizes))


def watermark_of(by: Unit, until: Period, as_of: date | None) -> date:
    """The day before which the data cover every day; the end of `until` unless said otherwise."""
    if until.unit != by:
        raise InvalidPeriod(f'Cohorts by {by} cannot end with "{until}", which is a {until.unit}: name a {by}.')
    return until.end if as_of is None else as_of


def observed(frame: nw.LazyFrame[Any], watermark: date) -> nw.LazyFrame[Any]:
    """The rows of orders before the watermark."""
    return frame.filter(nw.col("ordered_day") < day_number(watermark))


def grid_of(retained: pd.DataFrame, last_age: int) -> pd.DataFrame:
    """Every age of every cohort, 0 customers where there is no row, with the size of the cohort beside."""
    wide = retained.pivot_table(index="cohort", columns="age", values="n_retained", aggfunc="sum")
    wide = wide.reindex(columns=range(last_age + 1)).fillna(0)
    return _with_sizes(wide, wide[0])


def cell_estimates(
    retained: pd.DataFrame, until: Period, is_over: Callable[[Period, int], bool], watermark: date
) -> pd.DataFrame:
    """A share with its interval per cell, missing with the reason where the time of the cell is not over."""
    cells = retained[retained.cohort <= until.ordinal].reset_index(drop=True)
    named = [Period.nth(until.unit, int(number)) for number in cells.cohort]
    status = [
        "incomplete" if cohort.end > watermark else "ok" if is_over(cohort, int(age)) else "immature"
        for cohort, age in zip(named, cells.age, strict=True)
    ]
    counts = cells[["age"]].astype(int).assign(numerator=cells.n_retained, denominator=cells.n_customers)
    found = rates(counts.assign(cohort=[str(cohort) for cohort in named], status=status))
    found["n_customers"] = found.denominator.astype("Int64")
    found["n_retained"] = found.numerator.where(found.status == "ok").astype("Int64")
    return found[CELL].sort_values(["cohort", "age"], ignore_index=True)
