"""Relative importance by hand, over all orders in plain Python, by the book, on real answers; facts up to an answer."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit import tables
from retention_kit.errors import InvalidTable
from retention_kit.metrics.surveys.driver_facts import driver_table
from retention_kit.metrics.surveys.drivers import nps_drivers
from retention_kit.metrics.surveys.importance import (
    collinear_blocks,
    covariance,
    resampled_covariances,
    shares_of_r2,
)
from tests.examples import orders_of

SWISS = np.array([
    [1, -0.68654221, -0.63952252, 0.40109505, -0.06085861, 0.35307918],
    [-0.68654221, 1, 0.69841530, -0.57274181, -0.11402160, -0.64588271],
    [-0.63952252, 0.69841530, 1, -0.15385892, -0.09932185, -0.66378886],
    [0.40109505, -0.57274181, -0.15385892, 1, 0.17549591, 0.46368470],
    [-0.06085861, -0.11402160, -0.09932185, 0.17549591, 1, 0.41655603],
    [0.35307918, -0.64588271, -0.66378886, 0.46368470, 0.41655603, 1],
])  # fmt: skip
"""Correlations of R's data set swiss: Agriculture, Examination, Education, Catholic, Infant.Mortality, Fertility."""

SWISS_SHARES = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
"""Its lmg shares of R² (0.7067): Groemping 2006, J. Stat. Software 17(1), the output of calc.relimp."""


def ratings(n=240, *, seed=1, **weights):
    """Answers whose score is a weighted sum of ratings 1..5 and chance; equal for equal seeds."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({name: random.integers(1, 6, n).astype(float) for name in weights})
    return rows.assign(score=sum(weight * rows[name] for name, weight in weights.items()) + random.normal(0, 1, n))


def found_in(rows, **options):
    return nps_drivers(rows, drivers=[name for name in rows if name != "score"], **options).set_index("driver")


# By hand


def test_independent_drivers_share_by_the_square_of_their_correlations():
    grid = pd.DataFrame([(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in range(-15, 16)], columns=["a", "b", "c"])
    rows = grid.assign(score=2 * grid.a + grid.b)
    found = found_in(rows)
    assert found.importance.round(6).to_dict() == {"a": 0.8, "b": 0.2, "c": 0}
    assert found.correlation.round(4).to_dict() == {"a": 0.8944, "b": 0.4472, "c": 0}
    assert set(found.r2.round(6)) == {1}
    assert (found.low <= found.importance + 1e-9).all()
    assert list(found.index) == ["a", "b", "c"]


def test_a_driver_pulls_down_and_is_as_important():
    found = found_in(ratings(waiting=-2.0, price=0.2))
    assert found.importance.idxmax() == "waiting"
    assert found.correlation["waiting"] < -0.9


def test_performance_is_the_mean_on_the_scale_or_the_mean():
    rows = ratings(speed=1.0, price=1.0)
    found = found_in(rows, scales={"speed": (1, 5)})
    assert found.performance["speed"] == pytest.approx((rows.speed.mean() - 1) / 4)
    assert found.performance["price"] == pytest.approx(rows.price.mean())
    assert found.is_scaled.to_dict() == {"speed": True, "price": False}


def test_drivers_nearly_equal_are_judged_together():
    rows = ratings(speed=1.0, price=1.0)
    random = np.random.default_rng(2)
    doubled = rows.assign(pace=(rows.speed + random.normal(0, 0.1, len(rows))).clip(1, 5))
    both = {"speed": (1, 5), "pace": (1, 5)}
    found = found_in(doubled, scales=both)
    assert found["flags"].to_dict() == {"speed + pace": "collinear", "price": ""}
    assert found.importance.sum() == pytest.approx(1)
    assert np.isnan(found.correlation["speed + pace"])
    assert found.performance["speed + pace"] == pytest.approx((doubled.speed.mean() + doubled.pace.mean() - 2) / 8)
    assert np.isnan(found_in(doubled, scales={"speed": (1, 5)}).performance["speed + pace"])


def test_a_driver_that_is_the_sum_of_two_joins_them():
    rows = ratings(speed=1.0, price=1.0, app=1.0)
    found = found_in(rows.assign(total=rows.speed + rows.price)[["app", "speed", "price", "total", "score"]])
    assert sorted(found.index) == ["app", "speed + price + total"]
    assert found.importance.sum() == pytest.approx(1)


@pytest.mark.parametrize(("r", "n_blocks"), [(0.894, 2), (0.895, 1)])  # 1 / (1 - r²) passes 5 at 0.8944
def test_drivers_join_above_an_inflation_of_5(r, n_blocks):
    assert len(collinear_blocks(np.array([[1, r], [r, 1]]))) == n_blocks


def test_a_driver_that_does_not_vary_is_named_and_left_out():
    found = found_in(ratings(speed=1.0).assign(country=1.0))
    assert found.status.to_dict() == {"speed": "ok", "country": "refused:constant"}
    assert found.performance["country"] == 1
    assert found.importance["speed"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("n", "n_drivers", "status"),
    [(99, 1, "refused:too_few"), (100, 6, "ok"), (104, 7, "refused:too_few"), (105, 7, "ok")],
)
def test_a_hundred_answers_and_fifteen_per_driver_are_needed(n, n_drivers, status):
    found = found_in(ratings(n, **{f"item{number}": 1.0 for number in range(n_drivers)}))
    assert set(found.status) == {status}
    assert found.importance.isna().all() == (status != "ok")
    assert found.performance.notna().all()


def test_ten_drivers_are_judged_and_eleven_refused():
    for n_drivers, status in ((10, "ok"), (11, "refused:too_many_drivers")):
        found = found_in(ratings(300, **{f"item{number}": 1.0 for number in range(n_drivers)}))
        assert set(found.status) == {status}


def test_rows_that_lack_an_answer_are_left_out_and_counted():
    rows = ratings(130, speed=1.0, price=1.0)
    rows.loc[:9, "speed"] = None
    rows.loc[5:14, "score"] = None
    found = found_in(rows)
    assert set(zip(found.n, found.n_left_out, strict=True)) == {(115, 15)}


def test_drivers_that_explain_nothing_are_flagged():
    random = np.random.default_rng(3)
    rows = ratings(200, speed=1.0, price=1.0).assign(score=random.normal(size=200))
    assert set(found_in(rows)["flags"]) == {"no_association"}
    assert set(found_in(ratings(200, speed=1.0, price=1.0))["flags"]) == {""}


def test_an_outcome_without_any_association_is_refused():
    rows = pd.DataFrame({"speed": [1, 2] * 60, "score": [5, 5, 9, 9] * 30})
    assert found_in(rows).status.item() == "refused:no_association"
    assert found_in(rows.assign(score=9)).status.item() == "refused:constant"


def test_nobody_answered():
    found = found_in(ratings(speed=1.0).head(0))
    assert found[["n", "status"]].to_numpy().tolist() == [[0, "no_responses"]]
    found = found_in(ratings(speed=1.0).assign(score=None, pace=1.0).astype(float))
    assert set(found.status) == {"no_responses"}


def test_a_driver_without_a_value_is_set_aside_and_takes_no_answer_with_it():
    found = found_in(ratings(speed=1.0).assign(delivery=np.nan))
    assert found.status.to_dict() == {"speed": "ok", "delivery": "refused:constant"}
    assert (found.n.tolist(), found.n_left_out.tolist()) == ([240, 240], [0, 0])
    assert np.isnan(found.performance["delivery"])
    rows = pd.concat([ratings(speed=1.0).assign(delivery=np.nan), pd.DataFrame({"speed": [1.0], "delivery": [2.0]})])
    unscored = found_in(rows[["speed", "delivery", "score"]])
    assert unscored.status.to_dict() == {"speed": "ok", "delivery": "refused:constant"}
    assert (unscored.n.tolist(), unscored.n_left_out.tolist()) == ([240, 240], [1, 1])


def test_answers_of_which_none_is_complete_are_too_few():
    rows = ratings(speed=1.0, price=1.0)
    rows.loc[::2, "speed"] = None
    rows.loc[1::2, "price"] = None
    found = found_in(rows.assign(delivery=np.nan))
    assert found.status.to_dict() == {
        "speed": "refused:too_few",
        "price": "refused:too_few",
        "delivery": "refused:constant",
    }
    assert (found.n.tolist(), found.n_left_out.tolist()) == ([0] * 3, [240] * 3)


def test_drivers_none_of_which_varies_are_all_refused():
    found = found_in(ratings(speed=1.0).assign(speed=3.0, price=np.nan))
    assert set(found.status) == {"refused:constant"}


def test_the_order_of_rows_and_a_second_run_change_nothing():
    rows = ratings(speed=1.0, price=0.5)
    pd.testing.assert_frame_equal(found_in(rows), found_in(rows[::-1]), check_exact=True)
    assert not found_in(rows).low.equals(found_in(rows, seed=1).low)


def test_what_had_happened_by_the_day_of_the_answer():
    responses = pd.DataFrame(
        {
            "response_id": ["r1", "r2", "r3", "r4"],
            "customer_id": ["a", "b", "c", None],
            "answered_on": pd.to_datetime(["2024-04-01"] * 4),
            "score": [9, 3, 7, 5],
            "speed": [5, 4, 3, 2],
        }
    )
    orders = orders_of("a 2024-01-01\na 2024-04-01\na 2024-04-01\na 2024-04-02\nb 2024-03-31 0\nb 2024-03-01")
    orders["delivery_days"] = [1.5, None, 4, 99, 7, 2]
    tickets = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "a", "b", None],
            "created_on": pd.to_datetime(["2024-01-02", "2024-01-03", "2024-04-01", "2024-04-02", *["2024-03-01"] * 2]),
            "direction": ["inbound"] * 4 + ["outbound", "inbound"],
        }
    )
    refunds = pd.DataFrame(
        {
            "order_id": ["o1", "o1", "o2", "o5", "o6"],
            "refunded_on": pd.to_datetime(["2024-02-01", "2024-05-01", "2024-04-02", "2024-04-01", "2024-05-01"]),
        }
    )
    lazy = driver_table(responses, items=["speed"], orders=orders, tickets=tickets, refunds=refunds)
    found = tables.collected(lazy, "response_id").set_index("response_id")
    assert found.loc["r1", "speed":].tolist() == [5, 2, 91, 0, 2, 1.5, pytest.approx(1 / 3)]
    assert found.loc["r2", "speed":].tolist() == [4, 0, 31, 1, 2, 2, 0.5]
    assert found.loc["r3", ["n_contacts", "n_purchases"]].tolist() == [0, 0]
    assert found.loc["r3", ["tenure_days", "refunded_share"]].isna().all()
    assert found.loc["r4", "n_contacts":].isna().all()
    assert list(found.columns) == [
        "score", "speed", "n_contacts", "tenure_days", "days_since_purchase", "n_purchases", "delivery_days",
        "refunded_share",
    ]  # fmt: skip


def one_answer(day="2024-04-01"):
    return pd.DataFrame(
        {"response_id": ["r"], "customer_id": ["a"], "answered_on": pd.to_datetime([day]), "score": [9]}
    )


@pytest.mark.parametrize(
    ("day", "days"), [("2024-03-10", None), ("2024-03-11", 10), ("2024-03-14", 10), ("2024-03-15", 7.5)]
)
def test_a_delivery_moves_an_answer_once_it_has_come(day, days):
    """One order of 1 March that took ten days, another of 10 March that took five."""
    orders = orders_of("a 2024-03-01\na 2024-03-10").assign(delivery_days=[10, 5])
    found = tables.collected(driver_table(one_answer(day), orders=orders)).delivery_days.item()
    assert found == pytest.approx(days, nan_ok=True) if days else pd.isna(found)


def test_what_was_paid_back_after_the_answer_had_been_bought_before_it():
    orders = orders_of("a 2024-03-01 50\na 2024-03-31 0").assign(gross=50.0, refunded=[0.0, 50.0])
    refunds = pd.DataFrame({"order_id": ["o2"], "refunded_on": pd.to_datetime(["2024-04-02"])})
    found = tables.collected(driver_table(one_answer(), orders=orders, refunds=refunds)).iloc[0]
    assert found[["tenure_days", "days_since_purchase", "n_purchases", "refunded_share"]].tolist() == [31, 1, 2, 0]


def test_orders_cancelled_or_of_a_test_were_not_refunded():
    responses = pd.DataFrame(
        {"response_id": ["r"], "customer_id": ["a"], "answered_on": pd.to_datetime(["2024-04-01"]), "score": [9]}
    )
    orders = orders_of("a 2024-01-01\na 2024-01-02\na 2024-01-03").assign(
        status=["completed", "cancelled", "completed"], is_test=[False, False, True]
    )
    refunds = pd.DataFrame({"order_id": ["o1"], "refunded_on": pd.to_datetime(["2024-02-01"])})
    found = tables.collected(driver_table(responses, orders=orders, refunds=refunds))
    assert found[["n_purchases", "refunded_share"]].to_numpy().tolist() == [[1, 1]]


def test_without_other_tables_there_are_the_items_alone():
    responses = pd.DataFrame(
        {"response_id": ["r"], "customer_id": ["a"], "answered_on": pd.to_datetime(["2024-04-01"]), "score": [9]}
    )
    assert list(tables.collected(driver_table(responses)).columns) == ["response_id", "score"]


# By law


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.lists(st.integers(1, 2), min_size=1, max_size=4))
def test_a_share_is_the_mean_gain_over_all_orders(seed, sizes):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(40, sum(sizes) + 1)) @ random.normal(size=(sum(sizes) + 1,) * 2)
    shares, r2 = shares_of_r2(covariance((rows - rows.mean(0)) / rows.std(0)), sizes)
    ends = np.cumsum(sizes)
    blocks = [list(range(end - size, end)) for end, size in zip(ends, sizes, strict=True)]
    gains = np.zeros(len(sizes))
    orders = list(permutations(range(len(sizes))))
    for order in orders:
        entered = []
        for place in order:
            before, entered = r2_of(rows, entered), entered + blocks[place]
            gains[place] += (r2_of(rows, entered) - before) / len(orders)
    assert shares[0] == pytest.approx(gains, abs=1e-8)
    assert r2[0] == pytest.approx(shares[0].sum())


def r2_of(rows, places):
    centred = rows - rows.mean(axis=0)
    x, y = centred[:, places], centred[:, -1]
    return 1 - ((y - x @ np.linalg.lstsq(x, y)[0]) ** 2).sum() / (y**2).sum() if places else 0.0


def test_resampled_covariances_are_those_of_the_rows_drawn():
    rows = np.random.default_rng(4).normal(size=(30, 3))
    found = resampled_covariances(rows, seed=5, n_samples=7)
    drawn = np.random.default_rng(5).integers(30, size=(7, 30))
    for matrix, places in zip(found, drawn, strict=True):
        assert matrix == pytest.approx(np.cov(rows[places], rowvar=False, bias=True))


def test_samples_drawn_in_portions_are_the_same(monkeypatch):
    rows = np.random.default_rng(4).normal(size=(30, 3))
    whole = resampled_covariances(rows, seed=5, n_samples=7)
    monkeypatch.setattr("retention_kit.metrics.surveys.importance.CELLS", 60)
    assert resampled_covariances(rows, seed=5, n_samples=7) == pytest.approx(whole)


def test_the_interval_covers_the_true_importance_in_all_but_one_of_twenty():
    covered = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        rows = pd.DataFrame(random.normal(size=(300, 2)), columns=["a", "b"])
        rows["score"] = 2 * rows.a + rows.b + random.normal(size=300)
        found = found_in(rows, seed=seed)
        covered += found.low["a"] <= 0.8 <= found.high["a"]
    assert covered >= 17


# By the book


def test_the_importance_of_five_regressors_of_the_swiss_data():
    shares, r2 = shares_of_r2(SWISS[np.newaxis], [1] * 5)
    assert shares[0] == pytest.approx(SWISS_SHARES, abs=1e-7)
    assert round(r2[0], 4) == 0.7067


def test_what_goes_with_recommending_the_carpentries(reference_data):
    """Of the seven impacts asked for in 2020-04 confidence goes most with the score; motivation is done best."""
    answers = pd.read_csv(reference_data / "carpentries" / "20200326-longterm-other_questions-no-open.csv")
    words = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    items = answers.filter(like="impact_").apply(lambda item: item.map(words.index, na_action="ignore") + 1.0)
    scales = dict.fromkeys(items, (1, 5))
    found = found_in(items.assign(score=answers.recommendation_score), scales=scales)
    assert set(found.n + found.n_left_out) == {len(answers)}
    assert found.importance.sum() == pytest.approx(1)
    assert (found.correlation > 0).all()
    assert found.importance.idxmax() == "impact_increase_confidence"
    assert found.performance["impact_motivation_learning"] == found.performance.max()


# By complaint


def test_a_driver_that_is_no_column_is_refused():
    with pytest.raises(InvalidTable, match='no column "pace"'):
        nps_drivers(ratings(speed=1.0), drivers=["pace"])


def test_no_driver_is_refused():
    with pytest.raises(InvalidTable, match="No driver is named"):
        nps_drivers(ratings(speed=1.0), drivers=[])


def test_a_scale_upside_down_is_refused():
    with pytest.raises(InvalidTable, match='scale of "speed" runs from 5 to 1'):
        found_in(ratings(speed=1.0), scales={"speed": (5, 1)})


@pytest.mark.parametrize("ends", [(1, 4), (2, 5)])
def test_a_scale_that_does_not_hold_the_answers_is_refused(ends):
    message = rf'scale of "speed" runs from {ends[0]} to {ends[1]}, but its answers from 1 to 5'
    with pytest.raises(InvalidTable, match=message):
        found_in(ratings(speed=1.0, price=1.0), scales={"speed": ends})
    assert len(found_in(ratings(speed=1.0), scales={"pace": ends})) == 1


def test_answers_without_an_item_are_refused():
    with pytest.raises(InvalidTable, match='no column "response_id", "customer_id", "pace"'):
        driver_table(pd.DataFrame({"answered_on": pd.to_datetime(["2024-04-01"]), "score": [9]}), items=["pace"])
