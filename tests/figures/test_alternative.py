"""What a figure shows, in numbers, for those who do not see it."""

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.alternative import alternative
from retention_kit.figures.drawn import Drawn
from retention_kit.wording import ENGLISH, Wording


def told(rows, drawn=Drawn(), *, table="rates", wording=ENGLISH):  # noqa: B008 - it is frozen
    return alternative("Title", rows, drawn, table=table, wording=wording)


@pytest.fixture
def rates():
    return pd.DataFrame(
        {
            "period": ["2024-02", "2024-03", "2024-04", "2024-05"],
            "segment": "(all)",
            "value": [np.nan, 0.9, 0.7, 0.8],
            "low": [np.nan, 0.8, 0.6, 0.75],
            "high": [np.nan, 0.95, 0.75, 0.85],
            "n": [0, 10, 20, 30],
        }
    )


def test_a_series_says_from_when_to_when_and_its_last_lowest_and_highest(rates):
    assert told(rates) == (
        "Title, March 2024 to May 2024: last 80.0% (95%: 75.0% to 85.0%), lowest 70.0% (April 2024), "
        "highest 90.0% (March 2024)"
    )


def test_numbers_are_written_as_the_reader_writes_them(rates):
    polish = told(rates, wording=Wording("pl", "PLN"))
    assert "80,0%" in polish
    assert "maj 2024" in polish


def test_what_is_missing_throughout_is_no_number(rates):
    assert told(rates.assign(value=np.nan)) == "Title"


def test_a_few_bars_are_all_told():
    rows = pd.DataFrame({"segment": ["champions", "a{b}"], "n_customers": [1, 3], "value": [0.25, 0.75]})
    assert told(rows, table="rfm_segments") == "Title: Champions: 25.0%, a{b}: 75.0%"


def test_of_many_bars_the_lowest_and_the_highest_are_told():
    rows = pd.DataFrame({"segment": [f"s{n}" for n in range(13)], "value": [n / 100 for n in range(13)]})
    assert told(rows) == "Title: lowest 0.0% (s0), highest 12.0% (s12)"


def test_a_curve_is_told_from_its_first_to_its_last_age():
    rows = pd.DataFrame({"age": range(1, 14), "value": [0.5, *[0.2] * 11, 0.3]})
    assert told(rows) == "Title, Age 1 to Age 13: last 30.0%, lowest 20.0% (Age 2), highest 50.0% (Age 1)"


def test_each_part_of_a_bar_is_told_by_its_name_but_one_that_there_is_nothing_of():
    rows = pd.DataFrame({"period": ["2024-04", "2024-05"], "new": [3, 1], "churned": [2, 5], "reactivated": 0})
    assert told(rows, Drawn(("new", "reactivated", "churned"))) == (
        "Title, April 2024 to May 2024: New: last 1, lowest 1 (May 2024), highest 3 (April 2024); "
        "Lost: last 5, lowest 2 (April 2024), highest 5 (May 2024)"
    )
    assert told(rows.assign(churned=0), Drawn(("new", "churned"))).startswith(
        "Title, April 2024 to May 2024: New: last 1"
    )


def test_each_of_a_few_lines_is_told():
    rows = pd.DataFrame(
        {"group": ["promoter"] * 2 + ["detractor"] * 2, "horizon_days": [90, 180] * 2, "value": [0.5, 0.6, 0.1, np.nan]}
    )
    assert told(rows) == (
        "Title: Promoters: Days after the answer 90: 50.0%, Days after the answer 180: 60.0%; "
        "Detractors: Days after the answer 90: 10.0%"
    )


def test_of_a_grid_the_lowest_and_the_highest_are_told():
    rows = pd.DataFrame([(f"2024-0{n}", age, n / 10 + age / 100) for n in range(1, 8) for age in range(1, 8)])
    rows.columns = ["cohort", "age", "value"]
    assert told(rows) == (
        "Title, January 2024 to July 2024: lowest 11.0% (January 2024, Age 1), highest 77.0% (July 2024, Age 7)"
    )


def test_an_interval_is_that_of_its_own_number():
    rows = pd.DataFrame({"theme": ["price"], "share": [0.5], "low": [0.4], "high": [0.6], "nps": [7]})
    own = rows.assign(nps_low=[-3], nps_high=[12])
    assert told(own, Drawn(("share", "nps")), table="nps_themes") == (
        "Title: Share: price: 50.0% (95%: 40.0% to 60.0%); NPS: price: 7 (95%: −3 to 12)"
    )
    assert told(rows.assign(value=0.5, cumulative=9.0), Drawn(("cumulative",))) == "Title: price: $9.00"
