"""What is asked of a client next: what is missing, in the order of what it unlocks, and how many answers more."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retention_kit as rk
from retention_kit.facts.next_questions import CHANGES, MOST, REACH, WORTH_ASKING, next_questions
from retention_kit.metrics.statistics.power import answers_needed, smallest_change_seen
from tests.test_thin_data import HEADER, SETTINGS

DATA = Path(__file__).parents[2] / "data"
SURVEY = '[tables.{name}]\nsource = "csv"\nfiles = ["raw/{name}.csv"]\ncolumns = {{ {columns} }}\n'
ANSWERS = 'response_id = "id", answered_at = "day", score = "score", customer_id = "who"'


def client(folder, *, orders=HEADER + "1,a,2024-05-31,10\n", scores=(), extra=""):
    """A shop with orders from January 2024 and so many answers of May, each of another customer."""
    (folder / "raw").mkdir()
    text = SETTINGS.replace("churn_window = 60", f"churn_window = 60\n{extra}")
    (folder / "raw" / "orders.csv").write_text(orders, encoding="utf-8")
    if scores:
        text += SURVEY.format(name="responses", columns=ANSWERS)
        rows = [f"{n},2024-05-{n % 28 + 1:02},{score},c{n}" for n, score in enumerate(scores)]
        (folder / "raw" / "responses.csv").write_text("id,day,score,who\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "engagement.toml").write_text(text, encoding="utf-8")
    return rk.open_engagement(folder).at("2024-05")


def asked(engagement):
    return next_questions(engagement).question.tolist()


# What is missing


def test_tables_are_asked_for_before_what_makes_numbers_better(tmp_path):
    assert asked(client(tmp_path)) == ["responses", "tickets", "refunds", "first_seen", "history"]


def test_never_more_than_five_and_nothing_that_is_there(tmp_path):
    found = asked(client(tmp_path, extra="is_history_complete = true\nmargin = 0.4"))
    assert found == ["responses", "tickets", "refunds", "segments", "costs"]
    assert len(found) == MOST


def test_what_only_helps_beside_another_table_is_not_asked_for_without_it(tmp_path):
    """Invitations and comments without answers, a reason of cancellation without subscriptions."""
    found = asked(client(tmp_path, extra="is_history_complete = true\nmargin = 0.4"))
    assert not {"invitations", "linked_answers", "comments", "cancel_reason"} & set(found)


def test_older_orders_are_asked_for_from_the_day_that_is_needed(tmp_path):
    found = next_questions(client(tmp_path)).set_index("question")
    assert str(found.day["history"]) == "2023-02-02"  # 365 days and two windows of 60 before June 2024


def test_of_the_demo_only_answers_and_the_reason_of_cancellation_are_missing(tmp_path):
    with rk.open_engagement(rk.make_demo(tmp_path / "demo", n_customers=1500)) as engagement:
        assert set(asked(engagement.at("2024-05"))) <= {"answers", "cancel_reason"}


# How many answers


def test_answers_are_asked_for_where_a_change_of_twenty_points_is_missed(tmp_path):
    """30 answers whose interval is over 50 points wide show a change of 50 points; 20 would take too many more."""
    engagement = client(tmp_path, scores=[10] * 15 + [7] * 10 + [5] * 5, extra="is_history_complete = true")
    row = next_questions(engagement).set_index("question").loc["answers"]
    score = rk.nps(engagement.responses, period="2024-05").iloc[0]
    seen = (1.959964 + 0.841621) * (score.high - score.low) / (2 * 1.959964) * math.sqrt(2)
    assert 48 < seen < 52
    assert row[["rests_on", "n", "value"]].tolist() == ["nps|(all)|2024-05", 30, score.value]
    assert row.change == 0.30
    assert row.n_more == math.ceil(30 * (seen / 30) ** 2) - 30
    assert 30 * (seen / 20) ** 2 > 3 * 30


@pytest.mark.parametrize("scores", [[10, 0] * 400, [10, 0, 10, 0, 10]])
def test_enough_answers_are_not_asked_for_nor_so_many_that_nobody_could_give(tmp_path, scores):
    assert "answers" not in asked(client(tmp_path, scores=scores))


def test_few_answers_to_many_invitations_are_asked_after(tmp_path):
    engagement = client(tmp_path, scores=[10] * 40)
    invited = [f"{n},c{n},2024-05-01" for n in range(1000)]
    folder = engagement.folder
    (folder / "raw" / "invitations.csv").write_text("id,who,day\n" + "\n".join(invited) + "\n", encoding="utf-8")
    columns = 'invitation_id = "id", customer_id = "who", sent_at = "day"'
    with (folder / "engagement.toml").open("a", encoding="utf-8") as file:
        file.write(SURVEY.format(name="invitations", columns=columns))
    found = next_questions(rk.open_engagement(folder).at("2024-05")).set_index("question")
    assert found.loc["low_response", ["rests_on", "value", "n"]].tolist() == ["response_rate|(all)|2024-05", 0.04, 1000]


@given(st.integers(5, 5000), st.floats(0.01, 2), st.sampled_from(CHANGES))
def test_with_the_answers_needed_the_change_is_seen_and_with_one_less_it_is_not(n, seen, change):
    needed = answers_needed(n, seen, change)
    assert seen * math.sqrt(n / needed) <= change * (1 + 1e-6)
    assert needed == 1 or seen * math.sqrt(n / (needed - 1)) > change * (1 - 1e-6)


def test_the_smallest_change_seen_is_that_of_two_waves_alike():
    assert smallest_change_seen(-1.959964, 1.959964) == pytest.approx((1.959964 + 0.841621) * math.sqrt(2))


def test_what_is_asked_for_can_be_asked_for():
    assert min(CHANGES) == WORTH_ASKING
    assert REACH > 1


def test_each_number_is_that_of_its_row_of_the_scorecard(tmp_path):
    with rk.open_engagement(rk.make_demo(tmp_path / "demo", n_customers=1500)) as opened:
        engagement = opened.at("2024-05")
        found = next_questions(engagement).dropna(subset="rests_on")
        card = rk.scorecard(engagement)
    assert len(found)
    cells = card.assign(rests_on=card.metric + "|" + card.segment + "|" + card.period)
    both = found.merge(cells, on="rests_on", suffixes=("", "_shown"), validate="one_to_one")
    assert len(both) == len(found)
    pd.testing.assert_series_equal(both.value.astype(float), both.value_shown, check_names=False)
    assert both.n.tolist() == both.n_shown.tolist()
