"""What a report of a client can show, and which table, column or setting would let it show more."""

from itertools import chain

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.errors import IncompletePeriod
from retention_kit.facts import ltv
from retention_kit.facts.needs import is_there, missing
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.absent import TABLE_OF_PAGE, has_data
from retention_kit.pages.exhibits import PANELS
from retention_kit.pages.wording import wording_of
from retention_kit.periods import Period
from retention_kit.wording import glossary

REFINEMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (m("Every metric by segment"), ("segments",)),
    (
        m("New customers told from those who bought before the data began"),
        ("orders", "customers.first_seen_at or is_history_complete"),
    ),
    (m("Value as profit instead of revenue"), ("orders", "margin")),
    (m("Responders compared with those invited"), ("invitations", "responses")),
    (m("Metrics held against targets"), ("targets",)),
    (m("Events marked on figures of time"), ("calendar",)),
    (m("Quotes of customers who agreed to be quoted"), ("responses.comment", "responses.may_quote")),
)
"""What makes metrics and panels better: what it does, and what it takes."""

NOT_SHOWN_YET = ("order_items", "subscriptions", "members", "events", "coupons", "ledger", "messages")
"""Tables that are read and checked, and that no page of this version shows."""


def coverage(engagement: Engagement) -> pd.DataFrame:
    """What will a report of this client show, and what would it need to show the rest?

    Returns:
        One row per metric, panel and refinement: what (in words), is_shown, missing (the tables, columns and settings
        to add, empty where nothing is missing).

    Example:
        >>> from retention_kit.engagement import open_engagement
        >>> found = coverage(open_engagement("cdnow"))
        >>> found[found.missing == "tickets"].what.tolist()
        ['Contacts per order']
    """
    wording = wording_of(engagement)
    described = chain(
        ((glossary.label(name, wording), metric.needs) for name, metric in METRICS.items()),
        ((wording.gettext(panel.title), panel.needs) for panel in PANELS.values()),
        ((wording.gettext(what), needs) for what, needs in REFINEMENTS),
    )
    rows = [(what, ", ".join(missing(engagement, needs))) for what, needs in described]
    return pd.DataFrame([(what, not lacks, lacks) for what, lacks in rows], columns=["what", "is_shown", "missing"])


def not_shown_yet(engagement: Engagement) -> list[str]:
    """The tables of a client that are read and checked, and that no page shows."""
    return [name for name in NOT_SHOWN_YET if engagement.has(name)]


def pages_shown(engagement: Engagement) -> list[str]:
    """The pages that a report of a client has, beside those of notebooks of one's own."""
    return ["overview", *(page for page in TABLE_OF_PAGE if has_data(engagement, page)), "method"]


def forecast_refused(engagement: Engagement) -> str:
    """Why the LTV page of the last complete month has no forecast, and what may mend it; nothing where it has one."""
    if not has_data(engagement, "ltv"):
        return ""
    month = Period.last_complete(engagement.as_of, "month")
    try:
        found = ltv.count(engagement.at(month), None)
    except IncompletePeriod:
        return ""
    if found.empty or found.status.eq("ok").any():
        return ""
    settings, hint = engagement.settings, ""
    if not (settings.is_history_complete or is_there(engagement, "customers.first_seen_at")):
        hint = " To let the model see more customers, map first_seen_at of customers or set is_history_complete = true."
    return f"no forecast for {month}: {glossary.status_text(found.status.iloc[0], wording_of(engagement))}{hint}"
