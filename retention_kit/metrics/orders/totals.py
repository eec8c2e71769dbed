"""What was ordered in a period, and what of it is outside the customer metrics."""

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.orders.ratios import per_customer, valid_orders
from retention_kit.metrics.statistics.counting import as_asked, merged_small, periods_of, summed, within
from retention_kit.periods import Span
from retention_kit.tables import Tabular


@checked
def order_totals(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How much was ordered in the period, and how much of it is outside the customer metrics?

    revenue = sum of amount over orders that are no test and not cancelled, refunds deducted on the order's date
    Takes what the functions of `orders.ratios` take; instead of amount there may be gross, discount and refunded.

    Returns:
        One row per segment: segment, revenue, n_orders (purchases), n_customers (with at least one purchase),
        n_zero_value (orders of amount 0), n_without_amount (purchases of unknown amount, in no sum of money),
        n_refunded, gross, refunded, n_without_customer and revenue_without_customer (of purchases),
        id_coverage_orders, id_coverage_revenue (shares of purchases with a known customer; missing without purchases).

    Reference: METRICS O02, O04 and rules G6, G7, G9.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", None], "ordered_on": pd.to_datetime(["2024-05-02"] * 2),
        ...     "amount": [160, 40]})
        >>> totals = order_totals(orders, period="2024-05")
        >>> totals[["revenue", "n_orders", "id_coverage_revenue"]].values.tolist()
        [[200.0, 2.0, 0.8]]
    """
    span = periods_of(period)
    rows = within(valid_orders(orders, before=span[-1].end), span)
    keys, known = ["period", "segment"], ~nw.col("customer_id").is_null()
    purchase = nw.col("n_orders") > 0
    counts = summed(
        rows,
        {
            "denominator": nw.len(),
            "revenue": nw.col("amount").sum(),
            "n_orders": nw.col("n_orders").sum(),
            "n_zero_value": (nw.col("amount") == 0).cast(nw.Int64).sum(),
            "n_without_amount": nw.col("n_orders").sum() - nw.col("priced_orders").sum(),
            "n_refunded": (nw.col("refunded") > 0).cast(nw.Int64).sum(),
            "gross": nw.col("gross").sum(),
            "refunded": nw.col("refunded").sum(),
            "n_without_customer": (purchase & ~known).cast(nw.Int64).sum(),
            "revenue_without_customer": nw.when(~known).then(nw.col("purchased")).sum(),
            "purchased": nw.col("purchased").sum(),
        },
        by=by,
        span=span,
    )
    buyers = summed(per_customer(orders, span, by), {"n_customers": nw.col("n_customers").sum()}, by=by, span=span)
    n_customers = counts[keys].merge(buyers, on=keys, how="left", validate="one_to_one").n_customers.astype(int)
    counts.insert(list(counts).index("n_orders") + 1, "n_customers", n_customers)
    counts = (merged_small(counts) if by else counts).drop(columns="denominator")
    purchased = counts.pop("purchased").replace(0, np.nan)
    counts["id_coverage_orders"] = 1 - counts.n_without_customer / counts.n_orders.replace(0, np.nan)
    counts["id_coverage_revenue"] = 1 - counts.revenue_without_customer / purchased
    return as_asked(counts, period)


@checked
def id_coverage(orders: Tabular, *, before: date) -> pd.DataFrame:
    """Of how many orders before a day, and of how much of their money, is the customer known?

    Returns:
        One row: n_orders (purchases), id_coverage_orders, id_coverage_revenue (0..1; missing without purchases). Below
        0.9 every metric of customers carries a warning.

    Reference: METRICS G9, O04.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", None], "ordered_on": pd.to_datetime(["2024-05-02"] * 2),
        ...     "amount": [160, 40]})
        >>> id_coverage(orders, before=date(2024, 6, 1)).values.tolist()
        [[2.0, 0.5, 0.8]]
    """
    rows = valid_orders(orders, before=before).filter("is_purchase")
    known = (~nw.col("customer_id").is_null()).cast(nw.Int64)
    sums = {"n": nw.len(), "n_known": known.sum(), "revenue": nw.col("amount").sum()}
    paid = nw.when(~nw.col("customer_id").is_null()).then(nw.col("amount"))
    counts = summed(rows, sums | {"known_revenue": paid.sum()}, by=None).iloc[0]
    shares = {
        "n_orders": [int(counts.n)],
        "id_coverage_orders": [counts.n_known / counts.n if counts.n else np.nan],
        "id_coverage_revenue": [counts.known_revenue / counts.revenue if counts.revenue else np.nan],
    }
    return pd.DataFrame(shares)
