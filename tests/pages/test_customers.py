"""The value of a point of retention on the churn page: in a sentence a shop owner understands, with its table."""

from pathlib import Path

import pytest

import retention_kit as rk

DATA = Path(__file__).parents[2] / "data"
NAME = "retention_point_value"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with rk.open_engagement(rk.make_demo(tmp_path_factory.mktemp("demo"), n_customers=1500)) as engagement:
        yield engagement.at("2024-05")


def test_the_sentence_says_the_numbers_of_its_table_and_that_they_are_no_cause(demo):
    wording, shown = rk.wording_of(demo), rk.exhibit(demo, NAME)
    found = shown.data.set_index("adjusted_for").loc["range"]
    sentence = shown.html.unescape().partition("<table")[0]
    digits = 0 if found.high >= 1000 else 2
    for number in (*(wording.money(end, digits=digits) for end in (found.low, found.high)), str(found.n_active)):
        assert number in sentence
    assert "more margin (45% of revenue)" in sentence
    assert "This is association, not cause" in sentence


def test_a_point_is_of_the_customers_that_the_retention_rate_is_of(demo):
    card = rk.scorecard(demo, topic="customers")
    rate = card[(card.metric == "customer_retention_rate") & (card.period == "2024-05") & (card.segment == "(all)")]
    assert rk.exhibit(demo, NAME).data.n_active.eq(rate.denominator.item()).all()


def test_where_the_history_is_too_short_a_sentence_stands_in_place_of_the_table():
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        shown = rk.exhibit(engagement.at("1998-06"), NAME)
    assert shown.data.status.eq("refused:short_follow_up").all()
    assert "<table" not in shown.html
    assert shown.html.striptags().startswith("Not estimated: the orders do not reach back far enough")
