"""Every metric of the report by name, in the order of its pages."""

from retention_kit.metrics.cohorts.described import METRICS as COHORTS
from retention_kit.metrics.customers.described import METRICS as CUSTOMERS
from retention_kit.metrics.description import Metric
from retention_kit.metrics.loyalty.described import METRICS as LOYALTY
from retention_kit.metrics.ltv.described import METRICS as LTV
from retention_kit.metrics.orders.described import METRICS as ORDERS
from retention_kit.metrics.service.described import METRICS as SERVICE
from retention_kit.metrics.surveys.described import METRICS as SURVEYS

METRICS: dict[str, Metric] = {
    metric.name: metric for metric in (*ORDERS, *SERVICE, *CUSTOMERS, *LOYALTY, *COHORTS, *SURVEYS, *LTV)
}
