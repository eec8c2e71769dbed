"""The cards of a period: value, interval, n, what changed in words, and nothing of it where there is no value."""

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.cards import show_cards
from retention_kit.figures.changes import show_changes


def card(**row):
    usual = {
        "metric": "customer_churn_rate", "segment": "(all)", "period": "2024-05", "value": 0.1, "low": 0.08,
        "high": 0.12, "numerator": 100, "denominator": 1000, "n": 1000, "unit": "ratio", "status": "ok", "flags": "",
        "definition": "",
    }  # fmt: skip
    return pd.DataFrame([usual | row])


def move(**row):
    usual = {
        "metric": "customer_churn_rate", "segment": "(all)", "period": "2024-05", "base": "previous",
        "base_period": "2024-04", "base_value": 0.05, "difference": 0.05, "usual": np.nan, "low": 0.03, "high": 0.07,
        "p_value": 0.01, "p_adjusted": 0.0004, "smallest_seen": 0.028, "flags": "", "verdict": "changed",
    }  # fmt: skip
    return pd.DataFrame([{"beyond": row.get("difference", 0.05)} | usual | row])


def test_a_card_has_value_interval_n_and_change():
    text = show_cards(card(), move()).html.striptags()
    assert "Customer churn rate10.0%95%: 8.0% to 12.0% · n = 1,000" in text
    assert "April 2024: 5.0%, changed by +5.0 pp" in text


@pytest.mark.parametrize(
    ("metric", "based_on"),
    [
        ("average_order_value", "n = 1,000 orders"),
        ("contact_rate", "n = 1,000 orders"),
        ("purchase_frequency", "n = 400"),
    ],
)
def test_an_average_over_orders_says_how_many_orders(metric, based_on):
    shown = card(metric=metric, unit="money", n=400, denominator=1000)
    assert f"· {based_on}<" in show_cards(shown, move(metric=metric)).html


def test_a_forecast_says_of_whom_it_is_and_its_file_has_the_columns_of_every_metric():
    exhibit = show_cards(card(metric="ltv_predicted", unit="money", about="the next 12 months of 40 customers"), move())
    assert "· the next 12 months of 40 customers<" in exhibit.html
    assert list(exhibit.data) == list(card())


@pytest.mark.parametrize(
    ("metric", "difference", "tone"),
    [
        ("customer_churn_rate", 0.05, "bad"),
        ("customer_churn_rate", -0.05, "good"),
        ("customer_retention_rate", 0.05, "good"),
        ("customer_retention_rate", -0.05, "bad"),
    ],
)
def test_more_churn_is_worse_and_more_retention_better(metric, difference, tone):
    html = show_cards(card(metric=metric), move(metric=metric, difference=difference)).html
    assert f'data-tone="{tone}"' in html


def test_what_is_no_change_has_no_tone():
    html = show_cards(card(), move(verdict="no detectable change")).html
    assert 'data-verdict="same" data-tone="none"' in html
    assert "no detectable change (+5.0 pp)" in html


def test_a_missing_value_is_a_dash_with_the_reason():
    text = show_cards(card(value=None, status="no_opening"), move()).html.striptags()
    assert "–Nobody was active at the start of the period." in text
    assert "changed" not in text


def test_few_customers_are_said_to_be_few():
    assert "few customers: interpret with caution" in show_cards(card(n=12, flags="small_n"), move()).html


def test_headlines_are_shown_and_all_rows_kept():
    both = pd.concat([card(), card(metric="reactivation_rate")])
    exhibit = show_cards(both, move(), headlines=True)
    assert "Reactivation rate" not in exhibit.html
    assert exhibit.data.metric.tolist() == ["customer_churn_rate", "reactivation_rate"]


def test_a_table_of_changes_says_each_verdict():
    text = show_changes(move()).html
    assert "+3.0 to +7.0 pp" in text
    assert "&lt; 0.001" in text


@pytest.mark.parametrize(
    ("metric", "difference", "written"),
    [
        ("nps", 0.4, "±0 points"),
        ("nps", -0.4, "±0 points"),
        ("nps", -0.6, "−1 point"),
        ("customer_churn_rate", 4e-4, "±0.0 pp"),
    ],
)
def test_a_change_that_is_zero_as_it_is_shown_has_no_direction(metric, difference, written):
    assert written in show_changes(move(metric=metric, difference=difference)).html


def test_changes_without_anything_to_compare_are_a_sentence():
    nothing = move(verdict="no_base_period", base_period="", base_value=None, difference=None)
    assert "The data do not reach back to the earlier period." in show_changes(nothing).html


@pytest.mark.parametrize(("n_segments", "said"), [(12, False), (15, True)])
def test_a_table_of_some_of_the_segments_says_how_many_there_are(n_segments, said):
    segments = [card(segment=f"shop={n:02}", n=n + 5) for n in range(n_segments)]
    html = show_cards(pd.concat([card(), *segments]), move()).html
    assert ("The largest 12 of 15 segments; metrics.csv has them all." in html) == said
