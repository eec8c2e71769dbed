"""Orders and money: the metrics of the overview."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.orders.ratios import order_metrics, refund_rate
from retention_kit.metrics.service.contacts import contact_rate
from retention_kit.pages.histories import new_customers_known_from, with_prior_purchases
from retention_kit.pages.panel import Panel
from retention_kit.pages.rows import periods_shown, rows_of, stacked
from retention_kit.pages.spans import first_period, report_period


def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: revenue, orders, refunds, contacts."""
    tables = []
    for period in periods_shown(engagement):
        found = order_metrics(engagement.orders, period=period, by=by)
        tables += [rows_of(rows, str(metric), period, by) for metric, rows in found.groupby("metric", sort=False)]
        refunds = refund_rate(engagement.orders, period=period, by=by)
        if refunds.denominator.any():  # a source that gives net amounts alone knows nothing of refunds
            tables.append(rows_of(refunds, "refund_rate", period, by))
        if engagement.has("tickets"):
            contacts = contact_rate(engagement.tickets, engagement.orders, period=period, by=by)
            tables.append(rows_of(contacts, "contact_rate", period, by))
    return stacked(tables)


def _history(engagement: Engagement) -> pd.DataFrame:
    return order_history(
        with_prior_purchases(engagement, "orders"),
        since=first_period(engagement),
        until=report_period(engagement),
        new_customers_known_from=new_customers_known_from(engagement),
    )


PANELS = (Panel("order_history", m("Revenue of new and existing customers"), ("orders",), _history),)
