"""What to ask a client next, in sentences."""

from typing import Any

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import next_questions as facts
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.panel import Panel
from retention_kit.pages.wording import wording_of
from retention_kit.tables import ALL
from retention_kit.wording import Wording, glossary

SENTENCES = {
    "orders": m("Orders: nearly every number of this report is made from them."),
    "responses": m("Answers to surveys (NPS, CSAT, CES): they show how satisfied customers are, and why."),
    "tickets": m("Contacts with support: they show how many orders need help, and about what."),
    "refunds": m("Refunds: they show how much of the revenue is paid back."),
    "invitations": m("Invitations to surveys: they show how many customers answer, and whether those who do differ."),
    "linked_answers": m("The customer of each survey answer: it links what customers say with what they buy."),
    "first_seen": m("Since when each customer is known: without it, who bought before the data begin looks new."),
    "history": m("Orders from {day} on: they show how much more customers bring who are kept than those who lapse."),
    "low_response": m("A reminder to those who do not answer surveys: of {n} customers invited {value} answered, and "
                      "who did may differ from the rest."),
    "margin": m("The margin: with it value is profit instead of revenue."),
    "segments": m("A segment of customers, such as country or channel: every metric is then shown for each."),
    "comments": m("The comments of survey answers: they show what customers like and dislike."),
    "cancel_reason": m("The reason why customers end subscriptions: how many do is known, why is not."),
    "costs": m("The costs of winning and keeping customers: what customers bring can be set against them."),
}  # fmt: skip


def next_questions(engagement: Engagement) -> pd.DataFrame:
    """What should the client be asked next, so that the report can say more?

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.

    Returns:
        The rows of `facts.next_questions.next_questions`, at most five, with each as a sentence in front.
    """
    found, wording = facts.next_questions(engagement), wording_of(engagement)
    sentences = [_sentence(row, wording) for row in found.itertuples()]
    found.insert(0, "sentence", pd.Series(sentences, index=found.index, dtype="str"))
    return found


def _sentence(row: Any, wording: Wording) -> str:
    if row.question == "answers":
        return _more_answers(row, wording)
    day = "" if pd.isna(row.day) else wording.day(row.day)
    return wording.gettext(SENTENCES[row.question]).format(
        day=day, value=wording.percent(row.value), n=wording.number(row.n)
    )


def _more_answers(row: Any, wording: Wording) -> str:
    n_more, points = int(row.n_more), round(100 * row.change)
    metric, _bar, rest = row.rests_on.partition("|")
    segment = rest.rpartition("|")[0]
    sentence = wording.ngettext(
        "{metric}: n = {n}; {n_more} more answer is required to see a change of {change}.",
        "{metric}: n = {n}; {n_more} more answers are required to see a change of {change}.",
        n_more,
    )
    change = (
        wording.ngettext("{difference} point", "{difference} points", points)
        if METRICS[metric].unit == "points"
        else wording.ngettext("{difference} percentage point", "{difference} percentage points", points)
    )
    name = glossary.label(metric, wording)
    if segment != ALL:
        name = f"{name}, {glossary.segment_name(segment, wording)}"
    return sentence.format(
        metric=name,
        n=wording.number(row.n),
        n_more=wording.number(n_more),
        change=change.format(difference=wording.number(points)),
    )


def _nothing_missing(engagement: Engagement) -> str:
    if len(facts.next_questions(engagement)):
        return ""
    return wording_of(engagement).gettext("Nothing is missing that this report could use.")


PANELS = (
    Panel("next_questions", m("Next questions"), (), next_questions, columns=["sentence"], says=_nothing_missing),
)  # fmt: skip
