"""What a period's data leave in doubt: a jump of known customers or of days with orders moves numbers of its own."""

import math

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import orders
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.tracks import BASELINE
from retention_kit.pages.scorecard import OF_CUSTOMERS
from retention_kit.periods import Period

JUMP = 0.10
"""A share of known customers, or of days with orders, that differs by more from that of the 12 periods before."""


def jumps(engagement: Engagement) -> list[str]:
    """Which of the data of the period and the one before jumped: "known_customers", "days_with_orders"."""
    if not engagement.has("orders"):
        return []
    table = orders.coverage(engagement)
    before, now = table.iloc[-BASELINE - 2 : -2], table.iloc[-2:]
    if len(before) < BASELINE:
        return []
    usual = before[["known_customers", "days_with_orders"]].median()
    by_chance = [_of_days_by_chance(usual.days_with_orders, Period(text).n_days) for text in now.period]
    moved = (now[list(usual.index)] - usual).abs()
    is_jump = {"known_customers": moved.known_customers > JUMP, "days_with_orders": moved.days_with_orders > by_chance}
    return [name for name, jumped in is_jump.items() if jumped.any()]


def _of_days_by_chance(usual: float, n_days: int) -> float:
    """By how much the share of days with orders differs by chance: in small shops by more than by a jump.

    Three standard errors of the share of which one day with an order, and one without, are known already.
    """
    share = (usual * n_days + 1) / (n_days + 2)
    return max(JUMP, 3 * math.sqrt(share * (1 - share) / n_days))


def doubts(engagement: Engagement, table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each finding rests on data that jumped: of customers on who is known, of orders on the days there are."""
    jumped = jumps(engagement)
    groups = table.metric.map(lambda name: METRICS[name].group)
    of_customers = groups.isin(OF_CUSTOMERS) & ("known_customers" in jumped)
    of_orders = groups.isin({"orders", *OF_CUSTOMERS}) & ("days_with_orders" in jumped)
    return of_customers | of_orders
