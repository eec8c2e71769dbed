"""The score weighted to a population, by hand and as laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.metrics.surveys.scores import nps
from retention_kit.metrics.surveys.weighted import weighted_nps
from retention_kit.periods import Period
from tests.surveys import answers_of

MAY = Period("2024-05")

COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(5, 40))
"""Promoters, passives and detractors of a segment that is large enough to be shown."""


def segments_of(counts, names="ABCDEFG"):
    segments = [
        answers_of([9] * p + [7] * q + [0] * d, country=name) for name, (p, q, d) in zip(names, counts, strict=False)
    ]
    return nps(pd.concat(segments), period=MAY, by="country")


TWO = segments_of([(36, 18, 6), (14, 8, 18)])
"""A: 60 answers, NPS 50; B: 40 answers, NPS -10."""


def test_a_population_that_answers_unevenly():  # N07
    assert TWO["value"].tolist() == [50, -10]
    found = weighted_nps(TWO, population={"A": 0.3, "B": 0.7}).iloc[0]
    assert found.value == pytest.approx(8)
    assert found.se == pytest.approx(np.sqrt(0.09 * TWO.se[0] ** 2 + 0.49 * TWO.se[1] ** 2))
    assert (found.n, found.covered, found.status) == (100, 1, "ok")
    # A: (36 + ¾ 0.3) promoters and (6 + ¾ 0.3) detractors of 60 + 3 * 0.3; B: likewise with 0.7
    assert [found.low, found.high] == pytest.approx([-11.179, 27.435], abs=0.002)


@pytest.mark.parametrize(("counts", "ends"), [((20, 0, 0), (83.58, 100)), ((0, 0, 20), (-100, -83.58))])
def test_the_interval_ends_with_the_scale(counts, ends):
    """Each segment has 20 + 1½ answers, ⅜ of an answer at the other end."""
    found = weighted_nps(segments_of([counts, counts]), population={"A": 1, "B": 1}).iloc[0]
    assert [found.low, found.high] == pytest.approx(ends, abs=0.005)


def test_one_segment_of_several_waves_has_the_interval_of_its_customers():  # Z4
    once = answers_of([9] * 20 + [0] * 20, customer_id=[f"c{n}" for n in range(40)], country="A")
    segment = nps(pd.concat([once.assign(wave=name) for name in "xyz"]), period=MAY, by="country")
    found = weighted_nps(segment, population={"A": 1})
    assert segment.deff.item() == pytest.approx(3 * 40 / 39)
    assert found[["low", "high", "se"]].iloc[0].tolist() == pytest.approx(
        segment[["low", "high", "se"]].iloc[0].tolist()
    )


def test_weights_that_equal_the_sample_give_the_plain_score():  # N07
    assert weighted_nps(TWO, population={"A": 60, "B": 40}).value.item() == pytest.approx(26)


def test_what_has_no_row_counts_with_the_rest():
    three = segments_of([(36, 18, 6), (0, 0, 4), (0, 0, 4)])
    assert three.segment.tolist() == ["A", "(other)"]
    found = weighted_nps(three, population=pd.Series({"A": 50, "B": 20, "C": 20, "D": 10}))
    assert found.value.item() == pytest.approx(0.5 * 50 - 0.5 * 100)
    assert found.covered.item() == 1


def test_who_has_no_score_is_said_not_to_be_covered():
    found = weighted_nps(TWO, population={"A": 30, "C": 70}).iloc[0]
    assert (found.value, found.covered) == (50, pytest.approx(0.3))
    suppressed = segments_of([(36, 18, 6), (0, 0, 4)])
    assert suppressed.status.tolist() == ["ok", "suppressed"]
    assert weighted_nps(suppressed, population={"A": 50, "B": 50}).covered.item() == 0.5


@pytest.mark.parametrize("population", [{"C": 1.0}, {"A": 0.0}, {}])
def test_a_population_of_which_nobody_answered_has_no_score(population):
    found = weighted_nps(TWO, population=population).iloc[0]
    assert (found.status, found.covered) == ("no_responses", 0)
    assert found[["value", "low", "high", "se"]].isna().all()
    assert weighted_nps(TWO[:0], population={"A": 1.0}).status.item() == "no_responses"


@settings(max_examples=10)
@given(COUNTS)
def test_one_segment_has_the_score_and_interval_of_its_own(counts):
    segment = segments_of([counts])
    found = weighted_nps(segment, population={"A": 123})
    names = ["value", "se", "low", "high", "n"]
    assert found[names].iloc[0].tolist() == pytest.approx(segment[names].iloc[0].tolist())


@settings(max_examples=10)
@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_weights_that_equal_the_sample_change_nothing(counts):
    segments = segments_of(counts)
    found = weighted_nps(segments, population=segments.set_index("segment").n)
    assert found.value.item() == pytest.approx((segments["value"] * segments.n).sum() / segments.n.sum())


@settings(max_examples=8)
@given(st.lists(COUNTS, min_size=2, max_size=5), st.lists(st.integers(1, 100), min_size=5, max_size=5))
def test_only_the_mix_counts_and_the_score_lies_among_those_of_the_segments(counts, sizes):
    segments = segments_of(counts)
    population = dict(zip(segments.segment, sizes, strict=False))
    found = weighted_nps(segments, population=population).iloc[0]
    tenfold = weighted_nps(segments, population={name: 10 * size for name, size in population.items()}).iloc[0]
    assert found.value == pytest.approx(tenfold.value)
    assert segments["value"].min() - 1e-9 <= found.value <= segments["value"].max() + 1e-9
    assert -100 <= found.low <= found.value <= found.high <= 100
