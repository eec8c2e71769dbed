"""Answers to surveys: scores with words, scales, what is no NPS."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidSource

HEAD = "response_id,answered_at,score\n"
HEAD_OF_TWO = "response_id,answered_at,score,survey_id\n"


@pytest.fixture
def survey(client):
    def opened(text, **section):
        columns = {name: name for name in text.splitlines()[0].split(",") if name != "q"} | section
        return client(None, settings={"max_rejected": 1.0}, others={"responses": (text, {"columns": columns})})

    return opened


def test_a_score_with_words_behind_it_is_its_number(survey, kept):
    engagement = survey(HEAD + "1,2024-05-01,10 - Extremely likely\n2,2024-05-01,0 = not at all\n3,2024-05-01,7\n")
    assert kept(engagement, "responses", "response_id,score,scale_min,scale_max,type,wave") == [
        ("1", 10.0, 0.0, 10.0, "nps", "2024-05"),
        ("2", 0.0, 0.0, 10.0, "nps", "2024-05"),
        ("3", 7.0, 0.0, 10.0, "nps", "2024-05"),
    ]


def test_n05_scores_that_are_none_are_rejected_and_counted(survey, lost):
    rows = "".join(f"{n},2024-05-01,{score}\n" for n, score in enumerate(["11", "-1", "7.5", "", "9", "likely"]))
    assert lost(survey(HEAD + rows), "responses") == {
        "kept": 1,
        "score is outside the scale": 2,
        "score is not a whole number": 1,
        "score is missing": 1,
        "score is not a number": 1,
    }


def test_other_scales_and_kinds_are_kept_as_the_survey_says(survey, kept):
    text = "response_id,answered_at,score,q\n1,2024-05-01,5,csat\n2,2024-05-01,7,ces\n3,2024-05-01,1,thumb\n"
    engagement = survey(
        text, type="CASE q WHEN 'thumb' THEN 'csat' ELSE q END", survey_id="q",
        scale_min="CASE q WHEN 'thumb' THEN 0 END", scale_max="CASE q WHEN 'thumb' THEN 1 END",
    )  # fmt: skip
    assert kept(engagement, "responses", "response_id,type,scale_min,scale_max") == [
        ("1", "csat", 1.0, 5.0), ("2", "ces", 1.0, 7.0), ("3", "csat", 0.0, 1.0),
    ]  # fmt: skip


def test_further_columns_are_ratings(survey, kept):
    engagement = survey("response_id,answered_at,score,delivery\n1,2024-05-01,9,4\n2,2024-05-01,9,\n")
    assert kept(engagement, "responses", "response_id,delivery") == [("1", 4.0), ("2", None)]


def test_an_nps_from_1_to_10_is_refused(survey):
    with pytest.raises(
        InvalidSource, match="is an NPS on a scale from 1 to 10; NPS is asked from 0 to 10, and no other"
    ):
        survey(HEAD + "1,2024-05-01,9\n", scale_min="1")


def test_stars_offered_as_nps_are_refused(survey):
    stars = "".join(f"{n},2024-05-01,{n % 5 + 1}\n" for n in range(30))
    with pytest.raises(InvalidSource, match="none of 30 answers is above 5, so these look like stars"):
        survey(HEAD + stars)
    assert survey(HEAD + stars, scale_max="10").responses.native.aggregate("count(*)").fetchall() == [(30,)]


def answers(scores, survey="s"):
    return "".join(f"{survey}{n},2024-05-01,{score},{survey}\n" for n, score in enumerate(scores))


@pytest.mark.parametrize(
    ("lowest", "highest"), [(1, 4), (1, 5), (0, 5), (1, 7), (0, 2), (0, 1), (1, 3)], ids=lambda end: str(end)
)
@given(st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_answers_on_a_shorter_scale_are_no_nps_few_or_many_with_a_stray_or_without(survey, lowest, highest, data):
    scores = data.draw(st.lists(st.integers(lowest, highest), min_size=1, max_size=60))
    strays = [10] if len(scores) >= 20 and data.draw(st.booleans()) else []
    with pytest.raises(InvalidSource, match=r'survey "s": .* above [57], so .*Set type'):
        survey(HEAD_OF_TWO + answers([*scores, *strays]))


@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_where_a_tenth_is_above_7_the_answers_are_read(survey, scores):
    scores = [*scores, *[9] * (len(scores) // 9 + 2)]
    engagement = survey(HEAD_OF_TWO + answers(scores))
    assert engagement.responses.native.aggregate("count(*)").fetchall() == [(len(scores),)]


def test_each_survey_is_looked_at_by_itself(survey):
    with pytest.raises(InvalidSource, match=r'survey "stars": only 1 of 401 answers is above 5, so these look like'):
        survey(HEAD_OF_TWO + answers([9, 10, 3] * 300, "good") + answers([1, 2, 3, 4] * 100 + [10], "stars"))


def test_too_few_answers_ask(survey):
    with pytest.raises(InvalidSource, match="2 answers from 3 to 4, none above 5, so few do not tell on which scale"):
        survey(HEAD_OF_TWO + answers([3, 4]))


def test_scales_mixed_in_one_survey_are_refused(survey):
    text = "response_id,answered_at,score,top\n1,2024-05-01,5,5\n2,2024-05-01,7,7\n"
    with pytest.raises(InvalidSource, match=r'survey "survey" has answers on several scales \(1 to 5, 1 to 7\)'):
        survey(text.replace("top", "scale_max"), type="'csat'")


def test_answers_after_the_last_day_of_the_data_are_left_out_and_counted(client, lost):
    text = HEAD + "1,2024-05-31,9\n2,2024-06-01,9\n3,2124-05-31,9\n"
    engagement = client(None, settings={"last_day": date(2024, 5, 31)}, others={"responses": text})
    assert lost(engagement, "responses") == {"kept": 1, "after last_day": 2}
