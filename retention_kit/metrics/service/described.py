"""The metrics of the report that service gives, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("contact_rate", "orders", "per order", ("tickets", "orders"), m("Contacts per order"),
           m("Incoming contacts with support, divided by the orders placed."), compared="ratio", better="less"),
)  # fmt: skip
