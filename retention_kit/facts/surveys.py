"""What customers say: what the NPS page shows."""

from collections.abc import Callable
from typing import Literal, get_args

import narwhals as nw
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import kept, once
from retention_kit.facts.rows import named_segments, no_estimate, rows_of, stacked
from retention_kit.facts.spans import base_periods, periods_counted, report_period
from retention_kit.metrics.surveys.answers import Kind
from retention_kit.metrics.surveys.change import nps_change
from retention_kit.metrics.surveys.outcome_counts import behaviour_cells
from retention_kit.metrics.surveys.outcomes import behaviour_of, detractor_recovery
from retention_kit.metrics.surveys.outcomes_compared import differences_of, point_values_of
from retention_kit.metrics.surveys.response import LOW_RESPONSE, responders_compared, response_rate
from retention_kit.metrics.surveys.scores import nps, nps_answers, nps_distribution
from retention_kit.metrics.surveys.top_answers import satisfaction
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.metrics.surveys.weighted import weighted_nps
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
    asked = engagement.has("invitations")
    found = {"response_rate": _responses(engagement, by)} if asked else {}
    found |= {question: _of_survey(engagement, question, by) for question in QUESTIONS}
    scores = _scores(engagement, main_kind(engagement), by)
    if asked:
        scores = scores.assign(flags=_with_low_response(scores, found["response_rate"]))
    tables = {"nps": scores, **found}
    return stacked(rows_of(table, metric, None, by) for metric, table in tables.items())


@once
def _scores(engagement: Engagement, kind: Kind, by: str | None) -> pd.DataFrame:
    return nps(engagement.responses, period=periods_counted(engagement), by=by, kind=kind)


@once
def _responses(engagement: Engagement, by: str | None) -> pd.DataFrame:
    return response_rate(engagement.invitations, engagement.responses, period=periods_counted(engagement), by=by)


@once
def _tops(engagement: Engagement, question: Question, by: str | None) -> pd.DataFrame:
    return satisfaction(engagement.responses, period=periods_counted(engagement), question=question, by=by)


def _now(engagement: Engagement, found: pd.DataFrame) -> pd.DataFrame:
    """Of a result of all periods the report's own, as if it alone had been asked for."""
    of_period = found[found.period == str(report_period(engagement))]
    return of_period.drop(columns="period").reset_index(drop=True)


@once
def main_kind(engagement: Engagement) -> Kind:
    """The kind of answer that the headline score is of: about the whole relation, unless there are none such."""
    asked = lazy(_answers(engagement, "relational"))
    return "relational" if collected(asked.select(n=nw.len())).n.item() else "transactional"


@once
def _answers(engagement: Engagement, kind: Kind) -> Tabular:
    answers: Tabular = nps_answers(engagement.responses, kind=kind)
    return answers


def _with_low_response(scores: pd.DataFrame, answered: pd.DataFrame) -> "pd.Series[str]":
    """A score says so where fewer than a tenth of those asked answered."""
    keys = ["period", "segment"]
    rates = scores[keys].merge(answered[[*keys, "value"]], on=keys, how="left", validate="one_to_one")["value"]
    return scores["flags"].where(~(rates < LOW_RESPONSE), (scores["flags"] + " low_response").str.strip())


def _of_survey(engagement: Engagement, question: Question, by: str | None) -> pd.DataFrame:
    """The one survey of a question that was answered in the report's period; none where there were several.

    Several surveys have several scales, so that each stands on the page for itself.
    """
    whole = _now(engagement, _tops(engagement, question, None))
    answered = whole[whole.n > 0]
    found = _tops(engagement, question, by)
    return found.head(0) if len(answered) != 1 else found.merge(answered[["survey_id", "kind"]])


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
    kind = kind or main_kind(engagement)
    return _by_segment(engagement, lambda by: _now(engagement, _scores(engagement, kind, by)))


@kept
def weighted(engagement: Engagement) -> pd.DataFrame:
    """By each segment column: the score if every segment counted by how many of it were asked, beside the plain one."""
    period, kind, rows = report_period(engagement), main_kind(engagement), []
    asked, answers = engagement.invitations, engagement.responses
    plain = _now(engagement, _scores(engagement, kind, None)).value.item()
    for by in engagement.settings.segments:
        compared = responders_compared(asked, answers, period=period, by=by, question="nps")
        segments = _now(engagement, _scores(engagement, kind, by))
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
            found = _now(engagement, _tops(engagement, question, by))
            tables.append(found.assign(type=question, segment=named_segments(found.segment, by)))
    found = pd.concat(tables, ignore_index=True)
    return found[[*SATISFACTION, *(name for name in found if name not in SATISFACTION)]]


SATISFACTION = ["survey_id", "type", "segment", "n", "value", "low", "high", "mean", "mean_rescaled", "status"]


def linked(engagement: Engagement) -> Tabular:
    """The answers that can be linked to what a customer did."""
    return _answers(engagement, main_kind(engagement))


@once
def _cells(engagement: Engagement) -> pd.DataFrame:
    return behaviour_cells(linked(engagement), engagement.occasions, as_of=engagement.as_of)


@kept
def behaviour(engagement: Engagement) -> pd.DataFrame:
    """What promoters, passives and detractors did after they answered."""
    return behaviour_of(_cells(engagement), linked(engagement))


@kept
def behaviour_difference(engagement: Engagement) -> pd.DataFrame:
    """What promoters did more than detractors."""
    return differences_of(_cells(engagement))


@kept
def point_value(engagement: Engagement) -> pd.DataFrame:
    """What a point of the score is worth."""
    return point_values_of(_cells(engagement))


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
