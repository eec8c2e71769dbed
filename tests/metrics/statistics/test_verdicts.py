"""The words for a change: the numbers of the specification, each rule of the module by hand, and laws."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.differences import (
    UNKNOWN,
    Difference,
    difference_of_proportions,
    difference_with_error,
    relative_change_of_rates,
)
from retention_kit.metrics.statistics.hazards import Events, difference_of_hazards, least_of_rate
from retention_kit.metrics.statistics.verdicts import Scale, judged, verdict
from retention_kit.periods import Period
from tests.metrics.statistics.test_process_variance import CHANGES
from tests.metrics.statistics.test_tracks import track_with

CHURN, RESPONSE, ORDERS, AOV, NPS = (
    METRICS[name] for name in ("customer_churn_rate", "response_rate", "orders", "average_order_value", "nps")
)


def scale_of(metric, base=0.2, unit="month"):
    return Scale(metric, base, 30, unit)


def word(told, least):
    tested = told.tested
    return verdict(tested.value, tested.low, tested.high, tested.p_value, least=least)


# The words


def test_a_small_rate_that_doubled_has_changed():  # Z7
    change = difference_of_proportions(160, 10_000, 80, 10_000)
    scale = scale_of(RESPONSE, 0.008)
    assert (scale.least, round(change.p_value, 7)) == (0.0008, 2e-7)
    assert word(judged(scale, change, None, 1), scale.least) == "changed"


@pytest.mark.parametrize("lag", [1, 12])
def test_churn_of_15_per_cent_would_have_been_seen_to_change_by_six_points(lag):  # Z7
    side = Events(82, 550, 30)
    told = judged(scale_of(CHURN, 82 / 550), difference_of_hazards(side, side), None, lag)
    assert told.smallest_seen == pytest.approx(0.060, abs=0.0015)  # of 30.44 days, by Wilson's limits: 0.0614
    assert word(told, 0.01) == "no detectable change"


@pytest.mark.parametrize(
    ("change", "low", "high", "p_adjusted", "expected"),
    [
        (0.02, 0.001, 0.039, 0.10, "changed"),
        (0.02, 0.001, 0.039, 0.101, "no detectable change"),
        (0.02, 0.0, 0.04, 0.01, "no detectable change"),
        (0.02, -0.001, 0.041, 0.01, "no detectable change"),
        (0.01, 0.001, 0.019, 0.01, "changed"),
        (0.0099, 0.001, 0.019, 0.01, "changed, but little"),
        (-0.0099, -0.019, -0.001, 0.01, "changed, but little"),
        (-0.02, -0.039, -0.001, 0.01, "changed"),
        (0.02, math.nan, 0.039, 0.01, "not_comparable"),
        (0.02, 0.001, math.nan, 0.01, "not_comparable"),
        (0.02, 0.001, 0.039, math.nan, "not_comparable"),
    ],
)
def test_the_word_for_a_change(change, low, high, p_adjusted, expected):  # Z7
    assert verdict(change, low, high, p_adjusted, least=0.01) == expected


@pytest.mark.parametrize(
    ("metric", "base", "least"),
    [
        (CHURN, 0.2, 0.01),
        (CHURN, 0.05, 0.005),
        (CHURN, 0.97, 0.003),
        (RESPONSE, 0.008, 0.0008),
        (NPS, 40.0, 5.0),
        (NPS, -1.0, 5.0),
        (AOV, 50.0, 1.0),
        (ORDERS, 400.0, 0.02),
        (METRICS["purchase_frequency"], 1.5, 0.03),
        (METRICS["new_customers"], 70.0, 0.02),
    ],
)
def test_the_least_change_worth_speaking_of(metric, base, least):  # Z7
    assert scale_of(metric, base).least == pytest.approx(least)


# How a change is judged


def track_of_steps(steps, variance=0.00045):
    """A track whose levels change by so much from month to month; a step has twice the variance."""
    return track_with([sum(steps[:place]) for place in range(len(steps) + 1)], variance)


@pytest.mark.parametrize(
    ("change", "low", "high", "p_value", "said"),
    [(-0.20, -0.3509, -0.0491, 0.0148, "changed"), (-0.12, -0.2709, 0.0309, 0.106, "no detectable change")],
)
def test_a_fall_since_a_year_ago_among_changes_of_one_month(change, low, high, p_value, said):  # Z9
    """Thirteen months: against a year ago with the variance of twelve steps of one month."""
    steps = [*CHANGES, 0.0]
    steps[-1] = change - sum(steps[1:])
    relative = math.expm1(change)
    plain = Difference(relative, math.expm1(change - 0.0588), math.expm1(change + 0.0588), two_sided(change / 0.03))
    told = judged(scale_of(ORDERS, 400), plain, track_of_steps(steps), 12)
    ends = (math.log1p(told.tested.low), math.log1p(told.tested.high))
    assert ends == pytest.approx((low, high), abs=1e-4)
    assert told.tested.p_value == pytest.approx(p_value, abs=5e-4)
    assert (told.flags, told.usual) == ("", pytest.approx(math.nan, nan_ok=True))
    assert word(told, 0.02) == said


def two_sided(z):
    return math.erfc(abs(z) / math.sqrt(2))


def test_without_levels_sampling_alone_tells():  # Z9
    change = difference_of_proportions(60, 100, 40, 100)
    told = judged(scale_of(RESPONSE, 0.4), change, None, 1)
    assert (told.tested, told.flags) == (change, "sampling_only")


@pytest.mark.parametrize(("n", "flags"), [(12, "sampling_only"), (13, "season_unknown"), (25, "season_unknown")])
def test_what_is_said_against_the_month_before_by_the_months_there_are(n, flags):  # Z9
    plain = difference_with_error(0.5, 0.01)
    told = judged(scale_of(AOV, 1.0), plain, track_with([0.0] * n), 1)
    assert told.flags == ("sampling_only" if n == 12 else flags)
    assert (told.tested.low, told.tested.high) == (plain.low, plain.high)
    assert word(told, 0.02) == ("changed" if n == 12 else "not_comparable")
    assert math.isnan(told.smallest_seen) == (n > 12)


def test_from_26_months_on_the_season_is_taken_out():  # Z9
    season = [0.0, 0.1, -0.1, 0.2, 0.0, 0.3, 0.1, 0.0, -0.2, 0.1, 0.0, 0.6]
    values = [*season, *season, *season[:2]]
    plain = difference_with_error(math.expm1(0.1), 0.01)
    told = judged(scale_of(AOV, 1.0), plain, track_with(values, 0.0001), 1)
    assert told.flags == "beyond_season"
    assert told.difference == pytest.approx(math.expm1(0.1))
    assert told.usual == pytest.approx(math.expm1(0.1))
    assert told.tested.value == pytest.approx(0, abs=1e-12)
    assert told.tested.high == pytest.approx(math.exp(0.1) * math.expm1(1.96 * 0.02), rel=1e-3)
    assert word(told, 0.02) == "no detectable change"


def test_a_rise_that_is_half_of_the_usual_one_is_a_fall_beyond_the_season():
    values = [*[0.0, 0.4] * 12, 0.0, 0.2]
    told = judged(scale_of(AOV, 10.0), difference_with_error(2.2, 0.1), track_with(values, 0.0001), 1)
    assert told.difference == pytest.approx(10 * math.expm1(0.2))
    assert told.usual == pytest.approx(10 * math.expm1(0.4))
    assert told.tested.value == pytest.approx(10 * (math.exp(0.2) - math.exp(0.4)))
    assert told.tested.high < 0 < told.difference
    assert word(told, 0.2) == "changed"


def test_of_a_score_the_season_is_points():
    values = [*[0.0, 10.0] * 12, 0.0, -20.0]
    told = judged(scale_of(NPS, 30.0), difference_with_error(-20, 4), track_with(values, 4.0), 1)
    assert (told.difference, told.usual, told.tested.value) == (-20, 10, -30)


def test_a_year_has_no_season():
    plain = difference_with_error(0.5, 0.01)
    yearly = track_with([0.0] * 4, last=Period("2024"))
    told = judged(scale_of(AOV, 1.0, "year"), plain, yearly, 1)
    assert (told.flags, word(told, 0.02)) == ("sampling_only", "not_comparable")


@pytest.mark.parametrize("unit_of", ["2024Q2", "2024-W20"])
def test_quarters_and_weeks_without_enough_of_them_have_no_word(unit_of):  # issue: "else without a word"
    last = Period(unit_of)
    for lag in (1, 4):
        told = judged(
            scale_of(AOV, 1.0, last.unit), difference_with_error(0.5, 0.01), track_with([0.0] * 8, last=last), lag
        )
        assert word(told, 0.02) == "not_comparable"


def test_what_cannot_be_compared_stays_so():
    told = judged(scale_of(AOV), UNKNOWN, track_with([0.0] * 30), 1)
    assert math.isnan(told.tested.low)
    assert word(told, 0.02) == "not_comparable"


def test_where_all_customers_are_alike_there_is_no_interval_and_no_word():  # Z3
    for value in (0.0, 0.5):
        told = judged(scale_of(AOV, 10.0), difference_with_error(value, 0.0), track_with([0.0] * 30, 0.0), 12)
        assert (told.difference, word(told, 0.2)) == (value, "not_comparable")
        assert np.isnan([told.tested.low, told.tested.high, told.smallest_seen]).all()


def test_a_base_without_a_level_is_judged_by_sampling_alone_and_says_so():
    plain = difference_of_hazards(Events(2, 40, 31), Events(0, 40, 30))
    track = track_with([*[0.1, -0.1] * 7, math.nan, *[0.0] * 12], [*[0.01] * 14, math.nan, *[0.01] * 12])
    told = judged(scale_of(CHURN, 0.0), plain, track, 12)
    assert (told.flags, told.tested.p_value) == ("sampling_only", plain.p_value)


# By law

SIDES = st.tuples(st.integers(0, 400), st.integers(400, 3000))
HISTORY = st.one_of(st.none(), st.lists(st.floats(-1, 1), min_size=1, max_size=40))
DAYS = st.sampled_from([28, 29, 30, 31])


@given(SIDES, HISTORY, st.sampled_from([1, 12]), DAYS, st.floats(1e-4, 1))
def test_equal_sides_have_never_changed_in_rate(side, history, lag, days, variance):
    change = difference_of_hazards(Events(*side, days), Events(*side, days))
    track = None if history is None else track_with([*history, history[-1]], variance)
    assume(track is None or track.season_process(track.n - 1) is None or lag == 12)  # equal and usually not is a change
    told = judged(scale_of(CHURN, side[0] / side[1]), change, track, lag)
    assert word(told, least_of_rate(side[0] / side[1])) in ("no detectable change", "not_comparable")


@given(st.floats(-0.9, 3), st.floats(0.01, 0.5), HISTORY, st.sampled_from([1, 12]))
def test_a_history_never_makes_a_change_surer(relative, error, history, lag):
    log = math.log1p(relative)
    plain = Difference(relative, math.expm1(log - 2 * error), math.expm1(log + 2 * error), two_sided(log / error))
    track = None if history is None else track_with([0.0, *history], error**2 / 2)
    told = judged(scale_of(ORDERS, 100), plain, track, lag)
    assume(told.flags != "beyond_season")
    assert told.difference == pytest.approx(relative)
    assert told.tested.low <= plain.low + 1e-9
    assert told.tested.high >= plain.high - 1e-9
    assert not told.tested.p_value < plain.p_value - 1e-12


@given(st.integers(1, 5000), st.integers(1, 5000), DAYS, DAYS)
def test_a_count_by_itself_is_judged_as_it_was(now, then, days, base_days):
    plain = relative_change_of_rates(now, now, days, (then, then, base_days))
    told = judged(scale_of(METRICS["new_customers"], then), plain, None, 1)
    assert (told.tested.value, told.tested.low) == pytest.approx((plain.value, plain.low))


@given(st.floats(0.001, 0.5), st.floats(-1, 1))
def test_a_shift_there_and_back_is_none(base, shift):
    for metric in (CHURN, RESPONSE, AOV, ORDERS, NPS):
        scale = scale_of(metric, base)
        assert scale.between(0, shift) + scale.between(shift, -shift) == pytest.approx(0, abs=1e-12)
        assert scale.between(0, shift) * shift >= 0
