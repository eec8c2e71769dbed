"""Left truncation: what may be said of customers where the data begin in the middle of a shop's life."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw

from retention_kit import tables
from retention_kit.arguments import checked
from retention_kit.periods import EPOCH, Period, day_number
from retention_kit.tables import Tabular


def can_tell_new(period: Period, *, first_day: date, window: int) -> bool:
    """Whether a first order in the period may be called a new customer's.

    Data that begin in the middle of a shop's life show every old customer once as if new; after one inactivity
    window from the first day they no longer do.

    Reference: METRICS A26, G13.

    Example:
        >>> [can_tell_new(Period(p), first_day=date(2023, 1, 1), window=90) for p in ("2023-03", "2023-04")]
        [False, True]
    """
    return period.start >= first_day + timedelta(days=window)


@checked
def with_earlier_purchases(orders: Tabular, customers: Tabular, *, first_day: date) -> Any:
    """The purchases, with an earlier one for each customer known before the data: for who had bought before.

    Without it a customer who bought last before the data began looks new when they come back.

    Args:
        orders: The `orders` or the `occasions` table of left-truncated data.
        customers: The `customers` table: customer_id, first_seen_on (the client's own; missing where unknown).
        first_day: The first day of the data.

    Returns:
        A lazy table of the engine: the rows of `orders`, and of each customer in it who was first seen before
        `first_day` the first purchase again, on 1970-01-01 and of amount 0. Customers who bought nothing in the data
        are not added: they may only have registered.

    Warning:
        For `customer_flow` (which still needs `history_from`), `returning_customer_rate`, `existing_customer_share` and
        `order_history` only: gaps and cohorts from 1970-01-01 are meaningless. Lapsed customers of the flow then
        include some never observed to lapse, though not those that `reactivation_rate` is of. Who registered before the
        data and first bought in them counts as having bought before.

    Reference: METRICS G13.

    Example:
        >>> import pandas as pd
        >>> from retention_kit.metrics.loyalty.repeat_purchase import existing_customer_share
        >>> orders = pd.DataFrame({"customer_id": ["old", "new"], "ordered_on": pd.to_datetime(["2024-05-02"] * 2)})
        >>> people = pd.DataFrame({"customer_id": ["old", "new"],
        ...     "first_seen_on": pd.to_datetime(["2019-03-08", "2024-05-02"])})
        >>> known = with_earlier_purchases(orders, people, first_day=date(2023, 1, 1))
        >>> existing_customer_share(known, period=Period("2024-05")).value.item()
        0.5
    """
    rows = tables.lazy(orders)
    is_counted = "n_orders" in rows.collect_schema().names()
    known = tables.purchases(rows) if is_counted else tables.orders(rows)
    schema = known.collect_schema()
    seen = _first_seen(customers).filter(nw.col("_seen") < day_number(first_day))
    first = nw.col("ordered_day") == nw.col("ordered_day").min().over("customer_id")
    earlier = tables.purchases(known).join(seen, on="customer_id", how="inner").filter(first)
    dated = earlier.drop(*(f"ordered_{number}" for number in tables.CALENDAR)).with_columns(
        ordered_on=nw.lit(EPOCH), amount=nw.lit(0)
    )
    added = tables.with_calendar(dated, "ordered").select(nw.col(name).cast(kind) for name, kind in schema.items())
    return nw.concat([known, added]).to_native()


def _first_seen(customers: Tabular) -> nw.LazyFrame[Any]:
    """One row per customer whose first day is known: customer_id, _seen (day number)."""
    dated = tables.with_calendar(tables.lazy(customers), "first_seen").filter(~nw.col("first_seen_day").is_null())
    return dated.group_by("customer_id").agg(_seen=nw.col("first_seen_day").min())


@checked
def acquired_since(orders: Tabular, *, first_day: date, window: int, customers: Tabular | None = None) -> Any:
    """The purchases of customers whose first purchase ever is in the data.

    Cohorts, repeat purchase and lifetime value start at the first purchase, which left-truncated data may lack.

    Args:
        orders: The `orders` or the `occasions` table of left-truncated data.
        first_day: The first day of the data.
        window: Days without a purchase after which a customer has lapsed (W).
        customers: The `customers` table: customer_id, first_seen_on. A customer first seen on `first_day` or later is
            kept, one first seen earlier is not. Without the table or the date, or if first seen after the first
            purchase, a customer is kept if the first purchase is `window` days or more after `first_day`.

    Returns:
        A lazy table of the engine: purchases with all columns of `orders`.

    Warning:
        Without `customers`, who had lapsed before the data began and came back still looks new.

    Reference: METRICS G13.

    Example:
        >>> import pandas as pd
        >>> orders = pd.DataFrame({"customer_id": ["old", "new"],
        ...     "ordered_on": pd.to_datetime(["2023-01-08", "2024-05-02"])})
        >>> kept = acquired_since(orders, first_day=date(2023, 1, 1), window=90)
        >>> kept.df().customer_id.tolist()
        ['new']
    """
    bought = tables.purchases(orders)
    first = nw.col("ordered_day").min().over("customer_id")
    is_late = first >= day_number(first_day) + window
    if customers is None:
        return bought.with_columns(_kept=is_late).filter("_kept").drop("_kept").to_native()
    is_recorded = ~nw.col("_seen").is_null() & (nw.col("_seen") <= first)  # later: there may have been others before
    is_new = nw.col("_seen") >= day_number(first_day)
    return (
        bought.join(_first_seen(customers), on="customer_id", how="left")
        .with_columns(_kept=nw.when(is_recorded).then(is_new).otherwise(is_late))
        .filter("_kept")
        .drop("_kept", "_seen")
        .to_native()
    )
