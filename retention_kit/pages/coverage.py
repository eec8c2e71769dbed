"""What a report of a client can show, and which table or column would let it show more."""

from dataclasses import dataclass

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.pages.wording import wording_of
from retention_kit.schema import TABLES
from retention_kit.wording.texts import marked as m


@dataclass(frozen=True)
class Ability:
    """Something that a page shows, and what it is made from.

    Attributes:
        page: The page.
        what: What it shows.
        needs: The tables and columns it needs, as `table` or `table.column`, or a setting; one of several is `a or b`.
    """

    page: str
    what: str
    needs: tuple[str, ...]


ABILITIES = (
    Ability("overview", m("Revenue, orders, average order value, purchase frequency"), ("orders",)),
    Ability("overview", m("Refund rate"), ("orders.gross", "orders.refunded or refunds")),
    Ability("overview", m("Contacts with support per order"), ("tickets", "orders")),
    Ability("overview", m("Every metric by segment"), ("segments",)),
    Ability("churn", m("Customer retention, churn, growth and reactivation"), ("orders",)),
    Ability("cohorts", m("Retention and revenue by cohort"), ("orders",)),
    Ability(
        "cohorts",
        m("New customers told from those who bought before the data began"),
        ("orders", "customers.first_seen_at or is_history_complete"),
    ),
    Ability("loyalty", m("Repeat purchase, days between purchases, RFM segments"), ("orders",)),
    Ability("ltv", m("Predicted value of customers"), ("orders",)),
    Ability("ltv", m("Value as profit instead of revenue"), ("orders", "margin")),
    Ability("nps", m("Net promoter score, satisfaction, effort"), ("responses",)),
    Ability("nps", m("Response rate, responders against those invited"), ("invitations", "responses")),
    Ability("nps", m("What the score goes together with"), ("responses.customer_id", "orders")),
    Ability("nps", m("Themes of the comments"), ("responses.comment",)),
    Ability("nps", m("Quotes"), ("responses.comment", "responses.may_quote")),
    Ability("nps", m("What promoters and detractors did afterwards"), ("responses.customer_id", "orders")),
)

NOT_SHOWN_YET = ("order_items", "subscriptions", "members", "events", "coupons", "ledger", "messages", "costs")
"""Tables that are read and checked, and that no page of this version shows."""


def abilities(engagement: Engagement) -> pd.DataFrame:
    """What will a report of this client show, and what would it need to show the rest?

    Returns:
        One row per ability: page, what (in words), is_shown, missing (the tables and columns to add, empty where
        nothing is missing).

    Example:
        >>> from retention_kit.engagement import open_engagement
        >>> found = abilities(open_engagement("cdnow"))
        >>> found[found.missing == "responses"].what.tolist()
        ['Net promoter score, satisfaction, effort']
    """
    wording, rows = wording_of(engagement), []
    for ability in ABILITIES:
        missing = [need for need in ability.needs if not any(is_there(engagement, one) for one in need.split(" or "))]
        rows.append((ability.page, wording.gettext(ability.what), not missing, ", ".join(missing)))
    return pd.DataFrame(rows, columns=["page", "what", "is_shown", "missing"])


def not_shown_yet(engagement: Engagement) -> list[str]:
    """The tables of a client that are read and checked, and that no page shows."""
    return [name for name in NOT_SHOWN_YET if engagement.has(name)]


def is_there(engagement: Engagement, need: str) -> bool:
    """Whether engagement.toml maps a `table` or `table.column`, or sets something other than it is by itself."""
    table, _dot, column = need.partition(".")
    if table not in TABLES:
        settings = engagement.settings
        return bool(getattr(settings, table) != type(settings).model_fields[table].default)
    section = engagement.settings.tables.sections.get(table)
    return section is not None and (not column or column in section.columns)
