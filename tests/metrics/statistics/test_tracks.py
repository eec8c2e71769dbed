"""Levels of a metric and the steps between them: by hand, and as laws."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.metrics.statistics.levels import levels
from retention_kit.metrics.statistics.tracks import track_of
from retention_kit.periods import Period

LAST = Period("2024-05")
USUAL = {"value": 0.1, "numerator": 10.0, "denominator": 100.0, "deff": 1.0, "se": math.nan, "status": "ok", "days": 30}


def level_of(compared, **row):
    found = levels(pd.DataFrame([USUAL | row]), compared, unit="month").iloc[0]
    return found.level, found.variance


def track_with(values, variance=0.01, *, last=LAST, shared=None):
    """A track of given levels, one a month, up to a last one."""
    periods = [last - place for place in range(len(values) - 1, -1, -1)]
    rows = pd.DataFrame({"period": [str(period) for period in periods], "days": [period.n_days for period in periods]})
    return track_of(rows.assign(level=values, variance=variance), last, shared=shared)


# Levels by hand


def test_a_count_is_a_logarithm_of_a_half_more_per_day():  # Z9
    assert level_of("count", value=60.0) == pytest.approx((math.log(60.5 / 30), 1 / 60.5))
    assert level_of("count", value=0.0) == pytest.approx((math.log(0.5 / 30), 2))


def test_a_total_is_a_logarithm_per_day_with_the_error_of_its_customers():  # Z9
    assert level_of("total", value=900.0, se=90.0) == pytest.approx((math.log(30), 0.01))


def test_money_per_order_is_a_logarithm_whatever_the_days():
    assert level_of("ratio", value=20.0, se=1.0, days=28) == pytest.approx((math.log(20), 0.0025))


def test_a_share_knows_that_customers_count_several_times():  # Z4: 25 of 100 is 12.5 of 50, smoothed 13 of 51
    assert level_of("proportion", numerator=25.0, deff=2.0) == pytest.approx((math.log(0.25), 38 / (13 * 50)))


def test_a_share_of_all_is_not_known_for_sure():
    """4 of 4: smoothed 4.5 of 5."""
    of_few = {"value": 1.0, "numerator": 4.0, "denominator": 4.0}
    assert level_of("proportion", **of_few) == pytest.approx((0, 0.1 / (0.9 * 4)))


def test_a_hazard_is_a_logarithm_of_that_of_a_mean_month():  # Z6, Z9
    rate = 10.5 / 101
    h = -math.log(1 - rate)
    expected = (math.log(h * 30.4375 / 28), rate / ((1 - rate) * 100) / h**2)
    assert level_of("hazard", days=28) == pytest.approx(expected)


def test_a_score_is_its_points():  # Z9: NPS as differences
    assert level_of("points", value=-20.0, se=5.0) == (-20, 25)


@pytest.mark.parametrize(
    ("compared", "row"),
    [
        ("hazard", {"numerator": 0.0}),
        ("proportion", {"numerator": 0.0, "value": 0.0}),
        ("ratio", {"value": 0.0, "se": 1.0}),
        ("ratio", {"value": -3.0, "se": 1.0}),
        ("total", {"value": 0.0, "se": 0.0}),
        ("ratio", {"value": 3.0, "se": math.nan}),
        ("count", {"value": 3.0, "status": "immature"}),
        ("points", {"value": math.nan, "se": math.nan, "status": "no_responses"}),
    ],
)
def test_what_has_no_logarithm_or_no_error_has_no_level(compared, row):  # Z9: "is left out"
    assert np.isnan(level_of(compared, **row)).all()


def test_where_everybody_left_there_is_a_level():
    assert np.isfinite(level_of("hazard", numerator=100.0)).all()


# Steps by hand


def test_a_step_has_the_variances_of_both_less_what_they_share():
    shared = pd.DataFrame({"period": ["2024-05"], "lag": [1], "covariance": [0.003]})
    track = track_with([1.0, 1.2, 1.5], [0.01, 0.02, 0.04], shared=shared)
    assert track.step(2, 1) == pytest.approx((0.3, 0.02 + 0.04 - 0.006))
    assert track.step(1, 1) == pytest.approx((0.2, 0.03))
    assert track.step(2, 2) == pytest.approx((0.5, 0.05))


def test_before_the_first_period_there_is_no_step():
    track = track_with([1.0, 1.2, 1.5])
    assert np.isnan(track.step(2, 3)).all()
    assert np.isnan(track.baseline_step(2)).all()


def test_a_step_beyond_the_season_has_four_variances():  # Z9
    track = track_with([1.0, 1.3, *[0.0] * 10, 2.0, 2.5], 0.01)
    assert track.season_step(13) == pytest.approx((0.5 - 0.3, 0.04))


def test_the_baseline_is_the_mean_of_the_twelve_periods_before():
    track = track_with([50.0, *np.arange(12.0), 9.0], 0.12)
    assert track.baseline_step(13) == pytest.approx((3.5, 0.12 + 0.01))
    assert track.mean_step(12, 13) == pytest.approx((10 - (50 + 55) / 12, 0.06 + 0.01))
    assert track.mean_step(13, 13, until=12) == pytest.approx((9 - (50 + 55) / 12, 0.12 + 0.01))
    assert np.isnan(track.mean_step(11, 13)).all()


def test_means_of_periods_that_share_customers_are_surer_apart_and_less_sure_together():
    """Levels of neighbours go together by 0.5, those of a year apart not at all, in between along a line."""
    periods = [str(LAST - place) for place in range(26)]
    shared = pd.DataFrame({"period": periods * 2, "lag": [1] * 26 + [12] * 26, "covariance": [0.005] * 26 + [0.0] * 26})
    track = track_with([0.0] * 26, 0.01, shared=shared)
    correlation = np.interp(np.arange(26), [0, 1, 12], [1, 0.5, 0])
    weights = np.array([0.0] * 12 + [-1 / 12] * 12 + [0.5] * 2)
    together = correlation[np.abs(np.subtract.outer(np.arange(26), np.arange(26)))]
    assert track.mean_step(24, 25).variance == pytest.approx(0.01 * weights @ together @ weights)
    assert track.mean_step(24, 25).variance != pytest.approx(0.01 * (0.5 + 1 / 12), rel=0.01)


def test_who_comes_back_after_a_year_alone_makes_no_neighbours_alike():
    shared = pd.DataFrame({"period": ["2024-05"], "lag": [12], "covariance": [0.002]})
    track = track_with([0.0] * 26, 0.01, shared=shared)
    assert track.mean_step(25, 25).variance == pytest.approx(0.01 * (1 + 1 / 12), rel=0.05)


def test_a_period_without_a_row_has_no_level():
    rows = pd.DataFrame({"period": ["2024-01", "2024-03", "2024-05"], "days": [31, 31, 31], "level": 1.0})
    track = track_of(rows.assign(variance=0.01), LAST)
    assert (track.n, track.n_known) == (5, 3)
    assert track.days.tolist() == [31, 29, 31, 30, 31]


def test_of_first_days_a_step_takes_the_shorter_length_of_both():  # Z6
    periods = ["2024-02", "2024-03", "2024-04"]
    rows = pd.DataFrame([(p, d, 100 * int(p[-1]) + d) for p in periods for d in (29, 30, 31)])
    rows.columns = ["period", "days", "level"]
    track = track_of(rows.assign(variance=1.0), Period("2024-04"))
    assert track.step(1, 1).change == (300 + 29) - (200 + 29)
    assert track.step(2, 1).change == (400 + 30) - (300 + 30)
    assert track.mean_level(0, 2) == 300 + 29  # means are of the shortest


# When there is a process variance


def test_changes_since_the_period_before_need_thirteen_periods_and_their_own_is_left_out():  # Z9
    assert track_with([0.0] * 13).process(12, 1) is None
    assert track_with([0.0] * 14).process(13, 1).n == 12


def test_changes_since_a_year_ago_take_those_of_one_period_until_there_are_twelve():  # Z9
    season = [0.0, 0.4] * 6
    steps = track_with([*season, *season])
    assert steps.process(23, 12).n == 22
    assert steps.process(23, 12).tau2 > 0.3
    years = track_with([*season, *season, 0.0])
    assert (years.process(24, 12).n, years.process(24, 12).tau2) == (12, 0)
    assert track_with([0.0] * 12).process(11, 12) is None


def test_the_season_is_taken_out_from_26_months_on():  # Z9
    assert track_with([0.0] * 25).season_process(24) is None
    assert track_with([0.0] * 26).season_process(25).n == 12


# By law

LEVELS = st.lists(st.floats(-5, 5), min_size=30, max_size=40)


@given(LEVELS, st.floats(-3, 3), st.integers(1, 12))
def test_levels_all_moved_alike_have_the_same_steps(values, by, lag):
    track, moved = track_with(values), track_with([value + by for value in values])
    at = track.n - 1
    assert moved.step(at, lag) == pytest.approx(track.step(at, lag))
    assert moved.baseline_step(at) == pytest.approx(track.baseline_step(at))
    assert moved.process(at, lag).tau2 == pytest.approx(track.process(at, lag).tau2)


@given(LEVELS)
def test_a_step_over_a_year_is_the_sum_of_twelve(values):
    track, at = track_with(values), len(values) - 1
    steps = sum(track.step(each, 1).change for each in range(at - 11, at + 1))
    assert track.step(at, 12).change == pytest.approx(steps)
    assert track.year_step(at, at) == pytest.approx(track.step(at, 12))
    mean = sum(track.step(each, 12).change for each in (at - 1, at)) / 2
    assert track.year_step(at - 1, at) == pytest.approx((mean, 0.01))


@given(LEVELS, st.floats(-9, 9))
def test_what_is_tested_has_no_part_in_what_it_is_tested_by(values, other):
    track, changed = track_with(values), track_with([*values[:-1], other])
    at = track.n - 1
    for name in ("season_process", "baseline_process"):
        assert getattr(changed, name)(at) == getattr(track, name)(at)
    assert changed.process(at, 1) == track.process(at, 1)
    assert changed.process(at, 12) == track.process(at, 12)


@given(st.lists(st.floats(-5, 5), min_size=12, max_size=12), st.floats(-1, 1))
def test_the_same_season_every_year_leaves_nothing_beyond_it(year, growth):
    track = track_with([level + growth * place for place, level in enumerate(year * 3)])
    assert track.season_step(35).change == pytest.approx(0, abs=1e-9)
    assert track.season_process(35).tau2 == pytest.approx(0, abs=1e-9)
