"""Response rates and who the responders are, by hand, as laws and by complaint."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.surveys.response import responders_compared, response_rate
from retention_kit.periods import Period
from tests.examples import lists_of_any_size

MAY = Period("2024-05")
WAVES = ["spring", "autumn", None]


def invited(customers, day="2024-05-02", **columns):
    return pd.DataFrame({"customer_id": list(customers), "sent_on": pd.to_datetime(day)}).assign(**columns)


def answered(customers, day="2024-05-03", **columns):
    frame = pd.DataFrame({"customer_id": pd.Series(list(customers), dtype="str"), "answered_on": pd.to_datetime(day)})
    return frame.assign(**columns)


def rate_of(invitations, responses, **options):
    return response_rate(invitations, responses, **{"period": MAY, **options}).iloc[0]


def people(n, first=0):
    return [f"c{number}" for number in range(first, first + n)]


# By hand


def test_complete_of_delivered_and_of_sent():  # N11
    invitations = invited(people(1000), status=["bounced"] * 50 + ["delivered"] * 900 + ["sent"] * 50)
    responses = answered(people(200, 50), is_complete=[True] * 190 + [False] * 10)
    found = rate_of(invitations, responses)
    assert (found.value, found.of_sent) == (0.2, 0.19)
    assert (found.numerator, found.denominator, found.n_sent, found.n_bounced, found.n_partial) == (
        190,
        950,
        1000,
        50,
        10,
    )
    assert found.low < 0.2 < found.high
    assert [round(found.of_sent_low, 4), round(found.of_sent_high, 4)] == [0.1669, 0.2155]
    assert (found.status, found["flags"]) == ("ok", "")


def test_who_finished_in_the_end_is_no_partial_answer():
    found = rate_of(invited(people(2)), answered(["c0", "c0", "c1"], is_complete=[False, True, False]))
    assert (found.numerator, found.n_partial) == (1, 1)


def test_what_was_answered_did_not_bounce():
    found = rate_of(invited(people(2), status="bounced"), answered(["c0"]))
    assert (found.denominator, found.n_bounced, found.value) == (1, 1, 1)


def test_an_answer_of_somebody_not_invited_or_to_another_survey_is_none_of_these():
    invitations = invited(people(4), survey_id="a")
    found = rate_of(invitations, answered(["c0", "c1", "x"], survey_id=["a", "b", "a"]))
    assert found.numerator == 1


@pytest.mark.parametrize(
    ("day", "answers"), [("2024-05-01", 0), ("2024-05-02", 1), ("2024-05-31", 1), ("2024-06-01", 0)]
)
def test_an_answer_comes_from_the_day_of_the_invitation_to_the_end_of_the_period(day, answers):
    assert rate_of(invited(["c0"]), answered(["c0"], day=day)).numerator == answers


@pytest.mark.parametrize(("day", "answers"), [("2024-05-31", 1), ("2024-06-01", 0)])
def test_an_answer_to_a_named_wave_comes_by_the_end_of_the_period_too(day, answers):
    assert rate_of(invited(["c0"], wave="spring"), answered(["c0"], day=day, wave="spring")).numerator == answers


def test_a_period_gone_by_is_followed_no_longer_than_the_latest():
    """Half answer within the month and the others in the next, month after month."""
    months = [f"2024-{month}" for month in ("04", "05")]
    invitations = pd.concat([invited(people(10), day=f"{month}-10", wave=month) for month in months])
    responses = [answered(people(5), day=f"{month}-20", wave=month) for month in months]
    late = answered(people(5, 5), day="2024-05-10", wave="2024-04")
    for compared in (None, "country"):
        sent, back = invitations.assign(country="PL"), pd.concat([*responses, late])
        found = [response_rate(sent, back, period=Period(month), by=compared).value.item() for month in months]
        assert found == [0.5, 0.5]
    assert responders_compared(sent, back, period=Period("2024-04"), by="country").n_responders.tolist() == [5]


def test_a_reminder_asks_nobody_twice():
    found = rate_of(invited(["c0", "c0", "c1"], day=["2024-05-02", "2024-05-09", "2024-05-02"]), answered(["c0"]))
    assert (found.n_sent, found.value) == (2, 0.5)
    one_arrived = invited(["c0", "c0"], status=["bounced", "delivered"])
    assert rate_of(one_arrived, answered([])).denominator == 1


@pytest.mark.parametrize(("day", "rates"), [("2024-05-31", (1, 0)), ("2024-06-10", (0, 1)), ("2024-06-09", (0, 0))])
def test_an_answer_belongs_to_the_last_invitation_before_it(day, rates):
    twice = invited(["c0", "c0"], day=["2024-05-31", "2024-06-10"])
    found = [rate_of(twice, answered(["c0"], day=day), period=month).value for month in (MAY, Period("2024-06"))]
    assert tuple(found) == rates


def test_where_both_name_the_wave_it_is_the_wave_that_counts():
    twice = invited(["c0", "c0"], day=["2024-05-02", "2024-05-10"], wave=["spring", "autumn"], way=["mail", "app"])
    late = answered(["c0"], day="2024-05-20", wave="spring")

    def answered_by_way(invitations, responses):
        return response_rate(invitations, responses, period=MAY, by="way").numerator.tolist()

    others = [invited(people(5, 5), wave="spring", way="mail"), invited(people(5, 5), wave="autumn", way="app")]
    asked = pd.concat([twice, *others])
    assert answered_by_way(asked, late) == [0, 1]
    assert answered_by_way(asked, late.assign(wave=None)) == [1, 0]


def test_where_the_invitations_name_no_wave_it_is_that_of_their_month():
    twice = invited(["c0", "c0"], day=["2024-05-31", "2024-06-10"])
    late = answered(["c0"], day="2024-06-20", wave="spring")
    assert [rate_of(twice, late, period=month).value for month in (MAY, Period("2024-06"))] == [0, 1]


@pytest.mark.parametrize(("day", "n"), [("2024-04-30", 0), ("2024-05-01", 1), ("2024-05-31", 1), ("2024-06-01", 0)])
def test_an_invitation_is_of_the_period_it_was_first_sent_in(day, n):
    found = rate_of(invited(["c0"], day=day), answered([]))
    assert (found.n_sent, found.status) == (n, "ok" if n else "no_invitations")
    reminded = invited(["c0", "c0"], day=["2024-04-30", "2024-05-02"], wave="spring")
    assert rate_of(reminded, answered([])).n_sent == 0


@pytest.mark.parametrize(("answers", "flags"), [(9, "low_response"), (10, "")])
def test_below_a_tenth_few_answer(answers, flags):
    assert rate_of(invited(people(100)), answered(people(answers)))["flags"] == flags
    assert rate_of(invited(people(20)), answered([]))["flags"] == "small_n low_response"


def test_answers_of_nobody_known_have_no_invitation():
    invitations = invited(people(40))
    some = rate_of(invitations, answered(["c0", "c1", "c2", "c3", None]))
    assert (some.numerator, some["flags"]) == (4, "anonymous_answers")
    every = rate_of(invitations, answered([None, None]))
    assert (every.status, every["flags"]) == ("refused:anonymous", "")
    assert every[["value", "low", "high", "of_sent"]].isna().all()
    for day, status in {"2024-04-30": "ok", "2024-05-01": "refused:anonymous", "2024-06-01": "ok"}.items():
        assert rate_of(invitations, answered([None], day=day)).status == status


def test_answers_to_other_surveys_than_those_sent_say_nothing_of_the_rate():
    invitations = invited(people(40), survey_id="nps")
    other = answered(people(9), survey_id="after delivery")
    found = rate_of(invitations, other)
    assert (found.status, found["flags"], found.n_sent) == ("refused:no_common_survey", "", 40)
    assert found[["value", "low", "high", "of_sent"]].isna().all()
    one = pd.concat([other, answered(["c0"], survey_id="nps", day="2024-04-30")])
    assert (rate_of(invitations, one).status, rate_of(invitations, one).value) == ("ok", 0)
    assert rate_of(invitations, other.assign(answered_on=pd.Timestamp("2024-06-01"))).status == "ok"
    assert rate_of(invitations, answered([None], survey_id="after delivery")).status == "refused:anonymous"


@pytest.mark.parametrize(
    ("answered_waves", "ends"), [((4, 4, 0, 0, 2), [0.17042, 0.82958]), ((0, 0, 0, 0, 0), [0, 0.43448])]
)
def test_five_customers_asked_four_times_are_five(answered_waves, ends):  # Z4
    waves = ["spring", "summer", "autumn", "winter"]
    sent = pd.concat([invited(people(5), wave=wave) for wave in waves])
    said = [answered([f"c{n}"], wave=wave) for n, times in enumerate(answered_waves) for wave in waves[:times]]
    found = rate_of(sent, pd.concat([answered([], wave=""), *said]))
    assert (found.value, found.deff, found.denominator) == (sum(answered_waves) / 20, 4, 20)
    assert [round(found.low, 5), round(found.high, 5)] == ends
    assert [found.of_sent_low, found.of_sent_high] == [found.low, found.high]
    bounced = rate_of(sent.assign(status=["bounced"] * 5 + ["delivered"] * 15), pd.concat(said or [answered([])]))
    assert bounced.of_sent == found.value
    assert [round(bounced.of_sent_low, 5), round(bounced.of_sent_high, 5)] == ends


def test_invitations_that_all_came_back_are_none():
    found = rate_of(invited(people(3), status="bounced"), answered([]))
    assert (found.status, found.n_sent, found.denominator) == ("no_invitations", 3, 0)


ASKED = pd.concat([invited(people(10), survey_id="nps"), invited(people(10, 50), survey_id="service")])
"""Ten invited to the one survey, ten others to the other."""
SAID = pd.concat(
    [
        answered(people(4), survey_id="nps", type="nps"),
        answered(people(2, 4), survey_id="nps", type="csat"),
        answered(people(9, 50), survey_id="service", type="csat"),
    ]
)


def test_the_rate_of_a_question_is_that_of_the_surveys_that_ask_it():
    counts = ["numerator", "denominator"]
    assert rate_of(ASKED, SAID)[counts].tolist() == [15, 20]
    assert rate_of(ASKED, SAID, question="nps")[counts].tolist() == [4, 10]
    assert rate_of(ASKED, SAID, question="csat")[counts].tolist() == [11, 20]
    assert rate_of(ASKED, SAID, question="ces").status == "no_invitations"
    before = rate_of(ASKED, SAID, question="nps", period=Period("2024-06"))
    assert (before.status, before.n_sent) == ("no_invitations", 0)


def test_who_answered_a_question_is_compared_with_who_was_asked_it():
    asked = ASKED.assign(country=["PL", "UA"] * 10)
    found = responders_compared(asked, SAID, period=MAY, by="country", question="nps")
    assert found.n_invited.tolist() == [5, 5]
    assert found.n_responders.tolist() == [2, 2]
    assert responders_compared(asked, SAID, period=MAY, by="country", question="ces").empty


def test_answers_to_a_question_of_surveys_never_sent_say_nothing_of_the_rate():
    own = answered(people(3), survey_id="shop", type="ces")
    assert rate_of(ASKED, pd.concat([SAID, own]), question="ces").status == "refused:no_common_survey"


def test_the_rate_by_segment():
    invitations = invited(people(13), country=["PL"] * 5 + ["UA"] * 4 + ["US"] * 4)
    found = response_rate(invitations, answered(["c0", "c5", "c9"]), period=MAY, by="country")
    assert found[["segment", "numerator", "denominator"]].to_numpy().tolist() == [["PL", 1, 5], ["(other)", 2, 8]]
    few = response_rate(invitations[:9], answered(["c0"]), period=MAY, by="country")
    assert few.status.tolist() == ["ok", "suppressed"]
    assert np.isnan(few.of_sent[1])


def test_responders_and_others_by_segment():
    invitations = invited(people(100), country=["PL"] * 50 + ["UA"] * 50, status=["bounced"] * 10 + ["delivered"] * 90)
    found = responders_compared(invitations, answered(people(30, 20)), period=MAY, by="country").set_index("segment")
    assert found.n_invited.tolist() == [40, 50]
    assert found.n_responders.tolist() == [30, 0]
    assert found.responders.tolist() == [1, 0]
    assert found.others.tolist() == pytest.approx([1 / 6, 5 / 6])
    assert found.difference.tolist() == pytest.approx([5 / 6, -5 / 6])
    assert found["flags"].tolist() == ["differs", "differs"]
    assert (found.p_adjusted < 0.001).all()
    assert found.low["PL"] > 0 > found.high["UA"]


@pytest.mark.parametrize(("responders", "flags"), [(55, ""), (56, "differs"), (45, ""), (44, "differs")])
def test_more_than_ten_points_apart_is_much(responders, flags):
    invitations = invited(people(200), country=["PL", "UA"] * 100)
    of_both = [f"c{2 * n}" for n in range(responders)] + [f"c{2 * n + 1}" for n in range(100 - responders)]
    found = responders_compared(invitations, answered(of_both), period=MAY, by="country")
    assert found.difference[0] == pytest.approx((2 * responders - 100) / 100)
    assert found["flags"].tolist() == [flags, flags]


def test_where_nobody_answered_there_is_nobody_to_compare():
    found = responders_compared(invited(people(9), country="PL"), answered([]), period=MAY, by="country")
    assert found[["responders", "difference", "p_value"]].isna().all(axis=None)
    assert found.others.tolist() == [1]
    assert found["flags"].tolist() == [""]


def test_a_rest_below_five_is_not_shown():
    invitations = invited(people(9), country=["PL"] * 5 + ["UA"] * 4)
    found = responders_compared(invitations, answered(["c0", "c8"]), period=MAY, by="country")
    assert found.segment.tolist() == ["PL", "(other)"]
    assert found.responders[0] == 0.5
    assert found.loc[1, ["responders", "others", "difference", "p_value"]].isna().all()


# By complaint


def test_invitations_need_to_say_who_was_invited_when():
    with pytest.raises(InvalidTable, match='no column "customer_id"'):
        rate_of(invited(["a"]).drop(columns="customer_id"), answered([]))
    with pytest.raises(InvalidTable, match='no column "sent_on"'):
        rate_of(invited(["a"]).drop(columns="sent_on"), answered([]))
    with pytest.raises(InvalidTable, match='no column "country"'):
        response_rate(invited(["a"]), answered([]), period=MAY, by="country")


# By law

DAYS = st.dates(pd.Timestamp("2024-03-01").date(), pd.Timestamp("2024-06-30").date())
ROWS = lists_of_any_size(st.tuples(st.sampled_from("abcdef"), DAYS, st.sampled_from(WAVES)), max_size=25)


@settings(max_examples=10)
@given(ROWS, ROWS)
def test_nobody_answers_more_often_than_asked_and_segments_add_up(invitations, responses):
    asked, given_back = (
        pd.DataFrame(rows, columns=["customer_id", "day", "wave"]) for rows in (invitations, responses)
    )
    sent = invited(asked.customer_id.astype("str"), day=pd.to_datetime(asked.day), wave=asked.wave.astype("str"))
    sent = sent.assign(country=sent.customer_id.map(dict(zip("abcdef", ["PL", "UA"] * 3, strict=True))).astype("str"))
    back = answered(given_back.customer_id, day=pd.to_datetime(given_back.day), wave=given_back.wave.astype("str"))
    whole, parts = (response_rate(sent, back, period=Period("2024Q2"), by=by) for by in (None, "country"))
    columns = ["numerator", "denominator", "n_sent", "n_bounced", "n_partial"]
    assert parts[columns].sum().tolist() == whole[columns].sum().tolist()
    assert whole.numerator.item() <= min(whole.denominator.item(), len(back) * len(WAVES))
    compared = responders_compared(sent, back, period=Period("2024Q2"), by="country")
    assert [compared.n_invited.sum(), compared.n_responders.sum()] == whole[["denominator", "numerator"]].iloc[
        0
    ].tolist()
    if len(compared) > 1 and compared.notna().all(axis=None):
        assert compared.responders.sum() == pytest.approx(1)
        assert compared.difference.sum() == pytest.approx(0, abs=1e-12)
