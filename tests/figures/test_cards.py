"""The cards of a period: value, interval, n, what changed in words, and nothing of it where there is no value."""

import re

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.cards import show_cards
from retention_kit.figures.changes import change_sentence, show_changes
from retention_kit.periods import Period
from retention_kit.wording import ENGLISH


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


# What is tested


def test_a_rise_that_falls_short_of_the_season_is_a_fall():
    less = {"metric": "net_revenue", "difference": 0.05, "usual": 0.2, "beyond": -0.125, "low": -0.2, "high": -0.05}
    html = show_cards(card(metric="net_revenue", unit="money", value=900.0, low=np.nan), move(**less)).html
    assert 'data-verdict="down" data-tone="bad"' in html


def test_the_year_before_is_named_first():
    both = pd.concat([move(), move(base="year_ago", base_period="2023-05")])
    text = show_cards(card(), both).html.striptags()
    assert text.index("May 2023: 5.0%") < text.index("April 2024: 5.0%")


def trend(values, *, metric="customer_churn_rate", last="2024-05"):
    periods = [str(Period(last) - place) for place in range(len(values) - 1, -1, -1)]
    return pd.DataFrame({"metric": metric, "segment": "(all)", "period": periods, "value": values})


def line_of(trends):
    html = show_cards(card(), move(), trends).html
    found = re.search('<svg class="rk-line".*?</svg>', html)
    return "" if found is None else found[0]


def points(line):
    return [tuple(map(float, pair.split(","))) for pair in re.search('points="(.*?)"', line)[1].split()]


def test_a_line_says_in_words_where_it_begins_and_ends():
    line = line_of(trend([0.10, 0.05, 0.12, 0.11, 0.10]))
    assert 'role="img"' in line
    assert 'aria-label="January 2024: 10.0%; May 2024: 10.0%; between 5.0% and 12.0%"' in line


def test_a_line_goes_from_its_lowest_to_its_highest_value_and_ends_at_the_right():
    found = points(line_of(trend([0.10, 0.05, 0.12, 0.11])))
    assert [round(y, 1) for _x, y in found] == [10.3, 36.0, 0.0, 5.1]
    assert found[-1][0] == 200
    assert np.diff([x for x, _y in found]) == pytest.approx([200 / 24] * 3, abs=0.1)


def test_a_line_of_25_periods_begins_at_the_left():
    found = points(line_of(trend([0.1 + 0.001 * place for place in range(25)])))
    assert (found[0], found[-1]) == ((0, 36), (200, 0))


def test_a_value_that_is_missing_leaves_its_place():
    found = points(line_of(trend([0.10, np.nan, 0.12, 0.11, 0.10])))
    assert found[1][0] - found[0][0] == pytest.approx(2 * 200 / 24, abs=0.1)


def test_a_metric_that_ends_earlier_ends_before_the_right():
    other = trend([1.0] * 4, metric="a_metric_of_now")
    late = trend([0.1, 0.2, 0.3, 0.2], last="2024-03")
    assert points(line_of(pd.concat([other, late])))[-1][0] == pytest.approx(200 * 22 / 24, abs=0.1)


def test_a_line_of_equal_values_is_in_the_middle():
    assert {y for _x, y in points(line_of(trend([0.1] * 5)))} == {18}


@pytest.mark.parametrize("values", [[], [0.1, 0.2, 0.1], [0.1, np.nan, np.nan, np.nan, 0.2]])
def test_few_values_have_no_line(values):
    assert line_of(trend(values)) == ""


@pytest.mark.parametrize(("beyond", "mark"), [(0.05, "▲"), (-0.05, "▼")])
def test_what_changed_is_marked_in_the_table_of_segments(beyond, mark):
    parts = [card(), card(segment="country=DE"), card(segment="country=PL")]
    changed = pd.concat([move(), move(segment="country=DE", beyond=beyond)])
    html = show_cards(pd.concat(parts), changed).html
    rows = [row for row in re.findall("<tr>.*?</tr>", html) if "Germany" in row or "Poland" in row]
    assert [mark for row in sorted(rows) for mark in re.findall("[▲▼]", row)] == [mark]
    assert mark in next(row for row in rows if "Germany" in row)


@pytest.mark.parametrize("verdict", ["changed, but little", "no detectable change", "not_comparable"])
def test_what_is_no_change_worth_speaking_of_is_not_marked(verdict):
    parts = pd.concat([card(), card(segment="country=DE")])
    assert not re.search("[▲▼]", show_cards(parts, move(segment="country=DE", verdict=verdict)).html)


# The sentences of changes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "April 2024: 5.0%, changed by +5.0 pp"),
        ({"verdict": "changed, but little"}, "April 2024: 5.0%, changed, but little (+5.0 pp)"),
        (
            {"verdict": "no detectable change"},
            "April 2024: 5.0%, no detectable change (+5.0 pp); a change of 2.8 pp would have been seen",
        ),
        ({"verdict": "no detectable change", "smallest_seen": np.nan}, "April 2024: 5.0% (+5.0 pp)"),
        ({"verdict": "not_comparable"}, "April 2024: 5.0% (+5.0 pp)"),
        ({"verdict": "not_comparable", "difference": np.nan}, "April 2024: 5.0%"),
        ({"verdict": "no_base_period", "base_period": "", "base_value": np.nan}, "previous period: no data to compare"),
    ],
)
def test_a_change_in_a_sentence(change, said):
    assert change_sentence(move(**change).iloc[0], "ratio", ENGLISH) == said


def test_a_change_beside_what_the_season_brings():
    change = move(metric="orders", difference=0.25, usual=0.3, base_value=80.0, verdict="no detectable change")
    sentence = change_sentence(change.assign(smallest_seen=0.11).iloc[0], "count", ENGLISH)
    assert sentence.startswith("April 2024: 80, no detectable change (+25.0%, daily average")
    assert "+30.0%" in sentence
    assert sentence.endswith("a change of 11.0% would have been seen")


def test_the_table_begins_with_what_changed_and_is_folded():
    metrics = ["customer_churn_rate", "reactivation_rate", "customer_retention_rate"]
    words = ["no detectable change", "changed, but little", "changed"]
    table = pd.concat([move(metric=name, verdict=word) for name, word in zip(metrics, words, strict=True)])
    html = show_changes(table).html
    assert "<details" in html
    assert "3 comparisons" in html
    places = [html.index(name) for name in ("Customer retention rate", "Reactivation rate", "Customer churn rate")]
    assert places == sorted(places)


def test_of_segments_the_table_has_those_that_changed_and_the_file_has_all():
    table = pd.concat([move(), move(segment="country=DE"), move(segment="country=PL", verdict="no detectable change")])
    exhibit = show_changes(table)
    assert "Customer churn rate, Germany" in exhibit.html
    assert "Poland" not in exhibit.html
    assert len(exhibit.data) == 3
