"""The canonical tables: which columns they have, and how any frame of a user becomes one.

A timestamp is a local date (`ordered_on`) and the running numbers of its day, week, month, quarter and year
(`ordered_day`, `ordered_week`, ...), so that ages and gaps are subtractions, which every engine does alike.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

import narwhals as nw
import pandas as pd
import pyarrow as pa
from narwhals.typing import IntoFrame

from retention_kit.errors import InvalidTable
from retention_kit.frames import arrow_table, check_has_own_date, handed_to_duckdb, plain, with_missing
from retention_kit.money import MONEY as MONEY
from retention_kit.money import as_money, known_sum
from retention_kit.periods import UNITS


@runtime_checkable
class HoldsFrame(Protocol):
    """What Narwhals takes for a lazy frame, as the tables of an engagement are: what is NaN or "" is missing there."""

    def __narwhals_lazyframe__(self) -> Any: ...


Tabular: TypeAlias = IntoFrame | nw.LazyFrame[Any] | HoldsFrame
"""A table as pandas, Polars or Arrow frame, DuckDB relation, Spark DataFrame, Narwhals frame or engagement's table."""

ALL = "(all)"
"""The segment of a row that speaks of every customer."""

OTHER = "(other)"
"""The segment of all segments that are too small to be shown."""

SMALLER = "(smaller)"
"""The value of all rows of a segment of very many values that have none of the largest."""

SEGMENT = "_segment"
"""The column that a metric breaks down by, whatever the user's is called."""

NONE = "(none)"
"""The segment of customers without a value."""


def lazy(data: Tabular) -> nw.LazyFrame[Any]:
    """Any table as a lazy frame of its own engine; a frame in memory is handed to DuckDB. NaN and "" as id are missing.

    Example:
        >>> lazy(pd.DataFrame({"customer_id": ["a"]})).collect_schema().names()
        ['customer_id']
    """
    known = cast("IntoFrame", data)  # Narwhals takes more than its types say
    frame: nw.LazyFrame[Any] | nw.DataFrame[Any] = nw.from_native(known)
    if isinstance(data, HoldsFrame) and isinstance(frame, nw.LazyFrame):
        return frame
    return with_missing(frame if isinstance(frame, nw.LazyFrame) else handed_to_duckdb(frame))


def orders(data: Tabular) -> nw.LazyFrame[Any]:
    """The `orders` table: one row per order, with its calendar numbers, its net amount and whether it is a purchase.

    A plain frame needs `ordered_on` alone; with it may come `customer_id`, `order_id` and either `amount` (what the
    order brought after discount and refunds, without tax and shipping) or `gross` with `discount` and `refunded`.
    A purchase is an order that is no test, not cancelled and brought more than nothing; a column `is_purchase`
    overrides that.

    Raises:
        InvalidTable: A column is absent or holds no dates; the message lists what is there.

    Example:
        >>> frame = pd.DataFrame({"ordered_on": pd.to_datetime(["2024-05-02"]), "gross": [100], "refunded": [100]})
        >>> collected(orders(frame).select("ordered_month", "amount", "is_purchase"))
           ordered_month  amount  is_purchase
        0          24292     0.0        False
    """
    return _with_purchase(_with_amount(with_calendar(lazy(data), "ordered")))


def occasions(data: Tabular, *, by: str | None = None) -> nw.LazyFrame[Any]:
    """Purchase occasions: one row per customer, local day and value of `by`, with `n_orders` and `amount`.

    Takes the `orders` table or the `occasions` table. Orders without a customer have no part in it.

    Raises:
        InvalidTable: A column is absent; the message lists what is there.

    Example:
        >>> frame = pd.DataFrame({"customer_id": ["a", "a"], "ordered_on": pd.to_datetime(["2024-05-02"] * 2)})
        >>> collected(occasions(frame).select("customer_id", "ordered_day", "n_orders"))
          customer_id  ordered_day  n_orders
        0           a        19845         2
    """
    frame = purchases(data)
    require(frame, *segment_keys(by))
    if by is not None:
        frame = frame.with_columns(nw.col(by).cast(nw.String).fill_null(NONE))
    if "n_orders" not in frame.collect_schema().names():
        frame = frame.with_columns(n_orders=nw.lit(1))
    elif by is None:
        return frame
    days = frame.group_by("customer_id", *segment_keys(by), "ordered_on").agg(
        nw.col("n_orders").sum().cast(nw.Int64), amount=known_sum("amount")
    )
    return with_calendar(days, "ordered")  # the date alone is grouped by: its numbers follow from it


def purchases(data: Tabular) -> nw.LazyFrame[Any]:
    """The rows of the `orders` table that are purchases of a known customer, or the `occasions` table as it is."""
    frame = lazy(data)
    require(frame, "customer_id")
    if "n_orders" not in frame.collect_schema().names():
        frame = orders(frame).filter("is_purchase")
    return frame.filter(~nw.col("customer_id").is_null())


def segment_keys(by: str | None) -> list[str]:
    """The columns to group by for a breakdown: none or one."""
    return [] if by is None else [by]


def require(frame: nw.LazyFrame[Any], *columns: str) -> None:
    """Refuse a table that lacks a column.

    Raises:
        InvalidTable: The message names what is absent and lists what is there.
    """
    there = frame.collect_schema().names()
    if absent := [name for name in columns if name not in there]:
        named = _listed(absent).replace(_listed([SEGMENT]), "that `by` names")
        raise InvalidTable(
            f"The table has no column {named}; it has {_listed(there)}. "
            "Rename a column to the canonical name, or map it in engagement.toml."
        )


CALENDAR = ("on", "day", *UNITS)
"""What the name of a timestamp is followed by: the local date and its running numbers."""


def with_calendar(frame: nw.LazyFrame[Any], stem: str) -> nw.LazyFrame[Any]:
    """The running numbers of a timestamp's day, week, month, quarter and year beside its local date."""
    schema = frame.collect_schema()
    if all(f"{stem}_{number}" in schema for number in CALENDAR):
        return frame
    on = f"{stem}_on"
    require(frame, on)
    if schema[on] not in (nw.Date, nw.Datetime):
        raise InvalidTable(f'Column "{on}" holds {schema[on]}, not dates: convert it, for example with pd.to_datetime.')
    check_has_own_date(on, schema[on])
    dated = frame.with_columns(nw.col(on).cast(nw.Date), _day_number(nw.col(on)).alias(f"{stem}_day"))
    return dated.with_columns(**calendar_numbers(stem))


def calendar_numbers(stem: str) -> dict[str, nw.Expr]:
    """The running numbers of a timestamp's week, month, quarter and year, as `Period.ordinal` has them.

    Args:
        stem: What the columns of its local date, `<stem>_on`, and of its day number, `<stem>_day`, begin with.
    """
    on, day = nw.col(f"{stem}_on"), nw.col(f"{stem}_day").cast(nw.Int64)
    year, month = on.dt.year().cast(nw.Int64), on.dt.month().cast(nw.Int64)
    return {
        f"{stem}_week": floor_divide(day + 3, 7),
        f"{stem}_month": year * 12 + month - 1,
        f"{stem}_quarter": year * 4 + floor_divide(month - 1, 3),
        f"{stem}_year": year,
    }


def _day_number(on: nw.Expr) -> nw.Expr:
    """Days since 1970-01-01: those of the years before, a leap day in every fourth, and those of the year itself.

    Arithmetic on year and day of the year: engines differ in date differences. 719,163 days went before 1970.
    """
    earlier, day_of_year = on.dt.year().cast(nw.Int64) - 1, on.dt.ordinal_day().cast(nw.Int64)
    leap_days = floor_divide(earlier, 4) - floor_divide(earlier, 100) + floor_divide(earlier, 400)
    return 365 * earlier + leap_days + day_of_year - 719163


def floor_divide(number: nw.Expr, by: int) -> nw.Expr:
    """The whole part of a quotient of integers; Narwhals' own `//` becomes a page of SQL, which engines read slowly."""
    return (number / by).floor().cast(nw.Int64)


def _with_amount(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    schema = frame.collect_schema()
    if "amount" in schema:
        return frame.with_columns(amount=as_money("amount", schema))
    if "gross" not in schema:
        return frame.with_columns(amount=nw.lit(None, MONEY))
    less = (-as_money(name, schema).fill_null(0) for name in ("discount", "refunded") if name in schema)
    return frame.with_columns(amount=sum(less, as_money("gross", schema)).cast(MONEY))


def require_money(frame: nw.LazyFrame[Any]) -> None:
    """Refuse a table without any column of money.

    Raises:
        InvalidTable: The message names the column to add.
    """
    there = frame.collect_schema().names()
    if "amount" not in there and "gross" not in there:
        raise InvalidTable(
            "The table has no money: add a column `amount`, or `gross` with `discount` and `refunded`, None where an "
            f"amount is not known; it has {_listed(there)}."
        )


def _with_purchase(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    names = frame.collect_schema().names()
    if "is_purchase" in names:
        return frame
    is_purchase = nw.col("amount").is_null() | (nw.col("amount") > 0)  # a table without money still has purchases
    if "is_test" in names:
        is_purchase &= ~is_test()
    if "status" in names:
        is_purchase &= ~is_cancelled()
    return frame.with_columns(is_purchase=is_purchase)


def is_test() -> nw.Expr:
    """Whether an order is a test; one that does not say is none."""
    return nw.col("is_test").fill_null(value=False)


def is_cancelled() -> nw.Expr:
    """Whether an order was cancelled; one that does not say was not."""
    return nw.col("status").fill_null("") == "cancelled"


def collected(frame: nw.LazyFrame[Any], *keys: str, exact: bool = False) -> pd.DataFrame:
    """The small result of an engine's count as a pandas frame, sorted by its keys; money as float, `exact` as decimal.

    Example:
        >>> collected(lazy(pd.DataFrame({"n": [2, 1]})), "n").n.tolist()
        [1, 2]
    """
    table = arrow_table(frame)
    if not exact:
        table = pa.table({name: plain(table.column(name)) for name in table.column_names})
    result: pd.DataFrame = table.to_pandas(date_as_object=False)
    return result.sort_values(list(keys), ignore_index=True) if keys else result


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
