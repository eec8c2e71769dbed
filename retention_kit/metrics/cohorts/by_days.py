"""Cohorts whose ages are spans of days from each customer's own first purchase."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.frames import check_has_own_date
from retention_kit.metrics.cohorts.retention import cell_estimates, grid_of, observed, watermark_of
from retention_kit.periods import Period, Unit, day_number
from retention_kit.tables import Tabular, collected, floor_divide, lazy, occasions, require
from retention_kit.tables import orders as orders_table

SECONDS_A_DAY = 86_400


@checked
def elapsed_retention(
    orders: Tabular, *, by: Unit = "month", days: int = 30, until: Period, as_of: date | None = None
) -> pd.DataFrame:
    """Cohort retention where age is counted in whole spans of `days` from each customer's own first purchase.

    For reconciling with tools that count 24-hour days or 30-day months. With a column `ordered_at` (local time) in the
    `orders` table a day is 24 hours from the first purchase, else a difference of local dates.

    Returns:
        As `cohort_retention`, whose arguments it shares; age in spans of `days` days (1, 7, 30, 91).

    Reference: METRICS C07, C08; Amplitude, retention analysis time.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a"],
        ...     "ordered_on": pd.to_datetime(["2024-01-31", "2024-02-01"])})
        >>> table = elapsed_retention(orders, days=30, until=Period("2024-01"), as_of=date(2024, 4, 1))
        >>> table.value.tolist()
        [1.0, 0.0]
    """
    watermark = watermark_of(by, until, as_of)
    table = orders_table(lazy(orders))
    require(table, "customer_id")
    rows = table.filter("is_purchase", ~nw.col("customer_id").is_null())
    second = _seconds(rows.collect_schema())
    ages = (
        observed(rows, watermark)
        .select("customer_id", number=nw.col(f"ordered_{by}"), second=second)
        .with_columns(
            cohort=nw.col("number").min().over("customer_id"), first=nw.col("second").min().over("customer_id")
        )
        .select("customer_id", "cohort", age=floor_divide(nw.col("second") - nw.col("first"), days * SECONDS_A_DAY))
        .unique()
    )
    retained = collected(ages.group_by("cohort", "age").agg(n_retained=nw.len()), "cohort", "age")

    def is_over(cohort: Period, age: int) -> bool:
        return cohort.end_day + (age + 1) * days <= day_number(watermark)

    oldest = Period.nth(by, int(retained.cohort.min())) if len(retained) else until
    last_age = max((day_number(watermark) - oldest.end_day) // days - 1, 0)
    return cell_estimates(grid_of(retained, last_age), until, is_over, watermark)


def _seconds(schema: nw.Schema) -> nw.Expr:
    """When an order was placed, in seconds of local time; without an hour at its midnight."""
    midnight = nw.col("ordered_day") * SECONDS_A_DAY
    if "ordered_at" not in schema:
        return midnight
    check_has_own_date("ordered_at", schema["ordered_at"])
    return midnight + _seconds_since_midnight(nw.col("ordered_at")).fill_null(0)


def _seconds_since_midnight(time: nw.Expr) -> nw.Expr:
    hours, minutes, seconds = (part.cast(nw.Int64) for part in (time.dt.hour(), time.dt.minute(), time.dt.second()))
    return (hours * 60 + minutes) * 60 + seconds


@checked
def bracket_retention(
    orders: Tabular,
    *,
    by: Unit = "month",
    brackets: Sequence[tuple[int, int]] = ((0, 0), (1, 7), (8, 30)),
    until: Period,
    as_of: date | None = None,
) -> pd.DataFrame:
    """Cohort retention in ranges of days from each customer's own first day, both ends included.

    Returns:
        As `cohort_retention`, whose arguments it shares; age is the number of the bracket (0, 1, ...), with columns
        first_day and last_day.

    Reference: METRICS C06; Amplitude, retention brackets.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a"],
        ...     "ordered_on": pd.to_datetime(["2024-01-01", "2024-01-06", "2024-01-13"])})
        >>> bracket_retention(orders, until=Period("2024-01"), as_of=date(2024, 4, 1)).value.tolist()
        [1.0, 1.0, 1.0]
    """
    watermark = watermark_of(by, until, as_of)
    names = [f"bracket_{n}" for n in range(len(brackets))]
    first_day = nw.col("ordered_day").min().over("customer_id")
    days = observed(occasions(orders), watermark).select(
        "customer_id",
        cohort=nw.col(f"ordered_{by}").min().over("customer_id"),
        offset=nw.col("ordered_day") - first_day,
    )
    hits = days.with_columns(
        ((nw.col("offset") >= low) & (nw.col("offset") <= high)).cast(nw.Int64).alias(name)
        for name, (low, high) in zip(names, brackets, strict=True)
    )
    customers = hits.group_by("customer_id", "cohort").agg(nw.col(*names).max())
    counts = collected(customers.group_by("cohort").agg(nw.len().alias("n_customers"), nw.col(*names).sum()), "cohort")
    long = counts.melt(["cohort", "n_customers"], names, "age", "n_retained")
    long["age"] = long.age.map({name: n for n, name in enumerate(names)})

    def is_over(cohort: Period, age: int) -> bool:
        return cohort.end_day + brackets[age][1] <= day_number(watermark)

    cells = cell_estimates(long, until, is_over, watermark)
    return cells.assign(
        first_day=cells.age.map(lambda n: brackets[n][0]), last_day=cells.age.map(lambda n: brackets[n][1])
    )
