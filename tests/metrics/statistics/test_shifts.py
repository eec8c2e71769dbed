"""What is looked for at the end of a track: a shift, an odd month, what began earlier, a drift; and what is none."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retention_kit.metrics.statistics.shifts import shifts
from retention_kit.periods import Period
from tests.metrics.statistics.test_tracks import track_with

NOISE = [0.02, -0.01, 0.015, -0.02, 0.005, -0.015, 0.01, 0.0, -0.005, 0.02, -0.02, 0.01]
"""A year of small ups and downs, whose sum is about nought."""

SIZES = st.one_of(st.floats(0.3, 2), st.floats(-2, -0.3))


def seen_in(values, variance=0.0004, *, whole=None, **track):
    """What is looked for in a track of all customers, or of a segment of them."""
    own = track_with(values, variance, **track)
    return shifts(own, own if whole is None else track_with(whole, variance))


def by_kind(values, variance=0.0004, **track):
    return {shift.kind: shift for shift in seen_in(values, variance, **track)}


def surest(values, **track):
    """What would be told: a drift only where nothing else is found."""
    found = by_kind(values, **track)
    return min((shift for kind, shift in found.items() if kind != "drift"), key=lambda shift: shift.surest_first)


def flat(n=36):
    return (NOISE * 4)[:n]


def moved(places, by, n=36):
    """A flat track with some of its last months moved."""
    return [level + by * (place - n in places) for place, level in enumerate(flat(n))]


# By hand


def test_of_a_flat_track_nothing_stands_out():
    assert min(shift.p_value for shift in seen_in(flat())) > 0.05


def test_a_shift_is_held_against_the_twelve_months_before():
    found = by_kind(moved({-1}, 0.5))["shift"]
    assert (found.start, found.season) == (35, 0)  # a year ago all customers changed by no more than chance
    assert found.usual == pytest.approx(np.mean(flat()[-13:-1]))
    assert found.change == found.now == pytest.approx(flat()[-1] + 0.5 - found.usual)
    assert found.low < found.change < found.high
    assert found.p_value < 0.001


def test_the_season_of_a_year_ago_is_taken_out_where_a_second_year_shows_it_again():
    values = moved({-1}, 0.5, n=40)
    values[-13] += 0.2
    assert by_kind(values)["shift"].season == 0  # it was a month of its own
    values[-25] += 0.2
    found = by_kind(values)["shift"]
    assert found.season == pytest.approx(values[-13] - np.mean(values[-25:-13]))
    assert found.usual == pytest.approx(np.mean(values[-13:-1]) + found.season)
    assert found.change == pytest.approx(values[-1] - found.usual)


def test_an_odd_month_is_that_of_the_period_before_and_this_one_is_back():
    found = by_kind(moved({-2}, 0.5))
    assert found["odd"].p_value < 0.001
    assert (found["odd"].start, found["odd"].now) == (34, pytest.approx(found["odd"].change))
    assert found["shift"].p_value > 0.05
    assert found["since"].p_value == 1


@pytest.mark.parametrize("by", [0.5, -0.5])
def test_what_stays_is_no_odd_month(by):
    assert by_kind(moved({-2, -1}, by))["odd"].p_value == 1


def test_the_other_way_as_far_is_not_back():
    values = moved({-2}, 0.5)
    values[-1] -= 0.5
    assert by_kind(values)["odd"].p_value == 1


def test_a_period_that_is_not_known_is_not_said_to_be_back():
    values = moved({-2}, 0.5)
    values[-1] = math.nan
    assert by_kind(values)["odd"].p_value == 1


def test_what_began_half_a_year_ago_is_told_since_then():
    found = surest(moved({-6, -5, -4, -3, -2, -1}, 0.5))
    assert (found.kind, found.start) == ("since", 30)
    assert found.change == pytest.approx(0.5, abs=0.03)


def test_that_since_when_was_looked_for_is_paid_for():
    values = moved({-6, -5, -4, -3, -2, -1}, 0.1)
    track = track_with(values, 0.0004)
    error = math.sqrt(track.mean_step(30, 35).variance)
    at_best = track.baseline_process(30).widening(error**2)
    assert by_kind(values)["since"].p_value >= math.erfc(track.mean_step(30, 35).change / error / math.sqrt(2))
    assert at_best.k >= 1


def test_a_slow_fall_of_a_year_is_a_drift_of_half_a_year():
    values = [level - 0.05 * max(place - 23, 0) for place, level in enumerate(flat())]
    found = by_kind(values)["drift"]
    assert found.p_value < 0.001
    assert found.start == 30
    assert found.usual == pytest.approx(np.mean(values[18:24]))
    assert found.change == pytest.approx(np.mean(values[30:]) - np.mean(values[18:24]))


def test_a_month_that_was_as_high_a_year_ago_is_no_shift():  # "must agree": what every December brings
    values = moved({-1, -13}, 0.5)
    assert by_kind(values)["shift"].p_value == 1


def test_of_a_month_that_rises_every_year_what_is_beyond_that_is_told():
    values = moved({-1}, 0.5)
    values[-13] += 0.3
    found = by_kind(values)["shift"]
    assert found.change == pytest.approx(0.2, abs=0.03)
    assert found.p_value < 0.001


def test_the_season_of_a_segment_is_that_of_all_customers():
    december, flat_whole = moved({-1, -13}, 0.5), flat()
    assert by_kind(december, whole=december)["shift"].change == pytest.approx(-0.5 / 12, abs=0.01)
    alone = by_kind(december, whole=flat_whole)["shift"]  # the whole has no season, but the year before was alike
    assert (alone.change, alone.p_value) == (pytest.approx(0.5, abs=0.06), 1)


def test_the_year_before_must_agree_in_direction_and_size():
    values = moved({-1}, 0.5)
    values[-13] += 0.3
    assert by_kind(values, whole=flat())["shift"].p_value == 1  # 0.2 beyond the year before is under half of 0.5
    values[-13] -= 0.1
    assert by_kind(values, whole=flat())["shift"].p_value < 0.01


def test_an_ordinary_month_is_no_shift_where_that_of_a_year_ago_was_odd():  # the baseline as it is must agree
    values = flat()
    values[-13] += 0.5
    assert by_kind(values)["shift"].p_value > 0.05
    assert by_kind(values, whole=[*values[:-25], values[-25] + 0.5, *values[-24:]])["shift"].p_value == 1


def grown(by, *, last=0.0, december=0.0, n=40):
    """A track that rises by so much a year, its last month moved, and the same month of every year."""
    return [
        level + by * place / 12 + december * ((n - 1 - place) % 12 == 0) + last * (place == n - 1)
        for place, level in enumerate(flat(n))
    ]


@pytest.mark.parametrize(("by", "agrees"), [(0.05, True), (0.2, False)])
def test_growth_does_not_hide_a_fall(by, agrees):
    """A month 30 % down has lost little since a year ago: then the month before must tell that it fell."""
    values, fell = grown(by, last=math.log(0.7)), math.log(0.7)
    assert (values[-1] - values[-13] <= fell / 2) == agrees
    found = by_kind(values)["shift"]
    assert found.p_value < 0.001
    assert found.change == pytest.approx(fell, abs=0.05)
    assert by_kind(grown(by))["shift"].p_value > 0.05


@pytest.mark.parametrize(("by", "agrees"), [(0.05, True), (0.15, False), (0.2, False)])
def test_where_the_month_before_was_as_low_the_year_before_must_agree(by, agrees):
    """By 0.15 it is far enough down since a year ago, but no further than years differ anyway."""
    values = grown(by, last=math.log(0.7))
    values[-2] += math.log(0.7)
    p_value = by_kind(values)["shift"].p_value
    assert p_value < 0.001 if agrees else p_value == 1


def test_a_fall_that_every_year_brings_is_none_even_where_the_shop_grows():
    assert by_kind(grown(0.2, december=math.log(0.7)))["shift"].p_value > 0.05


@pytest.mark.parametrize("months", [12, 18, 24])
def test_a_ramp_is_a_drift_and_no_step(months):
    values = [level + 0.04 * max(place - (36 - months), 0) for place, level in enumerate(flat())]
    found = by_kind(values)
    assert found["since"].p_value == 1
    assert found["drift"].p_value < 0.001
    assert (found["drift"].start, found["drift"].change > 0.2) == (30, True)


def test_months_without_a_level_are_left_out_of_the_twelve_where_eight_are_known():
    values = moved({-1}, 0.5)
    for place in (-3, -5, -7, -9):
        values[place] = math.nan
    found = by_kind(values)["shift"]
    assert found.usual == pytest.approx(np.nanmean(values[-13:-1]))
    assert found.p_value < 0.001
    values[-2] = math.nan
    assert "shift" not in by_kind(values)


def test_without_a_known_season_the_year_before_must_be_as_sure():
    values = moved({-1}, 0.5, n=20)
    found = by_kind(values)["shift"]
    assert found.usual == pytest.approx(np.mean(values[-13:-1]))
    assert 0 < found.p_value < 0.001
    values[-13] = math.nan
    assert by_kind(values)["shift"].p_value == 1


@pytest.mark.parametrize(("n", "kinds"), [(12, []), (13, []), (14, ["shift"]), (25, ["shift", "since", "odd"])])
def test_what_can_be_looked_for_grows_with_the_months_there_are(n, kinds):
    """Steps of one month tell how much months vary from the fourteenth on."""
    assert list(by_kind(flat(n))) == kinds
    assert list(by_kind(flat(26))) == ["shift", "since", "odd", "drift"]


@pytest.mark.parametrize("last", ["2024Q2", "2024"])
def test_quarters_and_years_have_no_findings(last):
    assert by_kind(flat(), last=Period(last)) == {}


def test_a_shift_among_months_that_vary_as_much_is_none():
    values = [0.5 * (-1) ** (place % 3) * (place % 5) for place in range(36)]
    assert min(shift.p_value for shift in seen_in(values)) > 0.01


def test_where_all_customers_are_alike_months_still_vary():
    """One price for everybody, another one every month."""
    prices = np.random.default_rng(3).normal(0, 0.02, 36).tolist()
    assert min(shift.p_value for shift in seen_in(prices, 0.0)) > 0.02
    assert by_kind([*prices[:-1], 0.5], variance=0.0)["shift"].p_value < 0.001


# By law


@given(SIZES)
def test_a_level_moved_in_the_last_period_alone_is_a_shift_and_not_since(by):
    assert surest(moved({-1}, by)).kind == "shift"


@given(SIZES, st.integers(2, 11))
def test_a_level_moved_for_good_is_told_since_its_first_month(by, months):
    found = surest(moved(set(range(-months, 0)), by))
    assert (found.kind, found.start) == ("since", 36 - months)
    assert found.change == pytest.approx(by, abs=0.05)


@given(st.lists(st.floats(-2, 2), min_size=12, max_size=12), st.integers(25, 60))
def test_the_same_season_every_year_has_no_finding_in_any_month(year, n):
    assert all(shift.p_value > 0.05 for shift in seen_in((year * 5)[:n]))


@given(st.lists(st.floats(-1, 1), min_size=14, max_size=48))
def test_upside_down_everything_is_the_other_way_round(values):
    there, back = by_kind(values), by_kind([-value for value in values])
    assert there.keys() == back.keys()
    for kind, shift in there.items():
        other = back[kind]
        assert other.p_value == pytest.approx(shift.p_value)
        assert other.start == shift.start or shift.p_value == 1
        if other.start == shift.start:
            assert (other.change, other.low, other.high) == pytest.approx((-shift.change, -shift.high, -shift.low))


@given(st.lists(st.floats(-1, 1), min_size=14, max_size=40), st.floats(-5, 5))
def test_all_levels_moved_alike_move_what_is_usual_alone(values, by):
    there, moved_all = by_kind(values), by_kind([value + by for value in values])
    for kind, shift in there.items():
        other = moved_all[kind]
        assume(other.start == shift.start)
        assert other.usual == pytest.approx(shift.usual + by)
        assert (other.change, other.p_value) == pytest.approx((shift.change, shift.p_value), abs=1e-6)


@given(st.lists(st.floats(-1, 1), min_size=13, max_size=48), st.floats(0.0001, 1))
def test_every_p_value_is_one(values, variance):
    for shift in seen_in(values, variance):
        assert 0 <= shift.p_value <= 1
        assert shift.low <= shift.change <= shift.high
        assert shift.smallest_seen > 0
