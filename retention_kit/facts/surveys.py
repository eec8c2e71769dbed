"""What customers say: what the NPS page shows."""

from collections.abc import Callable
from typing import Literal, get_args

import narwhals as nw
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import kept, once
from retention_kit.facts.rows import named_segments, no_estimate, periods_shown, rows_of, stacked
from retention_kit.facts.spans import base_periods, report_period
from retention_kit.metrics.surveys.answers import Kind
from retention_kit.metrics.surveys.change import nps_change
from retention_kit.metrics.surveys.outcomes import detractor_recovery, nps_behaviour
from retention_kit.metrics.surveys.outcomes_compared import (
    nps_behaviour_difference,
    value_of_a_point,
)
from retention_kit.metrics.surveys.response import LOW_RESPONSE, responders_compared, response_rate
from retention_kit.metrics.surveys.scores import nps, nps_answers, nps_distribution
from retention_kit.metrics.surveys.top_answers import satisfaction
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.metrics.surveys.weighted import weighted_nps
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected, lazy

Question = Literal["csat", "ces"]
QUESTIONS: tuple[Question, ...] = get_args(Question)
KINDS: tuple[Kind, ...] = ("relational", "transactional")
ANSWERS = ("responses",)
LINKED = ("responses", "orders", "responses.customer_id")
"""What answers are linked to what a customer did by."""


@kept
def count(engagement: Engagement, by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: score, satisfaction, effort, response."""
    if not engagement.has("responses"):
        nothing = rows_of(no_estimate("no_responses"), "nps", report_period(engagement), None)
        return nothing.head(0 if by else 1)
    tables = []
    for period in periods_shown(engagement):
        scores = nps(engagement.responses, period=period, by=by, kind=main_kind(engagement))
        if engagement.has("invitations"):
            answered = response_rate(engagement.invitations, engagement.responses, period=period, by=by)
            tables.append(rows_of(answered, "response_rate", period, by))
            scores["flags"] = _with_low_response(scores, answered)
        tables.insert(0, rows_of(scores, "nps", period, by))
        tables += [
            rows_of(_of_survey(engagement, question, period, by), question, period, by) for question in QUESTIONS
        ]
    return stacked(tables)


@once
def main_kind(engagement: Engagement) -> Kind:
    """The kind of answer that the headline score is of: about the whole relation, unless there are none such."""
    asked = nps_answers(engagement.responses, kind="relational")
    return "relational" if collected(lazy(asked).select(n=nw.len())).n.item() else "transactional"


def _with_low_response(scores: pd.DataFrame, answered: pd.DataFrame) -> "pd.Series[str]":
    """A score says so where fewer than a tenth of those asked answered."""
    rates = scores.segment.map(answered.set_index("segment").value)
    return scores["flags"].where(~(rates < LOW_RESPONSE), (scores["flags"] + " low_response").str.strip())


@once
def _answered(engagement: Engagement, question: Question) -> pd.DataFrame:
    """What was said to a question in the report's period, a row for each survey and kind."""
    asked = satisfaction(engagement.responses, period=report_period(engagement), question=question)
    return asked[asked.n > 0]


def _of_survey(engagement: Engagement, question: Question, period: Period, by: str | None) -> pd.DataFrame:
    """The one survey of a question that was answered in the report's period; none where there were several.

    Several surveys have several scales, so that each stands on the page for itself.
    """
    asked = _answered(engagement, question)
    if len(asked) != 1:
        return asked.head(0)
    found = satisfaction(engagement.responses, period=period, question=question, by=by)
    return found.merge(asked[["survey_id", "kind"]])


def _by_segment(engagement: Engagement, count: Callable[[str | None], pd.DataFrame]) -> pd.DataFrame:
    """A result of all customers and of each segment of engagement.toml, segments named as in the scorecard."""
    tables = []
    for by in (None, *engagement.settings.segments):
        found = count(by)
        tables.append(found.assign(segment=named_segments(found.segment, by)))
    return pd.concat(tables, ignore_index=True)


@kept
def waves(engagement: Engagement) -> pd.DataFrame:
    """The score of every wave, of one and of three together, of each kind of answer: kinds are never pooled."""
    tables = []
    for kind in KINDS:
        asked, until = engagement.responses, report_period(engagement)
        found = _by_segment(engagement, lambda by: nps_trend(asked, until=until, by=by, kind=kind))  # noqa: B023
        tables.append(found.assign(kind=kind).rename(columns={"value": "nps"}))
    return pd.concat([table for table in tables if len(table)], ignore_index=True)[WAVES]


WAVES = [
    "wave", "segment", "n", "promoters", "passives", "detractors", "nps", "se", "low", "high", "status", "kind",
    "n_waves", "last_day", "n_rejected", "flags",
]  # fmt: skip


@kept
def scores_by_segment(engagement: Engagement, *, kind: Kind | None = None) -> pd.DataFrame:
    """The score of the period, of all customers and of each segment: the rows of `nps`; by default of the main kind."""
    period, kind = report_period(engagement), kind or main_kind(engagement)
    return _by_segment(engagement, lambda by: nps(engagement.responses, period=period, by=by, kind=kind))


@kept
def weighted(engagement: Engagement) -> pd.DataFrame:
    """By each segment column: the score if every segment counted by how many of it were asked, beside the plain one."""
    period, kind, rows = report_period(engagement), main_kind(engagement), []
    asked, answers = engagement.invitations, engagement.responses
    plain = nps(answers, period=period, kind=kind).value.item()
    for by in engagement.settings.segments:
        compared = responders_compared(asked, answers, period=period, by=by, question="nps")
        segments = nps(answers, period=period, by=by, kind=kind)
        weighted = weighted_nps(segments, population=compared.set_index("segment").n_invited.astype(float))
        gap, differs = float(compared.difference.abs().max()), bool(compared["flags"].eq("differs").any())
        rows.append(
            weighted.rename(columns={"value": "nps"}).assign(by=by, plain=plain, largest_gap=gap, differs=differs)
        )
    return pd.concat(rows, ignore_index=True)[WEIGHTED] if rows else pd.DataFrame(columns=WEIGHTED)


WEIGHTED = ["by", "plain", "nps", "se", "low", "high", "n", "status", "largest_gap", "differs"]


@kept
def distribution(engagement: Engagement, *, kind: Kind | None = None) -> pd.DataFrame:
    """How often each score was given in the period, by default to questions of the main kind."""
    period, kind = report_period(engagement), kind or main_kind(engagement)
    return nps_distribution(engagement.responses, period=period, kind=kind)


@kept
def satisfaction_shown(engagement: Engagement) -> pd.DataFrame:
    """Satisfaction and effort in the period, survey by survey, of all customers and each segment."""
    tables = []
    for by in (None, *engagement.settings.segments):
        for question in QUESTIONS:
            found = satisfaction(engagement.responses, period=report_period(engagement), question=question, by=by)
            tables.append(found.assign(type=question, segment=named_segments(found.segment, by)))
    found = pd.concat(tables, ignore_index=True)
    return found[[*SATISFACTION, *(name for name in found if name not in SATISFACTION)]]


SATISFACTION = ["survey_id", "type", "segment", "n", "value", "low", "high", "mean", "mean_rescaled", "status"]


def linked(engagement: Engagement) -> Tabular:
    """The answers that can be linked to what a customer did."""
    answers: Tabular = nps_answers(engagement.responses, kind=main_kind(engagement))
    return answers


@kept
def behaviour(engagement: Engagement) -> pd.DataFrame:
    """What promoters, passives and detractors did after they answered."""
    return nps_behaviour(linked(engagement), engagement.occasions, as_of=engagement.as_of)


@kept
def behaviour_difference(engagement: Engagement) -> pd.DataFrame:
    """What promoters did more than detractors."""
    return nps_behaviour_difference(linked(engagement), engagement.occasions, as_of=engagement.as_of)


@kept
def point_value(engagement: Engagement) -> pd.DataFrame:
    """What a point of the score is worth."""
    return value_of_a_point(linked(engagement), engagement.occasions, as_of=engagement.as_of)


@kept
def recovery(engagement: Engagement) -> pd.DataFrame:
    """How many detractors answered better the next time."""
    found = detractor_recovery(linked(engagement), as_of=engagement.as_of)
    return found.rename(columns={"denominator": "n_again"})[RECOVERY]


RECOVERY = ["n_detractors", "n_again", "value", "low", "high", "status"]


@kept
def differences(engagement: Engagement) -> pd.DataFrame:
    """How the net promoter score moved against each base, one customer's answers of both periods kept together."""
    found = [pd.DataFrame(columns=["base", "metric", "segment", "value", "low", "high", "p_value"])]
    for name, base in base_periods(engagement).items():
        kind = main_kind(engagement)
        for by in (None, *engagement.settings.segments):
            moved = nps_change(engagement.responses, now=report_period(engagement), then=base, by=by, kind=kind)
            moved = moved.assign(base=name, metric="nps", segment=named_segments(moved.segment, by))
            found.append(moved.assign(value=moved.difference)[list(found[0])])
    return pd.concat(found[1:] or found, ignore_index=True)
