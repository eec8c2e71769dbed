"""Orders and money period by period, counted in one pass."""

from datetime import date

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
    number = nw.col(f"ordered_{since.unit}")
    is_known = ~nw.col("customer_id").is_null()
    first = nw.when(nw.col("is_purchase")).then(number).min().over("customer_id")
    rows = (
        valid_orders(orders, before=until.end)
        .with_columns(number=number, first=first)
        .filter(nw.col("number") >= since.ordinal)
        .with_columns(
            revenue=nw.col("amount"),
            revenue_existing=nw.when(is_known & (nw.col("first") < nw.col("number"))).then(nw.col("purchased")),
            revenue_first=nw.when(is_known & (nw.col("first") == nw.col("number"))).then(nw.col("purchased")),
            revenue_unknown=nw.when(~is_known).then(nw.col("purchased")),
        )
    )
    split = ["revenue_existing", "revenue_first"]
    sums = rows.group_by("number").agg(nw.col("revenue", *split, "revenue_unknown", "n_orders").sum())
    buyers = rows.filter(is_known, "is_purchase").select("number", "customer_id").unique()
    people = collected(buyers.group_by("number").agg(n_customers=nw.len())).set_index("number")
    named = periods(since, until)
    found = collected(sums).set_index("number").join(people).reindex([period.ordinal for period in named]).fillna(0)
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
