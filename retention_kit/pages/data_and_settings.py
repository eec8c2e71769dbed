"""The data of a page and the client's settings that bear on its numbers."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.needs import is_there
from retention_kit.facts.orders import totals
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel
from retention_kit.pages.wording import wording_of
from retention_kit.wording import Wording


def provenance(engagement: Engagement) -> pd.DataFrame:
    """What was this page made from, and under which rules?

    Returns:
        One row per fact, in the engagement's language: item, detail.
    """
    wording = wording_of(engagement)
    facts = _of_the_data(engagement, wording) | _of_the_rules(engagement, wording)
    return pd.DataFrame({"item": list(facts), "detail": list(facts.values())})


def _of_the_data(engagement: Engagement, wording: Wording) -> dict[str, str]:
    settings = engagement.settings
    return {
        wording.gettext("Client"): settings.name,
        wording.gettext("First day of the data"): wording.day(engagement.first_day),
        wording.gettext("History before the first day"): _history(engagement, wording),
        wording.gettext("Data up to and including"): wording.day(engagement.last_day),
        wording.gettext("Time zone of all dates"): settings.time_zone,
        wording.gettext("Currency"): settings.currency,
    }


def _of_the_rules(engagement: Engagement, wording: Wording) -> dict[str, str]:
    settings = engagement.settings
    window, months = settings.churn_window, settings.horizon_months
    lapsed = wording.ngettext("{n} day without an order", "{n} days without an order", window)
    ahead = wording.ngettext(
        "{n} month, discounted at {rate} a year", "{n} months, discounted at {rate} a year", months
    )
    no_margin = wording.gettext("not given, so values are revenue, not profit")
    free = wording.gettext("count as purchases") if settings.count_zero_value else wording.gettext("are excluded")
    return {
        wording.gettext("A customer has lapsed after"): lapsed.format(n=wording.number(window)),
        wording.gettext("Orders with a known customer"): _id_coverage(engagement, wording),
        wording.gettext("Orders of zero value"): free,
        wording.gettext("Margin"): no_margin if settings.margin == 1 else wording.percent(settings.margin),
        wording.gettext("Lifetime value looks ahead"): ahead.format(
            n=wording.number(months), rate=wording.percent(settings.annual_discount)
        ),
        wording.gettext("Segments"): ", ".join(settings.segments) or wording.gettext("none set in engagement.toml"),
    }


def _history(engagement: Engagement, wording: Wording) -> str:
    if engagement.settings.is_history_complete:
        return wording.gettext("complete: nobody can have bought before it")
    if is_there(engagement, "customers.first_seen_at"):
        return wording.gettext(
            "left truncated: the client says who was a customer before it, and those are in no cohort; for one "
            "inactivity window after it, nobody knows who had lapsed"
        )
    return wording.gettext(
        "left truncated: for one inactivity window after it, new customers cannot be told from returning ones; those "
        "who bought in it are in no cohort"
    )


def _id_coverage(engagement: Engagement, wording: Wording) -> str:
    if not engagement.has("orders"):
        return wording.gettext("no orders were given")
    covered = totals(engagement).iloc[0]
    return wording.gettext("{orders} of orders, {revenue} of their revenue").format(
        orders=wording.percent(covered.id_coverage_orders), revenue=wording.percent(covered.id_coverage_revenue)
    )


PANELS = (Panel("provenance", m("Data and settings"), (), provenance),)
