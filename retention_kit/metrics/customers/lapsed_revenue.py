"""What the customers who lapsed in a period had brought."""

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import counted
from retention_kit.money import known_sum
from retention_kit.periods import Period
from retention_kit.tables import Tabular, occasions, segment_keys

DAYS = 365


@checked
def lapsed_revenue(orders: Tabular, *, period: Period, window: int, by: str | None = None) -> pd.DataFrame:
    """What had the customers who lapsed in a period brought in the 365 days before it?

    Lapsed is who was active at the period's start and not at its end, as in `customer_flow`.

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on, amount.
        period: The period.
        window: Days without a purchase after which a customer has lapsed.
        by: A column to break down by.

    Returns:
        One row per segment: segment, n_customers (who lapsed; churned of `customer_flow`) and revenue, which is missing
        where no amount is known.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [20, 30, 5],
        ...     "ordered_on": pd.to_datetime(["2023-12-10", "2024-01-20", "2024-02-20"])})
        >>> lapsed_revenue(orders, period=Period("2024-02"), window=30)
          segment  n_customers  revenue
        0   (all)            1     50.0
    """
    day, start, end = nw.col("ordered_day"), period.start_day, period.end_day
    bought = occasions(orders, by=by).filter(day >= start - max(DAYS, window), day < end)
    before = nw.when((day >= start - DAYS) & (day < start)).then(nw.col("amount"))
    customers = (
        bought.with_columns(before=before, earlier=nw.when(day < start).then(day))
        .group_by("customer_id", *segment_keys(by))
        .agg(known_sum("before").alias("before"), was=nw.col("earlier").max(), last=day.max())
        .filter(nw.col("was") >= start - window, nw.col("last") < end - window)
    )
    known = (~nw.col("before").is_null()).cast(nw.Int64).sum()
    counts = {"denominator": nw.len(), "n_customers": nw.len(), "revenue": known_sum("before"), "known": known}
    found = counted(customers, counts, by=by)
    is_told = (found.known > 0) | (found.n_customers == 0)
    return found.assign(revenue=found.revenue.where(is_told))[["segment", "n_customers", "revenue"]]
