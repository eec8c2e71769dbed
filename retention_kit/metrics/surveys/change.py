"""Has the net promoter score changed from one wave or period to another?"""

from dataclasses import replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import merged_small, summed
from retention_kit.metrics.statistics.differences import UNKNOWN, Difference, adjusted_p_values, difference_with_error
from retention_kit.metrics.statistics.estimates import SMALL_N, SUPPRESSED
from retention_kit.metrics.surveys.answers import Kind, end_of, of_wave_or_period, with_segment
from retention_kit.metrics.surveys.scores import adjusted_wald, scored_once
from retention_kit.periods import Period
from retention_kit.tables import ALL, Tabular

MIN_POINTS = 5.0
"""A smaller change is not reported as one."""

PAIRED_ABOVE = 0.20
"""Above this share of common respondents the two scores are not independent."""

FALSE_DISCOVERIES = 0.10
"""Of the segments said to have changed, how many may not have."""


class Groups(NamedTuple):
    """The answers to one survey in numbers."""

    promoters: int
    detractors: int
    n: int


def difference_of_nps(now: Groups, then: Groups, *, correlation: float = 0.0) -> Difference:
    """Difference of two scores in points, the later minus the earlier, with adjusted-Wald interval and test.

    z = (c1 - c2) / √(e1² + e2² - 2 r e1 e2), with centres c and errors e of `adjusted_wald`, and r the correlation of
    the two scores, not of two answers: 0 where different people were asked

    Returns:
        The difference of the plain scores. Below 30 answers on either side there is no interval, p-value or verdict.

    Example:
        >>> change = difference_of_nps(Groups(110, 40, 200), Groups(90, 50, 200))
        >>> round(change.value), round(change.p_value, 4)
        (15, 0.0633)
    """
    if not (now.n and then.n):
        return UNKNOWN
    plain = 100 * (now.promoters - now.detractors) / now.n - 100 * (then.promoters - then.detractors) / then.n
    if min(now.n, then.n) < SMALL_N:
        return replace(UNKNOWN, value=plain)
    (centre, error), (base_centre, base_error) = adjusted_wald(*now), adjusted_wald(*then)
    variance = error**2 + base_error**2 - 2 * correlation * error * base_error
    standard_error = 100 * float(np.sqrt(np.maximum(variance, 0)))
    return replace(difference_with_error(100 * float(centre - base_centre), standard_error), value=plain)


@checked
def nps_change(
    responses: Tabular, *, now: Period | str, then: Period | str, by: str | None = None, kind: Kind = "relational"
) -> pd.DataFrame:
    """Has the score changed, beyond chance and by five points or more?

    `now` and `then` are the later and the earlier period, or the names of waves; `nps_answers` says which responses
    count. Each side counts a customer once by itself: of a wave that lies in two periods, with the latest answer by the
    end of each. Where more than a fifth of the respondents of the smaller survey answered both, the test is paired: it
    takes the correlation of a customer's answers into account. Where all answered both it is the paired test of the
    codes 1, 0, -1.

    Returns:
        One row per segment: segment, value, base_value (points now and then), n, base_n (answers), n_common (customers
        who answered both), difference (points), low, high (95 %), p_value, p_adjusted (Benjamini-Hochberg over the
        segments), test ("independent" or "paired") and verdict: "changed" only if the interval excludes 0, the
        difference is 5 points or more and p_adjusted at most 0.10; "not_comparable" below 30 answers on either side.
        Segments below 5 answers on either side are merged into `(other)`.

    Reference: METRICS T2, T6, N08; Derrick et al. 2017, for samples that overlap in part.

    Example:
        >>> spring = pd.DataFrame({"score": [10] * 50 + [0] * 50, "wave": "spring"})
        >>> autumn = pd.DataFrame({"score": [10] * 80 + [0] * 20, "wave": "autumn"})
        >>> both = pd.concat([spring, autumn]).assign(answered_on=pd.Timestamp("2024-05-02"))
        >>> nps_change(both, now="autumn", then="spring")[["value", "difference", "test", "verdict"]]
           value  difference         test  verdict
        0   60.0        60.0  independent  changed
    """
    later, earlier = (_side(responses, which, kind, by) for which in (now, then))
    sides = [later.with_columns(now=nw.lit(1), then=nw.lit(0)), earlier.with_columns(now=nw.lit(0), then=nw.lit(1))]
    counts = _counted(nw.concat(sides), None if by is None else "segment")
    table = pd.DataFrame([_change_of_segment(row) for _, row in counts.iterrows()], columns=COLUMNS)
    p_adjusted = adjusted_p_values(table.p_value.astype(float))
    is_chance = (table.verdict == "changed") & (p_adjusted > FALSE_DISCOVERIES)
    verdict = table.verdict.mask(is_chance, "no detectable change")
    return table.assign(p_adjusted=p_adjusted, verdict=verdict)


COLUMNS = [
    "segment", "value", "base_value", "n", "base_n", "n_common", "difference", "low", "high", "p_value", "p_adjusted",
    "test", "verdict",
]  # fmt: skip


def _side(responses: Tabular, which: Period | str, kind: Kind, by: str | None) -> nw.LazyFrame[Any]:
    """The valid answers of a period or wave: customer_id, segment, code."""
    answers = scored_once(responses, kind=kind, before=end_of(which)).filter("is_valid", of_wave_or_period(which))
    return with_segment(answers, by).select("customer_id", "segment", "code")


def _counted(rows: nw.LazyFrame[Any], by: str | None) -> pd.DataFrame:
    """Per segment: the answers now and then, and over the customers who answered both the sums of products."""
    is_high, is_low = (nw.col("code") == 1).cast(nw.Int64), (nw.col("code") == -1).cast(nw.Int64)
    counts = {
        f"{name} {side}": (column * nw.col(side)).sum()
        for side in ("now", "then")
        for name, column in {"promoters": is_high, "detractors": is_low, "n": nw.lit(1)}.items()
    }
    per_customer = (
        rows.filter(~nw.col("customer_id").is_null())
        .group_by("customer_id", "segment")
        .agg(
            nw.col("now", "then").sum(),
            score_now=(nw.col("now") * nw.col("code")).sum(),
            score_then=(nw.col("then") * nw.col("code")).sum(),
        )
        .filter((nw.col("now") > 0) & (nw.col("then") > 0))
    )
    products = {f"{a} x {b}": (nw.col(a) * nw.col(b)).sum() for a in PAIRED[0] for b in PAIRED[1]}
    common = summed(per_customer, {"n_common": nw.len(), **products}, by=by)
    both = summed(rows, counts, by=by).merge(common, on="segment", how="left").fillna(0)
    if by is None:
        return both
    fewest = both[["n now", "n then"]].min(axis=1).rename("denominator")
    return merged_small(pd.concat([both, fewest], axis=1)).drop(columns="denominator")


PAIRED = (("score_now", "now"), ("score_then", "then"))
"""Of each customer the sum of codes and the number of answers, now and then."""


def _change_of_segment(counts: "pd.Series[Any]") -> dict[str, object]:
    sides = [Groups(*(int(counts[f"{name} {side}"]) for name in Groups._fields)) for side in ("now", "then")]
    fewest = min(side.n for side in sides)
    is_paired = counts["n_common"] > PAIRED_ABOVE * fewest
    is_shown = counts["segment"] == ALL or fewest >= SUPPRESSED
    correlation = _correlation(counts, *sides) if is_paired else 0.0
    change = difference_of_nps(*sides, correlation=correlation) if is_shown else UNKNOWN
    value, base_value = (
        100 * (side.promoters - side.detractors) / side.n if side.n and is_shown else np.nan for side in sides
    )
    return {
        "segment": counts["segment"],
        "value": value,
        "base_value": base_value,
        "n": sides[0].n,
        "base_n": sides[1].n,
        "n_common": int(counts["n_common"]),
        "difference": change.value,
        "low": change.low,
        "high": change.high,
        "p_value": change.p_value,
        "test": "paired" if is_paired else "independent",
        "verdict": change.verdict(min_effect=MIN_POINTS),
    }


def _correlation(counts: "pd.Series[Any]", now: Groups, then: Groups) -> float:
    """Correlation of the two scores: the sum over common customers of (codes - answers * mean) now times then."""
    (mean, variance), (base_mean, base_variance) = (
        ((side.promoters - side.detractors) / side.n, _variance(side)) for side in (now, then)
    )
    together = (
        counts["score_now x score_then"]
        - mean * counts["now x score_then"]
        - base_mean * counts["score_now x then"]
        + mean * base_mean * counts["now x then"]
    )
    if not (variance and base_variance):
        return 0.0
    return float(np.clip(together / np.sqrt(now.n * variance * then.n * base_variance), -1, 1))


def _variance(side: Groups) -> float:
    mean = (side.promoters - side.detractors) / side.n
    return float((side.promoters + side.detractors) / side.n - mean**2)
