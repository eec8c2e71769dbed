"""Who comes back: the panels of the loyalty page."""

from retention_kit.facts import loyalty
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("repeat_by_order_number", m("Progression to the next purchase"), ("orders",), loyalty.by_order_number),
    Panel("time_between_orders", m("Days between orders"), ("orders",), loyalty.gaps,
          columns=["quantile", "value", "low", "high", "n"]),
    Panel("rfm_grid", m("Customers by recency and frequency scores"), ("orders",), loyalty.grid),
    Panel("rfm_segments", m("RFM segments"), ("orders",), loyalty.rfm,
          columns=["segment", "n_customers", "value", "n_orders", "revenue"]),
)  # fmt: skip
