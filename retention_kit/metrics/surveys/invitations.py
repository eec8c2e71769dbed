"""Invitations to a survey by the end of each period: who was asked, whom they reached, who answered."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from retention_kit.metrics.statistics.counting import PERIOD
from retention_kit.metrics.surveys.answers import Question, as_count, filled, month_named
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected, lazy, require, segment_keys, with_calendar

PERSON = ("customer_id", "survey_id")
ANSWERED = "_answered"
"""The running number of the period in which an answer was given."""


class Asked(NamedTuple):
    """The invitations and the answers up to the end of the last period, each with the number of its own.

    Attributes:
        sent: One row per invitation; its period is `PERIOD`.
        answers: One row per answer, to the question where there is one; its period is `ANSWERED`.
        span: The periods in which customers were asked.
        question: None for any.
    """

    sent: nw.LazyFrame[Any]
    answers: nw.LazyFrame[Any]
    span: Sequence[Period]
    question: Question | None

    def outcomes(self, by: str | None) -> nw.LazyFrame[Any]:
        """One row per customer, survey and wave first asked in a period, and what came of it by its end as 0 and 1.

        Columns: the period, `by`, is_delivered, is_complete, is_partial. With a question, of surveys alone that have an
        answer to it by then.
        """
        asked = _waves(self.sent, by).filter(nw.col(PERIOD).is_in([period.ordinal for period in self.span]))
        if self.question is not None:
            first = self.answers.group_by("survey_id").agg(first_answered=nw.col(ANSWERED).min())
            asked = asked.join(first, on="survey_id").filter(nw.col("first_answered") <= nw.col(PERIOD))
        known = self.answers.filter(~nw.col("customer_id").is_null())
        finished = as_count(nw.col("is_complete"))
        given = known.select(*PERSON, ANSWERED, "answered_day", answered_wave="wave", finished=finished)
        joined = asked.join(given, on=list(PERSON), how="left").with_columns(is_answered=as_count(_is_its_answer()))
        found = (
            joined.with_columns(is_complete=nw.col("is_answered") * nw.col("finished").fill_null(0))
            .group_by(*PERSON, PERIOD, *segment_keys(by), "wave_asked", "is_delivered")
            .agg(nw.col("is_complete", "is_answered").max())
        )
        is_delivered = (nw.col("is_delivered") + nw.col("is_answered") > 0).cast(nw.Int64)
        is_partial = nw.col("is_answered") - nw.col("is_complete")
        return found.with_columns(is_delivered=is_delivered, is_partial=is_partial)

    def answers_given(self) -> pd.DataFrame:
        """By period: complete answers in it, and whether by its end there is any answer to a survey sent by then.

        Columns: known, unknown (complete answers of known and of unknown customers), is_common.
        """
        sent = self.sent.group_by("survey_id").agg(first_sent=nw.col(PERIOD).min())
        answered, first_sent = nw.col(ANSWERED), nw.col("first_sent")
        is_complete, is_known = as_count(nw.col("is_complete")), as_count(~nw.col("customer_id").is_null())
        counts = {
            "known": (is_complete * is_known).sum(),
            "unknown": (is_complete * (1 - is_known)).sum(),
            "common": nw.when(answered >= first_sent).then(answered).otherwise(first_sent).min(),
        }
        given = self.answers.join(sent, on="survey_id", how="left").group_by(ANSWERED).agg(**counts)
        found = collected(given, ANSWERED).set_index(ANSWERED)
        of_span = found[["known", "unknown"]].reindex([period.ordinal for period in self.span], fill_value=0)
        of_span = of_span.assign(is_common=of_span.index >= found.common.min())
        return of_span.set_axis([str(period) for period in self.span])


def asked_in(
    span: Sequence[Period], invitations: Tabular, responses: Tabular, *, by: str | None, question: Question | None
) -> Asked:
    """The invitations and the answers up to the end of the last period."""
    unit, end = span[-1].unit, span[-1].end_day
    answers = filled(responses).filter(nw.col("answered_day") < end)
    if question is not None:
        answers = answers.filter(nw.col("type") == question)
    sent = _filled(invitations, by).filter(nw.col("sent_day") < end).with_columns(nw.col(f"sent_{unit}").alias(PERIOD))
    return Asked(sent, answers.with_columns(nw.col(f"answered_{unit}").alias(ANSWERED)), span, question)


def _filled(invitations: Tabular, by: str | None) -> nw.LazyFrame[Any]:
    """The `invitations` table with defaults where columns are absent or empty."""
    frame = with_calendar(lazy(invitations), "sent")
    require(frame, "customer_id", *segment_keys(by))
    schema = frame.collect_schema()
    texts = {"survey_id": nw.lit("survey"), "wave": nw.lit(None, nw.String), "status": nw.lit("delivered")}
    texts |= {name: nw.col(name).cast(nw.String) for name in ("customer_id", *texts) if name in schema}
    return frame.with_columns(**texts).with_columns(
        survey_id=nw.col("survey_id").fill_null("survey"),
        wave_asked=nw.coalesce("wave", month_named("sent_month")),
        is_delivered=as_count(nw.col("status").fill_null("delivered") != "bounced"),
    )


def _waves(sent: nw.LazyFrame[Any], by: str | None) -> nw.LazyFrame[Any]:
    """The invitations of one customer to one wave of a survey as one, with the day on which the next wave began.

    It is of the period of the first one; what came of later ones counts if they were sent in that period too.
    """
    keys, day = [*PERSON, *segment_keys(by), "wave_asked"], nw.col("first_day")
    of_period = sent.group_by(*keys, PERIOD).agg(
        wave=nw.col("wave").max(), first_day=nw.col("sent_day").min(), is_delivered=nw.col("is_delivered").max()
    )
    once = of_period.filter(day == day.min().over(*keys))
    following = day.shift(-1).over(*PERSON, order_by=["first_day", "wave_asked", *segment_keys(by)])
    return once.with_columns(next_day=following)


def _is_its_answer() -> nw.Expr:
    """Whether an answer came by the period's end and is to the wave asked.

    Where either names no wave, it came before the next one was asked.
    """
    day, waves = nw.col("answered_day"), (nw.col("wave"), nw.col("answered_wave"))
    is_in_time = (day >= nw.col("first_day")) & (nw.col("next_day").is_null() | (day < nw.col("next_day")))
    is_unsaid = waves[0].is_null() | waves[1].is_null()
    is_of_wave = nw.when(is_unsaid).then(is_in_time).otherwise(waves[0] == waves[1])
    return is_of_wave & (nw.col(ANSWERED) <= nw.col(PERIOD)) & ~day.is_null()
