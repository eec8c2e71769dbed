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
    Panel("retention_rate_split", m("Change of the retention rate: within segments, and of their sizes"),
          ("orders", "segments"), customers.retention_split,
          columns=["base_period", "split_by", "base", "current", "change", "rate", "mix"],
          empty=tuple(customers.SPLIT)),
)  # fmt: skip
