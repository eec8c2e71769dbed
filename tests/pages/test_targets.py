"""Targets held against a scorecard: met, missed, on course, behind, and when nobody can tell."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.errors import IncompletePeriod, InvalidEngagement
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.target_checks import check_targets
from retention_kit.pages.targets import target_lines
from tests.shops import TABLES

SETTINGS = f"""
name = "Shop"
currency = "EUR"
time_zone = "Europe/Warsaw"
first_day = 2023-01-01
last_day = 2024-05-31
is_history_complete = true
churn_window = 60
segments = ["country"]
{TABLES}"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred customers in two countries, each of whom buys on the first and every other on the tenth."""
    folder = tmp_path_factory.mktemp("clients") / "shop"
    folder.mkdir()
    months = pd.period_range("2023-01", "2024-05", freq="M")
    lines = [
        f"{month}-{who}-{day},c{who},{month}-{day},10,{'DE' if who < 30 else 'PL'}"
        for month in months
        for who in range(100)
        for day in (("01", "10") if who % 2 else ("01",))
    ]
    (folder / "orders.csv").write_text("id,who,when,total,land\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def aiming(shop: Path, *targets: dict[str, Any], more: str = "") -> Engagement:
    """The shop with targets, each of which is by the end of May 2024 unless it says otherwise."""
    text = ""
    for target in targets:
        entry = {"metric": '"repeat_purchase_rate"', "value": "0.5", "by": "2024-05-31", "source": '"plan"'} | target
        text += "\n[[targets]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items())
    (shop / "engagement.toml").write_text(SETTINGS + text + more, encoding="utf-8")
    return rk.open_engagement(shop)


def card_of(value: float, low: float = np.nan, high: float = np.nan, **other: Any) -> pd.DataFrame:
    usual = {"metric": "repeat_purchase_rate", "segment": "(all)", "period": "2024-05", "status": "ok", "flags": ""}
    return pd.DataFrame([usual | {"value": value, "low": low, "high": high} | other])


def judged(shop: Path, card: pd.DataFrame, **target: Any) -> str:
    with aiming(shop, {key: str(value) for key, value in target.items()}) as engagement:
        found: str = rk.targets(engagement.at("2024-05"), card).status.item()
    return found


@pytest.mark.parametrize(
    ("low", "high", "due", "before"),
    [
        (0.50, 0.70, "met", "on course"),
        (0.49, 0.70, "cannot be told yet", "cannot be told yet"),
        (0.30, 0.50, "cannot be told yet", "cannot be told yet"),
        (0.30, 0.49, "missed", "behind"),
    ],
)
def test_more_is_better(shop: Path, low: float, high: float, due: str, before: str) -> None:
    card = card_of((low + high) / 2, low, high)
    assert judged(shop, card, value=0.5) == due
    assert judged(shop, card, value=0.5, by="2024-06-01") == before


@pytest.mark.parametrize(
    ("low", "high", "due", "before"),
    [
        (0.10, 0.20, "met", "on course"),
        (0.10, 0.21, "cannot be told yet", "cannot be told yet"),
        (0.20, 0.30, "cannot be told yet", "cannot be told yet"),
        (0.21, 0.30, "missed", "behind"),
    ],
)
def test_less_is_better(shop: Path, low: float, high: float, due: str, before: str) -> None:
    card = card_of((low + high) / 2, low, high, metric="customer_churn_rate")
    churn = {"metric": '"customer_churn_rate"', "value": 0.2}
    assert judged(shop, card, **churn) == due
    assert judged(shop, card, **churn, by="2024-06-01") == before


@pytest.mark.parametrize(("by", "status"), [("2024-05-31", "met"), ("2024-05-01", "met"), ("2023-01-01", "met")])
def test_a_target_is_due_in_the_period_that_holds_its_day_and_after_it(shop: Path, by: str, status: str) -> None:
    assert judged(shop, card_of(0.6, 0.5, 0.7), value=0.5, by=by) == status


@pytest.mark.parametrize(("value", "status"), [(100, "met"), (99, "missed")])
@pytest.mark.parametrize("metric", ["buyers", "net_revenue", "active_customers", "new_customers"])
def test_counts_and_totals_are_compared_as_they_are(shop: Path, metric: str, value: float, status: str) -> None:
    card = card_of(value, metric=metric, flags="small_n")
    assert judged(shop, card, metric=f'"{metric}"', value=100) == status


@pytest.mark.parametrize(("flags", "status"), [("small_n", "cannot be told yet"), ("", "met")])
def test_a_ratio_of_too_few_for_an_interval_tells_nothing(shop: Path, flags: str, status: str) -> None:
    card = card_of(12.0, metric="average_order_value", flags=flags)
    assert judged(shop, card, metric='"average_order_value"', value=10) == status


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_retention_meets_a_target_where_churn_meets_the_rest_of_one(
    shop: Path, low: float, high: float, aim: float
) -> None:
    low, high, aim = (round(number * 64) / 64 for number in (*sorted((low, high)), aim))  # 1 - x is exact
    kept = card_of((low + high) / 2, low, high, metric="customer_retention_rate")
    lost = card_of(1 - (low + high) / 2, 1 - high, 1 - low, metric="customer_churn_rate")
    retention = judged(shop, kept, metric='"customer_retention_rate"', value=aim)
    assert retention == judged(shop, lost, metric='"customer_churn_rate"', value=1 - aim)


def test_a_row_holds_what_was_aimed_at_and_what_was_reached(shop: Path) -> None:
    with aiming(shop, {"value": "0.4"}, {"value": "0.6", "segment": '"country=DE"'}) as engagement:
        may = engagement.at("2024-05")
        card = rk.scorecard(may)
        found = rk.targets(may, card)
    own = card[(card.metric == "repeat_purchase_rate") & (card.period == "2024-05")].set_index("segment")
    assert found.columns.tolist() == [
        "metric", "segment", "period", "target", "by", "source", "value", "low", "high", "value_status", "status"
    ]  # fmt: skip
    assert found.value.tolist() == [0.5, 0.5]
    assert found.low.tolist() == own.low[["(all)", "country=DE"]].tolist()
    assert found.status.tolist() == ["met", "cannot be told yet"]  # 50 of 100: 0.40 to 0.60; 15 of 30: 0.33 to 0.67
    assert [str(day) for day in found.by] == ["2024-05-31"] * 2
    assert set(found.source) == {"plan"}


@pytest.mark.parametrize(
    ("target", "period", "why"),
    [
        ({"per": '"quarter"'}, "2024-05", "other_unit"),
        ({}, "2024Q1", "other_unit"),
        ({"segment": '"country=FR"'}, "2024-05", "no_segment"),
        ({"metric": '"refund_rate"'}, "2024-05", "not_counted"),
        ({"metric": '"nps"'}, "2024-05", "no_responses"),
        ({"metric": '"reactivation_rate"'}, "2024-05", "no_denominator"),
    ],
)
def test_where_there_is_no_value_the_row_says_why(shop: Path, target: dict[str, str], period: str, why: str) -> None:
    with aiming(shop, target) as engagement:
        now = engagement.at(period)
        found = rk.targets(now, rk.scorecard(now))
    assert found[["status", "value_status"]].to_numpy().tolist() == [["no value", why]]
    assert found[["value", "low", "high"]].isna().all(axis=None)
    sentence = rk.show_targets(found).html.striptags()
    assert why not in sentence
    assert sentence.count(".") >= 1


def test_without_targets_there_are_no_rows_and_the_page_says_so(shop: Path) -> None:
    with aiming(shop) as engagement:
        found = rk.targets(engagement.at("2024-05"), card_of(0.5))
    assert found.empty
    assert rk.show_targets(found).html.striptags() == "No targets are set in engagement.toml."


def test_targets_are_of_a_period(shop: Path) -> None:
    with aiming(shop, {}) as engagement, pytest.raises(IncompletePeriod):
        rk.targets(engagement, card_of(0.5))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            {"metric": '"retention_rate"'},
            'targets.1.metric = "retention_rate" is no metric; did you mean "customer_retention_rate"?',
        ),
        (
            {"metric": '"Churn rate"'},
            'targets.1.metric = "Churn rate" is no metric; did you mean "customer_churn_rate"?',
        ),
        ({"metric": '"xyz"'}, 'targets.1.metric = "xyz" is no metric; the metrics are net_revenue, orders, buyers'),
        ({"metric": '"ltv_predicted"', "value": "50"}, 'targets.1.metric = "ltv_predicted" is a forecast'),
        (
            {"metric": '"existing_customer_share"'},
            'targets.1.metric = "existing_customer_share" can have no target: neither more nor less of it is better',
        ),
        (
            {"metric": '"cohort_curve_3"', "segment": '"country=DE"'},
            'targets.1.metric = "cohort_curve_3" is not counted by segment; take segment out',
        ),
        (
            {"value": "80"},
            "targets.1.value = 80 is more than 1, and repeat_purchase_rate is a share; write 0.80 for 80 %",
        ),
        ({"value": "12.5"}, "write 0.125 for 12.5 %"),
        ({"value": "1000"}, "targets.1.value = 1000 is no value of repeat_purchase_rate; write one from 0 to 1"),
        ({"value": "-0.1"}, "targets.1.value = -0.1 is no value of repeat_purchase_rate; write one from 0 to 1"),
        (
            {"metric": '"nps"', "value": "101"},
            "targets.1.value = 101 is no value of nps; write one from -100 to 100",
        ),
        (
            {"metric": '"net_revenue"', "value": "-1"},
            "targets.1.value = -1 is no value of net_revenue; write one of 0 or more",
        ),
        (
            {"by": "2022-12-31"},
            "targets.1.by = 2022-12-31 is before the data, which begin with 2023-01-01; write a later day",
        ),
    ],
)
def test_a_target_that_cannot_be_judged_is_refused(shop: Path, target: dict[str, str], message: str) -> None:
    with aiming(shop, target) as engagement:
        for ask in (lambda: check_targets(engagement), lambda: rk.targets(engagement.at("2024-05"), card_of(0.5))):
            with pytest.raises(InvalidEngagement) as error:
                ask()
            assert str(error.value).startswith("shop/engagement.toml: targets.1.")
            assert message in str(error.value)


def test_targets_of_retention_and_churn_agree(shop: Path) -> None:
    both = [
        {"metric": '"customer_retention_rate"', "value": "0.9"},
        {"metric": '"customer_churn_rate"', "value": "0.2"},
    ]
    with aiming(shop, *both) as engagement, pytest.raises(InvalidEngagement) as error:
        check_targets(engagement)
    assert str(error.value) == (
        "shop/engagement.toml: targets.1 and targets.2 contradict each other: customer_retention_rate 0.9 is "
        "customer_churn_rate 0.1, not 0.2; keep one."
    )
    for agreed in ({"value": "0.1"}, {"by": "2024-06-30"}, {"segment": '"country=DE"'}, {"per": '"quarter"'}):
        with aiming(shop, both[0], both[1] | agreed) as engagement:
            check_targets(engagement)


def test_every_mistake_is_named_at_once(shop: Path) -> None:
    with (
        aiming(shop, {"metric": '"npss"', "by": "2020-01-01"}, {"value": "80"}) as engagement,
        pytest.raises(InvalidEngagement) as error,
    ):
        check_targets(engagement)
    assert len(str(error.value).splitlines()) == 3


def test_of_every_other_metric_a_value_within_its_bounds_can_be_a_target(shop: Path) -> None:
    names = [name for name, metric in METRICS.items() if metric.group != "ltv" and metric.better != "neither"]
    edges = [
        {"metric": f'"{name}"', "value": str(edge), "by": day}
        for name in names
        for day, edge in zip(("2024-05-31", "2024-06-30"), METRICS[name].bounds, strict=True)
        if edge < float("inf")
    ]
    bounded = [each for each in edges if each["metric"] != '"customer_churn_rate"']  # 0 and 0 contradict
    with aiming(shop, *bounded) as engagement:
        check_targets(engagement)
    assert {METRICS[name].bounds for name in names} == {(0, 1), (-1, 1), (-100, 100), (0, float("inf"))}


def test_a_report_and_check_refuse_a_wrong_target_before_they_count(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retention_kit.__main__ import check
    from retention_kit.report import report

    aiming(shop, {"value": "80"}).close()
    monkeypatch.setattr("retention_kit.report.run.count_ahead", None)
    for ask in (lambda: check(str(shop)), lambda: report(shop, "2024-05")):
        with pytest.raises(InvalidEngagement, match=r"write 0\.80 for 80 %"):
            ask()


def test_a_figure_of_a_metric_has_lines_for_its_targets_of_all_customers(shop: Path) -> None:
    retention = {"metric": '"customer_retention_rate"', "value": "0.9"}
    others = ({"segment": '"country=DE"'}, {"per": '"quarter"'}, {"metric": '"buyers"', "value": "90"})
    with aiming(shop, retention, *(retention | other for other in others)) as engagement:
        (line,) = target_lines(engagement.at("2024-05"), "customer_retention_rate")
        assert (line.value, line.shown) == (0.9, "Target: 90.0%")
        assert line.sentence == "Dashed line: target, at least 90.0% by 31 May 2024"
        shown = rk.exhibit(engagement.at("2024-05"), "customer_retention_rate", plot=rk.plot_rate_history)
    assert line.sentence in shown.html


def test_the_calendar_marks_figures_of_time_and_is_escaped(shop: Path) -> None:
    calendar = '\n[calendar]\n2024-03-01 = "<script>alert(1)</script> & $5$"\n2030-01-01 = "not yet"\n'
    with aiming(shop, more=calendar) as engagement:
        may = engagement.at("2024-05")
        shown = [
            rk.exhibit(may, "order_history", plot=rk.plot_revenue_history),
            rk.exhibit(may, "customer_flow", plot=rk.plot_customer_flow),
            rk.exhibit(may, "customer_retention_rate", plot=rk.plot_rate_history),
        ]
        map_of_cohorts = rk.exhibit(may, "cohort_retention", plot=rk.plot_cohort_retention)
    for exhibit in shown:
        assert "1. 1 March 2024: <bdi>&lt;script&gt;alert(1)&lt;/script&gt; &amp; $5$</bdi>" in exhibit.html
        assert "not yet" not in exhibit.html
    assert "March 2024:" not in map_of_cohorts.html


def test_what_no_fact_depends_on_leaves_facts_as_they_are_kept(shop: Path) -> None:
    with aiming(shop, {}) as engagement:
        rk.scorecard(engagement.at("2024-05"), topic="orders")
    kept = {path: path.stat().st_mtime_ns for path in (shop / "tables" / "facts" / "2024-05").rglob("orders*")}
    with aiming(shop, {"value": "0.7"}, more='\n[calendar]\n2024-03-01 = "Sale"\n') as engagement:
        rk.scorecard(engagement.at("2024-05"), topic="orders")
    assert kept
    assert kept == {path: path.stat().st_mtime_ns for path in (shop / "tables" / "facts" / "2024-05").rglob("orders*")}
