"""Every metric of the report by name, in the order of its pages."""

from retention_kit.metrics import cohorts, customers, loyalty, ltv, orders, service, surveys
from retention_kit.metrics.description import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for topic in (orders, service, customers, loyalty, cohorts, surveys, ltv)
    for metric in topic.METRICS
}
