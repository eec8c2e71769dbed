"""What was bought before and after an answer, per group of answers: counted in the engine for `outcomes`.

`answers` are valid NPS answers of one kind, as `nps_answers` gives them (customer_id, answered_on, score); anonymous
ones are excluded. `occasions` is that table or the `orders` table. The data cover every day before `as_of`, and
`horizons` are the days followed after an answer.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit import tables
from retention_kit.metrics.surveys.answers import as_count
from retention_kit.metrics.surveys.scores import GROUPS, PASSIVE, PROMOTER
from retention_kit.money import product
from retention_kit.periods import day_number
from retention_kit.tables import MONEY, Tabular

CODES = dict(zip(GROUPS, (1, 0, -1), strict=True))
"""What an answer adds to the score: NPS is 100 x the mean of these."""

HORIZONS = (90, 180, 365)
DAYS_BEFORE = 365
"""How far back a customer's earlier purchases count."""

RECENT = 90
"""Days before the answer in which a purchase counts as recent."""


def behaviour_cells(
    answers: Tabular, occasions: Tabular, *, as_of: date, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """Customers and what they bought after their answer, per horizon, group and stratum.

    A stratum, a number, holds the customers who had bought equally often in the 365 days up to the answer (0, 1, 2-3, 4
    or more purchase days) and equally recently (within 90 days or not).

    Returns:
        One row per horizon_days, group and stratum that has a customer: n, retained, repeated (customers), n_priced
        (customers with a purchase whose amount is known), amount and square (sums over customers of what they spent
        and of its square).
    """
    per_customer = [_followed(answers, occasions, horizon=horizon, as_of=as_of) for horizon in horizons]
    counts = (
        nw.concat(per_customer)
        .group_by("horizon_days", "group", "stratum")
        .agg(
            n=nw.len(),
            retained=nw.col("is_retained").sum(),
            repeated=nw.col("is_repeated").sum(),
            n_priced=nw.col("is_priced").sum(),
            amount=nw.col("amount").sum(),
            square=product("amount", "amount").sum(),
        )
    )
    return tables.collected(counts, "horizon_days", "group", "stratum")


def _followed(answers: Tabular, occasions: Tabular, *, horizon: int, as_of: date) -> nw.LazyFrame[Any]:
    """One row per customer: the group, the stratum, and what was bought in the days after the answer."""
    asked = _latest_answers(answers, before=day_number(as_of) - horizon)
    bought = (
        tables.purchases(occasions)
        .group_by("customer_id", "ordered_day")
        .agg(priced=as_count(~nw.col("amount").is_null()).max(), amount=nw.col("amount").sum())
    )
    age = nw.col("ordered_day") - nw.col("answered_day")
    is_after, is_before = (age > 0) & (age <= horizon), (age <= 0) & (age > -DAYS_BEFORE)
    sums = asked.join(bought, on="customer_id", how="left").with_columns(
        n_after=as_count(is_after),
        n_priced=as_count(is_after & (nw.col("priced") == 1)),
        n_before=as_count(is_before),
        n_recent=as_count(is_before & (age > -RECENT)),
        amount=nw.when(is_after).then(nw.col("amount")),
    )
    customers = sums.group_by("customer_id", "group").agg(
        nw.col("n_after", "n_priced", "n_before", "n_recent").sum(), nw.col("amount").sum().fill_null(0).cast(MONEY)
    )
    return customers.select(
        "group",
        "amount",
        horizon_days=nw.lit(horizon),
        stratum=_stratum(),
        is_retained=as_count(nw.col("n_after") >= 1),
        is_repeated=as_count(nw.col("n_after") >= 2),
        is_priced=as_count(nw.col("n_priced") >= 1),
    )


def _stratum() -> nw.Expr:
    often = sum((as_count(nw.col("n_before") >= least) for least in (2, 4)), as_count(nw.col("n_before") >= 1))
    return often * 2 + as_count(nw.col("n_recent") >= 1)


def linked_answers(answers: Tabular) -> nw.LazyFrame[Any]:
    """One row per known customer and day of an answer: the lower score where there are two."""
    frame = tables.with_calendar(tables.lazy(answers), "answered")
    tables.require(frame, "customer_id", "score")
    if "unmatched" in frame.collect_schema().names():
        frame = frame.filter(nw.col("unmatched").fill_null("") != "customer_id")
    known = frame.filter(~nw.col("customer_id").is_null())
    return known.group_by("customer_id", "answered_day").agg(score=nw.col("score").cast(nw.Float64).min())


def _latest_answers(answers: Tabular, *, before: int) -> nw.LazyFrame[Any]:
    old_enough = linked_answers(answers).filter(nw.col("answered_day") < before)
    latest = nw.col("answered_day").max().over("customer_id")
    return (
        old_enough.with_columns(latest=latest)
        .filter(nw.col("answered_day") == nw.col("latest"))
        .select("customer_id", "answered_day", group=group_of_score())
    )


def group_of_score() -> nw.Expr:
    """The group of an answer: promoter from 9, passive from 7, else detractor."""
    low = nw.when(nw.col("score") >= PASSIVE).then(nw.lit("passive")).otherwise(nw.lit("detractor"))
    return nw.when(nw.col("score") >= PROMOTER).then(nw.lit("promoter")).otherwise(low)
