"""The metrics of the report that loyalty gives, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("repeat_purchase_rate", "loyalty", "ratio", ("orders",), m("Repeat purchase rate"),
           m("Of the customers who bought in the period, the share who bought on two days or more in it."),
           compared="proportion", is_headline=True),
    Metric("returning_customer_rate", "loyalty", "ratio", ("orders",), m("Returning customer rate"),
           m("Of the customers who bought, the share with more than one purchase day so far."), compared="proportion",
           bases=("previous",)),
    Metric("existing_customer_share", "loyalty", "ratio", ("orders",), m("Share of existing customers"),
           m("Of the customers who bought, the share who had bought earlier, before the start."),
           compared="proportion", bases=("previous",), better="neither"),
    Metric("repeat_within", "loyalty", "ratio", ("orders",), m("Repeat purchase within the inactivity window"),
           m("Of the customers for whom one inactivity window since the first order ended in the last three months "
             "(in a report of a quarter or a year: in it), the share who bought again within that window."),
           compared="proportion", bases=("year_ago",), is_headline=True),
    Metric("median_days_between_orders", "loyalty", "days", ("orders",), m("Median days between orders"),
           m("Half of the repeat purchases came within this many days of the order before."),
           better="neither"),
)  # fmt: skip
