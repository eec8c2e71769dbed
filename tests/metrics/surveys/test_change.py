"""Changes of the score by hand, as laws, and against scipy's paired test."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from retention_kit.metrics.surveys.change import Groups, difference_of_nps, nps_change
from retention_kit.periods import Period
from tests.surveys import answers_of

ANSWERS = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300)).map(
    lambda counts: Groups(counts[0], counts[1], sum(counts))
)


def wave(name, scores, customers=None, **columns):
    return answers_of(scores, wave=name, customer_id=customers, **columns)


def change_of(now, then, **options):
    both = pd.concat([wave("now", *now), wave("then", *then)], ignore_index=True)
    return nps_change(both, now="now", then="then", **options).iloc[0]


def people(n, first=0):
    return [f"c{number}" for number in range(first, first + n)]


# By hand


def test_two_waves_of_two_hundred():  # N08
    change = difference_of_nps(Groups(110, 40, 200), Groups(90, 50, 200))
    assert change.value == pytest.approx(15)
    assert change.p_value == pytest.approx(0.0633, abs=5e-5)
    assert stats.norm.isf(change.p_value / 2) == pytest.approx(1.857, abs=5e-4)
    assert change.low < 0 < change.high
    assert change.verdict(min_effect=5) == "no detectable change"


def test_two_waves_of_two_hundred_counted_from_answers():  # N08
    found = change_of([[9] * 110 + [7] * 50 + [0] * 40], [[9] * 90 + [7] * 60 + [0] * 50])
    assert [round(x, 4) for x in (found["value"], found.base_value, found.difference, found.p_value)] == [
        35,
        20,
        15,
        0.0633,
    ]
    assert (found.n, found.base_n, found.n_common, found.test) == (200, 200, 0, "independent")
    assert found.verdict == "no detectable change"


def test_a_great_change_is_one():
    found = change_of([[9] * 80 + [0] * 20], [[9] * 50 + [0] * 50])
    assert (found.difference, found.verdict) == (60, "changed")
    back = change_of([[9] * 50 + [0] * 50], [[9] * 80 + [0] * 20])
    assert (back.difference, back.verdict) == (-60, "changed")


@pytest.mark.parametrize(("promoters", "verdict"), [(5250, "changed"), (5240, "no detectable change")])
def test_a_change_below_five_points_is_not_spoken_of(promoters, verdict):
    found = change_of([[9] * promoters + [0] * (10_000 - promoters)], [[9] * 5000 + [0] * 5000])
    assert found.p_value < 0.001
    assert found.verdict == verdict


@pytest.mark.parametrize(("n", "verdict"), [(29, "not_comparable"), (30, "changed")])
def test_below_thirty_answers_there_is_no_verdict(n, verdict):
    assert change_of([[9] * n], [[0] * 100]).verdict == verdict
    found = change_of([[9] * 100], [[0] * n])
    assert found.verdict == verdict
    assert found.difference == 200
    assert np.isnan(found.low) == (n < 30)


def test_a_wave_of_nobody_is_not_comparable():
    found = change_of([[9] * 40], [[]])
    assert (found.verdict, found.base_n) == ("not_comparable", 0)
    assert np.isnan([found.base_value, found.difference]).all()


def test_periods_are_compared_as_waves_are():
    days = ["2024-04-30"] * 40 + ["2024-05-01"] * 40
    answers = answers_of([0] * 40 + [9] * 40, day=days)
    found = nps_change(answers, now=Period("2024-05"), then=Period("2024-04")).iloc[0]
    assert (found.difference, found.n, found.base_n) == (200, 40, 40)


def test_who_answered_one_wave_in_two_periods_counts_in_both():
    """Forty customers of one wave, asked in April and again in May: neither answer takes the other away."""
    frames = [answers_of([score] * 40, day=day, customer_id=people(40), wave="spring")
              for day, score in (("2024-04-30", 0), ("2024-05-01", 9), ("2024-06-01", 0))]  # fmt: skip
    found = nps_change(pd.concat(frames), now=Period("2024-05"), then=Period("2024-04")).iloc[0]
    assert (found.n, found.base_n, found.n_common, found.difference) == (40, 40, 40, 200)


@pytest.mark.parametrize(("n_common", "test"), [(20, "independent"), (21, "paired")])
def test_from_a_fifth_of_common_respondents_on_the_test_is_paired(n_common, test):
    then = people(100)
    now = people(n_common) + people(200 - n_common, 1000)
    found = change_of([[9, 0] * 100, now], [[9, 0] * 50, then])
    assert (found.n_common, found.test) == (n_common, test)


def test_where_all_answer_as_before_there_is_no_change_and_no_doubt():
    scores = [9, 9, 7, 0] * 25
    found = change_of([scores, people(100)], [scores, people(100)])
    assert (found.difference, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_answers_that_all_agree_say_nothing_of_how_they_go_together():
    paired = change_of([[9] * 40, people(40)], [[0] * 40, people(40)])
    apart = change_of([[9] * 40], [[0] * 40])
    assert (paired.test, paired.low) == ("paired", apart.low)


def test_a_shift_that_all_share_is_seen_only_in_pairs():
    then, now = [9] * 40 + [7] * 30 + [0] * 30, [9] * 50 + [7] * 25 + [0] * 25
    apart, paired = change_of([now], [then]), change_of([now, people(100)], [then, people(100)])
    assert apart.difference == paired.difference == 15
    assert apart.verdict == "no detectable change"
    assert paired.verdict == "changed"


def test_answers_that_go_together_in_part_make_the_change_surer():
    """The correlation of the two scores is counted a second time, one customer after another."""
    random = np.random.default_rng(7)
    then, now = random.choice([0, 7, 9, 10], 120), random.choice([2, 8, 9], 90)
    now[:60] = np.where(random.random(60) < 0.7, then[:60], now[:60])
    found = change_of([now, people(90)[:60] + people(30, 500)], [then, people(120)])
    code = {0: -1, 2: -1, 7: 0, 8: 0, 9: 1, 10: 1}
    x, y = (np.array([code[score] for score in scores]) for scores in (now, then))
    covariance = ((x[:60] - x.mean()) * (y[:60] - y.mean())).sum() / (90 * 120)
    correlation = covariance / (x.std() / np.sqrt(90) * y.std() / np.sqrt(120))
    (p, d), (q, e) = (((z == 1).sum() + 0.75, (z == -1).sum() + 0.75) for z in (x, y))
    size, base_size = 93, 123
    variance = ((p + d) / size - ((p - d) / size) ** 2) / size
    base_variance = ((q + e) / base_size - ((q - e) / base_size) ** 2) / base_size
    error = np.sqrt(variance + base_variance - 2 * correlation * np.sqrt(variance * base_variance))
    assert 0.2 < correlation < 0.9
    assert (found.n, found.base_n, found.n_common, found.test) == (90, 120, 60, "paired")
    assert found.high - found.low == pytest.approx(2 * 1.959964 * 100 * error, rel=1e-6)
    assert (found.high + found.low) / 2 == pytest.approx(100 * ((p - d) / size - (q - e) / base_size))


def test_a_customer_of_several_waves_of_a_quarter_stands_for_all_of_them():
    """Forty customers who each said the same in January, February and April: the quarters go together as they do."""
    scores = [9] * 24 + [0] * 16
    frames = [answers_of(scores, day=f"2024-{month}-15", customer_id=people(40)) for month in ("01", "02", "04")]
    quarters = pd.concat(frames)
    found = nps_change(quarters, now=Period("2024Q2"), then=Period("2024Q1")).iloc[0]
    assert (found.n, found.base_n, found.n_common, found.difference) == (40, 80, 40, 0)
    n, base_n = 43, 42  # two answers of each count as 39 of different customers
    error = np.sqrt((41.5 / n - (8 / n) ** 2) / n)
    base_error = np.sqrt((40.5 / base_n - (0.2 * 39 / base_n) ** 2) / base_n)
    correlation = np.sqrt(39 / 40)
    both = np.sqrt(error**2 + base_error**2 - 2 * correlation * error * base_error)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * 100 * both, rel=1e-5)


def test_segments_are_judged_together():
    now = {"PL": [9] * 59 + [0] * 41, "UA": [9] * 51 + [0] * 49, "CZ": [9] * 50 + [0] * 50, "US": [9] * 3}
    frames = [wave("now", scores, country=country) for country, scores in now.items()]
    frames += [wave("then", [9] * 45 + [0] * 55, country=country) for country in ("PL", "UA", "CZ", "DE")]
    found = nps_change(pd.concat(frames), now="now", then="then", by="country").set_index("segment")
    assert found.index.tolist() == ["CZ", "PL", "UA", "(other)"]
    assert found.p_value["PL"] == pytest.approx(0.0471, abs=5e-5)
    assert found.p_adjusted["PL"] == pytest.approx(3 * found.p_value["PL"])
    assert found.verdict.tolist() == ["no detectable change"] * 3 + ["not_comparable"]
    assert np.isnan(found["value"]["(other)"])
    assert found.n_common.tolist() == [0] * 4
    alone = nps_change(pd.concat(frames[::4]), now="now", then="then", by="country").set_index("segment")
    assert alone.verdict["PL"] == "changed"


@pytest.mark.parametrize(("n", "base_value"), [(5, -100), (4, np.nan)])
def test_a_rest_below_five_on_either_side_is_not_shown(n, base_value):
    frames = [wave("now", [9] * 40, country="PL"), wave("then", [9] * 40, country="PL")]
    frames += [wave("now", [0] * 40, country="UA"), wave("now", [0] * 40, country="US")]
    frames += [wave("then", [0] * (n - 1), country="UA"), wave("then", [0], country="US")]
    found = nps_change(pd.concat(frames), now="now", then="then", by="country").set_index("segment")
    assert found.index.tolist() == ["PL", "(other)"]
    assert found.base_value["(other)"] == pytest.approx(base_value, nan_ok=True)


# By law and by the second opinion


@given(ANSWERS, ANSWERS)
def test_a_change_looked_at_from_the_other_end_has_the_other_sign(now, then):
    there, back = difference_of_nps(now, then), difference_of_nps(then, now)
    assert [there.value, there.low, there.high] == pytest.approx([-back.value, -back.high, -back.low], nan_ok=True)
    assert there.p_value == pytest.approx(back.p_value, nan_ok=True)


@given(ANSWERS, ANSWERS, st.floats(0, 1), st.floats(0, 1))
def test_the_more_the_answers_go_together_the_surer_the_change(now, then, r, s):
    less, more = (difference_of_nps(now, then, correlation=x) for x in sorted((r, s)))
    if min(now.n, then.n) >= 30:
        assert more.high - more.low <= less.high - less.low + 1e-9


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_where_all_answered_both_it_is_the_paired_test(seed):
    """But for the three answers added to each wave, which weigh little among 1,000."""
    random = np.random.default_rng(seed)
    then = random.integers(3, 11, 1000)
    now = np.where(random.random(1000) < 0.6, then, random.integers(4, 11, 1000))
    found = change_of([now, people(1000)], [then, people(1000)])
    codes = [np.select([scores >= 9, scores >= 7], [1, 0], -1) for scores in (now, then)]
    assert stats.norm.isf(found.p_value / 2) == pytest.approx(abs(stats.ttest_rel(*codes).statistic), abs=0.06)
