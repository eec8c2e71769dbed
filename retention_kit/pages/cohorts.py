"""Customers followed from their first order: the panels of the cohorts page."""

from retention_kit.facts import cohorts
from retention_kit.metrics.cohorts.payback import COLUMNS as PAYBACK
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("cohort_retention", m("Retention by cohort"), ("orders",), cohorts.retention),
    Panel("cohort_curve", m("Retention curve, all cohorts"), ("orders",), cohorts.curve),
    Panel("cohort_retention_by_age", m("Retention at the same age, cohort by cohort"), ("orders",),
          cohorts.retention_by_age, columns=["cohort", "age", "n_customers", "value", "low", "high"]),
    Panel("cohort_revenue", m("Cumulative revenue per customer"), ("orders",), cohorts.revenue),
    Panel("cohort_revenue_curve", m("Cumulative revenue per customer, all cohorts"), ("orders",),
          cohorts.revenue_curve),
    Panel("cohort_payback", m("What a customer cost to win and has brought"), ("orders", "costs"), cohorts.payback,
          columns=["cohort", "n_customers", "payback_age", "cac", "cac_low", "cac_high", "brought", "status"],
          empty=tuple(PAYBACK)),
)  # fmt: skip
