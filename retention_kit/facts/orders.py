"""Orders and money: what the overview shows."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import new_customers_known_from, with_prior_purchases
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import periods_shown, rows_of, stacked
from retention_kit.facts.spans import base_periods, first_period, report_period
from retention_kit.metrics.orders.changes import order_changes
from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.orders.ratios import order_metrics
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.metrics.service.contacts import contact_change, contact_rate


@kept
def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: revenue, orders, refunds, contacts."""
    span = periods_shown(engagement)
    found = order_metrics(engagement.orders, period=span, by=by)
    refunds = found[found.metric == "refund_rate"]
    unknown = refunds[~refunds.groupby("period").denominator.transform("any")]  # net amounts alone know of none
    found = found.drop(unknown.index)
    tables = [rows_of(rows, str(metric), None, by) for metric, rows in found.groupby("metric", sort=False)]
    if engagement.has("tickets"):
        contacts = contact_rate(engagement.tickets, engagement.orders, period=span, by=by)
        tables.append(rows_of(contacts, "contact_rate", None, by))
    return stacked(tables)


@kept
def differences(engagement: Engagement) -> pd.DataFrame:
    """How ratios and totals moved against each base, one customer's orders of both periods kept together."""
    found = []
    for name, base in base_periods(engagement).items():
        period = report_period(engagement)
        moved = order_changes(engagement.orders, period=period, base=base)
        if engagement.has("tickets"):
            moved["contact_rate"] = contact_change(engagement.tickets, engagement.orders, period=period, base=base)
        found += [{"base": name, "metric": metric, **vars(change)} for metric, change in moved.items()]
    return pd.DataFrame(found, columns=["base", "metric", "value", "low", "high", "p_value"])


@kept
def history(engagement: Engagement) -> pd.DataFrame:
    """Revenue, orders and buyers of every period that the data cover whole."""
    return order_history(
        with_prior_purchases(engagement, "orders"),
        since=first_period(engagement),
        until=report_period(engagement),
        new_customers_known_from=new_customers_known_from(engagement),
    )


@kept
def totals(engagement: Engagement) -> pd.DataFrame:
    """What was ordered in the period, and what of it is of nobody known."""
    return order_totals(engagement.orders, period=report_period(engagement))
