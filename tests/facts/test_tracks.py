"""The levels that changes are held against: which of them are not known well enough to be any."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import retention_kit as rk
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.tracks import Tracks, tracks
from retention_kit.metrics.customers.flow import DAYS_OF_LAPSES
from retention_kit.periods import Period
from tests.shops import FIRST, LAST, WINDOW, orders_of_shop, write_shop


@pytest.fixture(scope="module")
def comebacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop where customers pause: every other order is left out."""
    orders = orders_of_shop()
    return write_shop(tmp_path_factory.mktemp("clients") / "shop", orders[np.arange(len(orders)) % 2 == 0])


def first_known(levels: Tracks, metric: str) -> Period:
    track = levels[metric, "(all)"]
    return LAST - int(track.n - 1 - np.flatnonzero(np.isfinite(track.level[0]))[0])


def test_of_a_young_shop_the_rate_of_those_who_come_back_has_no_level(comebacks: Path) -> None:
    """Those who lapsed within a year are at first those who lapsed just now, of whom more come back."""
    full = FIRST.start + timedelta(days=WINDOW + DAYS_OF_LAPSES)
    with rk.open_engagement(comebacks) as engagement:
        shop = engagement.at(str(LAST))
        rows, levels = metric_rows(shop, "customers"), tracks(shop, "customers")
    came_back = rows[(rows.metric == "reactivation_rate") & (rows.segment == "(all)") & (rows.numerator > 0)]
    printed = [Period(text) for text in came_back.period]
    first = first_known(levels, "reactivation_rate")
    assert first == min(period for period in printed if period.start >= full)
    assert min(printed) < first  # an earlier one is printed, and compared with nothing
    assert first_known(levels, "customer_churn_rate") < first
