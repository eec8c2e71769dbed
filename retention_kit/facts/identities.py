"""Every page tells the same story: numbers that must agree are counted twice and compared."""

from collections.abc import Callable

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories, with_prior_purchases
from retention_kit.facts.keeping import kept
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.spans import first_period, report_period
from retention_kit.facts.surveys import KINDS, scores_by_segment
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.description import Group
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.loyalty.rfm import WINDOW_DAYS, rfm_scores, rfm_segments
from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.statistics.identities import MONEY_TOLERANCE, check_equal
from retention_kit.metrics.surveys.answers import Kind
from retention_kit.metrics.surveys.scores import nps_distribution
from retention_kit.periods import Period, day_number
from retention_kit.tables import ALL, collected, occasions


@kept
def identities(engagement: Engagement) -> pd.DataFrame:
    """How many pairs of numbers agree: one row per identity of the tables that are there, `BrokenIdentity` else."""
    return compared(engagement)


def compared(engagement: Engagement) -> pd.DataFrame:
    """The same, counted whatever is kept."""
    given = {words: check for words, (table, check) in _CHECKS.items() if engagement.has(table)}
    rows = [(words, check(engagement)) for words, check in given.items()]
    return pd.DataFrame(rows, columns=["identity", "n_checked"])


def _flow(engagement: Engagement) -> int:
    """I1, I4 hold inside `customer_flow`, in every period. I15: the report before closed where this one opens."""
    period, window = report_period(engagement), engagement.settings.churn_window
    purchases = with_prior_purchases(engagement)
    flow = customer_flow(purchases, since=first_period(engagement), until=period, window=window)
    before = customer_flow(purchases, since=period.previous(), until=period.previous(), window=window)
    return len(flow) + check_equal("I15 closing = next opening", before.closing, flow.opening.tail(1), at=[str(period)])


def _rates(engagement: Engagement) -> int:
    """I2: retention and churn of the same customers."""
    wide = _wide(metric_rows(engagement, "customers"))
    total = wide.customer_retention_rate + wide.customer_churn_rate
    return check_equal("I2 retention rate + churn rate = 1", total, np.where(total.isna(), np.nan, 1.0), at=_at(wide))


def _revenue(engagement: Engagement) -> int:
    """I7: revenue from its factors, against the revenue counted order by order in one pass over all periods."""
    wide = _wide(metric_rows(engagement, "orders"), segment=ALL)
    history = order_history(
        engagement.orders, since=first_period(engagement), until=report_period(engagement)
    ).set_index("period")
    counted = history.loc[wide.index.get_level_values("period")]
    known = counted.revenue_existing + counted.revenue_first
    bought = known + counted.revenue_unknown
    sides = [(wide.buyers * wide.revenue_per_customer, known), (wide.orders * wide.average_order_value, bought)]
    if (counted.revenue_unknown == 0).all():  # an order without a customer is in the order value but in no frequency
        sides.append((wide.buyers * wide.purchase_frequency * wide.average_order_value, bought))
    sides.append((wide.net_revenue, counted.revenue))
    words = "I7 customers x frequency x order value = revenue"
    return sum(
        check_equal(words, product.fillna(0), revenue, at=_at(wide), tolerance=MONEY_TOLERANCE)
        for product, revenue in sides
    )


def _cohorts(engagement: Engagement) -> int:
    """I8: the customers and the revenue of all cohorts in a period, against those of the period, order by order."""
    period = report_period(engagement)
    history = order_history(
        complete_histories(engagement, "orders"), since=Period.of(engagement.first_day, period.unit), until=period
    )
    whole = complete_histories(engagement)
    retention = cohort_retention(whole, by=period.unit, until=period)
    revenue = cohort_revenue(whole, by=period.unit, until=period)
    bought = _by_period(retention, "n_retained", history)
    earned = _by_period(revenue, "revenue", history)
    known = history.revenue_existing + history.revenue_first
    at = history.period.tolist()
    return check_equal(
        "I8 customers of all cohorts = customers of the period", bought, history.n_customers, at=at
    ) + check_equal(
        "I8 revenue of all cohorts = revenue of the period", earned, known, at=at, tolerance=MONEY_TOLERANCE
    )


def _by_period(cells: pd.DataFrame, column: str, history: pd.DataFrame) -> "pd.Series[float]":
    named = [str(Period(cohort) + int(age)) for cohort, age in zip(cells.cohort, cells.age, strict=True)]
    return cells[column].astype(float).groupby(named).sum().reindex(history.period, fill_value=0)


def _segments(engagement: Engagement) -> int:
    """I10: what the segments count adds up to what all customers count."""
    n = 0
    additive = ("net_revenue", "orders", "buyers", "active_customers", "churned_customers")
    card = pd.concat([metric_rows(engagement, topic) for topic in _ADDITIVE])
    card = card[card.metric.isin(additive)]
    total = card[card.segment == ALL].set_index(["metric", "period"]).value
    for by in engagement.settings.segments:
        parts = card[card.segment.str.startswith(f"{by}=")].groupby(["metric", "period"]).value.sum()
        parts = parts.reindex(total.index).fillna(total.where(total == 0))  # nobody bought: there are no segments
        at = [f"{metric}, {period}, by {by}" for metric, period in total.index]
        n += check_equal("I10 segments = total", parts, total, at=at, tolerance=MONEY_TOLERANCE)
    return n


def _nps(engagement: Engagement) -> int:
    """I9: the score from its groups, against the answers counted score by score; I10: its segments add up to it."""
    return sum(_of_kind(engagement, kind) for kind in KINDS)


def _of_kind(engagement: Engagement, kind: Kind) -> int:
    scores = scores_by_segment(engagement, kind=kind)
    whole = scores[scores.segment == ALL]
    given = (
        nps_distribution(engagement.responses, period=report_period(engagement), kind=kind)
        .groupby("group")
        .numerator.sum()
    )
    shown = whole[whole.status == "ok"]
    at = [str(report_period(engagement))]
    n = check_equal("I9 promoters less detractors = score", [given.promoter - given.detractor], whole.numerator, at=at)
    n += check_equal("I9 answers of all groups = answers", [given.sum()], whole.n, at=at)
    shares = shown.promoters + shown.passives + shown.detractors
    n += check_equal("I9 promoters + passives + detractors = 1", shares, np.ones(len(shown)), at=at)
    points = 100 * (shown.promoters - shown.detractors)
    n += check_equal("I9 score = 100 x (promoters - detractors)", points, shown["value"], at=at)
    for by in engagement.settings.segments:
        parts = scores[scores.segment.str.startswith(f"{by}=")]
        where = [f"{at[0]}, by {by}"]
        for column in ("numerator", "n"):
            n += check_equal(f"I10 {column} of segments = total", [parts[column].sum()], whole[column], at=where)
    return n


def _rfm(engagement: Engagement) -> int:
    """I13: every customer who bought in the window is in exactly one segment."""
    today = day_number(engagement.as_of)
    segments = rfm_segments(rfm_scores(engagement.occasions, as_of=engagement.as_of))
    day = nw.col("ordered_day")
    recent = occasions(engagement.orders).filter((day < today) & (day >= today - WINDOW_DAYS))
    sums = collected(recent.select(n=nw.col("customer_id").n_unique(), revenue=nw.col("amount").sum())).fillna(0)
    return check_equal("I13 customers of all segments = customers", [segments.n_customers.sum()], sums.n) + check_equal(
        "I13 revenue of all segments = revenue", [segments.revenue.sum()], sums.revenue, tolerance=MONEY_TOLERANCE
    )


_CHECKS: dict[str, tuple[str, Callable[[Engagement], int]]] = {
    m("Customers at the start + new + won back − lost = customers at the end = customers at the next start"): (
        "orders",
        _flow,
    ),
    m("Retention rate + churn rate = 1"): ("orders", _rates),
    m("Customers × purchase frequency × order value = revenue"): ("orders", _revenue),
    m("Customers and revenue of all cohorts = customers and revenue of the period"): ("orders", _cohorts),
    m("Segments add up to the total"): ("orders", _segments),
    m("Every customer of the last year is in exactly one RFM segment"): ("orders", _rfm),
    m("Promoters, passives and detractors add up to the answers, and segments to the score"): ("responses", _nps),
}
"""Every identity with the table that it is of."""


_ADDITIVE: tuple[Group, ...] = ("orders", "customers")


def _wide(card: pd.DataFrame, *, segment: str | None = None) -> pd.DataFrame:
    rows = card if segment is None else card[card.segment == segment]
    return rows.pivot_table(index=["segment", "period"], columns="metric", values="value", dropna=False)


def _at(wide: pd.DataFrame) -> list[str]:
    return [f"{period}, {segment}" for segment, period in wide.index]
