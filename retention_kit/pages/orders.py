"""Orders and money: the panel of the overview."""

from retention_kit.facts import orders
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel(
        "order_history", m("Revenue of new and existing customers"), ("orders",), orders.history, metric="net_revenue"
    ),
)
