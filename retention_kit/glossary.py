"""What the metrics and statuses are called on a page, and what they mean in a sentence."""

from dataclasses import dataclass
from typing import Literal

from retention_kit.texts import _
from retention_kit.texts import marked as m

Topic = Literal["orders", "churn", "cohorts", "loyalty", "nps", "ltv"]
MetricUnit = Literal["ratio", "money", "count", "days", "orders per customer", "points"]
Compared = Literal["proportion", "ratio", "total", "count", "state", "none"]
"""How a change is judged: difference of proportions, of ratios over customers, totals or counts per day, or not."""


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
               m("Refunded amount divided by the amount ordered in the period."), less_is_better=True),
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
               m("Of the customers who had lapsed before the period, the share active again at its end."),
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
               m("Share of answers 9-10 less share of answers 0-6 on a scale from 0 to 10.")),
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

STATUSES: dict[str, str] = {
    "ok": m("measured"),
    "incomplete": m("The period is not over in the data."),
    "immature": m("Too young: not enough time has passed to observe it."),
    "no_opening": m("Nobody was active at the start of the period."),
    "no_denominator": m("There is nothing to divide by: nobody bought."),
    "inconsistent": m("The numbers given contradict one another."),
    "suppressed": m("Fewer than 5 customers: not shown."),
    "no_base_period": m("The data do not reach back to the earlier period."),
    "no_responses": m("There are no survey answers."),
    "not_reached": m("Not reached so far."),
    "refused:no_repeat_customers": m("No model: too few customers bought more than once."),
    "refused:too_few": m("No model: too few customers."),
    "refused:short_history": m("No model: the history is too short."),
    "refused:not_converged": m("No model: the fit did not converge."),
    "refused:q_le_1": m("No model of spend: the spread of order values is too wide for a mean to exist."),
    "refused:no_amounts": m("No model of spend: the orders have no amounts."),
    "refused:value_frequency_dependent": m(
        "No model of spend: how much customers spend depends on how often they buy."
    ),
}


def label(metric: str) -> str:
    """The name of a metric in the language spoken; an unknown id stands for itself."""
    return _(METRICS[metric].label) if metric in METRICS else metric


def definition(metric: str) -> str:
    """The sentence that defines a metric, in the language spoken."""
    return _(METRICS[metric].definition)


def status_text(status: str) -> str:
    """A status in words.

    Example:
        >>> status_text("no_opening")
        'Nobody was active at the start of the period.'
    """
    return _(STATUSES[status]) if status in STATUSES else status


FLAGS: dict[str, str] = {
    "small_n": m("few customers: read with care"),
    "ci_within_only": m("too few cohorts to know how much they differ"),
    "value_frequency_dependent": m("spend and frequency go together, which the model does not know"),
    "id_coverage": m("more than a tenth of the orders have no customer"),
}

SEGMENTS: dict[str, str] = {
    "(all)": m("All customers"),
    "(other)": m("Other (small segments)"),
    "(none)": m("Not known"),
    "champions": m("Champions"),
    "loyal_customers": m("Loyal customers"),
    "potential_loyalists": m("Potential loyalists"),
    "new_customers": m("New customers"),
    "promising": m("Promising"),
    "need_attention": m("Need attention"),
    "about_to_sleep": m("About to sleep"),
    "at_risk": m("At risk"),
    "cant_lose_them": m("Can't lose them"),
    "hibernating": m("Hibernating"),
}

REASONS: dict[str, str] = {
    "kept": m("Rows kept"),
    "duplicate": m("Duplicates of another row"),
    "date does not parse": m("Date does not parse"),
    "amount is not a number": m("Amount is not a number"),
    "wrong number of fields": m("Wrong number of fields"),
    "order_id is missing": m("Order number is missing"),
}

WORDS: dict[str, str] = {
    "orders": m("orders"),
    "responses": m("survey answers"),
    "week": m("weeks"),
    "day": m("days"),
    "number": m("a number"),
    "customers": m("customers"),
    "money": m("money"),
    "log_likelihood": m("log-likelihood"),
    "n_customers": m("customers fitted"),
}

Kind = Literal[
    "text", "figures", "count", "ratio", "money", "days", "number", "period", "segment", "status", "reason", "word"
]
"""How a column is written; "figures" is a text of numbers already written, "word" one of `WORDS`."""

COLUMNS: dict[str, tuple[str, Kind]] = {
    "period": (m("Period"), "period"),
    "cohort": (m("First order"), "period"),
    "segment": (m("Customers"), "segment"),
    "table": (m("Table"), "word"),
    "reason": (m("What became of the rows"), "reason"),
    "n_rows": (m("Rows"), "count"),
    "opening": (m("At the start"), "count"),
    "new": (m("New"), "count"),
    "reactivated": (m("Won back"), "count"),
    "churned": (m("Lost"), "count"),
    "new_lost": (m("Won and lost"), "count"),
    "closing": (m("At the end"), "count"),
    "new_or_returning": (m("New or won back"), "count"),
    "lapsed": (m("Lapsed before"), "count"),
    "age": (m("Age"), "number"),
    "n_customers": (m("Number of customers"), "count"),
    "n_orders": (m("Number of orders"), "count"),
    "n_expected": (m("Expected by the model"), "count"),
    "n_purchases": (m("Purchases made"), "number"),
    "n": (m("n"), "count"),
    "frequency": (m("Repeat purchases"), "text"),
    "revenue": (m("Revenue"), "money"),
    "value": (m("Value"), "ratio"),
    "low": (m("95 % from"), "ratio"),
    "high": (m("to"), "ratio"),
    "status": (m("Status"), "status"),
    "model": (m("Model"), "text"),
    "parameter": (m("Parameter"), "word"),
    "unit": (m("Unit"), "word"),
    "decile": (m("Tenth"), "number"),
    "expected_purchases": (m("Purchases expected"), "count"),
    "value_per_customer": (m("Value per customer"), "money"),
    "share": (m("Share"), "ratio"),
    "quantile": (m("Share of returns"), "ratio"),
    "identity": (m("Numbers that must agree"), "text"),
    "n_checked": (m("Times checked"), "count"),
    "message": (m("What to do"), "text"),
    "item": (m("About the data"), "text"),
    "detail": ("", "text"),
}


VALUES: dict[str, str] = {
    "rfm_segments": m("Share of customers"),
    "time_between_orders": m("Days"),
}
"""What the column `value` is called in the table of a name, where it is not just a value."""


def column_label(column: str, *, table: str = "") -> str:
    """The head of a column in the language spoken; an unknown column stands for itself."""
    if column == "value" and table in VALUES:
        return _(VALUES[table])
    return _(COLUMNS[column][0]) if column in COLUMNS else column


def column_kind(column: str) -> Kind:
    """How a column is written."""
    return COLUMNS[column][1] if column in COLUMNS else "text"


def segment_name(segment: str) -> str:
    """The name of a segment in the language spoken; a value of the client's data stands for itself.

    Example:
        >>> segment_name("cant_lose_them"), segment_name("country=(other)")
        ("Can't lose them", 'country: Other (small segments)')
    """
    if "=" in segment:
        column, value = segment.split("=", 1)
        return f"{column}: {segment_name(value)}"
    return _(SEGMENTS[segment]) if segment in SEGMENTS else segment


def flag_text(flag: str) -> str:
    """What a reader must know beside a value, in words."""
    return _(FLAGS[flag]) if flag in FLAGS else flag


def word(name: str) -> str:
    """An identifier in words; a parameter of a model stands for itself.

    Example:
        >>> word("log_likelihood"), word("alpha"), word("alpha_standard_error")
        ('log-likelihood', 'alpha', 'alpha, standard error')
    """
    if name.endswith("_standard_error"):
        return _("{parameter}, standard error").format(parameter=name.removesuffix("_standard_error"))
    return _(WORDS[name]) if name in WORDS else name


def reason_text(reason: str) -> str:
    """What became of rows, in words; the name of a condition of engagement.toml stands for itself."""
    return _(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")
