"""What did promoters, passives and detractors do after their answer? Retention, repeat purchase, revenue, recovery."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit import tables
from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import (
    ESTIMATE,
    FEWEST_CUSTOMERS,
    Floats,
    log_interval,
    quotient,
    rates,
    wilson,
)
from retention_kit.metrics.surveys.answers import as_count
from retention_kit.metrics.surveys.outcome_counts import HORIZONS, behaviour_cells, group_of_score, linked_answers
from retention_kit.metrics.surveys.scores import GROUPS, PASSIVE
from retention_kit.periods import day_number
from retention_kit.tables import Tabular

BEHAVIOUR = ["n", "retained", "value", "low", "high"]
REPEAT = ["repeat_rate", "repeat_low", "repeat_high"]
REVENUE = ["revenue", "revenue_low", "revenue_high"]
BEHAVIOUR_COLUMNS = ["group", "horizon_days", *BEHAVIOUR, *REPEAT, *REVENUE, "status", "flags"]
RECOVERY_COLUMNS = ["segment", "n_detractors", *ESTIMATE]


@checked
def nps_behaviour(
    answers: Tabular, occasions: Tabular, *, as_of: date, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """Of those who would recommend us and those who would not, how many bought again after saying so, and for how much?

    value = customers of the group with a purchase on day 1..horizon after the answer / customers of the group

    A customer counts once per horizon, with the latest answer that has had as many days (of two answers on one day the
    lower). Purchases on the day of the answer count as before it. For `answers`, `occasions`, `as_of` and `horizons`
    see `outcome_counts`.

    Returns:
        One row per group (promoter 9-10, passive 7-8, detractor 0-6) and horizon: group, horizon_days, n (customers),
        retained (with a purchase), value, low, high (95 % Wilson), repeat_rate (two purchase days or more), repeat_low,
        repeat_high (Wilson), revenue (money per customer, with or without a purchase; missing where orders have no
        amounts), revenue_low, revenue_high (95 %, normal on the log, since most bought nothing; none below 10
        customers), status, flags. `no_responses` where nobody of the group answered, `immature` where no answer has had
        enough days, `suppressed` below 5 customers.

    Warning:
        Loyal customers answer more often, and score higher: a difference between the groups is association.
        `nps_behaviour_difference` compares customers with similar earlier purchases.

    Reference: METRICS section 6, link to behaviour; N12.

    Example:
        >>> answers = pd.DataFrame({"customer_id": list("abcde"), "score": [9] * 5,
        ...     "answered_on": pd.to_datetime(["2024-01-01"] * 5)})
        >>> orders = pd.DataFrame({"customer_id": ["a"], "ordered_on": pd.to_datetime(["2024-02-01"]), "amount": [30]})
        >>> found = nps_behaviour(answers, orders, as_of=date(2024, 6, 1), horizons=[90])
        >>> found[["group", "n", "value", "revenue", "status"]]
               group  n  value  revenue        status
        0   promoter  5    0.2      6.0            ok
        1    passive  0    NaN      NaN  no_responses
        2  detractor  0    NaN      NaN  no_responses
    """
    cells = behaviour_cells(answers, occasions, as_of=as_of, horizons=horizons)
    return behaviour_of(cells, answers, horizons=horizons)


def behaviour_of(cells: pd.DataFrame, answers: Tabular, *, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """`nps_behaviour` from the `behaviour_cells` of the answers."""
    every = pd.MultiIndex.from_product([horizons, GROUPS], names=["horizon_days", "segment"])
    names = ["n", "retained", "repeated", "n_priced", "amount", "square"]
    counts = cells.rename(columns={"group": "segment"}).groupby(["horizon_days", "segment"])[names].sum()
    counts = counts.reindex(every, fill_value=0).reset_index()
    answered = _groups_answering(answers)
    found = rates(counts.assign(numerator=counts.retained, denominator=counts.n), empty="immature")
    found["status"] = found.status.where(found.segment.isin(answered), "no_responses")
    found = found.assign(**_repeat(counts), **_revenue(counts)).rename(columns={"segment": "group"})
    found.loc[found.status != "ok", ["retained", *REPEAT, *REVENUE]] = np.nan
    return found[BEHAVIOUR_COLUMNS]


def _groups_answering(answers: Tabular) -> list[str]:
    groups = linked_answers(answers).select(group=group_of_score()).unique()
    return [str(group) for group in tables.collected(groups, "group").group]


def _repeat(counts: pd.DataFrame) -> dict[str, Floats]:
    low, high = wilson(counts.repeated, counts.n)
    return {"repeat_rate": quotient(counts.repeated, counts.n), "repeat_low": low, "repeat_high": high}


def _revenue(counts: pd.DataFrame) -> dict[str, Floats]:
    n, total, squares = (counts[name].to_numpy(float) for name in ("n", "amount", "square"))
    is_known = (counts.n_priced > 0) | (counts.retained == 0)
    mean = np.where(is_known, quotient(total, n), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.maximum(squares - total**2 / n, 0) / (n - 1) / n)
    low, high = log_interval(mean, np.where(n >= FEWEST_CUSTOMERS, error, np.nan))
    return {"revenue": mean, "revenue_low": low, "revenue_high": high}


@checked
def detractor_recovery(answers: Tabular, *, as_of: date) -> pd.DataFrame:
    """Of the detractors who answered again on a later day, how many then gave 7 or more?

    value = customers whose next answer after their first one of 0-6 is 7-10 / customers who gave a next answer

    Of the answers before `as_of`. Whether the others were asked again is not known here: it is no share of all
    detractors, nor of those asked again.

    Returns:
        One row: segment, n_detractors (customers with an answer of 0-6) and an estimate, of those who answered again.
        `no_responses` without detractors, `not_reached` where none of them has answered again.

    Warning:
        A low answer is followed by a higher one more often than not even without any action (regression to the mean),
        and those who left do not answer: it does not measure what a call back achieves.

    Reference: METRICS section 6, link to behaviour.

    Example:
        >>> answers = pd.DataFrame({"customer_id": ["a", "a", "b", "b"], "score": [3, 8, 5, 6],
        ...     "answered_on": pd.to_datetime(["2024-01-01", "2024-02-01"] * 2)})
        >>> detractor_recovery(answers, as_of=date(2024, 3, 1)).value.item()
        0.5
    """
    in_turn = (
        linked_answers(answers)
        .filter(nw.col("answered_day") < day_number(as_of))
        .with_columns(next_score=nw.col("score").shift(-1).over("customer_id", order_by="answered_day"))
    )
    low = in_turn.filter(nw.col("score") < PASSIVE)
    first = low.with_columns(first=nw.col("answered_day").min().over("customer_id")).filter(
        nw.col("answered_day") == nw.col("first")
    )
    counts = tables.collected(
        first.select(
            n_detractors=nw.len(),
            numerator=as_count(nw.col("next_score") >= PASSIVE).sum(),
            denominator=as_count(~nw.col("next_score").is_null()).sum(),
        )
    ).fillna(0)
    counts.insert(0, "segment", tables.ALL)
    return rates(counts, empty="not_reached" if counts.n_detractors.item() else "no_responses")[RECOVERY_COLUMNS]
