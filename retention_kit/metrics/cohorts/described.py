"""The metrics of the report that cohorts give, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = tuple(
    Metric(
        f"cohort_curve_{age}",
        "cohorts",
        "ratio",
        ("orders",),
        m("Bought again after {age}"),
        m("Of the customers of all cohorts old enough to measure, the share who bought {age} after the first order."),
        age=age,
    )
    for age in (1, 3, 6, 12)
)
