"""Orders and money period by period, counted in one pass."""

from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.orders.ratios import valid_orders
from retention_kit.periods import Period, periods
from retention_kit.tables import Tabular, collected


@checked
def order_history(
    orders: Tabular, *, since: Period, until: Period, new_customers_known_from: date | None = None
) -> pd.DataFrame:
    """How much was ordered in each period, and by whom: customers of their first period or of an earlier one?

    Args:
        orders: The `orders` table: ordered_on, amount, customer_id.
        since: The first period counted.
        until: The last one.
        new_customers_known_from: From this day on a first purchase in the data makes a new customer; None for all days.
            In periods that start earlier revenue_existing and revenue_first are missing.

    Returns:
        One row per period: period, revenue, revenue_existing (purchases of customers whose first purchase was in an
        earlier period), revenue_first (of the others), revenue_unknown (of unknown customers), unlinked_refunds
        (negative orders: refunds without their order), revenue_untold (of customers who may be either, before
        `new_customers_known_from`), n_orders, n_customers. The five parts add up to revenue.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", None], "amount": [30, 10, 5],
        ...     "ordered_on": pd.to_datetime(["2024-04-30", "2024-05-02", "2024-05-03"])})
        >>> table = order_history(orders, since=Period("2024-05"), until=Period("2024-05"))
        >>> table[["revenue", "revenue_existing", "revenue_first", "revenue_unknown"]].values.tolist()
        [[15.0, 10.0, 0.0, 5.0]]
    """
    rows = valid_orders(orders, before=until.end).with_columns(number=nw.col(f"ordered_{since.unit}"))
    is_known, split = ~nw.col("customer_id").is_null(), ["revenue_existing", "revenue_first"]
    unknown = nw.when(~is_known).then(nw.col("purchased"))
    sums = rows.filter(nw.col("number") >= since.ordinal).with_columns(revenue_unknown=unknown).group_by("number")
    totals = collected(sums.agg(nw.col("revenue_unknown", "n_orders").sum(), revenue=nw.col("amount").sum()))
    people = _buyers(rows.filter(is_known, "is_purchase"), since.ordinal)
    named = periods(since, until)
    found = totals.set_index("number").join(people).reindex([period.ordinal for period in named]).fillna(0)
    found = found[["revenue", *split, "revenue_unknown", "n_orders", "n_customers"]]
    found.insert(0, "period", [str(period) for period in named])
    bought = found.revenue_existing + found.revenue_first + found.revenue_unknown
    found.insert(5, "unlinked_refunds", (found.revenue - bought).round(4))  # money has no more digits; floats have
    is_split = pd.Series(
        [new_customers_known_from is None or period.start >= new_customers_known_from for period in named],
        index=found.index,
    )
    found.insert(6, "revenue_untold", (found.revenue_existing + found.revenue_first).mask(is_split, 0.0))
    found[split] = found[split].where(is_split)
    return found.reset_index(drop=True)


def _buyers(purchases: nw.LazyFrame[Any], since: int) -> pd.DataFrame:
    """Per period the customers who bought, and what those of their first period and of an earlier one bought for.

    Who bought when is counted before it is asked when first, which takes no window over all orders.
    """
    bought = purchases.group_by("customer_id", "number").agg(nw.col("purchased").sum())
    firsts = bought.group_by("customer_id").agg(first=nw.col("number").min())
    is_first, amount = nw.col("first") == nw.col("number"), nw.col("purchased")
    told = bought.filter(nw.col("number") >= since).join(firsts, on="customer_id", how="inner")
    told = told.with_columns(
        revenue_first=nw.when(is_first).then(amount), revenue_existing=nw.when(~is_first).then(amount)
    )
    counts = told.group_by("number").agg(nw.col("revenue_first", "revenue_existing").sum(), n_customers=nw.len())
    return collected(counts).set_index("number")
