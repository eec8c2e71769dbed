"""Who came, stayed and left: the panels of the churn page."""

from retention_kit.facts import customers
from retention_kit.metrics.customers.flow import FLOW
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("customer_flow", m("Customer movements"), ("orders",), customers.flows, columns=FLOW),
    Panel(
        "customer_retention_rate",
        m("Customer retention rate over time"),
        ("orders",),
        customers.retention_rate,
        metric="customer_retention_rate",
    ),
)
