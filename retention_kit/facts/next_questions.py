"""What is missing to say more of a client: tables, columns, settings, older orders, answers."""

from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import kept
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.needs import missing
from retention_kit.facts.spans import history_from, report_period
from retention_kit.metrics.customers.point_value import history_needed_from
from retention_kit.metrics.statistics.power import answers_needed, smallest_change_seen
from retention_kit.metrics.surveys.response import LOW_RESPONSE
from retention_kit.tables import ALL, NONE, OTHER, SMALLER

MOST = 5
"""So many questions a client will answer."""

WORTH_ASKING = 0.20
"""A wave that does not show a change of a fifth of the scale of shares, or of 20 points, says too little."""
CHANGES = (WORTH_ASKING, 0.30, 0.40)
"""What more answers are asked for to see: the smallest of these that is within reach."""
REACH = 3
"""Times as many answers as there are that a client can be asked for."""


class Question(NamedTuple):
    """Something to ask a client, with the row of metrics.csv that it rests on, where it rests on one."""

    question: str
    rests_on: str | None = None
    value: float | None = None
    n: int | None = None
    n_more: int | None = None
    change: float | None = None
    day: date | None = None


class Gap(NamedTuple):
    """Something that a client did not give, and what must be there for it to be of use."""

    question: str
    need: str
    beside: tuple[str, ...] = ()


WHOLE_METRICS = (
    Gap("orders", "orders"),
    Gap("responses", "responses"),
    Gap("tickets", "tickets", ("orders",)),
    Gap("refunds", "orders.refunded or refunds", ("orders",)),
    Gap("invitations", "invitations", ("responses",)),
    Gap("linked_answers", "responses.customer_id", ("responses", "orders")),
    Gap("first_seen", "customers.first_seen_at or is_history_complete", ("orders",)),
)
"""What opens pages and metrics."""

BETTER_METRICS = (
    Gap("margin", "margin", ("orders",)),
    Gap("segments", "segments", ("orders or customers",)),
    Gap("comments", "responses.comment", ("responses",)),
    Gap("cancel_reason", "subscriptions.cancel_reason", ("subscriptions",)),
    Gap("costs", "costs", ("orders",)),
)
"""What makes those that are there say more."""


@kept
def next_questions(engagement: Engagement) -> pd.DataFrame:
    """What should the client be asked next, so that the report can say more?

    Ranked by what an answer unlocks: whole pages and metrics, then older orders and more answers, without which a
    number says too little, then what makes numbers say more. Answers are asked for where a change of 20 points would
    mostly be missed, so many that one of 20, 30 or 40 would be seen, and only where that takes at most three times the
    answers that there are.

    Returns:
        Up to five rows of the fields of `Question`: question (its name); of a question that rests on a number rests_on
        (`metric|segment|period` of metrics.csv) with value and n from there; n_more (answers) and change (as a share,
        of a score in hundreds of points), or day (the first of the orders that are missing).
    """
    found = [*_of_gaps(engagement, WHOLE_METRICS), *_of_numbers(engagement), *_of_gaps(engagement, BETTER_METRICS)]
    return pd.DataFrame(found[:MOST], columns=list(Question._fields))


def _of_gaps(engagement: Engagement, gaps: tuple[Gap, ...]) -> list[Question]:
    return [
        Question(gap.question)
        for gap in gaps
        if missing(engagement, [gap.need]) and not missing(engagement, gap.beside)
    ]


def _of_numbers(engagement: Engagement) -> Iterator[Question]:
    if engagement.has("orders"):
        yield from _of_history(engagement)
    if engagement.has("responses"):
        card = metric_rows(engagement, "surveys")
        now = card[(card.period == str(report_period(engagement))) & (card.status == "ok")]
        yield from _of_response(now)
        for metric in ("nps", "csat", "ces"):
            yield from _of_width(now[now.metric == metric])


def _of_history(engagement: Engagement) -> Iterator[Question]:
    """Older orders, without which the value of a point of retention cannot be told."""
    since = history_from(engagement)
    needed = history_needed_from(engagement.as_of, engagement.settings.churn_window)
    if since is not None and since > needed:
        yield Question("history", day=needed)


def _of_response(now: pd.DataFrame) -> Iterator[Question]:
    low = now[(now.metric == "response_rate") & (now.segment == ALL) & (now.value < LOW_RESPONSE)]
    for row in low.to_dict("records"):
        yield Question("low_response", _cell(row), row["value"], int(row["denominator"]))


def _of_width(now: pd.DataFrame) -> Iterator[Question]:
    """More answers of all customers; where these are enough, of the segment that is seen worst."""
    if now.empty:
        return
    seen = now.assign(seen=_seen(now))
    is_group = [not name.endswith((ALL, NONE, OTHER, SMALLER)) for name in seen.segment]
    parts = seen[is_group].sort_values("seen", ascending=False, kind="stable")
    for rows in (seen[seen.segment == ALL], parts):
        asked = [question for row in rows.to_dict("records") if (question := _more_answers(row)) is not None]
        if asked:
            yield asked[0]
            return


def _seen(now: pd.DataFrame) -> "pd.Series[float]":
    """The smallest changes that are seen, as shares; of a score in hundreds of points."""
    ends = zip(now.low.astype(float), now.high.astype(float), strict=True)
    seen = pd.Series([smallest_change_seen(low, high) for low, high in ends], index=now.index)
    return seen.where(now.metric != "nps", seen / 100)


def _more_answers(row: dict[Hashable, Any]) -> Question | None:
    n, seen = int(row["n"]), row["seen"]
    if not seen > WORTH_ASKING:
        return None
    for change in CHANGES:
        needed = answers_needed(n, seen, change)
        if n < needed <= REACH * n:
            return Question("answers", _cell(row), row["value"], n, needed - n, change)
    return None


def _cell(row: dict[Hashable, Any]) -> str:
    return "|".join(str(row[name]) for name in ("metric", "segment", "period"))
