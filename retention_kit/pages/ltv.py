"""What customers are worth: the panels of the LTV page."""

from retention_kit.facts import ltv
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("ltv_scope", m("What the forecast covers"), ("orders",), ltv.scope),
    Panel("ltv_by_decile", m("Predicted value by decile"), ("orders",), ltv.deciles,
          columns=["decile", "n_customers", "expected_purchases", "value_per_customer", "share"]),
    Panel("purchases_fit", m("Repeat purchases, observed and expected"), ("orders",), ltv.fit),
    Panel("ltv_parameters", m("Parameters of the models"), ("orders",), ltv.parameters),
)  # fmt: skip
