"""The scorecard: which rows it has, what its earlier periods are, and when there are none."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.errors import IncompletePeriod
from retention_kit.facts.spans import base_periods
from retention_kit.metrics.description import Group
from retention_kit.pages.cross_checks import reconcile
from retention_kit.periods import Period
from tests.test_thin_data import HEADER, SETTINGS

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def cdnow_book() -> Iterator[Engagement]:
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        yield engagement


@pytest.fixture(scope="module")
def whole(cdnow_book: Engagement) -> pd.DataFrame:
    return rk.scorecard(cdnow_book.at("1998-06"))


@pytest.fixture(scope="module")
def moves(cdnow_book: Engagement, whole: pd.DataFrame) -> pd.DataFrame:
    return rk.changes(cdnow_book.at("1998-06"), whole)


def value(card: pd.DataFrame, metric: str, period: str) -> float:
    return float(card[(card.metric == metric) & (card.period == period) & (card.segment == "(all)")].value.item())


def test_every_metric_stands_for_the_period_the_one_before_and_the_year_before(cdnow_book: Engagement) -> None:
    card = rk.scorecard(cdnow_book.at("1998-06"), topic="customers")
    assert set(card.period) == {"1998-06", "1998-05", "1997-06"}
    assert card.groupby("metric").size().eq(3).all()
    assert value(card, "active_customers", "1997-06") == 23_570


def test_a_topic_counts_what_the_whole_scorecard_counts(cdnow_book: Engagement, whole: pd.DataFrame) -> None:
    part = rk.scorecard(cdnow_book.at("1998-06"), topic="loyalty")
    same = whole[whole.metric.isin(part.metric)].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, part)


@pytest.mark.parametrize(
    ("period", "bases"),
    [  # X02: never a shorter base
        ("1997-01", {}),
        ("1997-10", {"previous": "1997-09"}),
        ("1997-12", {"previous": "1997-11"}),
        ("1998-01", {"previous": "1997-12", "year_ago": "1997-01"}),
        ("1997Q2", {"previous": "1997Q1"}),
    ],
)
def test_an_earlier_period_is_one_that_the_data_cover(
    cdnow_book: Engagement, period: str, bases: dict[str, str]
) -> None:
    assert base_periods(cdnow_book.at(period)) == {name: Period(base) for name, base in bases.items()}


def test_without_a_year_of_data_there_is_no_change_since_a_year_ago(cdnow_book: Engagement) -> None:
    engagement = cdnow_book.at("1997-10")
    moves = rk.changes(engagement, rk.scorecard(engagement, topic="customers"))
    assert set(moves[moves.base == "year_ago"].verdict) == {"no_base_period"}  # X02
    assert "no_base_period" not in set(moves[moves.base == "previous"].verdict)


def test_a_year_is_compared_with_the_year_before_once(tmp_path: Path) -> None:
    days = pd.date_range("2022-01-01", "2023-12-31", freq="5D").strftime("%Y-%m-%d")
    orders = HEADER + "".join(f"{n},c{n % 20},{day},10\n" for n, day in enumerate(days))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "orders.csv").write_text(orders, encoding="utf-8")
    settings = SETTINGS.replace("2024-01-01", "2022-01-01\nlast_day = 2023-12-31")
    (tmp_path / "engagement.toml").write_text(settings, encoding="utf-8")
    engagement = rk.open_engagement(tmp_path).at("2023")
    card = rk.scorecard(engagement, topic="orders")
    assert not card.duplicated(["metric", "segment", "period"]).any()
    assert set(rk.changes(engagement, card).base) == {"previous"}


def test_a_change_is_called_one_only_where_its_interval_excludes_zero(moves: pd.DataFrame) -> None:
    tested = moves[moves.low.notna()]
    called = tested.verdict == "changed"
    assert called.any()
    assert (~called).any()
    assert (tested[called].low * tested[called].high > 0).all()
    judged = tested[tested.p_value.notna()]  # where the season is known
    assert (judged.p_adjusted >= judged.p_value).all()
    assert (tested[called].p_adjusted <= 0.10).all()


@pytest.mark.parametrize("topic", ["orders", "customers", "loyalty"])
def test_the_overview_calls_the_same_changes_as_the_page_of_the_topic(
    cdnow_book: Engagement, moves: pd.DataFrame, topic: Group
) -> None:
    engagement = cdnow_book.at("1998-06")
    part = rk.changes(engagement, rk.scorecard(engagement, topic=topic))
    same = moves[moves.metric.isin(part.metric)].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, part)


def test_a_change_must_stand_among_all_that_its_topic_looks_at(cdnow_book: Engagement) -> None:
    engagement = cdnow_book.at("1997-09")
    card = rk.scorecard(engagement, topic="orders")
    alone, among = (
        rk.changes(engagement, rows).set_index(["metric", "base"]).loc[("average_order_value", "previous")]
        for rows in (card[card.metric == "average_order_value"], card)
    )
    assert alone.high == among.high < 0  # X01
    assert (alone.verdict, round(alone.p_adjusted, 2)) == ("changed", 0.03)
    assert (among.verdict, round(among.p_adjusted, 2)) == ("no detectable change", 0.18)


def test_a_forecast_says_how_far_ahead_it_looks_and_of_whom(whole: pd.DataFrame) -> None:
    about = whole.set_index("metric").about
    assert about["ltv_predicted"] == "the next 12 months of 23,570 customers, 100.0% of the last year's revenue"
    assert about["expected_active_customers"] == "of 23,570 customers, 100.0% of the last year's revenue"
    assert (about[~about.index.str.contains("ltv|expected")] == "").all()


def test_an_engagement_without_a_period_has_no_scorecard(cdnow_book: Engagement) -> None:
    with pytest.raises(IncompletePeriod, match=r"speaks of no period yet: open it with \.at"):
        rk.scorecard(cdnow_book)


# The first months, with fewer and fewer bases missing; both sides of a year; the churn window of 218 days; the last.
MONTHS = ["1997-01", "1997-02", "1997-03", "1997-08", "1997-12", "1998-01", "1998-02", "1998-05", "1998-06"]


@pytest.mark.parametrize("month", MONTHS)
def test_the_numbers_of_every_kind_of_month_agree(cdnow_book: Engagement, month: str) -> None:
    checked = reconcile(cdnow_book.at(month)).set_index("identity").n_checked
    absent = checked.filter(regex="^(Segments|Promoters)")  # CDNOW has no segments; nor answers, which is no row
    assert (len(absent), absent.sum()) == (1, 0)
    assert checked.drop(absent.index).gt(0).all()
