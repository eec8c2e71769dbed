"""The metrics of a report: where each stands, its unit, its name and its definition."""

from dataclasses import dataclass
from typing import Literal

from retention_kit.wording.texts import marked as m

Topic = Literal["orders", "churn", "cohorts", "loyalty", "nps", "ltv"]
MetricUnit = Literal["ratio", "money", "count", "days", "orders per customer", "per order", "points"]
Compared = Literal["proportion", "ratio", "total", "count", "state", "points", "none"]
"""How a change is judged: as a difference of proportions, of ratios over customers, of totals or counts per day, of
points of a score, or not."""


@dataclass(frozen=True)
class Metric:
    """One metric of the report: its id in metrics.csv, where it stands, its unit, its name and its definition."""

    id: str
    topic: Topic
    unit: MetricUnit
    label: str
    definition: str
    compared: Compared = "none"
    is_headline: bool = False
    less_is_better: bool = False


METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        Metric("net_revenue", "orders", "money", m("Revenue"),
               m("Orders of the period less discounts and refunds, without tax and shipping."), "total", True),
        Metric("orders", "orders", "count", m("Orders"),
               m("Orders that are no test, not cancelled and not refunded in full."), "total"),
        Metric("buyers", "orders", "count", m("Customers who bought"),
               m("Customers with at least one order in the period."), "total", True),
        Metric("average_order_value", "orders", "money", m("Average order value"),
               m("What an order brought: the revenue of purchases divided by their number."), "ratio", True),
        Metric("purchase_frequency", "orders", "orders per customer", m("Purchase frequency"),
               m("Orders of known customers, divided by the customers who bought in the period."), "ratio"),
        Metric("revenue_per_customer", "orders", "money", m("Revenue per customer who bought"),
               m("Purchases of known customers, divided by the customers who bought in the period."), "ratio"),
        Metric("refund_rate", "orders", "ratio", m("Refund rate"),
               m("Refunded amount divided by the amount ordered in the period."), "ratio", less_is_better=True),
        Metric("contact_rate", "orders", "per order", m("Contacts per order"),
               m("Contacts with support that came in, divided by the orders placed in the period."), "ratio",
               less_is_better=True),
        Metric("active_customers", "churn", "count", m("Active customers at the end"),
               m("Customers whose last order lies within the inactivity window before the end of the period."),
               "state", True),
        Metric("new_customers", "churn", "count", m("New customers"),
               m("Customers whose first order ever falls in the period and who were active at its end."), "count"),
        Metric("reactivated_customers", "churn", "count", m("Customers won back"),
               m("Lapsed customers who were active again at the end of the period."), "count"),
        Metric("churned_customers", "churn", "count", m("Customers lost"),
               m("Customers active at the start of the period and no longer active at its end."), "count",
               less_is_better=True),
        Metric("customer_retention_rate", "churn", "ratio", m("Customer retention rate"),
               m("Of the customers active at the start of the period, the share still active at its end."),
               "proportion", True),
        Metric("customer_churn_rate", "churn", "ratio", m("Customer churn rate"),
               m("Of the customers active at the start of the period, the share no longer active at its end."),
               "proportion", True, less_is_better=True),
        Metric("customer_growth_rate", "churn", "ratio", m("Growth of the active base"),
               m("Active customers at the end less those at the start, divided by those at the start.")),
        Metric("reactivation_rate", "churn", "ratio", m("Reactivation rate"),
               m("Of the customers seen to lapse before the period, the share active again at its end."),
               "proportion"),
        Metric("repeat_purchase_rate", "loyalty", "ratio", m("Repeat purchase rate"),
               m("Of the customers who bought in the period, the share who bought on two days or more."),
               "proportion", True),
        Metric("returning_customer_rate", "loyalty", "ratio", m("Returning customer rate"),
               m("Of the customers who bought in the period, the share with more than one purchase day up to its end."),
               "proportion"),
        Metric("existing_customer_share", "loyalty", "ratio", m("Share of existing customers"),
               m("Of the customers who bought in the period, the share who had bought before it."), "proportion"),
        Metric("repeat_within", "loyalty", "ratio", m("Bought again within the window"),
               m("Of all customers whose first order is old enough, the share who bought again within one "
                 "inactivity window of it.")),
        Metric("median_days_between_orders", "loyalty", "days", m("Median days between orders"),
               m("Half of the returns of the period came within this many days of the order before.")),
        Metric("cohort_curve_1", "cohorts", "ratio", m("Bought again one period on"),
               m("Of the customers of all mature cohorts, the share who bought one period after that of their "
                 "first order.")),
        Metric("cohort_curve_3", "cohorts", "ratio", m("Bought again three periods on"),
               m("Of the customers of all mature cohorts, the share who bought three periods after that of their "
                 "first order.")),
        Metric("cohort_curve_6", "cohorts", "ratio", m("Bought again six periods on"),
               m("Of the customers of all mature cohorts, the share who bought six periods after that of their "
                 "first order.")),
        Metric("cohort_curve_12", "cohorts", "ratio", m("Bought again twelve periods on"),
               m("Of the customers of all mature cohorts, the share who bought twelve periods after that of their "
                 "first order.")),
        Metric("nps", "nps", "points", m("Net promoter score"),
               m("Share of answers 9-10 less share of answers 0-6 on a scale from 0 to 10."), "points", True),
        Metric("csat", "nps", "ratio", m("Satisfied customers (CSAT)"),
               m("Share of answers in the top box of the question how satisfied a customer is."), "proportion"),
        Metric("ces", "nps", "ratio", m("Found it easy (CES)"),
               m("Share of answers in the top box of the question how easy it was."), "proportion"),
        Metric("response_rate", "nps", "ratio", m("Response rate"),
               m("Of the customers whom an invitation reached, the share who answered to the end."), "proportion"),
        Metric("expected_purchases", "ltv", "count", m("Purchases expected"),
               m("Purchase days that the model expects of all customers within the horizon.")),
        Metric("expected_active_customers", "ltv", "count", m("Customers expected to be alive"),
               m("Sum over all customers of the probability that they have not left for good.")),
        Metric("expected_active_repeat_customers", "ltv", "count", m("Of them with a repeat purchase"),
               m("The same sum over the customers who have bought on two days or more.")),
        Metric("ltv_predicted_total", "ltv", "money", m("Predicted value of all customers"),
               m("Discounted margin of the purchases expected within the horizon, all customers together.")),
        Metric("ltv_predicted", "ltv", "money", m("Predicted value per customer"),
               m("Discounted margin of the purchases expected within the horizon, per customer."), "none", True),
    )
}  # fmt: skip
