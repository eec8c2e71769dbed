"""Every page tells the same story: numbers that must agree are counted twice and compared."""

from collections.abc import Callable

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import cohorts
from retention_kit.facts.customers import flows as customer_flows
from retention_kit.facts.histories import complete_histories
from retention_kit.facts.keeping import kept
from retention_kit.facts.loyalty import rfm
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.spans import history_from, report_period
from retention_kit.facts.surveys import KINDS, distribution, scores_by_segment
from retention_kit.metrics.description import Group
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.loyalty.rfm import WINDOW_DAYS
from retention_kit.metrics.orders.ratios import valid_orders
from retention_kit.metrics.statistics.identities import MONEY_TOLERANCE, check_equal
from retention_kit.metrics.surveys.answers import Kind
from retention_kit.periods import Period, day_number, periods
from retention_kit.tables import ALL, collected, occasions, purchases


def identities(engagement: Engagement) -> pd.DataFrame:
    """How many pairs of numbers agree: one row per identity of the tables that are there, `BrokenIdentity` else.

    Only the second counts are kept: what is compared with them is what the pages read.
    """
    given = {words: check for words, (table, check) in _CHECKS.items() if engagement.has(table)}
    rows = [(words, check(engagement)) for words, check in given.items()]
    return pd.DataFrame(rows, columns=["identity", "n_checked"])


def _flow(engagement: Engagement) -> int:
    """I1, I4 hold inside `customer_flow`, in every period. I15: who was active where the period opens and closes."""
    period, flow = report_period(engagement), customer_flows(engagement)
    flow = flow[flow.segment == ALL]
    shown = flow.iloc[-1][["opening", "closing"]].astype(float)
    counted = active_at_ends(engagement).iloc[0]
    return len(flow) + check_equal("I15 closing = next opening", shown, counted, at=[str(period), str(period.next())])


@kept
def active_at_ends(engagement: Engagement) -> pd.DataFrame:
    """How many customers bought in the window before the period, and in that before its end: the last of each told."""
    period, window, day = report_period(engagement), engagement.settings.churn_window, nw.col("ordered_day")
    ends = {"opening": period.start_day, "closing": period.end_day}
    recent = purchases(engagement.orders).filter(day >= period.start_day - window)
    last = {name: nw.when(day < end).then(day).max() for name, end in ends.items()}
    active = {name: (nw.col(name) >= end - window).cast(nw.Int64).sum() for name, end in ends.items()}
    return collected(recent.group_by("customer_id").agg(**last).select(**active)).fillna(0)


def _rates(engagement: Engagement) -> int:
    """I2: retention and churn of the same customers."""
    wide = _wide(metric_rows(engagement, "customers"))
    total = wide.customer_retention_rate + wide.customer_churn_rate
    return check_equal("I2 retention rate + churn rate = 1", total, np.where(total.isna(), np.nan, 1.0), at=_at(wide))


def _revenue(engagement: Engagement) -> int:
    """I7: revenue from its factors, against the revenue counted order by order in one pass over all periods."""
    wide = _wide(metric_rows(engagement, "orders"), segment=ALL)
    counted = order_by_order(engagement).loc[wide.index.get_level_values("period")]
    bought = counted.known + counted.unknown
    sides = [(wide.buyers * wide.revenue_per_customer, counted.known), (wide.orders * wide.average_order_value, bought)]
    if (counted.unknown == 0).all():  # an order without a customer is in the order value but in no frequency
        sides.append((wide.buyers * wide.purchase_frequency * wide.average_order_value, bought))
    sides.append((wide.net_revenue, counted.revenue))
    words = "I7 customers x frequency x order value = revenue"
    return sum(
        check_equal(words, product.fillna(0), revenue, at=_at(wide), tolerance=MONEY_TOLERANCE)
        for product, revenue in sides
    )


def _cohorts(engagement: Engagement) -> int:
    """I8: the customers and the revenue of all cohorts in a period, against those of the period, order by order."""
    counted = order_by_order(engagement, whole_histories=history_from(engagement) is not None)
    at = counted.index.tolist()
    bought = _by_period(cohorts.retention(engagement), "n_retained", at)
    earned = _by_period(cohorts.revenue(engagement), "revenue", at)
    return check_equal(
        "I8 customers of all cohorts = customers of the period", bought, counted.n_customers, at=at
    ) + check_equal(
        "I8 revenue of all cohorts = revenue of the period", earned, counted.known, at=at, tolerance=MONEY_TOLERANCE
    )


def _by_period(cells: pd.DataFrame, column: str, named: list[str]) -> "pd.Series[float]":
    of = [str(Period(cohort) + int(age)) for cohort, age in zip(cells.cohort, cells.age, strict=True)]
    return cells[column].astype(float).groupby(of).sum().reindex(named, fill_value=0)


@kept
def order_by_order(engagement: Engagement, *, whole_histories: bool = False) -> pd.DataFrame:
    """Every period of the data in one scan: revenue, what known and unknown customers bought for, and how many bought.

    The second count of the cross-checks, of all orders or of customers with a whole history: it shares no step with the
    first but which orders are valid.
    """
    period = report_period(engagement)
    orders = complete_histories(engagement, "orders") if whole_histories else engagement.orders
    rows = valid_orders(orders, before=period.end).with_columns(number=nw.col(f"ordered_{period.unit}"))
    is_known, paid = ~nw.col("customer_id").is_null(), nw.col("purchased")
    buyer = nw.when(nw.col("is_purchase")).then(nw.col("customer_id"))
    counted = collected(
        rows.with_columns(buyer=buyer, known=nw.when(is_known).then(paid), unknown=nw.when(~is_known).then(paid))
        .group_by("number")
        .agg(
            nw.col("known", "unknown").sum(),
            revenue=nw.col("amount").sum(),
            n_customers=nw.col("buyer").n_unique() - (nw.col("buyer").count() < nw.len()).cast(nw.Int64),
        )
    )
    named = periods(Period.of(engagement.first_day, period.unit), period)
    found = counted.set_index("number").reindex([each.ordinal for each in named]).fillna(0)
    return found.set_axis([str(each) for each in named])


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
    counted = distribution(engagement, kind=kind).groupby("group").numerator.sum()
    shown = whole[whole.status == "ok"]
    at = [str(report_period(engagement))]
    n = check_equal(
        "I9 promoters less detractors = score", [counted.promoter - counted.detractor], whole.numerator, at=at
    )
    n += check_equal("I9 answers of all groups = answers", [counted.sum()], whole.n, at=at)
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
    segments, counted = rfm(engagement), recent_buyers(engagement)
    return check_equal(
        "I13 customers of all segments = customers", [segments.n_customers.sum()], counted.n
    ) + check_equal(
        "I13 revenue of all segments = revenue", [segments.revenue.sum()], counted.revenue, tolerance=MONEY_TOLERANCE
    )


@kept
def recent_buyers(engagement: Engagement) -> pd.DataFrame:
    """How many customers bought in the last year, and for how much."""
    today, day = day_number(engagement.as_of), nw.col("ordered_day")
    recent = occasions(engagement.orders).filter((day < today) & (day >= today - WINDOW_DAYS))
    return collected(recent.select(n=nw.col("customer_id").n_unique(), revenue=nw.col("amount").sum())).fillna(0)


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
