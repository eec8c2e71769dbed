"""Every metric of a topic, of the periods that a report speaks of, in all and by segment."""

from collections.abc import Callable

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts import cohorts, customers, loyalty, ltv, orders, surveys
from retention_kit.facts.keeping import once
from retention_kit.facts.rows import stacked
from retention_kit.metrics.description import Group

COUNTED: dict[Group, Callable[[Engagement, str | None], pd.DataFrame]] = {
    "orders": orders.count,
    "customers": customers.count,
    "cohorts": cohorts.count,
    "loyalty": loyalty.count,
    "surveys": surveys.count,
    "ltv": ltv.count,
}
BROKEN_DOWN: set[Group] = {"orders", "customers", "loyalty", "surveys"}
"""What is counted by segment too."""


@once
def metric_rows(engagement: Engagement, topic: Group) -> pd.DataFrame:
    """The rows of a topic's metrics: metric, segment (`(all)`, or `country=PL`), period, and an estimate."""
    breakdowns = [None, *engagement.settings.segments] if topic in BROKEN_DOWN else [None]
    return stacked(COUNTED[topic](engagement, by) for by in breakdowns)
