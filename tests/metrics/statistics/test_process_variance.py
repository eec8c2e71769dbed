"""How much months differ by more than chance: the numbers of the specification, and laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.metrics.statistics.differences import difference_with_error
from retention_kit.metrics.statistics.hazards import Events, difference_of_hazards
from retention_kit.metrics.statistics.process_variance import PLAIN, ProcessVariance, Widening, process_variance

CHANGES = [0.03, -0.05, 0.08, -0.02, 0.06, -0.09, 0.04, -0.01, 0.07, -0.06, 0.02, -0.04]
VARIANCES = [0.0009] * 12
FINITE = st.floats(-1, 1)
STEPS = st.lists(FINITE, min_size=12, max_size=40)


def found_of(changes=CHANGES, variances=VARIANCES):
    return process_variance(changes, variances)


# By hand


def test_the_process_variance_of_twelve_changes():  # Z9
    assert np.median(np.square(CHANGES)) == pytest.approx(0.00205)
    found = found_of()
    assert (round(found.tau2, 6), found.n) == (0.003606, 12)


def test_what_it_makes_of_an_interval():  # Z9
    widening = found_of().widening(0.0009)
    assert (round(widening.k, 4), round(widening.degrees, 3)) == (2.2376, 9.369)
    assert round(widening._t(0.975), 4) == 2.2487


@pytest.mark.parametrize(
    ("change", "low", "high", "p_value"), [(-0.20, -0.3509, -0.0491, 0.0148), (-0.12, -0.2709, 0.0309, 0.106)]
)
def test_a_fall_among_such_changes(change, low, high, p_value):  # Z9
    found = found_of().widening(0.0009).of(difference_with_error(change, 0.03))
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (change, low, high)
    assert found.p_value == pytest.approx(p_value, abs=6e-4 if change == -0.12 else 6e-5)


def test_fewer_than_twelve_changes_tell_nothing():  # Z9
    assert found_of(CHANGES[:11], VARIANCES[:11]) is None
    assert found_of([*CHANGES[:11], math.nan], VARIANCES) is None
    assert found_of(CHANGES, [*VARIANCES[:11], math.nan]) is None


def test_those_of_more_than_two_years_ago_have_no_part():  # Z9
    old = [9.0] * 30
    assert found_of([*old, *CHANGES * 2], [1.0] * 30 + VARIANCES * 2) == found_of(CHANGES * 2, VARIANCES * 2)


def test_missing_changes_are_left_out():  # Z9: where money or a rate is 0
    assert found_of([math.nan, *CHANGES], [0.0009, *VARIANCES]) == found_of()


def test_a_steady_growth_is_variance_since_changes_are_not_centred():  # Z9
    assert found_of([0.1] * 12, [0.0] * 12).tau2 == pytest.approx(2.1981 * 0.01)


def test_what_sampling_explains_is_no_process():  # Z9
    found = found_of(CHANGES, [1.0] * 12)
    assert found.tau2 == 0
    change = difference_with_error(0.3, 0.1)
    assert found.widening(1.0) == PLAIN
    assert found.widening(1.0).of(change) is change


def test_the_smallest_change_that_would_have_been_seen():  # Z7
    assert PLAIN.smallest_seen(1) == pytest.approx(2.8016, abs=1e-4)
    assert PLAIN.smallest_seen(math.sqrt(2 * 0.15 * 0.85 / 550)) == pytest.approx(0.060, abs=5e-4)
    wide = found_of().widening(0.0009)
    assert wide.smallest_seen(0.03) == pytest.approx((wide._t(0.975) + wide._t(0.80)) * 2.2376 * 0.03, rel=1e-4)


def test_both_arms_of_an_uneven_interval_grow_alike():
    change, widening = difference_of_hazards(Events(2, 40, 31), Events(12, 40, 30)), Widening(2.0, math.inf)
    found = widening.of(change)
    assert found.low - change.value == pytest.approx(2 * (change.low - change.value))
    assert found.high - change.value == pytest.approx(2 * (change.high - change.value))


def test_a_change_whose_p_value_is_too_small_for_a_number_is_still_widened():
    found = found_of().widening(0.0001).of(difference_with_error(0.8, 0.01))
    z = 0.8 / 0.01 / found_of().widening(0.0001).k
    expected = found_of().widening(0.0001).of(difference_with_error(z * 0.01, 0.01))
    assert difference_with_error(0.8, 0.01).p_value == 0
    assert 0 < found.p_value < expected.p_value


# By law


@given(STEPS, st.floats(1e-6, 1), FINITE, st.floats(1e-3, 1))
def test_no_interval_is_narrowed_and_no_change_made_surer(changes, variance, value, error):
    plain = difference_with_error(value, error)
    found = process_variance(changes, [variance] * len(changes)).widening(error**2).of(plain)
    assert found.value == plain.value
    assert found.low <= plain.low + 1e-12
    assert found.high >= plain.high - 1e-12
    assert found.p_value >= plain.p_value - 1e-12


@given(STEPS, st.floats(1e-6, 1))
def test_an_interval_excludes_nothing_exactly_where_its_p_value_is_under_a_twentieth(changes, variance):
    widening = process_variance(changes, [variance] * len(changes)).widening(0.01)
    for value in (0.05, 0.19, 0.21, 0.5, 2.0):
        found = widening.of(difference_with_error(value, 0.1))
        assert (found.low > 0) == (found.p_value < 0.05)


@given(STEPS, st.floats(0, 1), st.floats(0.1, 10))
def test_on_another_scale_it_is_the_same(changes, variance, scale):
    found = process_variance(changes, [variance] * len(changes))
    scaled = process_variance(np.multiply(changes, scale), [variance * scale**2] * len(changes))
    assert scaled.tau2 == pytest.approx(found.tau2 * scale**2, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1e-4, 1))
def test_the_more_months_vary_the_wider(tau2, more, variance):
    narrow, wide = (ProcessVariance(each, 12).widening(variance) for each in (tau2, tau2 + more))
    assert wide.k >= narrow.k
    assert wide.smallest_seen(1) >= narrow.smallest_seen(1) - 1e-12
