"""The list of known effects: what a benchmark may call a true change."""

from datetime import date

import pytest

from retention_kit import metrics
from retention_kit.demo.known_effects import effects_between, known_effect_rows
from retention_kit.demo.timeline import Timeline
from retention_kit.periods import Period
from retention_kit.wording.glossary import METRICS


@pytest.fixture(scope="module")
def effects():
    return known_effect_rows(Timeline(date(2024, 6, 9)))


def find(effects, event, metric, segment="(all)"):
    return [each for each in effects if (each["event"], each["metric"], each["segment"]) == (event, metric, segment)]


def test_the_german_price_rise_shows_in_the_churn_of_the_last_complete_month(effects):
    (change,) = find(effects, "price_rise_de", "customer_churn_rate", "DE")
    assert change == {
        "event": "price_rise_de",
        "month": "2024-02",
        "metric": "customer_churn_rate",
        "segment": "DE",
        "direction": "up",
        "seen_in": "2024-05",
        "lasts": "one month",
        "is_main": True,
        "is_counted": True,
    }


def test_the_bad_month_is_the_one_before_the_last(effects):
    (change,) = find(effects, "bad_support_month", "nps", "UA")
    assert (change["seen_in"], change["direction"], change["lasts"]) == ("2024-04", "down", "one month")


def test_no_change_is_listed_that_the_data_cannot_show(effects):
    months = [Period(change["seen_in"]) for change in effects]
    assert min(months) >= Period("2021-06")
    assert max(months) == Period("2024-05")


def test_events_move_with_the_last_day():
    later = known_effect_rows(Timeline(date(2024, 7, 9)))
    (change,) = find(later, "bad_support_month", "contact_rate")
    assert change["month"] == "2024-05"


def test_each_december_and_february_is_listed_once(effects):
    assert len(find(effects, "december", "average_order_value")) == 3
    assert len(find(effects, "short month", "repeat_purchase_rate")) == 3


def test_the_main_changes_are_of_metrics_that_the_reports_know(effects):
    known = {change["metric"] for change in effects if change["is_main"]} & set(METRICS)
    assert {"customer_churn_rate", "average_order_value", "refund_rate"} <= known


def test_what_no_metric_of_this_version_counts_is_marked(effects):
    uncounted = {change["metric"] for change in effects if not change["is_counted"]}
    counted = {name for topic in metrics.__all__ for name in getattr(metrics, topic).__all__}
    assert uncounted == {change["metric"] for change in effects} - counted


def between(metric, segment, now, base):
    found = effects_between(
        Timeline(date(2024, 6, 9)), metric=metric, segment=segment, now=Period(now), base=Period(base)
    )
    return {change.event for change in found}


def test_a_change_in_one_country_leaves_the_others_alike():
    assert between("customer_churn_rate", "DE", "2024-05", "2024-04") == {
        "price_rise_de",
        "letters",
        "loyalty_programme",
    }
    assert between("nps", "UA", "2024-04", "2024-03") == between("nps", "(all)", "2024-04", "2024-03")
    assert between("nps", "PL", "2024-04", "2024-03") == set()


def test_a_change_for_everybody_is_one_in_every_country():
    assert between("average_order_value", "PL", "2023-09", "2023-08") == {"price_rise"}


def test_a_lasting_change_parts_the_months_before_from_those_after_and_not_two_after():
    assert between("average_order_value", "(all)", "2023-10", "2023-09") == set()
    assert between("average_order_value", "(all)", "2023-09", "2022-09") == {"price_rise"}
    assert between("average_order_value", "(all)", "2023-08", "2022-08") == set()


def test_two_decembers_are_alike_but_for_the_price_rise_between_them():
    assert between("average_order_value", "(all)", "2022-12", "2021-12") == set()
    assert between("average_order_value", "(all)", "2023-12", "2022-12") == {"price_rise"}


def test_a_month_long_change_parts_its_month_from_the_one_before_and_the_one_after():
    assert between("contact_rate", "(all)", "2024-04", "2024-03") == {"bad_support_month"}
    assert between("contact_rate", "(all)", "2024-05", "2024-04") == {"bad_support_month"}
    assert between("contact_rate", "(all)", "2024-05", "2023-05") == set()
