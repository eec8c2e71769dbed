"""Has the net promoter score changed from one wave or period to another?"""

from dataclasses import replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.clusters import CUSTOMER, design_effects, per_customer, products
from retention_kit.metrics.statistics.counting import PERIOD, merged_small, summed
from retention_kit.metrics.statistics.differences import UNKNOWN, Difference, adjusted_p_values, difference_with_error
from retention_kit.metrics.statistics.estimates import SMALL_N, SUPPRESSED
from retention_kit.metrics.statistics.verdicts import FALSE_DISCOVERIES, LEAST_POINTS
from retention_kit.metrics.surveys.answers import Kind, as_count
from retention_kit.metrics.surveys.scores import adjusted_wald, scored_once
from retention_kit.periods import Period
from retention_kit.tables import ALL, Tabular, segment_keys

PAIRED_ABOVE = 0.20
"""Above this share of common respondents the two scores are not independent."""


class Groups(NamedTuple):
    """The answers to one survey in numbers; `deff` is their design effect (`statistics.clusters`)."""

    promoters: int
    detractors: int
    n: int
    deff: float = 1.0

    @property
    def mean(self) -> float:
        """The mean code, -1..1."""
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """The variance of one answer's code."""
        return (self.promoters + self.detractors) / self.n - self.mean**2


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
    (centre, error), (base_centre, base_error) = (
        adjusted_wald(*(size / side.deff for size in side[:3])) for side in (now, then)
    )
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
    codes 1, 0, -1. Either side counts n / deff answers (`nps`).

    Returns:
        One row per segment: segment, value, base_value (points now and then), n, base_n (answers), n_common (customers
        who answered both), difference (points), low, high (95 %), p_value, p_adjusted (Benjamini-Hochberg over the
        segments), test ("independent" or "paired") and verdict: "changed" only if the interval excludes 0, the
        difference is 5 points or more and p_adjusted at most 0.10; "not_comparable" below 30 answers on either side.
        Segments below 5 answers on either side are merged into `(other)`.

    Reference: METRICS T2, T6, Z4, N08; Derrick et al. 2017, for samples that overlap in part.

    Example:
        >>> spring = pd.DataFrame({"score": [10] * 50 + [0] * 50, "wave": "spring"})
        >>> autumn = pd.DataFrame({"score": [10] * 80 + [0] * 20, "wave": "autumn"})
        >>> both = pd.concat([spring, autumn]).assign(answered_on=pd.Timestamp("2024-05-02"))
        >>> nps_change(both, now="autumn", then="spring")[["value", "difference", "test", "verdict"]]
           value  difference         test  verdict
        0   60.0        60.0  independent  changed
    """
    counts = _counted(_answers_of_both(responses, (now, then), kind, by), by)
    table = pd.DataFrame([_change_of_segment(row) for _, row in counts.iterrows()], columns=COLUMNS)
    p_adjusted = adjusted_p_values(table.p_value.astype(float))
    is_chance = (table.verdict == "changed") & (p_adjusted > FALSE_DISCOVERIES)
    verdict = table.verdict.mask(is_chance, "no detectable change")
    return table.assign(p_adjusted=p_adjusted, verdict=verdict)


COLUMNS = [
    "segment", "value", "base_value", "n", "base_n", "n_common", "difference", "low", "high", "p_value", "p_adjusted",
    "test", "verdict",
]  # fmt: skip


def _answers_of_both(
    responses: Tabular, sides: tuple[Period | str, Period | str], kind: Kind, by: str | None
) -> nw.LazyFrame[Any]:
    """The valid answers of two periods or waves; is_now is 1 of those of the first."""
    now, then = sides
    beside = segment_keys(by)
    if isinstance(now, Period) and isinstance(then, Period) and now.unit == then.unit and now != then:
        both = scored_once(responses, kind=kind, beside=beside, span=sorted([now, then]))
        return both.filter("is_valid").with_columns(is_now=as_count(nw.col(PERIOD) == now.ordinal))
    parts = []
    for is_now, which in ((1, now), (0, then)):
        span = [which] if isinstance(which, Period) else None
        answers = scored_once(responses, kind=kind, beside=beside, span=span).filter("is_valid")
        named = answers if span else answers.filter(nw.col("wave") == which)
        parts.append(named.select(CUSTOMER, *beside, "code", is_now=nw.lit(is_now)))
    return nw.concat(parts)


SIDES = {"now": nw.col("is_now"), "then": 1 - nw.col("is_now")}
"""1 of an answer of that side, 0 of one of the other."""


def _counted(rows: nw.LazyFrame[Any], by: str | None) -> pd.DataFrame:
    """Per segment: the answers now and then, their design effects, and the sums of products over common customers."""
    code = nw.col("code")
    groups = {"promoters": code == 1, "detractors": code == -1, "n": code.is_in([1, 0, -1])}
    counts = {
        f"{name} {side}": (is_in.cast(nw.Int64) * is_of).sum()
        for side, is_of in SIDES.items()
        for name, is_in in groups.items()
    }
    scores = {f"score {side}": (code * is_of).sum() for side, is_of in SIDES.items()}
    customers = per_customer(rows, counts | scores, segment_keys(by))
    known = ~nw.col(CUSTOMER).is_null()
    together = {f"{a} x {b}": nw.when(known).then(nw.col(a) * nw.col(b)).sum() for a in NOW for b in THEN}
    is_common = known & (nw.col("n now") > 0) & (nw.col("n then") > 0)
    sums = {name: nw.col(name).sum() for name in (*counts, *scores)}
    of_one_side = [products(f"score {side}", f"n {side}", squares=_squares(side)) for side in SIDES]
    every = sums | of_one_side[0] | of_one_side[1] | together | {"n_common": is_common.cast(nw.Int64).sum()}
    found = summed(customers, every, by=by).fillna(0)
    if by is not None:
        found = merged_small(found.assign(fewest=found[["n now", "n then"]].min(axis=1)), size="fewest")
    return found.assign(
        **{
            f"deff {side}": design_effects(found, f"score {side}", f"n {side}", squares=_squares(side))
            for side in SIDES
        }
    )


NOW, THEN = ("score now", "n now"), ("score then", "n then")
"""Of each customer the sum of codes and the number of answers, on either side."""


def _squares(side: str) -> list[str]:
    return [f"promoters {side}", f"detractors {side}"]


def _change_of_segment(counts: "pd.Series[Any]") -> dict[str, object]:
    sides = [Groups(*(counts[f"{name} {side}"] for name in Groups._fields)) for side in SIDES]
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
        "n": int(sides[0].n),
        "base_n": int(sides[1].n),
        "n_common": int(counts["n_common"]),
        "difference": change.value,
        "low": change.low,
        "high": change.high,
        "p_value": change.p_value,
        "test": "paired" if is_paired else "independent",
        "verdict": change.verdict(min_effect=LEAST_POINTS),
    }


def _correlation(counts: "pd.Series[Any]", now: Groups, then: Groups) -> float:
    """Correlation of the two scores: the sum over common customers of (codes - answers * mean) now times then."""
    together = (
        counts["score now x score then"]
        - now.mean * counts["n now x score then"]
        - then.mean * counts["score now x n then"]
        + now.mean * then.mean * counts["n now x n then"]
    )
    if not (now.variance and then.variance):
        return 0.0
    spread = now.n * now.variance * then.n * then.variance * (now.deff * then.deff)
    return float(np.clip(together / np.sqrt(spread), -1, 1))
