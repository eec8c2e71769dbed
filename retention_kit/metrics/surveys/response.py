"""Who answers? The response rate of invitations, and how those who answer differ from those who do not."""

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.clusters import design_effects, per_customer, products
from retention_kit.metrics.statistics.counting import as_asked, counted, keys_of, periods_of
from retention_kit.metrics.statistics.differences import adjusted_p_values, difference_of_proportions
from retention_kit.metrics.statistics.estimates import SUPPRESSED, rates, wilson
from retention_kit.metrics.surveys.answers import Question
from retention_kit.metrics.surveys.invitations import Asked, asked_in
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular

LOW_RESPONSE = 0.10
"""Below this rate the score of those who answered is shown in grey."""

LARGE_DIFFERENCE = 0.10
"""Shares of a segment among responders and others that differ more call for a weighted score."""


@checked
def response_rate(
    invitations: Tabular,
    responses: Tabular,
    *,
    period: Span,
    by: str | None = None,
    question: Question | None = None,
) -> pd.DataFrame:
    """Of the customers whom an invitation reached, how many answered to the end?

    rate = complete / (sent - bounced); of_sent = complete / sent

    Invitations (customer_id, sent_on; survey_id, wave and status where there are any) count in the period of the first
    one: a customer invited to one wave of a survey several times was asked once. An answer belongs to the invitation of
    its customer, survey and wave; where either names no wave, to the last one sent up to its day. Answers count up to
    the end of the period, so that no period has more time to answer than another. Whoever answered by then did not
    bounce. With a `question` only invitations to surveys that have answers to it, and those answers, count. `by` is a
    column of the invitations. Of several periods each has its rows.

    Returns:
        Per segment: n_sent, n_bounced, n_partial (answers not finished), deff (`statistics.clusters`: 1 unless a
        customer was asked several times), of_sent, of_sent_low, of_sent_high (95 %), and an estimate; numerator
        complete, denominator delivered. The intervals are Wilson's of n / deff. Flags: `low_response` below 0.1,
        `anonymous_answers` where some answers of the period have no customer and so no invitation. `no_invitations`
        where nobody was reached, `refused:anonymous` where no answer of the period has a customer,
        `refused:no_common_survey` where customers answered in the period, but no answer up to its end is to a survey
        that was sent.

    Reference: METRICS 6, Z4, N11; AAPOR standard definitions, RR1.

    Example:
        >>> invitations = pd.DataFrame({"customer_id": list("abcd"), "sent_on": pd.to_datetime(["2024-05-02"] * 4),
        ...     "status": ["delivered", "delivered", "delivered", "bounced"]})
        >>> responses = pd.DataFrame({"customer_id": ["a"], "answered_on": pd.to_datetime(["2024-05-03"])})
        >>> response_rate(invitations, responses, period=Period("2024-05"))[["value", "of_sent"]].round(3)
           value  of_sent
        0  0.333     0.25
    """
    span = periods_of(period)
    asked = asked_in(span, invitations, responses, by=by, question=question)
    counts = _per_period(asked, by)
    effective, of_sent = counts.deff_sent, counts.numerator / counts.n_sent.where(counts.n_sent > 0)
    low, high = wilson(counts.numerator / effective, counts.n_sent / effective)
    counts = counts.assign(of_sent=of_sent, of_sent_low=low, of_sent_high=high).drop(columns="deff_sent")
    found = rates(counts, empty="no_invitations")
    found[OF_SENT] = found[OF_SENT].where(found.status == "ok")
    is_low = np.where(found.value < LOW_RESPONSE, "low_response", "")
    found = found.assign(flags=_joined(found["flags"], is_low))
    return as_asked(_with_unmatched_answers(found, asked), period)


OF_SENT = ["of_sent", "of_sent_low", "of_sent_high"]

COUNTS = {
    "numerator": nw.col("is_complete").sum(),
    "denominator": nw.col("is_delivered").sum(),
    "n_sent": nw.len().cast(nw.Int64),
    "n_bounced": (1 - nw.col("is_delivered")).sum(),
    "n_partial": nw.col("is_partial").sum(),
}


def _per_period(asked: Asked, by: str | None) -> pd.DataFrame:
    """`COUNTS` and the design effects of both rates, of those whom an invitation reached and of all."""
    customers = per_customer(asked.outcomes(by), COUNTS, keys_of(by, asked.span))
    both = products() | products(n="n_sent")
    sums = {name: nw.col(name).sum() for name in COUNTS} | both
    found = counted(customers, sums, by=by, span=asked.span)
    effects = {"deff": design_effects(found), "deff_sent": design_effects(found, n="n_sent")}
    return found.assign(**effects).drop(columns=list(both))


def _joined(flags: "pd.Series[str]", further: Any) -> "pd.Series[str]":
    joined: pd.Series[str] = (flags + " " + further).str.strip()
    return joined


def _with_unmatched_answers(found: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The rates, flagged or refused where answers have no customer or no survey that was sent."""
    given = asked.answers_given()
    known, unknown, is_common = (found.period.map(given[name]) for name in given)
    refused = np.select(
        [(known > 0) & ~is_common.astype(bool), (unknown > 0) & (known == 0)],
        ["refused:no_common_survey", "refused:anonymous"],
        "",
    )
    is_shown = refused == ""
    flags = _joined(found["flags"], np.where(unknown > 0, "anonymous_answers", "")).where(is_shown, "")
    rate = {name: found[name].where(is_shown) for name in ("value", "low", "high", *OF_SENT)}
    return found.assign(**rate, status=found.status.where(is_shown, refused), flags=flags)


@checked
def responders_compared(
    invitations: Tabular, responses: Tabular, *, period: Period, by: str, question: Question | None = None
) -> pd.DataFrame:
    """Are those who answered like those who were asked and did not, by a column of the invitations?

    Takes what `response_rate` takes: for the score of one question those who were asked it.

    Returns:
        One row per segment: segment, n_invited (delivered), n_responders, n_others, responders and others (the
        segment's share among them, 0..1), difference (of the shares), low, high (95 % Newcombe), p_value, p_adjusted
        (Benjamini-Hochberg over the segments) and flags: `differs` where the shares are more than ten percentage points
        apart; then the score weighted to all who were asked (`weighted_nps`) is shown beside the plain one. Shares and
        differences are missing where nobody, or everybody, answered.

    Reference: METRICS 6, non-response.

    Example:
        >>> invitations = pd.DataFrame({"customer_id": [f"{n}" for n in range(20)], "country": ["PL", "UA"] * 10,
        ...     "sent_on": pd.to_datetime(["2024-05-02"] * 20)})
        >>> responses = pd.DataFrame({"customer_id": ["0", "2", "4", "5"],
        ...     "answered_on": pd.to_datetime(["2024-05-03"] * 4)})
        >>> responders_compared(invitations, responses, period=Period("2024-05"),
        ...     by="country")[["segment", "responders", "others", "flags"]]
          segment  responders  others    flags
        0      PL        0.75  0.4375  differs
        1      UA        0.25  0.5625  differs
    """
    asked = asked_in([period], invitations, responses, by=by, question=question)
    reached = asked.outcomes(by).filter(nw.col("is_delivered") == 1)
    counts = counted(reached, {"denominator": nw.len(), "n_responders": nw.col("is_complete").sum()}, by=by)
    table = counts.rename(columns={"denominator": "n_invited"}).assign(
        n_others=counts.denominator - counts.n_responders
    )
    table = table.assign(
        responders=table.n_responders / (table.n_responders.sum() or np.nan),
        others=table.n_others / (table.n_others.sum() or np.nan),
    )
    found = pd.concat([table, _differences(table)], axis=1)
    found.loc[found.n_invited < SUPPRESSED, HIDDEN] = np.nan
    points_apart = found.difference.abs().round(9)  # 0.55 - 0.45 is a little more than 0.1
    flags = np.where(points_apart > LARGE_DIFFERENCE, "differs", "")
    return found.assign(p_adjusted=adjusted_p_values(found.p_value), flags=flags)


HIDDEN = ["responders", "others", "difference", "low", "high", "p_value"]
"""What is hidden of a segment below 5."""


def _differences(table: pd.DataFrame) -> pd.DataFrame:
    """Of each segment its share among responders less that among the others."""
    sizes = table[["n_responders", "n_others"]].to_numpy(int)
    n, n_others = (int(total) for total in sizes.sum(axis=0))
    rows = [vars(difference_of_proportions(int(a), n, int(b), n_others)) for a, b in sizes]
    return pd.DataFrame(rows, columns=["value", "low", "high", "p_value"]).rename(columns={"value": "difference"})
