"""The metrics of the report that orders give, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("net_revenue", "orders", "money", ("orders",), m("Revenue"),
           m("Orders less discounts and refunds, without tax and shipping."), compared="total", is_headline=True),
    Metric("orders", "orders", "count", ("orders",), m("Orders"),
           m("Orders that are no test, not cancelled and not refunded in full."), compared="total"),
    Metric("buyers", "orders", "count", ("orders",), m("Customers who bought"),
           m("Customers with at least one order that is not refunded in full."), compared="total", is_headline=True),
    Metric("average_order_value", "orders", "money", ("orders",), m("Average order value"),
           m("What an order brought: the revenue of purchases divided by their number."),
           compared="ratio", is_headline=True),
    Metric("purchase_frequency", "orders", "orders per customer", ("orders",), m("Purchase frequency"),
           m("Orders of known customers, divided by the customers who bought."), compared="ratio"),
    Metric("revenue_per_customer", "orders", "money", ("orders",), m("Revenue per customer who bought"),
           m("Revenue of known customers, divided by the customers who bought."), compared="ratio"),
    Metric("refund_rate", "orders", "ratio", ("orders.gross", "orders.refunded or refunds"), m("Refund rate"),
           m("Refunded amount divided by the amount ordered."), compared="ratio", better="less"),
)  # fmt: skip
