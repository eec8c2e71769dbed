"""What the pages of a report will show, counted topic by topic before the first of them asks."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from types import ModuleType

from retention_kit.engagement import Engagement, open_engagement
from retention_kit.facts import ltv as ltv_facts
from retention_kit.facts import orders as order_facts
from retention_kit.facts import surveys as survey_facts
from retention_kit.facts.metric_rows import COUNTED, metric_rows
from retention_kit.facts.tracks import tracks
from retention_kit.pages import cohorts, cross_checks, customers, loyalty, ltv, orders, survey_drivers, surveys
from retention_kit.pages.findings import findings

TOPICS: Mapping[str, ModuleType] = {
    "surveys": surveys,
    "orders": orders,
    "customers": customers,
    "cohorts": cohorts,
    "loyalty": loyalty,
    "ltv": ltv,
    "survey_drivers": survey_drivers,
    "cross_checks": cross_checks,
}
"""The pages by topic, the dearest first; the cross-checks, which read what the others have counted, last."""

LAST = "cross_checks"
"""The topic that all others have been counted before: what is found in them is found with it."""

_BESIDE = {
    "orders": (("orders", order_facts.differences), ("orders", order_facts.totals)),
    "surveys": (("responses", survey_facts.differences),),
    "ltv": (("orders", ltv_facts.covered),),
}
"""What is counted beside metrics and panels, with the table that it needs."""


def count_topic(engagement: Engagement, topic: str, shown: Collection[str]) -> None:
    """Count what pages show of a topic, so that it is kept for them.

    Args:
        engagement: An engagement as it stood at the end of a period.
        topic: One of `TOPICS`.
        shown: The names of the panels that are shown.
    """
    for table, fact in _BESIDE.get(topic, ()):
        if engagement.has(table):
            fact(engagement)
    for group in COUNTED.keys() & {topic}:
        if engagement.has("responses" if group == "surveys" else "orders"):
            metric_rows(engagement, group)
            tracks(engagement, group)
    for panel in TOPICS[topic].PANELS:
        if panel.name in shown:
            panel.of(engagement)
    if topic == LAST:
        findings(engagement)


def count_topic_of(client: str, period: str, topic: str, *shown: str) -> None:
    """The same in a process of its own; what fails is left to the page that shows it, whose cell is then named."""
    with suppress(Exception), open_engagement(client) as whole:
        count_topic(whole.at(period), topic, shown)
