"""Would customers recommend us? The net promoter score of a period, its shares and its interval."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.clusters import clustered
from retention_kit.metrics.statistics.counting import as_asked, periods_of, ratios
from retention_kit.metrics.statistics.estimates import Floats, Z, estimates, rates, status_of_sizes
from retention_kit.metrics.surveys.answers import (
    DAYS_APART,
    Kind,
    counted_once,
    each_person,
    scales,
    survey_answers,
    with_segment,
)
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular, collected, segment_keys

PROMOTER, PASSIVE = 9, 7
"""The lowest score of a promoter and of a passive; below are detractors."""

GROUPS = ("promoter", "passive", "detractor")
SHARES = ["promoters", "passives", "detractors"]
SCORES = range(11)


@checked
def nps_answers(responses: Tabular, *, kind: Kind = "relational") -> Any:
    """Which answers count for the score, and for what?

    relational: a customer's latest complete answer of a wave. transactional: the latest of an interaction, and of those
    at most one per customer in 90 days, the first. Anonymous answers each count. Scores other than the whole numbers 0
    to 10 are rejected. The module `surveys.answers` describes the arguments.

    Returns:
        A lazy table of the engine, one row per answer that counts: the columns of the responses, absent or empty ones
        with their canonical defaults, and code (1 promoter, 0 passive, -1 detractor), whose mean is the score.

    Raises:
        InvalidTable: A column is absent, or an NPS was not asked from 0 to 10.

    Reference: METRICS 6, N05, N06; Reichheld 2003.

    Example:
        >>> responses = pd.DataFrame({"customer_id": ["a", "a", "b"], "score": [3, 9, 11],
        ...     "answered_on": pd.to_datetime(["2024-05-01", "2024-05-05", "2024-05-02"])})
        >>> nps_answers(responses).df()[["customer_id", "score", "code"]].to_numpy().tolist()
        [['a', 9.0, 1]]
    """
    return scored_once(responses, kind=kind, beside=None).filter("is_valid").drop("is_valid").to_native()


def scored_once(
    responses: Tabular,
    *,
    kind: Kind,
    beside: Sequence[str] | None = (),
    span: Sequence[Period] | None = None,
    days_apart: int = DAYS_APART,
) -> nw.LazyFrame[Any]:
    """The answers of a kind, of a span or all, each customer once; is_valid is false where an answer is no score.

    See `survey_answers` and `counted_once`.
    """
    answers = survey_answers(responses, question="nps", beside=beside)
    _check_scales(scales(answers))
    score = nw.col("score")
    low = nw.when(score >= PASSIVE).then(nw.lit(0)).otherwise(nw.lit(-1))
    code = nw.when(score >= PROMOTER).then(nw.lit(1)).otherwise(low)
    is_valid = score.is_in([float(whole) for whole in SCORES]).fill_null(value=False)
    scored = answers.with_columns(is_valid=is_valid, code=code.cast(nw.Int64))
    return counted_once(scored, kind=kind, span=span, days_apart=days_apart)


def _check_scales(surveys: pd.DataFrame) -> None:
    """Refuse an NPS that was not asked from 0 to 10."""
    others = surveys[(surveys.scale_min != SCORES[0]) | (surveys.scale_max != SCORES[-1])]
    if len(others):
        found = ", ".join(f'"{row.survey_id}" ({row.scale_min:g} to {row.scale_max:g})' for row in others.itertuples())
        raise InvalidTable(
            f"NPS is asked from 0 to 10, and no other scale can be turned into it: survey {found}. "
            'Set type to "csat" for these answers.'
        )


@checked
def nps(responses: Tabular, *, period: Span, by: str | None = None, kind: Kind = "relational") -> pd.DataFrame:
    """By how many of a hundred do those who would recommend us outnumber those who would not?

    NPS = 100 * (promoters - detractors) / answers; promoters gave 9 or 10, passives 7 or 8, detractors 0 to 6
    se = 100 * √((p + d - (p - d)²) * deff / n)

    `nps_answers` says which responses count. Of a customer's answers to a wave the latest by the period's end counts,
    in the period in which it lies; a customer who answered in several waves of the period counts in each. The total is
    that of the segments weighted by answers. Of several periods each has its rows.

    Returns:
        Per segment: promoters, passives, detractors (shares, 0..1), n_rejected (scores that are no whole number from 0
        to 10), deff (`statistics.clusters`: 1 unless a customer answered in several waves), se, and an estimate in
        points, -100..100, with the adjusted Wald interval of n / deff answers; numerator promoters minus detractors,
        denominator and n answers. `no_responses` where nobody answered; `small_n` is shown in grey, without a verdict.

    Warning:
        The standard error is 0 where all agree, which is no certainty; the interval accounts for that.

    Reference: METRICS 6, U2, Z4, N01-N06; Rocks 2016, The American Statistician, for the interval.

    Example:
        >>> responses = pd.DataFrame({"score": [10, 10, 9, 9, 8, 7, 6, 3, 0, 10],
        ...     "answered_on": pd.to_datetime(["2024-05-02"] * 10)})
        >>> nps(responses, period=Period("2024-05"))[["n", "value", "low", "high"]].round(2)
            n  value    low  high
        0  10   20.0 -30.33  61.1
    """
    span = periods_of(period)
    answers = scored_once(responses, kind=kind, beside=segment_keys(by), span=span)
    return as_asked(nps_estimates(clustered(answers, COUNTS, by=by, span=span, squares=SQUARES)), period)


_VALID, _CODE = nw.col("is_valid").cast(nw.Int64), nw.col("code")

COUNTS = {
    "numerator": (_VALID * _CODE).sum(),
    "denominator": _VALID.sum(),
    "promoters": (_VALID * (_CODE == 1).cast(nw.Int64)).sum(),
    "passives": (_VALID * (_CODE == 0).cast(nw.Int64)).sum(),
    "detractors": (_VALID * (_CODE == -1).cast(nw.Int64)).sum(),
    "n_rejected": (1 - _VALID).sum(),
}
"""What is counted of `scored_once`."""

SQUARES = ("promoters", "detractors")
"""What the squares of the codes 1, 0 and -1 add up to."""


def nps_estimates(counts: pd.DataFrame) -> pd.DataFrame:
    """Scores, shares and intervals of `COUNTS` and `deff`; the other columns stay in front."""
    n = counts.denominator.to_numpy(float)
    promoters, detractors = counts.promoters.to_numpy(float), counts.detractors.to_numpy(float)
    status = status_of_sizes(counts, n, empty="no_responses")
    shares = {name: np.where(status == "ok", counts[name] / np.where(n > 0, n, 1), np.nan) for name in SHARES}
    table = counts.assign(
        **shares, **points_of(promoters, detractors, n, counts.deff), n=counts.denominator, status=status
    )
    return estimates(table.assign(se=table.se.where(table.status == "ok")))


def points_of(promoters: Floats, detractors: Floats, n: Floats, deff: npt.ArrayLike = 1.0) -> dict[str, Floats]:
    """Of each score its standard error, value, and adjusted-Wald interval, in points; missing where n is 0.

    Example:
        >>> {name: float(found.round(2)) for name, found in points_of(*np.array([5.0, 3.0, 10.0])).items()}
        {'se': 27.57, 'value': 20.0, 'low': -30.33, 'high': 61.1}
    """
    effect = np.asarray(deff, float)
    centre, error = adjusted_wald(promoters / effect, detractors / effect, n / effect)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (promoters - detractors) / n
        se = np.sqrt(((promoters + detractors) / n - value**2) / (n / effect))
    low, high = (np.clip(100 * (centre + z * error), -100, 100) for z in (-Z, Z))
    # A lone answer at an end of the scale lies beyond the interval, which then reaches to it.
    points = 100 * value
    return {"se": 100 * se, "value": points, "low": np.minimum(low, points), "high": np.maximum(high, points)}


def adjusted_wald(promoters: npt.ArrayLike, detractors: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Centre and standard error (in -1..1) of a score with three answers added: ¾ each at the ends, 1½ between.

    Example:
        >>> centre, error = adjusted_wald(5, 3, 10)
        >>> round(float(centre), 4), round(float(error), 4)
        (0.1538, 0.2332)
    """
    size = np.asarray(n, float) + 3
    p, d = (np.asarray(promoters, float) + 0.75) / size, (np.asarray(detractors, float) + 0.75) / size
    return p - d, np.sqrt((p + d - (p - d) ** 2) / size)


@checked
def nps_distribution(responses: Tabular, *, period: Period, kind: Kind = "relational") -> pd.DataFrame:
    """How many gave each score from 0 to 10?

    Returns:
        One row per score: score, group (promoter, passive, detractor) and an estimate, the share of the answers. Scores
        that nobody gave are 0; all are missing with `no_responses` where nobody answered.

    Warning:
        The intervals take each answer for itself: over several waves of the same people they are narrower than they
        should be, unlike that of `nps`.

    Reference: METRICS 6, I9.

    Example:
        >>> responses = pd.DataFrame({"score": [10, 10, 7, 0], "answered_on": pd.to_datetime(["2024-05-02"] * 4)})
        >>> scores = nps_distribution(responses, period=Period("2024-05"))
        >>> scores[scores.value > 0][["score", "group", "value"]].to_numpy().tolist()
        [[0, 'detractor', 0.25], [7, 'passive', 0.25], [10, 'promoter', 0.5]]
    """
    answers = scored_once(responses, kind=kind, span=[period]).filter("is_valid")
    given = collected(answers.group_by("score").agg(n=nw.len()), "score").set_index("score").n
    counts = given.reindex(SCORES, fill_value=0).rename_axis("score").reset_index(name="numerator")
    groups = np.select([counts.score >= PROMOTER, counts.score >= PASSIVE], GROUPS[:2], GROUPS[2])
    counts.insert(1, "group", groups)
    return rates(counts.assign(denominator=int(given.sum())), empty="no_responses")


@checked
def nps_of_interactions(responses: Tabular, *, period: Period, by: str | None = None) -> pd.DataFrame:
    """What is the score after a contact, every interaction counted, however often a customer had one?

    Beside the headline of the transactional answers, in which a customer counts once in 90 days.

    Returns:
        An estimate per segment in points; denominator answers, n customers (an answer of an unknown customer as one of
        its own). The interval takes the answers of a customer together; none below 10 customers.

    Reference: METRICS 6, N06.

    Example:
        >>> responses = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "order_id": ["o1", "o2", "o3"], "score": [9, 9, 2], "kind": ["transactional"] * 3,
        ...     "answered_on": pd.to_datetime(["2024-05-02"] * 3)})
        >>> round(nps_of_interactions(responses, period=Period("2024-05")).value.item(), 1)
        33.3
    """
    contacts = scored_once(responses, kind="transactional", beside=segment_keys(by), span=[period], days_apart=0)
    per_customer = (
        with_segment(contacts.filter("is_valid"), by)
        .with_columns(person=each_person())
        .group_by("person", "segment")
        .agg(score=nw.col("code").sum(), answers=nw.len())
    )
    found = ratios(per_customer, numerator="score", denominator="answers", by=None if by is None else "segment")
    points = {name: (100 * found[name]).clip(-100, 100) for name in ("value", "low", "high")}
    return found.assign(**points, status=found.status.replace("no_denominator", "no_responses"))
