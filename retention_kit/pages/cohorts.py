"""Customers followed from their first order: the panels of the cohorts page."""

from retention_kit.facts import cohorts
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("cohort_retention", m("Retention by cohort"), ("orders",), cohorts.retention),
    Panel("cohort_curve", m("Retention curve, all cohorts"), ("orders",), cohorts.curve),
    Panel("cohort_revenue", m("Cumulative revenue per customer"), ("orders",), cohorts.revenue),
)
