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


def jumps(engagement: Engagement) -> pd.DataFrame:
    """Which of the data of the period and of the one before jumped.

    Returns:
        kind ("known_customers", "days_with_orders"), period, value (the share) and expected (that of the 12 before).
    """
    found = orders.coverage(engagement) if engagement.has("orders") else pd.DataFrame()
    before, now = found.iloc[-BASELINE - 2 : -2], found.iloc[-2:]
    rows = []
    for kind in ("known_customers", "days_with_orders") if len(before) == BASELINE else ():
        usual = float(before[kind].median())
        for period, share in zip(now.period, now[kind], strict=True):
            by_chance = _of_days_by_chance(usual, Period(period).n_days) if kind == "days_with_orders" else JUMP
            if abs(share - usual) > by_chance:
                rows.append((kind, period, share, usual))
    return pd.DataFrame(rows, columns=["kind", "period", "value", "expected"])


def _of_days_by_chance(usual: float, n_days: int) -> float:
    """By how much the share of days with orders differs by chance: in small shops by more than by a jump.

    Three standard errors of the share of which one day with an order, and one without, are known already.
    """
    share = (usual * n_days + 1) / (n_days + 2)
    return max(JUMP, 3 * math.sqrt(share * (1 - share) / n_days))


def doubts(engagement: Engagement, table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each finding rests on data that jumped: of customers on who is known, of orders on the days there are."""
    jumped = set(jumps(engagement).kind)
    groups = table.metric.map(lambda name: METRICS[name].group)
    of_customers = groups.isin(OF_CUSTOMERS) & ("known_customers" in jumped)
    of_orders = groups.isin({"orders", *OF_CUSTOMERS}) & ("days_with_orders" in jumped)
    return of_customers | of_orders
