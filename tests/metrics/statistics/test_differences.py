"""Changes by hand, as laws, and against statsmodels and scipy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from retention_kit.metrics.statistics.differences import (
    UNKNOWN,
    Difference,
    adjusted_p_values,
    difference_of_proportions,
    difference_with_error,
    mix_rate_parts,
    mix_rate_split,
    relative_change_of_rates,
    total_of_segments,
)

TWO_PROPORTIONS = st.tuples(st.integers(1, 3000), st.integers(1, 3000)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)
SEGMENTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=5)


def segments_of(pairs):
    rows = [(f"s{place}", hits, hits + misses + 1) for place, (hits, misses) in enumerate(pairs)]
    return pd.DataFrame(rows, columns=["segment", "numerator", "denominator"])


# By hand


def test_newcombe_and_the_pooled_test():  # A14
    change = difference_of_proportions(150, 200, 140, 200)
    assert [round(x, 4) for x in (change.value, change.low, change.high)] == [0.05, -0.0375, 0.1365]
    assert round(change.p_value, 4) == 0.2628
    assert change.verdict(min_effect=0.01) == "no detectable change"


def test_fewer_than_five_expected_are_tested_exactly():
    change = difference_of_proportions(1, 10, 6, 10)
    assert change.p_value == pytest.approx(stats.fisher_exact([[1, 9], [6, 4]]).pvalue)


def test_five_expected_are_tested_by_z():
    assert difference_of_proportions(3, 10, 7, 10).p_value == pytest.approx(proportions_ztest([3, 7], [10, 10])[1])


@pytest.mark.parametrize("counts", [(0, 0, 5, 10), (5, 10, 0, 0)])
def test_a_change_against_nobody_is_unknown(counts):
    change = difference_of_proportions(*counts)
    assert np.isnan([change.value, change.low, change.high, change.p_value]).all()
    assert change.verdict(min_effect=0.01) == "not_comparable"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (Difference(0.05, 0.02, 0.08, 0.001), "changed"),
        (Difference(-0.05, -0.08, -0.02, 0.001), "changed"),
        (Difference(0.01, 0.005, 0.015, 0.001), "changed"),
        (Difference(0.009, 0.005, 0.013, 0.001), "no detectable change"),
        (Difference(0.05, -0.01, 0.11, 0.09), "no detectable change"),
        (Difference(0.05, 0.0, 0.10, 0.05), "no detectable change"),
        (Difference(0.05, float("nan"), float("nan"), float("nan")), "not_comparable"),
    ],
)
def test_changed_is_beyond_chance_and_worth_speaking_of(change, verdict):
    assert change.verdict(min_effect=0.01) == verdict


def test_february_and_march_with_as_much_a_day_have_not_changed():
    change = relative_change_of_rates(310, 310, 31, (290, 290, 29))
    assert change.value == pytest.approx(0)
    assert change.low < 0 < change.high


def test_a_tenth_more_in_as_many_days():
    change = relative_change_of_rates(440, 440, 30, (400, 400, 30))
    error = np.sqrt(1 / 440 + 1 / 400)
    assert change.value == pytest.approx(0.1)
    assert [change.low, change.high] == pytest.approx(np.expm1(np.log(1.1) + np.array([-1.959964, 1.959964]) * error))
    assert change.p_value == pytest.approx(2 * stats.norm.sf(np.log(1.1) / error))


@pytest.mark.parametrize(("total", "base"), [(0, 10), (10, 0), (-3, 10)])
def test_a_relative_change_from_or_to_nothing_is_unknown(total, base):
    assert relative_change_of_rates(total, 1, 30, (base, 1, 30)) is UNKNOWN
    assert relative_change_of_rates(1, 1, 30, (1, 1, 30)).value == 0


def test_a_difference_and_its_standard_error():
    change = difference_with_error(3, 1.5)
    assert [change.low, change.high] == pytest.approx([3 - 1.959964 * 1.5, 3 + 1.959964 * 1.5])
    assert change.p_value == pytest.approx(0.0455, abs=5e-5)
    assert difference_with_error(0, 0).p_value == 1
    assert difference_with_error(1, 0).p_value == 0
    assert difference_with_error(1, float("nan")).verdict(min_effect=0) == "not_comparable"


def test_p_values_of_many_looks():  # X01
    adjusted = adjusted_p_values(pd.Series([0.01, 0.04, 0.03, 0.20]))
    assert adjusted.round(4).tolist() == [0.04, 0.0533, 0.0533, 0.2]


def test_missing_p_values_stay_missing_and_count_for_nothing():
    adjusted = adjusted_p_values(pd.Series([0.01, np.nan, 0.04]))
    assert adjusted.tolist()[::2] == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert adjusted_p_values(pd.Series([np.nan])).isna().all()


def test_the_rate_of_all_is_weighted_by_size():  # A15
    assert total_of_segments(pd.DataFrame({"numerator": [90, 60], "denominator": [100, 100]})) == 0.75
    assert total_of_segments(pd.DataFrame({"numerator": [9, 60], "denominator": [10, 100]})) == pytest.approx(69 / 110)


def test_both_segments_rose_and_the_total_fell():  # A16
    base = pd.DataFrame({"segment": ["A", "B"], "numerator": [80, 40], "denominator": [100, 100]})
    current = pd.DataFrame({"segment": ["B", "A"], "numerator": [81, 17], "denominator": [180, 20]})
    split = mix_rate_split(current, base).iloc[0]
    assert split[["base", "current", "rate", "mix"]].tolist() == pytest.approx([0.6, 0.49, 0.05, -0.16])


# By the second opinion


@given(TWO_PROPORTIONS)
def test_newcombe_is_that_of_statsmodels(counts):
    change = difference_of_proportions(*counts)
    low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert [change.low, change.high] == pytest.approx([low, high], abs=1e-9)


@given(TWO_PROPORTIONS)
def test_the_p_value_is_that_of_statsmodels_where_counts_allow_it(counts):
    hits, n, base_hits, base_n = counts
    share = (hits + base_hits) / (n + base_n)
    assume(min(share, 1 - share) * min(n, base_n) >= 5)
    _z, p_value = proportions_ztest([hits, base_hits], [n, base_n])
    assert difference_of_proportions(*counts).p_value == pytest.approx(p_value, abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_benjamini_hochberg_is_that_of_statsmodels(p_values):
    expected = multipletests(p_values, method="fdr_bh")[1]
    assert adjusted_p_values(pd.Series(p_values)).to_numpy() == pytest.approx(expected, abs=1e-12)


# By law


@given(TWO_PROPORTIONS)
def test_a_change_looked_at_from_the_other_end_has_the_other_sign(counts):
    hits, n, base_hits, base_n = counts
    there, back = difference_of_proportions(*counts), difference_of_proportions(base_hits, base_n, hits, n)
    assert [there.value, there.low, there.high] == pytest.approx([-back.value, -back.high, -back.low])
    assert there.p_value == pytest.approx(back.p_value)


@given(TWO_PROPORTIONS)
def test_a_difference_lies_in_its_interval(counts):
    change = difference_of_proportions(*counts)
    assert -1 <= change.low <= change.value <= change.high <= 1


@given(SEGMENTS, SEGMENTS)
def test_rate_and_mix_add_up_to_the_change(now, before):
    size = min(len(now), len(before))
    current, base = segments_of(now[:size]), segments_of(before[:size])
    split = mix_rate_split(current, base).iloc[0]
    assert [split.base, split.current] == pytest.approx([total_of_segments(base), total_of_segments(current)])
    assert split.rate + split.mix == pytest.approx(split.current - split.base, abs=1e-12)


@given(SEGMENTS)
def test_without_a_change_of_sizes_all_of_it_is_rate(pairs):
    base = segments_of(pairs)
    current = base.assign(numerator=base.denominator - base.numerator)
    assert mix_rate_split(current, base).mix.item() == pytest.approx(0, abs=1e-12)


def test_both_segments_improved_and_the_total_fell():  # A16
    base = pd.DataFrame({"segment": ["A", "B"], "numerator": [80, 40], "denominator": [100, 100]})
    current = pd.DataFrame({"segment": ["A", "B"], "numerator": [17, 81], "denominator": [20, 180]})
    parts = mix_rate_parts(current, base).set_index("segment")
    assert parts.rate.round(3).tolist() == [0.015, 0.035]
    assert parts.mix.round(3).tolist() == [-0.112, -0.048]  # the better one shrank, the worse one grew


def test_a_segment_that_was_not_there_adds_by_its_size_alone():
    base = pd.DataFrame({"segment": ["A", "B"], "numerator": [50, 0], "denominator": [100, 0]})
    current = pd.DataFrame({"segment": ["A", "C"], "numerator": [50, 90], "denominator": [100, 100]})
    parts = mix_rate_parts(current, base).set_index("segment")
    assert parts.index.tolist() == ["A", "B", "C"]
    assert parts.rate.tolist() == [0, 0, 0]
    assert parts.loc["B"].tolist() == [0, 0]
    assert parts.mix.sum() == pytest.approx(0.7 - 0.5)


SOME_SEGMENTS = st.dictionaries(
    st.sampled_from("ABCDE"), st.integers(0, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1
).filter(lambda found: any(n for _hits, n in found.values()))


@given(SOME_SEGMENTS, SOME_SEGMENTS)
def test_the_parts_of_whatever_segments_add_up_to_the_change(now, before):
    current, base = (
        pd.DataFrame([(name, *pair) for name, pair in found.items()], columns=["segment", "numerator", "denominator"])
        for found in (now, before)
    )
    parts = mix_rate_parts(current, base)
    change = total_of_segments(current) - total_of_segments(base)
    assert (parts.rate + parts.mix).sum() == pytest.approx(change, abs=1e-12)
