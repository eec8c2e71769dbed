"""CSAT and CES by hand, as laws and by complaint."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import wilson
from retention_kit.metrics.surveys.top_answers import satisfaction
from retention_kit.periods import Period
from tests.surveys import answers_lines, answers_of

MAY = Period("2024-05")


def csat(scores, *, by=None, **columns):
    return satisfaction(answers_of(scores, type="csat", **columns), period=MAY, by=by)


def ces(scores, **columns):
    return satisfaction(answers_of(scores, type="ces", **columns), period=MAY, question="ces").iloc[0]


# By hand


def test_the_best_two_of_five():  # N09
    found = csat([5, 5, 4, 3, 1]).iloc[0]
    assert (found.value, found["mean"], found.mean_rescaled) == (0.6, 3.6, pytest.approx(0.65))
    assert (found.numerator, found.denominator, found.n, found.n_rejected) == (3, 5, 5, 0)
    assert (found.scale_min, found.scale_max, found.top_box, found.direction) == (1, 5, 4, "high")
    assert (found.status, found["flags"]) == ("ok", "small_n")
    assert [round(x, 4) for x in (found.low, found.high)] == [0.2307, 0.8824]
    assert np.isnan(found.mean_low)


def test_ease_on_seven_points_is_the_best_three():  # N10
    found = ces([7, 6, 5, 4, 2])
    assert (found.value, found["mean"], found.top_box) == (0.6, 4.8, 5)


def test_effort_where_low_is_good():  # N10
    found = ces([1, 2, 3, 5], scale_max=5, direction="low")
    assert (found.value, found.top_box, found.direction) == (0.5, 2, "low")
    assert found["mean"] == 2.75
    assert found.mean_rescaled == pytest.approx(1 - 1.75 / 4)


@pytest.mark.parametrize(
    ("question", "low", "high", "direction", "top_box"),
    [
        ("csat", 1, 5, "high", 4),
        ("csat", 1, 7, "high", 6),
        ("csat", 1, 10, "high", 9),
        ("csat", 0, 1, "high", 1),
        ("csat", 1, 3, "high", 3),
        ("csat", 1, 4, "high", 4),
        ("csat", 1, 5, "low", 2),
        ("ces", 1, 7, "high", 5),
        ("ces", 1, 5, "high", 4),
        ("ces", 1, 6, "high", 5),
        ("ces", 1, 7, "low", 3),
        ("ces", 0, 1, "low", 0),
    ],
)
def test_the_top_box_of_a_scale(question, low, high, direction, top_box):
    answers = answers_of([1], type=question, scale_min=low, scale_max=high, direction=direction)
    assert satisfaction(answers, period=MAY, question=question).top_box.item() == top_box


def test_a_survey_may_have_a_top_box_of_its_own():
    assert csat([5, 5, 4, 3, 1], top_box=[None, 5, None, None, 5]).value.item() == 0.4
    assert ces([1, 2, 3, 5], scale_max=5, direction="low", top_box=3).value == 0.75


def test_answers_outside_the_scale_are_rejected_and_counted():
    found = csat([5, 0, 6, None, 4.5, 1]).iloc[0]
    assert (found.n, found.n_rejected, found.numerator) == (3, 3, 2)
    assert found["mean"] == 3.5


def test_surveys_and_kinds_stand_apart():
    found = csat(
        [5, 1, 10, 1],
        survey_id=["a", "a", "b", "a"],
        scale_max=[5, 5, 10, 5],
        kind=["relational", "relational", "relational", "transactional"],
    )
    assert found[["survey_id", "kind", "n", "value"]].to_numpy().tolist() == [
        ["a", "relational", 2, 0.5],
        ["a", "transactional", 1, 0.0],
        ["b", "relational", 1, 1.0],
    ]


def test_each_interaction_counts_once_and_each_customer_once_in_a_wave():
    lines = answers_lines("a 2024-05-01 1 o1\na 2024-05-02 5 o1\na 2024-05-02 5 o2\nb 2024-05-03 1 o3")
    relational = satisfaction(lines.assign(type="csat"), period=MAY).iloc[0]
    assert (relational.n, relational.value) == (2, 0.5)
    transactional = satisfaction(lines.assign(type="csat", kind="transactional"), period=MAY).iloc[0]
    assert (transactional.n, transactional.numerator) == (3, 2)


def test_the_mean_takes_the_answers_of_one_customer_together():
    scores = [1, 2, 3, 4, 5, 5, 4, 3, 5, 5]
    once = answers_lines("\n".join(f"c{place} 2024-05-02 {score}" for place, score in enumerate(scores)))
    twice = pd.concat([once.assign(order_id="x", response_id=once.response_id + "x"), once.assign(order_id="y")])
    half = 1.959964 * np.std(scores, ddof=1) / np.sqrt(10)
    for answers in (once, twice):
        found = satisfaction(answers.assign(type="csat", kind="transactional"), period=MAY).iloc[0]
        assert [found["mean"], found.mean_low, found.mean_high] == pytest.approx([3.7, 3.7 - half, 3.7 + half])
    nine = satisfaction(once[1:].assign(type="csat"), period=MAY)
    assert np.isnan(nine.mean_low.item())


def test_the_share_after_contacts_takes_the_answers_of_one_customer_together():
    """Twenty customers, each with one opinion given five times over, tell what nineteen answers tell: 5 x 20 / 19."""
    scores = [5] * 12 + [1] * 8
    once = answers_lines("\n".join(f"c{place} 2024-05-02 {score}" for place, score in enumerate(scores)))
    five = pd.concat([once.assign(order_id=f"o{n}", response_id=once.response_id + str(n)) for n in range(5)])
    for answers, deff, n in ((once, 1, 20), (five, 100 / 19, 19)):
        found = satisfaction(answers.assign(type="csat", kind="transactional"), period=MAY).iloc[0]
        low, high = map(float, wilson(0.6 * n, n))
        assert [found.value, found.deff, found.low, found.high] == pytest.approx([0.6, deff, low, high])
    assert found.n == 100


def test_the_share_of_several_waves_takes_the_answers_of_one_customer_together():
    waves = [answers_lines("a 2024-05-02 5\nb 2024-05-02 5\nc 2024-05-02 1").assign(wave=name) for name in "xy"]
    found = satisfaction(pd.concat(waves).assign(type="csat"), period=MAY).iloc[0]
    assert (found.n, found.deff) == (6, 3)


@pytest.mark.parametrize(("score", "expected"), [(5, (0.7225, 1)), (1, (0, 0.2775))])
def test_ten_customers_who_agree_after_every_contact_are_not_certain(score, expected):
    """Where all are satisfied, or none is, the interval is Wilson's of the customers: 10 of 10 is 0.7225 to 1."""
    once = answers_lines("\n".join(f"c{place} 2024-05-02 {score}" for place in range(10)))
    five = pd.concat([once.assign(order_id=f"o{n}", response_id=once.response_id + str(n)) for n in range(5)])
    found = satisfaction(five.assign(type="csat", kind="transactional"), period=MAY).iloc[0]
    assert (round(found.low, 4), round(found.high, 4)) == expected


def test_an_answer_after_the_period_takes_nobody_out_of_it():
    again = answers_lines("c 2024-05-31 5\nc 2024-06-01 1").assign(type="csat", wave="spring")
    assert satisfaction(again, period=MAY)[["n", "value"]].to_numpy().tolist() == [[1, 1]]


def test_the_interval_of_a_mean_stays_on_the_scale():
    found = csat([5] * 11 + [1]).iloc[0]
    assert found.mean_high == 5


def test_answers_of_nobody_known_are_each_of_somebody():
    found = csat([1, 2, 3, 4, 5] * 4).iloc[0]
    assert found.mean_high - found["mean"] == pytest.approx(
        1.959964 * np.std([1, 2, 3, 4, 5] * 4, ddof=1) / np.sqrt(20)
    )


def test_small_segments_are_merged():
    found = csat([5] * 5 + [1] * 3 + [5] * 3, country=["PL"] * 5 + ["UA"] * 3 + ["US"] * 3, by="country")
    assert found[["segment", "n", "value"]].to_numpy().tolist() == [["PL", 5, 1.0], ["(other)", 6, 0.5]]
    rest = csat([5] * 5 + [1] * 3, country=["PL"] * 5 + ["UA"] * 3, by="country")
    assert rest.status.tolist() == ["ok", "suppressed"]
    assert rest.loc[1, ["value", "mean", "mean_rescaled"]].isna().all()


def test_without_answers_in_the_period_there_is_no_share():
    found = csat([5], day="2024-04-30").iloc[0]
    assert (found.status, found.n) == ("no_responses", 0)
    assert found[["value", "mean"]].isna().all()


def test_a_question_never_asked_has_no_row():
    found = satisfaction(answers_of([9]), period=MAY)
    assert found.empty
    assert list(found.columns) == list(csat([5]).columns)


# By complaint


@pytest.mark.parametrize(
    "columns",
    [{"scale_max": [5, 7]}, {"scale_min": [0, 1]}, {"direction": ["low", "high"]}, {"top_box": [4, 5]}],
    ids=str,
)
def test_one_survey_has_one_scale(columns):
    with pytest.raises(InvalidTable, match='Survey "shop" has answers on several scales'):
        csat([1, 5], survey_id="shop", **columns)


def test_every_survey_of_several_scales_is_named():
    with pytest.raises(InvalidTable, match='Survey "a", "b" has answers on several scales'):
        csat([1, 5] * 3, survey_id=["a", "a", "b", "b", "c", "c"], scale_max=[5, 7, 7, 5, 5, 5])


# By law


@settings(max_examples=8)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_turning_the_scale_round_changes_nothing(scores):
    found = csat(scores).iloc[0]
    turned = csat([6 - score for score in scores], direction="low").iloc[0]
    assert (found.value, found.low, found.high) == (turned.value, turned.low, turned.high)
    assert found.mean_rescaled == pytest.approx(turned.mean_rescaled)
    assert 0 <= found.mean_rescaled <= 1


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["PL", "UA", "US"])), min_size=1, max_size=40))
def test_segments_add_up_to_the_total(rows):
    scores, countries = zip(*rows, strict=True)
    whole, parts = (csat(scores, country=list(countries), by=by) for by in (None, "country"))
    columns = ["numerator", "n", "n_rejected"]
    assert parts[columns].sum().tolist() == whole[columns].sum().tolist()
