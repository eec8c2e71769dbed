"""The score by wave, by hand and as laws."""

import pandas as pd
from hypothesis import given, settings

from retention_kit.metrics.surveys.scores import nps
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.periods import Period
from tests.surveys import answers_of, any_answers

JUNE = Period("2024-06")


def months_of(*scores_by_month, **columns):
    """A list of scores for January, for February, and so on."""
    months = [answers_of(scores, day=f"2024-{place:02}-15") for place, scores in enumerate(scores_by_month, 1)]
    return pd.concat(months, ignore_index=True).assign(**columns)


def values(trend, n_waves):
    rows = trend[trend.n_waves == n_waves]
    return dict(zip(rows.wave, rows["value"].round(6), strict=True))


def test_waves_are_pooled_on_counts_not_on_scores():
    trend = nps_trend(months_of([9], [0], [9] * 8), until=JUNE)
    assert values(trend, 1) == {"2024-01": 100, "2024-02": -100, "2024-03": 100}
    assert values(trend, 3) == {"2024-03": 80}
    assert trend.n.tolist() == [1, 1, 8, 10]


def test_the_pool_moves_on_with_each_wave():
    trend = nps_trend(months_of([9], [0], [0], [0], [9]), until=JUNE)
    assert values(trend, 3) == {"2024-03": -33.333333, "2024-04": -100, "2024-05": -33.333333}


def test_two_waves_are_no_three():
    trend = nps_trend(months_of([9], [0]), until=JUNE)
    assert trend.n_waves.tolist() == [1, 1]
    assert values(nps_trend(months_of([9], [0]), until=JUNE, pooled=2), 2) == {"2024-02": 0}


def test_waves_stand_in_the_order_of_their_last_answer():
    days = ["2024-03-01", "2024-05-01", "2024-02-01", "2024-04-01"]
    named = answers_of([9, 9, 0, 0], day=days, wave=["spring", "a first", "spring", "zero"])
    assert nps_trend(named, until=JUNE, pooled=9).wave.tolist() == ["spring", "zero", "a first"]
    twins = answers_of([9, 0], wave=["b", "a"])
    assert nps_trend(twins, until=JUNE).wave.tolist() == ["a", "b"]


def test_answers_after_the_last_period_are_not_counted():
    days = ["2024-05-31", "2024-06-01"]
    assert nps_trend(answers_of([9, 9], day=days), until=Period("2024-05")).wave.tolist() == ["2024-05"]


def test_an_answer_after_the_last_period_takes_no_earlier_one_away():
    twice = answers_of([9, 0], day=["2024-05-31", "2024-06-01"], customer_id="c", wave="spring")
    assert values(nps_trend(twice, until=Period("2024-05")), 1) == {"spring": 100}


def test_each_wave_says_when_it_was_last_answered():
    """1970-01-01 is day 0; the wave's last day is that of all its segments."""
    days = ["2024-01-31", "2024-01-15", "2024-02-01", "2024-02-02"]
    answers = answers_of([9, 9, 9, 9], day=days, country=["PL", "UA", "PL", "PL"])
    trend = nps_trend(answers, until=JUNE, pooled=2)
    assert trend[["wave", "n_waves", "last_day"]].to_numpy().tolist() == [
        ["2024-01", 1, 19753], ["2024-02", 1, 19755], ["2024-02", 2, 19755],
    ]  # fmt: skip
    assert trend.last_day.dtype == "int64"
    assert set(nps_trend(answers, until=JUNE, by="country").last_day) == {19753, 19755}


def test_small_segments_are_merged_wave_by_wave():
    answers = months_of([9] * 12, [9] * 12).assign(
        country=["PL"] * 7 + ["UA"] * 5 + ["PL"] * 7 + ["UA"] * 3 + ["US"] * 2
    )
    trend = nps_trend(answers, until=JUNE, by="country", pooled=2)
    assert trend[["wave", "n_waves", "segment", "n"]].to_numpy().tolist() == [
        ["2024-01", 1, "PL", 7],
        ["2024-01", 1, "UA", 5],
        ["2024-02", 1, "PL", 7],
        ["2024-02", 1, "(other)", 5],
        ["2024-02", 2, "PL", 14],
        ["2024-02", 2, "UA", 8],
        ["2024-02", 2, "(other)", 2],
    ]
    assert trend.status.tolist() == ["ok"] * 6 + ["suppressed"]


def test_a_wave_without_a_valid_answer_has_no_score():
    trend = nps_trend(answers_of([9, 11], wave=["a", "b"]), until=JUNE)
    assert trend.status.tolist() == ["ok", "no_responses"]
    assert trend.n_rejected.tolist() == [0, 1]


def test_without_answers_there_is_no_wave():
    trend = nps_trend(answers_of([]), until=JUNE)
    assert trend.empty
    assert list(trend.columns) == list(nps_trend(answers_of([9]), until=JUNE).columns)


@settings(max_examples=10)
@given(any_answers(n_days=60))  # two months: the score of each is asked for
def test_a_wave_of_a_month_is_the_score_of_the_month(responses):
    trend = nps_trend(responses, until=Period("2025-12"))
    for row in trend[trend.n_waves == 1].itertuples():
        of_month = nps(responses, period=Period(row.wave)).iloc[0]
        assert (row.n, row.numerator, row.n_rejected) == (of_month.n, of_month.numerator, of_month.n_rejected)


@settings(max_examples=10)
@given(any_answers())
def test_the_segments_of_a_wave_add_up_to_it(responses):
    whole, parts = (nps_trend(responses, until=Period("2025-12"), by=by) for by in (None, "country"))
    columns = ["n", "numerator", "n_rejected"]
    sums = parts.groupby(["n_waves", "wave"])[columns].sum()
    pd.testing.assert_frame_equal(sums, whole.groupby(["n_waves", "wave"])[columns].sum(), check_dtype=False)
