"""The net promoter score by hand, as laws, by complaint, and on the published surveys of The Carpentries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.surveys.answers import one_answer_each
from retention_kit.metrics.surveys.scores import adjusted_wald, nps, nps_answers, nps_distribution, nps_of_interactions
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.periods import Period
from tests.surveys import answers_lines, answers_of, any_answers

MAY, YEAR = Period("2024-05"), Period("2024")


def score_of(scores, **columns):
    return nps(answers_of(scores, **columns), period=MAY).iloc[0]


def kept(responses, **options):
    return sorted(nps_answers(responses, **options).df().response_id)


# By hand


def test_ten_answers():  # N01
    found = score_of([10, 10, 9, 9, 8, 7, 6, 3, 0, 10])
    assert [found.promoters, found.passives, found.detractors] == [0.5, 0.2, 0.3]
    assert (found.value, found.numerator, found.denominator, found.n) == (20, 2, 10, 10)
    assert found.se == pytest.approx(27.568, abs=5e-4)
    assert [round(x, 2) for x in (found.low, found.high)] == [-30.33, 61.1]
    assert (found.status, found["flags"], found.n_rejected) == ("ok", "small_n", 0)


def test_the_score_is_not_the_difference_of_rounded_shares():  # N02
    assert score_of([10] * 335 + [8] * 341 + [0] * 324).value == pytest.approx(1.1)


def test_five_who_agree_are_not_certain():  # N03
    found = score_of([9, 9, 10, 10, 10])
    assert (found.value, found.se, found.high) == (100, 0, 100)
    assert found.low == pytest.approx(17.49, abs=0.005)


def test_five_who_dislike_us_are_as_uncertain():
    found = score_of([0, 1, 2, 3, 6])
    assert (found.value, found.se, found.low) == (-100, 0, -100)
    assert found.high == pytest.approx(-17.49, abs=0.005)


@pytest.mark.parametrize("scores", [[], [11, None]])
def test_without_a_valid_answer_there_is_no_score(scores):  # N04
    found = score_of(scores)
    assert (found.status, found.n, found["flags"]) == ("no_responses", 0, "")
    assert found[["value", "low", "high", "se", "promoters", "passives", "detractors"]].isna().all()


def test_scores_that_are_none_are_rejected_and_counted():  # N05
    found = score_of([11, -1, 7.5, None, 9])
    assert (found.n, found.n_rejected, found.value) == (1, 4, 100)


@pytest.mark.parametrize(
    ("score", "shares"),
    [(10, [1, 0, 0]), (9, [1, 0, 0]), (8, [0, 1, 0]), (7, [0, 1, 0]), (6, [0, 0, 1]), (0, [0, 0, 1])],
)
def test_who_is_a_promoter_and_who_a_detractor(score, shares):
    assert score_of([score])[["promoters", "passives", "detractors"]].tolist() == shares


LATEST = answers_lines("c1 2024-05-01 3\nc1 2024-05-05 9\nc2 2024-05-02 10\nc3 2024-05-02 6")


def test_a_customer_counts_once_in_a_wave_with_the_latest_answer():  # N06
    found = nps(LATEST, period=MAY).iloc[0]
    assert (found.n, round(found.value, 3)) == (3, 33.333)
    assert nps(LATEST.drop(columns="customer_id"), period=MAY).value.item() == 0


def test_the_latest_answer_of_a_day_is_that_of_the_latest_hour_then_of_the_last_id():
    morning = answers_lines("c 2024-05-01 3\nc 2024-05-01 9")
    assert kept(morning) == ["r2"]
    hours = pd.to_datetime(["2024-05-01 18:00", "2024-05-01 09:00"])
    assert kept(morning.assign(answered_at=hours)) == ["r1"]


def test_a_later_answer_that_is_not_finished_or_no_score_does_not_count():
    assert kept(LATEST.assign(is_complete=[True, False, True, None])) == ["r1", "r3", "r4"]
    assert kept(LATEST.assign(score=[3, 11, 10, 6])) == ["r1", "r3", "r4"]


def test_a_customer_counts_once_in_each_wave():
    assert kept(LATEST.assign(wave=["spring", "autumn", "spring", "spring"])) == ["r1", "r2", "r3", "r4"]


def test_an_answer_without_a_wave_is_of_its_month():
    months = answers_lines("c 2024-05-31 3\nc 2024-06-01 9\nc 2024-10-31 9\nc 2024-12-31 9\nc 2025-01-02 9")
    waves = nps_answers(months.assign(wave=["x", None, None, None, None])).order("response_id").df().wave
    assert waves.tolist() == ["x", "2024-06", "2024-10", "2024-12", "2025-01"]
    assert kept(answers_lines("c 2024-05-31 3\nc 2024-06-01 9\nc 2024-06-02 9")) == ["r1", "r3"]


def test_answers_of_nobody_known_each_count():
    assert kept(answers_lines("- 2024-05-01 3\n- 2024-05-01 3\n- 2024-05-02 9")) == ["r1", "r2", "r3"]


def test_the_kinds_and_questions_are_apart():
    mixed = answers_of([10, 0, 0, 5], kind=["relational", "transactional", None, "relational"])
    mixed = mixed.assign(type=["nps", "nps", "nps", "csat"])
    assert nps(mixed, period=MAY).value.item() == 0
    assert nps(mixed, period=MAY, kind="transactional").value.item() == -100


def test_after_contacts_a_customer_counts_once_in_ninety_days_with_the_first_answer():
    contacts = answers_lines(
        """a 2024-01-01 9 o1
           a 2024-03-30 0 o2
           a 2024-03-31 0 o3
           a 2024-06-28 9 o4
           a 2024-06-29 9 o5
           b 2024-03-30 9 o6
           - 2024-01-01 0 o7
           - 2024-01-02 0 o8"""
    ).assign(kind="transactional")
    assert kept(contacts, kind="transactional") == ["r1", "r3", "r5", "r6", "r7", "r8"]


def test_an_interaction_counts_once_with_its_latest_answer():
    twice = answers_lines("a 2024-01-01 9 o1\na 2024-01-02 0 o1\n- 2024-01-01 9 o2\n- 2024-01-02 9 o2")
    assert kept(twice.assign(kind="transactional"), kind="transactional") == ["r2", "r4"]
    apart = twice.assign(kind="transactional", survey_id=["x", "y", "x", "y"])
    assert kept(apart, kind="transactional") == ["r1", "r3", "r4"]


def test_six_customers_of_three_waves_are_no_eighteen():  # Z4
    once = answers_lines(
        "a 2024-05-02 9\nb 2024-05-02 9\nc 2024-05-02 7\nd 2024-05-02 0\ne 2024-05-02 9\nf 2024-05-02 7"
    )
    waves = pd.concat([once.assign(wave=name) for name in "xyz"])
    found = nps(waves, period=MAY).iloc[0]
    assert (found.n, round(found.value, 2), round(found.se, 2)) == (18, 33.33, 33.33)
    assert (found.deff, found.n / found.deff) == pytest.approx((3.6, 5))
    assert [round(found.low, 2), round(found.high, 2)] == [-31.06, 72.72]
    naive = nps(waves.drop(columns="customer_id"), period=MAY).iloc[0]
    assert (naive.deff, round(naive.se, 2)) == (1, 17.57)
    months = pd.concat([once.assign(answered_on=pd.Timestamp(f"2024-{month}-02")) for month in ("03", "04", "05")])
    pooled = nps_trend(months, until=MAY).iloc[-1]
    assert pooled[["n_waves", "n", "deff", "low", "high"]].tolist() == [3, 18, found.deff, found.low, found.high]


def test_every_interaction_counts_beside_the_headline():
    contacts = answers_lines("a 2024-05-01 9 o1\na 2024-05-02 9 o2\na 2024-05-03 9 o3\nb 2024-05-02 0 o4")
    contacts = contacts.assign(kind="transactional")
    assert nps(contacts, period=MAY, kind="transactional").value.item() == 0
    found = nps_of_interactions(contacts, period=MAY).iloc[0]
    assert (found.value, found.denominator, found.n, found.status) == (50, 4, 2, "ok")
    assert np.isnan(found.low)


def test_the_answers_of_one_customer_are_taken_together():
    """Twenty customers who gave one answer five times over tell no more than twenty answers."""
    once = answers_lines("\n".join(f"c{n} 2024-05-02 {9 if n < 12 else 0}" for n in range(20)))
    once = once.assign(kind="transactional")
    five = pd.concat([once.assign(order_id=f"o{n}", response_id=once.response_id + str(n)) for n in range(5)])
    of_one, of_five = (nps_of_interactions(frame, period=MAY).iloc[0] for frame in (once, five))
    assert (of_five.n, of_five.denominator) == (20, 100)
    assert [of_five.value, of_five.low, of_five.high] == pytest.approx([of_one.value, of_one.low, of_one.high])
    codes = np.repeat([1, -1], [12, 8])
    assert of_one.high - of_one.value == pytest.approx(100 * 1.959964 * codes.std(ddof=1) / np.sqrt(20), rel=1e-6)


@pytest.mark.parametrize(("scores", "end"), [([9] * 11 + [0], "high"), ([0] * 11 + [9], "low")])
def test_the_interval_of_interactions_ends_with_the_scale(scores, end):
    found = nps_of_interactions(answers_of(scores, kind="transactional"), period=MAY).iloc[0]
    assert found[end] == {"high": 100, "low": -100}[end]
    assert abs(found.value) == pytest.approx(100 * 10 / 12)


def test_without_contacts_there_is_no_score_of_them():
    assert nps_of_interactions(answers_of([9]), period=MAY).status.tolist() == ["no_responses"]


@pytest.mark.parametrize(("day", "n"), [("2024-04-30", 0), ("2024-05-01", 1), ("2024-05-31", 1), ("2024-06-01", 0)])
def test_an_answer_is_of_the_period_it_was_given_in(day, n):
    assert score_of([9], day=day).n == n


def test_an_answer_after_the_period_takes_nobody_out_of_it():
    """One wave, open from May to June: c answers in both months, and counts in each with the latest by its end."""
    open_wave = answers_lines("c 2024-05-03 0\nc 2024-05-20 9\nc 2024-06-01 0\nd 2024-05-31 9").assign(wave="spring")
    found = [nps(open_wave, period=month).iloc[0] for month in (MAY, Period("2024-06"), Period("2024Q2"))]
    assert [(month.n, month.value) for month in found] == [(2, 100), (1, -100), (2, 0)]
    assert nps_distribution(open_wave, period=MAY).numerator.tolist() == [0] * 9 + [2, 0]


def test_an_answer_about_a_contact_given_again_later_counts_before_that():
    again = answers_lines("c 2024-05-31 9 o1\nc 2024-06-01 0 o1").assign(kind="transactional")
    for score in (nps(again, period=MAY, kind="transactional"), nps_of_interactions(again, period=MAY)):
        assert (score.n.item(), score.value.item()) == (1, 100)


def test_of_each_customer_the_latest_answer():
    several = answers_lines(
        "a 2024-05-01 1\na 2024-06-02 2\na 2024-05-09 3\n- 2024-05-01 4\n- 2024-05-01 5\nb 2023-01-01 6"
    )
    assert one_answer_each(several).to_native().order("score").df().response_id.tolist() == ["r2", "r4", "r5", "r6"]
    of_a_day = answers_lines("a 2024-05-01 9\na 2024-05-01 1").assign(
        answered_at=pd.to_datetime(["2024-05-01 18:00", "2024-05-01 09:00"])
    )
    assert one_answer_each(of_a_day).to_native().df().score.tolist() == [9]
    plain = one_answer_each(of_a_day[["customer_id", "answered_on", "score"]])
    assert {"response_id", "type", "wave"}.isdisjoint(plain.collect_schema().names())


def test_segments_below_five_are_merged():
    answers = answers_of(
        [9] * 30 + [0] * 5 + [0] * 4 + [7] * 2, country=["PL"] * 30 + ["UA"] * 5 + ["US"] * 4 + [None] * 2
    )
    found = nps(answers, period=MAY, by="country")
    assert found.segment.tolist() == ["PL", "UA", "(other)"]
    assert found["value"].tolist() == pytest.approx([100, -100, -100 * 4 / 6])
    assert found["flags"].tolist() == ["", "small_n", "small_n"]


def test_a_rest_below_five_is_not_shown():
    found = nps(answers_of([9] * 5 + [0] * 4, country=["PL"] * 5 + ["UA"] * 4), period=MAY, by="country")
    assert found.status.tolist() == ["ok", "suppressed"]
    assert found.loc[1, ["value", "low", "high", "se", "promoters", "passives", "detractors"]].isna().all()


def test_a_segment_without_a_valid_answer_has_no_score():
    found = nps(answers_of([9] * 5 + [11] * 6, country=["PL"] * 5 + ["UA"] * 6), period=MAY, by="country")
    assert found.status.tolist() == ["ok", "no_responses"]
    assert found.n_rejected.tolist() == [0, 6]


def test_three_answers_are_shown_in_grey():
    found = score_of([9, 9, 0])
    assert (found.status, found["flags"]) == ("ok", "small_n")
    assert score_of([9] * 29)["flags"] == "small_n"
    assert score_of([9] * 30)["flags"] == ""


def test_how_many_gave_each_score():
    found = nps_distribution(answers_of([10, 10, 7, 0, 11]), period=MAY)
    assert found.score.tolist() == list(range(11))
    assert found.numerator.tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    assert found.group.tolist() == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    assert found.denominator.unique().tolist() == [4]
    empty = nps_distribution(answers_of([]), period=MAY)
    assert empty.status.unique().tolist() == ["no_responses"]
    assert empty["value"].isna().all()


# By complaint


def test_another_scale_is_no_nps():
    with pytest.raises(InvalidTable, match=r'survey "stars" \(1 to 5\). Set type to "csat"'):
        nps(answers_of([5], scale_min=1, scale_max=5, survey_id="stars"), period=MAY)
    with pytest.raises(InvalidTable, match=r'survey "survey" \(1 to 10\)'):
        nps(answers_of([5], scale_min=1), period=MAY)


def test_every_survey_on_another_scale_is_named():
    two = answers_of([5, 5, 9], survey_id=["a", "b", "c"], scale_max=[5, 7, 10])
    with pytest.raises(InvalidTable, match=r'"a" \(0 to 5\), "b" \(0 to 7\)\.'):
        nps(two, period=MAY)


@pytest.mark.parametrize("column", ["scale_min", "scale_max", "direction"])
def test_two_scales_in_one_survey_have_no_common_score(column):
    values = ["high", "low"] if column == "direction" else [0, 10]
    with pytest.raises(InvalidTable, match='Survey "survey" has answers on several scales'):
        nps(answers_of([5, 9], **{column: values}), period=MAY)


def test_a_survey_on_the_scale_of_nps_is_one_where_it_says_so():
    assert score_of([9], scale_min=[None], scale_max=10.0).value == 100


def test_scores_in_words_are_refused():
    with pytest.raises(InvalidTable, match='Column "score" holds String, not numbers'):
        nps(answers_of([9]).assign(score="ten"), period=MAY)


def test_a_column_that_is_not_there_is_missed():
    with pytest.raises(InvalidTable, match='no column "score"'):
        nps(answers_of([9]).drop(columns="score"), period=MAY)
    with pytest.raises(InvalidTable, match='no column "country"'):
        nps(answers_of([9]), period=MAY, by="country")


# By law


@settings(max_examples=10)
@given(any_answers())
def test_shares_add_up_and_give_the_score(responses):  # I9
    found = nps(responses, period=YEAR).iloc[0]
    if found.n:
        assert found.promoters + found.passives + found.detractors == pytest.approx(1)
        assert found.value == pytest.approx(100 * (found.promoters - found.detractors))
        assert -100 <= found.low <= found.value <= found.high <= 100
    assert found.n + found.n_rejected <= len(responses)


@settings(max_examples=10)
@given(any_answers(), st.sampled_from([{}, {"PL": "Polska"}, {"PL": "UA"}, {"PL": "a", "UA": "b", "US": "c"}]))
def test_however_segments_are_named_they_add_up_to_the_total(responses, names):  # I10
    whole = nps(responses, period=YEAR).iloc[0]
    parts = nps(responses.assign(country=responses.country.replace(names)), period=YEAR, by="country")
    assert parts[["numerator", "n", "n_rejected"]].sum().tolist() == whole[["numerator", "n", "n_rejected"]].tolist()
    shown = parts[parts.status == "ok"]
    if len(shown) == len(parts) > 0:
        assert (shown["value"] * shown.n).sum() / shown.n.sum() == pytest.approx(whole.value)


@settings(max_examples=10)
@given(any_answers())
def test_the_distribution_is_that_of_the_score(responses):
    scores = nps_distribution(responses, period=YEAR)
    by_group = scores.groupby("group").numerator.sum()
    whole = nps(responses, period=YEAR).iloc[0]
    assert by_group["promoter"] - by_group["detractor"] == whole.numerator
    assert scores.numerator.sum() == whole.n


@settings(max_examples=10)
@given(any_answers(n_days=900))
def test_ninety_days_apart_is_counted_as_by_hand(responses):
    valid = responses[responses.score.between(0, 10)].sort_values(["answered_on", "response_id"])
    expected = set(valid.response_id[valid.customer_id.isna()])
    for _customer, answers in valid[valid.customer_id.notna()].groupby("customer_id"):
        last = None
        for answer in answers.itertuples():
            if last is None or (answer.answered_on - last).days >= 90:
                expected.add(answer.response_id)
                last = answer.answered_on
    assert kept(responses.assign(kind="transactional"), kind="transactional") == sorted(expected)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_liking_and_disliking_are_mirror_images(promoters, passives, detractors):
    n = promoters + passives + detractors
    (centre, error), (mirrored, mirrored_error) = (
        adjusted_wald(promoters, detractors, n),
        adjusted_wald(detractors, promoters, n),
    )
    assert centre == pytest.approx(-mirrored)
    assert error == pytest.approx(mirrored_error)


# By the book: results published by The Carpentries (long-term surveys of 2020-04 and 2020-12)


@pytest.mark.parametrize(
    ("file", "counts", "rounded"),
    [
        ("20200326-longterm-other_questions-no-open.csv", (134, 93, 32, 9, 42), 63),
        ("2020-12-long-term-other_questions-no-open.csv", (87, 49, 30, 8, 0), 47),
    ],
)
def test_the_surveys_of_the_carpentries(reference_data, file, counts, rounded):
    survey = pd.read_csv(reference_data / "carpentries" / file)
    found = nps(answers_of(survey.recommendation_score), period=MAY).iloc[0]
    shares = found[["promoters", "passives", "detractors"]].to_numpy(float) * found.n
    assert (found.n, *np.round(shares).astype(int), found.n_rejected) == counts
    assert round(found.value) == rounded
