"""Numbers often quoted of retention, with the client's own beside: a panel of the method page."""

from retention_kit.facts import quoted_numbers
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel

PANELS = (
    Panel("quoted_numbers", m("Numbers often quoted, and this client's own"), ("orders",),
          quoted_numbers.quoted_numbers, columns=["claim", "measure", "period", "value", "low", "high", "status"],
          empty=tuple(quoted_numbers.QUOTED)),
)  # fmt: skip
