"""What a client gave no data of: the pages that are not made for it, and how the others say so."""

from collections.abc import Iterable

from retention_kit.engagement import Engagement
from retention_kit.metrics.description import marked as m
from retention_kit.pages.wording import wording_of
from retention_kit.schema import TABLES

TABLE_OF_PAGE = {
    "cohorts": "orders",
    "churn": "orders",
    "loyalty": "orders",
    "ltv": "orders",
    "nps": "responses",
}
"""The table without which a page of the report has nothing to show; every other page is made of any data."""

_SENTENCES = {
    "orders": m("No orders were given."),
    "responses": m("No survey answers were given."),
    "invitations": m("No invitations to surveys were given."),
    "tickets": m("No support contacts were given."),
    "costs": m("No costs of winning customers were given."),
    "segments": m("The customers are not divided into segments."),
}


def has_data(engagement: Engagement, page: str) -> bool:
    """Whether a page has anything to show of an engagement."""
    return page not in TABLE_OF_PAGE or engagement.has(TABLE_OF_PAGE[page])


def absent(engagement: Engagement, needs: Iterable[str]) -> str:
    """What was not given of what is needed, in a sentence for the client; nothing where all is there."""
    names = [name for name in _SENTENCES if name in set(needs) and not _is_given(engagement, name)]
    return wording_of(engagement).gettext(_SENTENCES[names[0]]) if names else ""


def _is_given(engagement: Engagement, name: str) -> bool:
    return engagement.has(name) if name in TABLES else bool(getattr(engagement.settings, name))


def absent_pages(engagement: Engagement) -> tuple[str, ...]:
    """Why pages are absent from a report: one sentence for each table that has pages of its own."""
    tables = dict.fromkeys(TABLE_OF_PAGE.values())
    return tuple(sentence for table in tables if (sentence := absent(engagement, [table])))
