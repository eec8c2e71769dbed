"""Invitations to a survey by the end of a period: who was asked, whom they reached, who answered."""

from typing import Any, NamedTuple

import narwhals as nw

from retention_kit.metrics.surveys.answers import Question, as_count, filled, month_named, with_segment
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected, lazy, require, segment_keys, with_calendar

PERSON = ("customer_id", "survey_id")


class Asked(NamedTuple):
    """The invitations and the answers up to the end of a period, and the question asked.

    Attributes:
        sent: One row per invitation.
        answers: One row per answer, to the question where there is one.
        period: The period in which customers were asked.
        question: None for any.
    """

    sent: nw.LazyFrame[Any]
    answers: nw.LazyFrame[Any]
    period: Period
    question: Question | None

    def outcomes(self, by: str | None) -> nw.LazyFrame[Any]:
        """One row per customer, survey and wave first asked in the period: its segment, and what came of it as 0 and 1.

        Columns: is_delivered, is_complete, is_partial. With a question, of surveys alone that have an answer to it.
        """
        sent = self.sent
        if self.question is not None:
            sent = sent.join(self.answers, on="survey_id", how="semi")
        asked = _waves(sent, by).filter(nw.col("first_day") >= self.period.start_day)
        known = self.answers.filter(~nw.col("customer_id").is_null())
        given = known.select(*PERSON, "answered_day", answered_wave="wave", finished=as_count(nw.col("is_complete")))
        joined = asked.join(given, on=list(PERSON), how="left").with_columns(is_answered=as_count(_is_its_answer()))
        found = (
            joined.with_columns(is_complete=nw.col("is_answered") * nw.col("finished").fill_null(0))
            .group_by(*PERSON, *segment_keys(by), "wave_asked", "is_delivered")
            .agg(nw.col("is_complete", "is_answered").max())
        )
        is_delivered = (nw.col("is_delivered") + nw.col("is_answered") > 0).cast(nw.Int64)
        is_partial = nw.col("is_answered") - nw.col("is_complete")
        return with_segment(found.with_columns(is_delivered=is_delivered, is_partial=is_partial), by)

    def answers_given(self) -> tuple[int, ...]:
        """Complete answers of the period, of known and of unknown customers; any answers to surveys that were sent."""
        is_inside = as_count(nw.col("is_complete") & (nw.col("answered_day") >= self.period.start_day))
        is_known = as_count(~nw.col("customer_id").is_null())
        sent = self.sent.select("survey_id", is_sent=nw.lit(1)).unique()
        counts = self.answers.join(sent, on="survey_id", how="left").select(
            known=(is_inside * is_known).sum(), unknown=(is_inside * (1 - is_known)).sum(), sent=nw.col("is_sent").sum()
        )
        return tuple(int(n) for n in collected(counts).fillna(0).iloc[0])


def asked_in(
    period: Period, invitations: Tabular, responses: Tabular, *, by: str | None, question: Question | None
) -> Asked:
    """The invitations and the answers up to the end of the period."""
    answers = filled(responses).filter(nw.col("answered_day") < period.end_day)
    if question is not None:
        answers = answers.filter(nw.col("type") == question)
    sent = _filled(invitations, by).filter(nw.col("sent_day") < period.end_day)
    return Asked(sent, answers, period, question)


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
    """The invitations of one customer to one wave of a survey as one, with the day on which the next wave began."""
    once = sent.group_by(*PERSON, *segment_keys(by), "wave_asked").agg(
        wave=nw.col("wave").max(), first_day=nw.col("sent_day").min(), is_delivered=nw.col("is_delivered").max()
    )
    following = nw.col("first_day").shift(-1).over(*PERSON, order_by=["first_day", "wave_asked", *segment_keys(by)])
    return once.with_columns(next_day=following)


def _is_its_answer() -> nw.Expr:
    """Whether an answer is to the wave asked, or where either names none came before the next one was asked."""
    day, waves = nw.col("answered_day"), (nw.col("wave"), nw.col("answered_wave"))
    is_in_time = (day >= nw.col("first_day")) & (nw.col("next_day").is_null() | (day < nw.col("next_day")))
    is_unsaid = waves[0].is_null() | waves[1].is_null()
    return nw.when(is_unsaid).then(is_in_time).otherwise(waves[0] == waves[1]) & ~day.is_null()
