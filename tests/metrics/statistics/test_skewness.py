"""The skew-corrected interval: the numbers of the specification, its definition over again, and its laws."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.metrics.statistics.skewed_ratios import skewed_ratios
from retention_kit.metrics.statistics.skewness import skew_corrected
from retention_kit.money import unit_for_cubes
from retention_kit.tables import lazy
from tests.examples import hall_interval

ONE_EACH = ([20, 22, 25, 28, 30, 33, 36, 41, 47, 60, 95, 240], [1] * 12)
SEVERAL = ([20, 50, 25, 28, 90, 33, 36, 41, 47, 60, 95, 240], [1, 2, 1, 1, 3, 1, 1, 1, 1, 1, 2, 1])
CUSTOMERS = st.lists(st.tuples(st.integers(-900, 9000), st.integers(1, 9)), min_size=10, max_size=40)


def ratio(numerators, denominators):
    customers = pd.DataFrame({"amount": numerators, "orders": denominators})
    return skewed_ratios(lazy(customers), numerator="amount", denominator="orders").iloc[0]


# By hand


@pytest.mark.parametrize(
    ("customers", "value", "low", "high"),
    [(ONE_EACH, 56.4167, 30.013, 195.374), (SEVERAL, 47.8125, 27.540, 153.683)],  # Z2
)
def test_the_interval_leans_to_the_large_amounts_and_its_mirror_to_the_other_side(customers, value, low, high):
    amounts, orders = customers
    found, mirrored = ratio(amounts, orders), ratio([-amount for amount in amounts], orders)
    assert [found.value, found.low, found.high] == pytest.approx([value, low, high], abs=5e-4)
    assert [mirrored.value, mirrored.low, mirrored.high] == [-found.value, -found.high, -found.low]


def test_amounts_that_lean_to_no_side_have_the_interval_of_student():
    found = ratio(range(1, 12), [1] * 11)
    half = 2.228139 * np.std(range(1, 12), ddof=1) / np.sqrt(11)
    assert (found.low, found.high) == pytest.approx((6 - half, 6 + half), rel=1e-6)


def test_the_correction_passes_into_its_limit_without_a_step():
    below, above = (np.array(skew_corrected(10, 1, skewness, 20)) for skewness in (0.99999e-4, 1.00001e-4))
    assert below == pytest.approx(above, abs=1e-8)


@pytest.mark.parametrize(("n", "has_interval"), [(9, False), (10, True)])
def test_fewer_than_ten_customers_have_no_interval(n, has_interval):
    found = ratio(range(n), [1] * n)
    assert (found[["low", "high"]].notna().all(), found["flags"]) == (has_interval, "small_n")


def test_customers_who_are_in_neither_sum_do_not_count():
    found = ratio([*ONE_EACH[0], *[0] * 50], [*ONE_EACH[1], *[0] * 50])
    assert (found.low, found.high) == pytest.approx(hall_interval(*ONE_EACH))


def test_the_interval_of_what_is_never_negative_is_not_either():
    amounts = [0.01] * 20 + [-0.01, 0.03]
    below = ratio(amounts, [1] * 22)
    assert (below.low, below.high) == pytest.approx(hall_interval(amounts, [1] * 22))
    assert ratio([0] * 9 + [1], [9] * 9 + [1]).low == max(0, hall_interval([0] * 9 + [1], [9] * 9 + [1])[0])


@pytest.mark.parametrize(("last", "flags"), [("0.30", "no_variation"), ("0.3001", "")])
def test_customers_are_alike_only_if_they_are_so_to_the_last_digit(last, flags):  # Z3
    amounts, orders = [Decimal("0.10"), Decimal("0.20")] * 20 + [Decimal(last)], [1, 2] * 20 + [3]
    found = ratio(amounts, orders)
    assert (found["flags"], pd.isna(found.low), pd.isna(found.high)) == (flags, bool(flags), bool(flags))


@pytest.mark.parametrize("scale", [1, 10**4, 10**8, 10**10, 10**12])
def test_money_of_any_size_has_its_interval(scale):
    amounts, orders = SEVERAL
    found = ratio([scale * amount / 8 for amount in amounts], orders)
    assert (found.low, found.high) == pytest.approx(tuple(scale / 8 * end for end in hall_interval(*SEVERAL)), rel=1e-9)


def test_the_unit_of_third_powers_is_as_fine_as_they_allow():
    assert [unit_for_cubes([Decimal(number)]) for number in ("0", "9.9e16", "1e17", "1e18", "1e19", "1e27")] == [
        -4, -4, -3, -3, -2, 2,
    ]  # fmt: skip
    assert unit_for_cubes([]) == -4


# By law


@settings(max_examples=20)
@given(CUSTOMERS)
def test_the_interval_is_that_of_its_definition_and_holds_the_ratio(customers):
    amounts, orders = zip(*customers, strict=True)
    found = ratio(amounts, orders)
    if "no_variation" in found["flags"]:
        assert len({amount / n for amount, n in customers}) == 1
        return
    low, high = hall_interval(amounts, orders)
    floor = 0 if min(amounts) >= 0 else -np.inf
    assert (found.low, found.high) == pytest.approx((max(low, floor), high), rel=1e-9, abs=1e-9)
    assert found.low <= found.value <= found.high
