"""Answers about one contact or one return, and all answers of the client in one table."""

import numpy as np
import pandas as pd

from retention_kit.demo.customers import NONE
from retention_kit.demo.parameters import TRUE
from retention_kit.demo.service import later_answers
from retention_kit.demo.timeline import Timeline, random_of

RELATION, CONTACT, RETURN = "relation", "after contact", "after return"
"""The client's surveys by name."""

NAMES = [
    "response_id", "survey_id", "wave", "customer_id", "order_id", "country", "type", "kind", "answered_at", "score",
    "is_complete", "comment", "lang", "may_quote", "delivery_rating", "assortment_rating", "theme", "is_gone",
]  # fmt: skip


def survey_responses(
    nps: pd.DataFrame, tickets: pd.DataFrame, refunds: pd.DataFrame, timeline: Timeline, *, seed: int
) -> pd.DataFrame:
    """The answers to every survey, by time: those of the NPS survey, to CSAT after contacts, to CES after returns.

    Returns:
        One row per answer: the columns of the canonical table `responses`, country, and the truth in `theme` (of the
        comment) and `is_gone` (the customer had bought for the last time when asked).
    """
    random = random_of(seed, "asked after")
    asking = TRUE.asking
    reached = tickets[(tickets.direction == "inbound") & tickets.customer_id.notna()]
    after_contact = _scored(reached, "created_at", asking.answers_after_contact, asking.satisfied, random)
    returned = refunds[refunds.customer_id.notna()]
    after_return = _scored(returned, "refunded_at", asking.answers_after_return, asking.easy, random)
    parts = [
        nps.assign(survey_id=RELATION, type="nps", kind="relational", order_id=None),
        after_contact.assign(survey_id=CONTACT, type="csat", kind="transactional"),
        after_return.assign(survey_id=RETURN, type="ces", kind="transactional"),
    ]
    answers = pd.concat([_inside(part, timeline, random) for part in parts])
    answers = answers.sort_values("answered_at", kind="stable", ignore_index=True)
    answers["response_id"] = "a" + (500_001 + answers.index.to_series()).astype(str)
    answers["country"] = answers.country.where(answers.customer_id.notna(), NONE)
    return answers[NAMES]


def _scored(
    asked: pd.DataFrame, timestamp: str, share: float, chances: tuple[float, ...], random: np.random.Generator
) -> pd.DataFrame:
    """Answers of some of those asked: 1, 2, ... drawn with the chances."""
    answers = asked[random.random(len(asked)) < share]
    drawn = 1 + random.choice(len(chances), len(answers), p=np.array(chances) / sum(chances))
    return answers[["customer_id", "order_id", "country"]].assign(
        asked_at=answers[timestamp].to_numpy(), score=drawn, is_complete=True, may_quote=False, comment=None, theme=None
    )


def _inside(answers: pd.DataFrame, timeline: Timeline, random: np.random.Generator) -> pd.DataFrame:
    if "asked_at" in answers:
        answered, is_inside = later_answers(answers.asked_at.to_numpy(), timeline, random)
        answers = answers.assign(answered_at=answered)[is_inside]
    return answers.reindex(columns=[name for name in NAMES if name != "response_id"])
