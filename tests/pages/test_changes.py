"""Changes read off a scorecard: with which periods, with which answers taken together, and when not at all."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.facts import loyalty, orders
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.tracks import tracks
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.differences import adjusted_p_values, difference_of_proportions
from retention_kit.metrics.statistics.hazards import Events, difference_of_hazards, hazard, on_rates
from retention_kit.pages.differences import Compared, differences
from retention_kit.periods import Period
from tests.shops import orders_of_shop, write_shop

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


# A shop of 29 months


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Engagement:
    return rk.open_engagement(write_shop(tmp_path_factory.mktemp("clients") / "shop", orders_of_shop()))


@cache
def changes_of(shop: Engagement, period: str) -> pd.DataFrame:
    engagement = shop.at(period)
    return rk.changes(engagement, rk.scorecard(engagement)).set_index(["metric", "segment", "base"]).sort_index()


def row_of(shop: Engagement, period: str, metric: str, base: str) -> Any:
    return changes_of(shop, period).loc[(metric, "(all)", base)]


ONE_TEST = ["customer_churn_rate", "customer_retention_rate", "churned_customers"]
SAID_ONCE = ["p_value", "p_adjusted", "flags", "verdict"]


@pytest.mark.parametrize("period", ["2023-06", "2024-02", "2024-05"])
@pytest.mark.parametrize("base", ["previous", "year_ago"])
def test_who_stayed_who_left_and_how_many_are_one_test(shop: Engagement, period: str, base: str) -> None:  # Z8
    churn, kept, lost = (row_of(shop, period, name, base) for name in ONE_TEST)
    for name in SAID_ONCE:
        assert kept[name] == churn[name] or (pd.isna(kept[name]) and pd.isna(churn[name]))
        assert lost[name] == churn[name] or (pd.isna(lost[name]) and pd.isna(churn[name]))
    assert (kept.difference, kept.low, kept.high) == pytest.approx((-churn.difference, -churn.high, -churn.low))
    assert kept.smallest_seen == churn.smallest_seen or pd.isna(churn.smallest_seen)
    assert lost.beyond == lost.difference
    assert lost[["usual", "low", "high", "smallest_seen"]].isna().all()  # which are of the rate, in its unit


def test_what_is_one_test_is_counted_once_among_those_of_its_page(shop: Engagement) -> None:  # Z8
    table = changes_of(shop, "2024-05").reset_index()
    table = table[table.segment == "(all)"]
    own = table[[METRICS[name].group == "customers" for name in table.metric]]
    assert {name for name in own.metric if METRICS[name].tested_as} == {"customer_retention_rate", "churned_customers"}
    tested = own[[not METRICS[name].tested_as for name in own.metric]]
    pd.testing.assert_series_equal(tested.p_adjusted, adjusted_p_values(tested.p_value), check_names=False)


@pytest.mark.parametrize(
    ("period", "flags"),
    [
        ("2022-12", "sampling_only"),
        ("2023-01", "season_unknown"),
        ("2024-01", "season_unknown"),
        ("2024-02", "beyond_season"),
        ("2024-05", "beyond_season"),
    ],
)
def test_against_the_month_before_the_season_is_taken_out_from_26_months_on(
    shop: Engagement, period: str, flags: str
) -> None:  # Z9
    found = row_of(shop, period, "net_revenue", "previous")
    assert found["flags"] == flags
    assert pd.isna(found.usual) == (flags != "beyond_season")
    assert (found.verdict == "not_comparable") == (flags == "season_unknown")
    assert pd.isna(found.smallest_seen) == (flags == "season_unknown")
    assert found.low < found.beyond < found.high


def test_against_a_year_ago_there_is_a_word_from_thirteen_months_on(shop: Engagement) -> None:  # Z9
    found = row_of(shop, "2023-01", "net_revenue", "year_ago")
    assert found.verdict != "not_comparable"
    assert (found.beyond, pd.isna(found.usual)) == (found.difference, True)
    assert row_of(shop, "2022-12", "net_revenue", "year_ago").verdict == "no_base_period"


def test_beyond_the_season_is_the_change_less_the_one_of_a_year_ago(shop: Engagement) -> None:  # Z9
    found = row_of(shop, "2024-05", "net_revenue", "previous")
    rows = metric_rows(shop.at("2024-05"), "orders")
    rows = rows[(rows.metric == "net_revenue") & (rows.segment == "(all)")].set_index("period")["value"]

    def a_day(period: str) -> float:
        return float(rows[period]) / Period(period).n_days

    now, then = a_day("2024-05") / a_day("2024-04"), a_day("2023-05") / a_day("2023-04")
    assert (found.difference, found.usual) == pytest.approx((now - 1, then - 1))
    assert found.beyond == pytest.approx(now - then)


def churn_of(shop: Engagement, period: str, at: str) -> Any:
    rows = metric_rows(shop.at(at), "customers")
    is_asked = (rows.metric == "customer_churn_rate") & (rows.segment == "(all)") & (rows.period == period)
    return rows[is_asked].iloc[0]


def test_churn_of_unequal_months_is_compared_as_hazards(shop: Engagement) -> None:  # Z6
    now, then = (churn_of(shop, period, "2022-11") for period in ("2022-11", "2022-10"))
    sides = Events(now.numerator, now.denominator, 30), Events(then.numerator, then.denominator, 31)
    expected = on_rates(difference_of_hazards(*sides), hazard(then["value"], days=31))
    found = row_of(shop, "2022-11", "customer_churn_rate", "previous")
    assert (found.difference, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert found.p_value == pytest.approx(expected.p_value)


def test_february_of_a_leap_year_is_as_long_as_that_of_a_year_ago(shop: Engagement) -> None:  # Z6
    engagement, pair = shop.at("2024-02"), ("customer_churn_rate", "(all)")
    card = rk.scorecard(engagement)
    estimates = {(row.metric, row.segment, row.period): row for row in card.itertuples()}
    between = Compared("year_ago", Period("2024-02"), Period("2023-02"))
    found = differences(engagement, estimates, [pair], between, tracks(engagement, "customers"))[pair]
    now, then = (churn_of(shop, period, "2024-02") for period in ("2024-02", "2023-02"))
    same = difference_of_hazards(
        Events(now.numerator, now.denominator, 29), Events(then.numerator, then.denominator, 29)
    )
    assert found == same


def test_repeat_purchase_is_compared_on_as_many_days_of_both(shop: Engagement) -> None:  # Z6
    found = row_of(shop, "2022-11", "repeat_purchase_rate", "previous")
    rows = loyalty.in_first_days(shop.at("2022-11"), None)
    rows = rows[(rows.metric == "repeat_purchase_rate") & (rows.days == 30)].set_index("period")
    now, then = rows.loc["2022-11"], rows.loc["2022-10"]
    expected = difference_of_proportions(now.numerator, now.denominator, then.numerator, then.denominator)
    assert (found.difference, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))


@pytest.mark.parametrize("metric", ["returning_customer_rate", "existing_customer_share"])
def test_who_had_bought_before_has_no_word_against_a_year_ago(shop: Engagement, metric: str) -> None:  # Z8
    table = changes_of(shop, "2024-05").reset_index()
    assert set(table.base[table.metric == metric]) == {"previous"}


def test_a_year_is_compared_with_the_one_before_once_and_not_where_a_year_ago_has_no_word(shop: Engagement) -> None:
    table = changes_of(shop, "2023").reset_index()
    bases = table.groupby("metric").base.agg(set)
    assert bases["net_revenue"] == {"previous"}
    assert bases["repeat_within"] == {"year_ago"}
    assert not {"returning_customer_rate", "existing_customer_share"} & set(bases.index)


def test_a_ratio_is_tested_with_the_customers_of_both_periods_together(shop: Engagement) -> None:
    engagement = shop.at("2022-12")
    joint = orders.differences(engagement).set_index(["metric", "base"]).loc[("average_order_value", "previous")]
    found = row_of(shop, "2022-12", "average_order_value", "previous")
    assert (found.difference, found.low, found.high) == pytest.approx((joint["value"], joint.low, joint.high))


@pytest.mark.parametrize("period", ["2024-02", "2024-05"])
def test_no_detectable_change_always_says_what_would_have_been_seen(shop: Engagement, period: str) -> None:  # Z7
    table = changes_of(shop, period)
    unseen = table[table.verdict == "no detectable change"]
    assert len(unseen) > 10
    own = unseen[[metric != "churned_customers" for metric, _segment, _base in unseen.index]]
    assert (own.smallest_seen > 0).all()
    assert table.verdict.isin(
        ["changed", "changed, but little", "no detectable change", "not_comparable", "no_base_period"]
    ).all()


def test_a_change_is_called_one_by_its_interval_and_its_p_value(shop: Engagement) -> None:  # Z7
    table = changes_of(shop, "2024-05").reset_index()
    own = table[[METRICS[name].compared != "count" or not METRICS[name].tested_as for name in table.metric]]
    called = own[own.verdict.str.startswith("changed")]
    assert (called.low * called.high > 0).all()
    assert (called.p_adjusted <= 0.10).all()
    rest = own[own.verdict == "no detectable change"]
    assert ((rest.low * rest.high <= 0) | (rest.p_adjusted > 0.10)).all()


@pytest.mark.parametrize(("period", "base"), [("2024Q1", "previous"), ("2024Q1", "year_ago"), ("2023", "previous")])
def test_quarters_and_years_without_enough_of_them_have_no_word(shop: Engagement, period: str, base: str) -> None:
    found = row_of(shop, period, "net_revenue", base)
    assert found.verdict == "not_comparable"
    assert math.isfinite(found.low)
