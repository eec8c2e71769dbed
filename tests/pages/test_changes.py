"""Changes read off a scorecard: with which periods, with which answers taken together, and when not at all."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.metrics.statistics.differences import difference_of_proportions

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def engagement() -> Engagement:
    return rk.open_engagement("cdnow", data_dir=DATA).at("1998-06")


def moves(engagement: Engagement, metric: str, now: dict[str, Any], then: dict[str, Any]) -> pd.DataFrame:
    """The changes of a metric since May 1998."""
    usual = {"flags": "", "deff": 1.0}
    sides = [usual | {"period": "1998-06"} | now, usual | {"period": "1998-05"} | then]
    card = pd.DataFrame(sides).assign(metric=metric, segment="(all)")
    return rk.changes(engagement, card.assign(value=card.numerator / card.denominator))


@pytest.mark.parametrize("truncated", [{}, {"now": "pool_truncated"}, {"then": "small_n pool_truncated"}])
def test_of_a_truncated_pool_there_is_no_word(engagement: Engagement, truncated: dict[str, str]) -> None:
    now, then = ({"numerator": n, "denominator": 1000, "flags": truncated.get(side, "")} for side, n in SIDES.items())
    verdict = moves(engagement, "reactivation_rate", now, then).set_index("base").verdict["previous"]
    assert verdict == ("not_comparable" if truncated else "changed")


SIDES = {"now": 400, "then": 200}


def test_answers_of_the_same_customers_are_told_less_sure_on_their_own_side(engagement: Engagement) -> None:
    now, then = ({"numerator": 60, "denominator": 100, "deff": 4.0}, {"numerator": 20, "denominator": 400})
    found = moves(engagement, "csat", now, then).set_index("base").loc["previous"]
    expected = difference_of_proportions(60, 100, 20, 400, deff=4.0)
    other = difference_of_proportions(60, 100, 20, 400, base_deff=4.0)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert expected.low != pytest.approx(other.low, abs=1e-4)


def test_who_came_back_within_the_window_is_compared_with_a_year_ago_alone(engagement: Engagement) -> None:
    side = {"numerator": 60, "denominator": 100}
    assert moves(engagement, "repeat_within", side, side).base.tolist() == ["year_ago"]
