"""The metrics of the report that customers give, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("active_customers", "customers", "count", ("orders",), m("Active customers at the end"),
           m("Customers whose last order lies within the inactivity window before the end."),
           compared="state", is_headline=True),
    Metric("new_customers", "customers", "count", ("orders",), m("New customers"),
           m("Customers who placed their first order ever and were active at the end."), compared="count"),
    Metric("reactivated_customers", "customers", "count", ("orders",), m("Reactivated customers"),
           m("Lapsed customers who were active again at the end."), compared="count"),
    Metric("churned_customers", "customers", "count", ("orders",), m("Customers lost"),
           m("Customers active at the start and no longer active at the end."), compared="count", better="less",
           tested_as="customer_churn_rate"),
    Metric("customer_retention_rate", "customers", "ratio", ("orders",), m("Customer retention rate"),
           m("Of the customers active at the start, the share still active at the end."),
           compared="hazard", is_headline=True, tested_as="customer_churn_rate"),
    Metric("customer_churn_rate", "customers", "ratio", ("orders",), m("Customer churn rate"),
           m("Of the customers active at the start, the share no longer active at the end."),
           compared="hazard", better="less", is_headline=True),
    Metric("customer_growth_rate", "customers", "ratio", ("orders",), m("Active-customer growth"),
           m("Active customers at the end minus those at the start, divided by those at the start."),
           is_signed=True),
    Metric("reactivation_rate", "customers", "ratio", ("orders",), m("Reactivation rate"),
           m("Of the customers who lapsed in the 365 days before the start, the share active again at the end."),
           compared="hazard"),
)  # fmt: skip
