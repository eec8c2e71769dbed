"""The metrics of the report that lifetime value gives, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("expected_purchases", "ltv", "count", ("orders",), m("Expected purchases"),
           m("Purchase days that the model expects of all customers within the horizon.")),
    Metric("expected_active_customers", "ltv", "count", ("orders",), m("Customers expected to be still active"),
           m("Sum over all customers of the probability that they have not left for good.")),
    Metric("expected_active_repeat_customers", "ltv", "count", ("orders",), m("Of them with a repeat purchase"),
           m("The same sum over the customers who have bought on two days or more.")),
    Metric("ltv_predicted_total", "ltv", "money", ("orders",), m("Predicted value of all customers"),
           m("Discounted margin of the purchases expected within the horizon, all customers together.")),
    Metric("ltv_predicted", "ltv", "money", ("orders",), m("Predicted value per customer"),
           m("Discounted margin of the purchases expected within the horizon, per customer."), is_headline=True),
)  # fmt: skip
