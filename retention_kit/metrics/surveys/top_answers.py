"""Were customers satisfied, and was it easy? CSAT and CES on the scale each survey was asked on."""

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.clusters import design_effects
from retention_kit.metrics.statistics.counting import as_asked, keys_of, moments, periods_of
from retention_kit.metrics.statistics.estimates import ESTIMATE, rates, ratios_of
from retention_kit.metrics.surveys.answers import counted_once, each_person, scales, survey_answers
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular, segment_keys

FULL_SCALE = 5
"""A scale of fewer points has one top answer, any other two or more."""

EASE_SCALE = 7
"""On a scale of so many points the top three answers mean that it was easy."""

SURVEY = ["survey_id", "kind", "scale_min", "scale_max", "top_box", "direction"]
MEAN = ["mean", "mean_low", "mean_high", "mean_rescaled"]
COLUMNS = ["period", *SURVEY, "segment", *MEAN, "n_rejected", "deff", *ESTIMATE]


@checked
def satisfaction(
    responses: Tabular, *, period: Span, question: Literal["csat", "ces"] = "csat", by: str | None = None
) -> pd.DataFrame:
    """Of those who answered, how many were satisfied (CSAT) or found it easy (CES), and what is the mean?

    share = answers in the top box / answers; the top box is the best two of 1-5, 1-7 and 1-10, the one best of fewer
    than five points (thumbs, smileys), for CES on seven points the best three, unless a survey has one of its own
    rescaled mean = (mean - min) / (max - min), reversed where low is good, so that 1 is good. Never mean / max.

    The responses have a type ("csat" or "ces", the `question`); survey_id, scale_min, scale_max, top_box (the last
    score counted as satisfied) and direction ("low" where low is good) are used where there are any. Of the answers of
    the period a customer's latest of a wave counts (relational), or of an interaction (transactional). Of several
    periods each has its rows.

    Returns:
        One row per survey, kind and segment: survey_id, kind, scale_min, scale_max, top_box, direction, segment, mean,
        mean_low, mean_high (95 %, the answers of a customer taken together; none below 10 customers), mean_rescaled
        (0..1), n_rejected (answers outside the scale), deff (`statistics.clusters`: 1 unless a customer answered
        several times) and the estimate of the share, of answers, with Wilson's interval of n / deff. No row where the
        question was never asked; `no_responses` where it was not in the period. Surveys are not pooled: vendors differ
        in scale and top box.

    Raises:
        InvalidTable: A column is absent, or the answers to one survey are on several scales.

    Reference: METRICS 6, Z4, N09, N10; Qualtrics and QuestionPro for the top boxes.

    Example:
        >>> responses = pd.DataFrame({"score": [5, 5, 4, 3, 1], "type": "csat",
        ...     "answered_on": pd.to_datetime(["2024-05-02"] * 5)})
        >>> satisfaction(responses, period=Period("2024-05"))[["value", "mean", "mean_rescaled"]].round(3)
           value  mean  mean_rescaled
        0    0.6   3.6           0.65
    """
    span = periods_of(period)
    answers = survey_answers(responses, question=question, beside=segment_keys(by))
    surveys = _with_top_box(scales(answers), question)
    tables = [_of_survey(answers, survey, by, span) for _, survey in surveys.iterrows()]
    return as_asked(pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS), period)


def _with_top_box(surveys: pd.DataFrame, question: str) -> pd.DataFrame:
    """The scales with a top box for every survey, and the direction as a word."""
    steps = (surveys.scale_max - surveys.scale_min).astype(float)
    beside_the_best = (steps + 1 >= FULL_SCALE).astype(float)
    if question == "ces":
        beside_the_best += steps + 1 >= EASE_SCALE
    is_low = surveys.is_low == 1
    usual = (surveys.scale_max - beside_the_best).mask(is_low, surveys.scale_min + beside_the_best)
    direction = is_low.map({True: "low", False: "high"})
    return surveys.assign(top_box=surveys.top_box.astype(float).fillna(usual), direction=direction)[SURVEY]


def _of_survey(
    answers: nw.LazyFrame[Any], survey: "pd.Series[Any]", by: str | None, span: Sequence[Period]
) -> pd.DataFrame:
    """The rows of one survey: share and mean of each segment from sums per customer."""
    customers = _per_person(answers, survey, keys_of(by, span), span)
    sums = moments(customers, "score", "hits", "answers", "rejected", by=by, span=span)
    counts = sums[["period", "segment"]].assign(
        numerator=sums.hits.astype(int),
        denominator=sums.answers.astype(int),
        n_rejected=sums.rejected.astype(int),
        deff=design_effects(sums, "hits", "answers", squares=["hits"]),
    )
    share = rates(counts, empty="no_responses")
    return share.assign(**_means(sums, survey, is_shown=share.status == "ok"), **survey[SURVEY])[COLUMNS]


def _per_person(
    answers: nw.LazyFrame[Any], survey: "pd.Series[Any]", keys: list[str], span: Sequence[Period]
) -> nw.LazyFrame[Any]:
    score = nw.col("score")
    is_valid = ((score >= survey.scale_min) & (score <= survey.scale_max)).fill_null(value=False)
    is_top = score <= survey.top_box if survey.direction == "low" else score >= survey.top_box
    asked = answers.filter(nw.col("survey_id") == survey.survey_id).with_columns(is_valid=is_valid)
    once = counted_once(asked, kind=survey.kind, span=span, days_apart=0).with_columns(person=each_person())
    valid = nw.col("is_valid").cast(nw.Int64)
    return once.group_by("person", *keys).agg(
        score=nw.when(nw.col("is_valid")).then(score).otherwise(nw.lit(0.0)).sum(),
        answers=valid.sum(),
        hits=nw.when(nw.col("is_valid") & is_top).then(nw.lit(1)).otherwise(nw.lit(0)).sum(),
        rejected=(1 - valid).sum(),
    )


def _means(sums: pd.DataFrame, survey: "pd.Series[Any]", *, is_shown: "pd.Series[bool]") -> dict[str, Any]:
    found = ratios_of(sums, "score", "answers")[["value", "low", "high"]].where(is_shown)
    low, high = float(survey.scale_min), float(survey.scale_max)
    above = found.value - low if survey.direction == "high" else high - found.value
    bounds = found[["low", "high"]].clip(low, high)
    return dict(zip(MEAN, (found.value, bounds.low, bounds.high, above / (high - low)), strict=True))
