"""Where the numbers of a page come from: the client's settings that bear on them."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.pages.needs import is_there
from retention_kit.pages.panel import Panel
from retention_kit.pages.spans import report_period
from retention_kit.wording import texts
from retention_kit.wording.texts import _
from retention_kit.wording.texts import marked as m


def provenance(engagement: Engagement) -> pd.DataFrame:
    """What was this page made from, and under which rules?

    Returns:
        One row per fact, in words of the language spoken: item, detail.
    """
    settings = engagement.settings
    window = _("{n} days without an order").format(n=texts.number(settings.churn_window))
    margin = (
        _("not given, so values are revenue, not profit") if settings.margin == 1 else texts.percent(settings.margin)
    )
    facts = {
        _("Client"): settings.name,
        _("First day of the data"): texts.day(engagement.first_day),
        _("History before the first day"): _history(engagement),
        _("Data used through"): texts.day(engagement.last_day),
        _("Time zone of all dates"): settings.time_zone,
        _("Currency"): settings.currency,
        _("A customer has lapsed after"): window,
        _("Orders with a known customer"): _coverage(engagement),
        _("Orders of zero value"): _("count as purchases") if settings.count_zero_value else _("are left out"),
        _("Margin"): margin,
        _("Lifetime value looks ahead"): _("{n} months, discounted at {rate} a year").format(
            n=texts.number(settings.horizon_months), rate=texts.percent(settings.annual_discount)
        ),
        _("Segments"): ", ".join(settings.segments) or _("none set in engagement.toml"),
    }
    return pd.DataFrame({"item": list(facts), "detail": list(facts.values())})


def _history(engagement: Engagement) -> str:
    if engagement.settings.is_history_complete:
        return _("complete: nobody can have bought before it")
    if is_there(engagement, "customers.first_seen_at"):
        return _(
            "cut off: who was a customer before it is known from the client, and stands in no cohort; for one "
            "inactivity window after it nobody knows who had lapsed"
        )
    return _(
        "cut off: for one inactivity window after it, new customers cannot be told from returning ones; those who "
        "bought in it stand in no cohort"
    )


def _coverage(engagement: Engagement) -> str:
    if not engagement.has("orders"):
        return _("no orders were given")
    covered = order_totals(engagement.orders, period=report_period(engagement)).iloc[0]
    return _("{orders} of the orders, {revenue} of their revenue").format(
        orders=texts.percent(covered.id_coverage_orders), revenue=texts.percent(covered.id_coverage_revenue)
    )


PANELS = (Panel("provenance", m("Data and settings"), (), provenance),)
