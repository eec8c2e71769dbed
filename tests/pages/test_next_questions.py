"""The next questions as sentences: whole ones, with the numbers they rest on."""

import re
from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.facts.next_questions import BETTER_METRICS, WHOLE_METRICS
from retention_kit.pages.next_questions import SENTENCES

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with rk.open_engagement(rk.make_demo(tmp_path_factory.mktemp("demo"), n_customers=1500)) as engagement:
        yield engagement.at("2024-05")


def test_each_question_has_its_sentence():
    of_numbers = {"history", "low_response"}  # that for more answers is put together from its metric
    assert set(SENTENCES) == {gap.question for gap in (*WHOLE_METRICS, *BETTER_METRICS)} | of_numbers


def test_a_sentence_says_the_numbers_of_its_row(demo):
    shown, wording = rk.exhibit(demo, "next_questions"), rk.wording_of(demo)
    rows = shown.data[shown.data.question == "answers"]
    assert len(rows)
    for row in rows.itertuples():
        numbers = (f"n = {wording.number(row.n)};", wording.number(row.n_more), f"{round(100 * row.change)} p")
        assert all(number in row.sentence for number in numbers)
    assert all(sentence in shown.html.unescape() for sentence in shown.data.sentence)


def test_no_placeholder_is_left_and_every_sentence_ends():
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        sentences = rk.exhibit(engagement.at("1998-06"), "next_questions").data.sentence
    assert len(sentences) == 5
    assert not [text for text in sentences if re.search(r"[{}]|nan|None", text) or not text.endswith(".")]


def test_where_nothing_is_missing_that_is_said(demo, monkeypatch):
    from retention_kit.facts import next_questions as facts

    nothing = facts.next_questions(demo).head(0)
    monkeypatch.setattr(facts, "next_questions", lambda _engagement: nothing)
    shown = rk.exhibit(demo, "next_questions")
    assert shown.html.striptags() == "Nothing is missing that this report could use."
