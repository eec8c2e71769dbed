"""Orders and money: what the overview shows."""

from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import new_customers_known_from, with_prior_purchases
from retention_kit.facts.keeping import kept
from retention_kit.facts.rows import named_segments, rows_of, stacked
from retention_kit.facts.spans import base_periods, first_period, periods_counted, report_period
from retention_kit.metrics.orders.changes import order_changes
from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.orders.ratios import RATIOS, TOTALS, order_metrics, per_customer, valid_orders
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.metrics.service.contacts import contact_change, contact_rate, contacts_per_customer
from retention_kit.metrics.statistics.counting import PERIOD, within
from retention_kit.metrics.statistics.overlap import covariances
from retention_kit.periods import PERIODS_A_YEAR
from retention_kit.tables import collected, lazy


@kept
def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: revenue, orders, refunds, contacts."""
    span = periods_counted(engagement)
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
def shared(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """What two periods have in common through customers of both: covariances of the logarithms of ratios and totals."""
    span = periods_counted(engagement)
    lags = sorted({1, PERIODS_A_YEAR[span[0].unit]})
    asked: dict[str, Any] = {"span": span, "lags": lags, "by": by}
    pairs = RATIOS | {metric: (name,) for metric, name in TOTALS.items()}
    rows = count(engagement, by)
    rows = rows.assign(segment=rows.segment.str.removeprefix(f"{by}=") if by else rows.segment)
    found = [covariances(per_customer(engagement.orders, span, by), rows, pairs, **asked)]
    if engagement.has("tickets"):
        contacts = contacts_per_customer(engagement.tickets, engagement.orders, span, by)
        found.append(covariances(contacts, rows, {"contact_rate": ("contacts", "placed")}, **asked))
    table = pd.concat(found, ignore_index=True)
    return table.assign(segment=named_segments(table.segment, by))


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
def coverage(engagement: Engagement) -> pd.DataFrame:
    """The share of orders whose customer is known, and of days with an order, in each period that is counted."""
    span = periods_counted(engagement)
    known = order_totals(engagement.orders, period=span).set_index("period").id_coverage_orders
    bought = within(lazy(engagement.orders), span).filter("is_purchase")
    days = collected(bought.group_by(PERIOD).agg(n=nw.col("ordered_day").n_unique()), PERIOD).set_index(PERIOD).n
    with_orders = [days.get(period.ordinal, 0) / period.n_days for period in span]
    named = [str(period) for period in span]
    return pd.DataFrame(
        {"period": named, "known_customers": known.reindex(named).to_numpy(float), "days_with_orders": with_orders}
    )


@kept
def largest(engagement: Engagement) -> pd.DataFrame:
    """The largest order of the period, how many there are and what they brought."""
    period = report_period(engagement)
    bought = within(valid_orders(engagement.orders, before=period.end), [period]).filter("is_purchase")
    return collected(bought.select(amount=nw.col("amount").max(), revenue=nw.col("amount").sum(), n=nw.len()))


@kept
def totals(engagement: Engagement) -> pd.DataFrame:
    """What was ordered in the period, and what of it is of nobody known."""
    return order_totals(engagement.orders, period=report_period(engagement))
