"""Design effects of shares and scores by hand, as laws, and against statsmodels."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retention_kit.metrics.statistics.clusters import clustered, clustered_proportions
from retention_kit.metrics.statistics.counting import proportions
from retention_kit.metrics.statistics.differences import difference_of_proportions
from retention_kit.metrics.statistics.estimates import wilson
from retention_kit.tables import lazy

HIT = nw.col("answer") == 1
CODES = {"numerator": nw.col("answer").sum(), "denominator": nw.len(), "squares": (nw.col("answer") ** 2).sum()}


def answers_of(*of_customers, **columns):
    """The answers of each customer; None stands before those of nobody known."""
    rows = [(None if answers[0] is None else f"c{place}", answer) for place, answers in enumerate(of_customers)
            for answer in answers if answer is not None]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["customer_id", "answer"]).astype({"customer_id": "str"})
    return lazy(frame.assign(**columns))


def share_of(*of_customers):
    return clustered_proportions(answers_of(*of_customers), HIT).iloc[0]


def deff_of(*of_customers):
    return clustered(answers_of(*of_customers), CODES, squares=["squares"]).deff.item()


# By hand


def test_five_customers_asked_four_times():  # Z4
    found = share_of([1] * 4, [1] * 4, [0] * 4, [0] * 4, [1, 1, 0, 0])
    assert (found.value, found.deff, found.n) == (0.5, 4, 20)
    assert [round(found.low, 5), round(found.high, 5)] == [0.17042, 0.82958]
    naive = wilson(10, 20)
    assert np.round(naive, 5).tolist() == [0.29930, 0.70070]


@pytest.mark.parametrize(("answer", "ends"), [(0, [0, 0.4345]), (1, [0.5655, 1])])
def test_five_customers_who_agree_four_times_over(answer, ends):  # Z4
    found = share_of(*[[answer] * 4] * 5)
    assert [round(found.low, 4), round(found.high, 4)] == ends


def test_six_customers_of_three_waves():  # Z4
    assert deff_of(*[[code] * 3 for code in (1, 1, 0, -1, 1, 0)]) == pytest.approx(3.6)


def test_answers_that_do_not_hang_together_are_as_good_as_those_of_others():
    assert deff_of([1, 0], [0, 1], [1, 0]) == 1


def test_one_customer_is_one_however_many_answers():
    assert deff_of([1, 0, 1, 1]) == 4
    assert deff_of([1], [0], [1]) == 1


def test_what_is_of_nobody_known_is_each_of_somebody():
    """Ten answers of nobody are as those of ten customers, beside one who answered four times."""
    ones, several = [[1]] * 6 + [[0]] * 4, [1, 1, 1, 1]
    assert deff_of(several, *ones) == deff_of(several, [None, *[1] * 6, *[0] * 4]) > 1
    assert deff_of([None, 1, 1, 0]) == 1


def test_small_segments_are_merged_with_their_clusters():
    rows = answers_of(*[[1, 1]] * 3, *[[0, 0]] * 3, country=["PL"] * 6 + ["UA"] * 4 + ["US"] * 2)
    found = clustered_proportions(rows, HIT, by="country")
    assert found[["segment", "denominator", "deff"]].to_numpy().tolist() == [["PL", 6, 2], ["(other)", 6, 2]]


def test_a_change_is_that_of_so_many_fewer_answers():
    """T1 with n / deff: 4 answers of each customer that hang together count as one."""
    clustered_, plain = difference_of_proportions(300, 400, 280, 400, deff=2, base_deff=2), (150, 200, 140, 200)
    assert vars(clustered_) == vars(difference_of_proportions(*plain))
    one_side = difference_of_proportions(300, 400, 140, 200, deff=2)
    assert vars(one_side) == vars(difference_of_proportions(*plain))


def test_fisher_takes_the_nearest_whole_counts():
    few = difference_of_proportions(4, 40, 20, 40, deff=4.4, base_deff=3.8)
    assert few.p_value == difference_of_proportions(1, 9, 5, 10).p_value
    assert few.value == pytest.approx(-0.4)


# By law and by the second opinion

CUSTOMERS = st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=6), min_size=2, max_size=12)


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_of_one_answer_each_it_is_the_plain_share_to_the_byte(answers):
    rows = answers_of(*([int(answer)] for answer in answers))
    found, plain = clustered_proportions(rows, HIT), proportions(rows, HIT)
    pd.testing.assert_frame_equal(found.drop(columns="deff"), plain, rtol=0, atol=0, check_dtype=False)
    assert found.deff.item() == 1


@settings(max_examples=30)
@given(CUSTOMERS)
def test_it_is_the_variance_of_statsmodels(of_customers):
    y = np.array([answer for answers in of_customers for answer in answers], float)
    groups = np.repeat(np.arange(len(of_customers)), [len(answers) for answers in of_customers])
    assume(y.var() > 0 and len(y) > len(of_customers))
    fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    expected = max(1, fit.bse.item() ** 2 * len(y) / y.var())
    assert deff_of(*of_customers) == pytest.approx(expected)
