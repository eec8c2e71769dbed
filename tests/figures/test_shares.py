"""Shares that add up as they are shown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.figures.shares import rounded_shares


def test_thirds_in_whole_percents_add_up_to_a_hundred():  # X03
    assert rounded_shares([1, 1, 1]) == [0.34, 0.33, 0.33]


def test_the_largest_remainder_is_rounded_up_first():
    assert rounded_shares([41.6, 41.5, 16.9]) == [0.42, 0.41, 0.17]


def test_shares_of_nothing_are_missing():
    assert all(math.isnan(share) for share in rounded_shares([0, 0]))
    assert rounded_shares([]) == []


@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(0, 2))
def test_rounded_shares_add_up_and_are_within_a_step_of_the_exact_ones(values, digits):
    step = 10 ** -(digits + 2)
    shares = rounded_shares(values, digits=digits)
    assert sum(shares) == pytest.approx(1)
    assert all(abs(share - value / sum(values)) < step for share, value in zip(shares, values, strict=True))


@given(st.lists(st.integers(0, 50), min_size=1).filter(any))
def test_of_two_values_the_larger_never_has_the_smaller_share(values):
    shares = dict(sorted(zip(values, rounded_shares(values), strict=True), reverse=True))  # the least of equal values
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
