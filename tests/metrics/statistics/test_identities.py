"""Numbers that must agree: what is compared, and what is said where they differ."""

import numpy as np
import pytest

from retention_kit.errors import BrokenIdentity
from retention_kit.metrics.statistics.identities import MONEY_TOLERANCE, check_equal


def test_how_many_pairs_agree():
    assert check_equal("a = b", [1, 2, 3], [1, 2, 3]) == 3
    assert check_equal("a = b", 5, 5) == 1


def test_missing_agrees_with_missing_and_with_nothing_else():
    assert check_equal("a = b", [np.nan], [np.nan]) == 1
    with pytest.raises(BrokenIdentity, match="nan against 1"):
        check_equal("a = b", [np.nan], [1])


def test_a_cent_of_money_is_no_difference_and_two_are():
    assert check_equal("a = b", [10.0], [10.009], tolerance=MONEY_TOLERANCE) == 1
    with pytest.raises(BrokenIdentity):
        check_equal("a = b", [10.0], [10.02], tolerance=MONEY_TOLERANCE)


def test_a_count_agrees_exactly_however_large_it_is():
    with pytest.raises(BrokenIdentity, match="10,000,000 against 10,000,001"):
        check_equal("a = b", [10_000_000], [10_000_001])


def test_the_first_pair_that_differs_is_named_with_its_numbers_and_its_place():
    with pytest.raises(BrokenIdentity, match="closing = next opening does not hold in May: 1,204 against 1,205"):
        check_equal("closing = next opening", [3, 1204, 9], [3, 1205, 8], at=["April", "May", "June"])
