"""Rates of unequal months as hazards: by hand, from the specification, and as laws."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retention_kit.metrics.statistics.differences import Difference
from retention_kit.metrics.statistics.hazards import (
    Events,
    difference_of_hazards,
    hazard,
    least_of_rate,
    on_rates,
    rate_of_hazard,
)

DAYS = st.sampled_from([28, 29, 30, 31])
RATES = st.floats(0, 0.99)


@st.composite
def events(draw):
    """How many of some customers left in a month, never all of them."""
    n = draw(st.integers(1, 5000))
    return Events(draw(st.integers(0, n - 1)), n, draw(DAYS))


def ends_of(change):
    return [round(end, 5) for end in (change.value, change.low, change.high)]


# By hand


@pytest.mark.parametrize(
    ("now", "base", "expected"),
    [  # Z6
        (Events(120, 1000, 29), Events(128, 1000, 31), [-0.00031, -0.03385, 0.03349]),
        (Events(120, 1000, 29), Events(160, 1000, 31), [-0.03702, -0.07305, -0.00108]),
        (Events(0, 40, 28), Events(2, 40, 31), [-0.05036, -0.17710, 0.05586]),
    ],
)
def test_hazards_of_a_february_and_a_march(now, base, expected):
    assert ends_of(difference_of_hazards(now, base)) == expected


def test_the_p_value_is_that_of_hazards_of_a_half_more_of_one_more():  # Z6
    def smoothed(k, n, days):
        rate = (k + 0.5) / (n + 1)
        return -math.log(1 - rate) * 30.4375 / days, 30.4375 / days * math.sqrt(rate / ((1 - rate) * n))

    (h, error), (base, base_error) = smoothed(120, 1000, 29), smoothed(160, 1000, 31)
    z = (h - base) / math.hypot(error, base_error)
    found = difference_of_hazards(Events(120, 1000, 29), Events(160, 1000, 31))
    assert found.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))


def test_a_month_of_28_days_at_the_pace_of_one_of_31_has_not_changed():
    kept_a_day = 0.995
    assert hazard(1 - kept_a_day**28, days=28) == pytest.approx(hazard(1 - kept_a_day**31, days=31))


def test_a_week_and_a_year_are_of_their_own_mean_length():
    assert hazard(0.1, days=7, unit="week") == pytest.approx(-math.log(0.9))
    assert hazard(0.1, days=366, unit="year") == pytest.approx(-math.log(0.9) * 365.25 / 366)


@pytest.mark.parametrize(
    ("now", "base"),
    [
        (Events(0, 0, 31), Events(1, 10, 30)),
        (Events(1, 10, 31), Events(0, 0, 30)),
        (Events(10, 10, 31), Events(1, 10, 30)),
        (Events(1, 10, 31), Events(10, 10, 30)),
    ],
)
def test_nobody_there_or_everybody_gone_cannot_be_compared(now, base):
    assert math.isnan(difference_of_hazards(now, base).low)


def test_where_everybody_goes_the_hazard_is_without_end():
    assert hazard(1.0, days=31) == math.inf
    assert rate_of_hazard(math.inf) == 1


@pytest.mark.parametrize(
    ("base", "least"), [(0.3, 0.01), (0.1, 0.01), (0.05, 0.005), (0.008, 0.0008), (0.96, 0.004), (0, 0), (1, 0)]
)
def test_the_least_change_of_a_share_is_a_point_or_a_tenth_of_it(base, least):  # Z7
    assert least_of_rate(base) == pytest.approx(least)


def test_a_difference_is_printed_as_one_of_rates_of_a_mean_month():
    h, base = hazard(0.16, days=31), hazard(0.12, days=31)
    found = on_rates(Difference(h - base, h - base, h - base, 0.5), base)
    assert found.value == pytest.approx((1 - 0.84 ** (30.4375 / 31)) - (1 - 0.88 ** (30.4375 / 31)))
    assert found.p_value == 0.5


# By law


@given(RATES, DAYS)
def test_a_hazard_of_a_mean_month_gives_its_rate_back(rate, days):
    assert 1 - (1 - rate_of_hazard(hazard(rate, days=days))) ** (days / 30.4375) == pytest.approx(rate, abs=1e-9)


@given(events(), events())
def test_the_other_way_round_a_difference_changes_its_sign(now, base):
    there, back = difference_of_hazards(now, base), difference_of_hazards(base, now)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))
    assert there.p_value == pytest.approx(back.p_value)


@given(events(), events())
def test_a_difference_lies_in_its_interval(now, base):
    found = difference_of_hazards(now, base)
    assert found.low <= found.value <= found.high
    assert 0 <= found.p_value <= 1


@given(events(), events())
def test_more_who_leave_are_never_a_smaller_difference(now, base):
    assume(now.hits + 1 < now.n)
    one_more = difference_of_hazards(now._replace(hits=now.hits + 1), base)
    found = difference_of_hazards(now, base)
    assert one_more.value > found.value
    assert one_more.low > found.low
    assert one_more.high > found.high


@given(events(), events())
def test_a_change_of_rates_has_the_sign_of_its_hazards_and_is_no_larger(now, base):
    change = difference_of_hazards(now, base)
    printed = on_rates(change, hazard(base.hits / base.n, days=base.days))
    for name in ("value", "low", "high"):
        assert getattr(printed, name) * getattr(change, name) >= 0
    assert abs(printed.high) <= abs(change.high) + 1e-12
