"""Rates, ratios and their intervals by hand, as laws, and against statsmodels."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from retention_kit.metrics.statistics.counting import counted, merged_small, moments, proportions, ratios
from retention_kit.metrics.statistics.estimates import ESTIMATE, estimates, garwood, rates, wilson
from retention_kit.tables import lazy

HITS_OF_N = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def counts_of(*sizes):
    return pd.DataFrame({"segment": list("ABCDEFG")[: len(sizes)], "denominator": sizes, "numerator": sizes})


# By hand


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(150, 200, 0.6857, 0.8049), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1)],  # A12, A13
)
def test_wilson(hits, n, low, high):
    assert np.round(wilson(hits, n), 4).tolist() == [low, high]


def test_nothing_of_nothing_has_no_interval():  # A13
    assert np.isnan(wilson(0, 0)).all()


def test_the_exact_interval_of_a_poisson_count():  # O18
    assert garwood(60) == pytest.approx((45.786, 77.232), abs=5e-4)
    assert garwood(0) == pytest.approx((0, 3.6889), abs=5e-5)


def test_fewer_than_thirty_are_flagged_and_thirty_are_not():
    found = rates(pd.DataFrame({"numerator": [10, 10], "denominator": [29, 30]}))
    assert found["flags"].tolist() == ["small_n", ""]


def test_what_has_no_value_has_no_interval_and_no_flag_but_a_status():
    counts = pd.DataFrame({"numerator": [1, 0], "denominator": [2, 0], "status": ["immature", "ok"]})
    found = rates(counts, empty="no_opening")
    assert found[["value", "low", "high"]].isna().all(axis=None)
    assert found[["status", "flags"]].to_numpy().tolist() == [["immature", ""], ["no_opening", ""]]


def test_a_segment_of_fewer_than_five_is_not_shown_and_the_whole_is_however_small():
    found = rates(pd.DataFrame({"segment": ["PL", "UA", "(all)"], "numerator": [1, 1, 1], "denominator": [4, 5, 2]}))
    assert found.status.tolist() == ["suppressed", "ok", "ok"]
    assert found.value.notna().tolist() == [False, True, True]


def test_the_columns_of_an_estimate_have_their_order_behind_the_keys():
    found = rates(pd.DataFrame({"numerator": [1], "period": ["2024-05"], "denominator": [2]}))
    assert list(found) == ["period", *ESTIMATE]


def test_segments_below_five_are_one_and_five_stand_alone():
    assert merged_small(counts_of(5, 4, 3)).to_numpy().tolist() == [["A", 5, 5], ["(other)", 7, 7]]
    assert merged_small(counts_of(5, 6)).segment.tolist() == ["A", "B"]


def test_a_share_per_segment_is_counted_in_the_engine():
    rows = lazy(pd.DataFrame({"country": ["PL"] * 6 + ["UA"] * 5, "hit": [1, 0] * 5 + [1]}))
    found = proportions(rows, nw.col("hit") == 1, by="country")
    assert found[["segment", "numerator", "denominator"]].to_numpy().tolist() == [["PL", 3, 6], ["UA", 3, 5]]
    assert proportions(rows, nw.col("hit") == 1)[["segment", "value"]].to_numpy().tolist() == [["(all)", 6 / 11]]


def test_no_rows_are_one_row_without_a_denominator_and_no_segment():
    rows = lazy(pd.DataFrame({"country": pd.Series([], dtype="str"), "hit": pd.Series([], dtype="int64")}))
    assert proportions(rows, nw.col("hit") == 1).status.tolist() == ["no_denominator"]
    assert proportions(rows, nw.col("hit") == 1, by="country").empty


def test_a_ratio_of_sums_is_not_the_mean_of_ratios():
    customers = lazy(pd.DataFrame({"amount": [300.0, 10.0], "orders": [3, 1]}))
    found = ratios(customers, numerator="amount", denominator="orders")
    assert found[["value", "numerator", "denominator", "n"]].to_numpy().tolist() == [[77.5, 310, 4, 2]]


@pytest.mark.parametrize(("n", "has_interval"), [(9, False), (10, True)])
def test_a_ratio_over_fewer_than_ten_customers_has_no_interval(n, has_interval):
    customers = lazy(pd.DataFrame({"amount": np.arange(n, dtype=float), "orders": [1] * n}))
    found = ratios(customers, numerator="amount", denominator="orders")
    assert found[["low", "high"]].notna().all(axis=None) == has_interval
    assert found.value.notna().all()


def test_one_order_is_enough_to_divide_by():
    found = ratios(lazy(pd.DataFrame({"amount": [7.0], "orders": [1]})), numerator="amount", denominator="orders")
    assert (found.value.item(), found.status.item()) == (7, "ok")


def test_a_ratio_to_nothing_is_missing_with_its_status():
    found = ratios(lazy(pd.DataFrame({"amount": [1.0], "orders": [0]})), numerator="amount", denominator="orders")
    assert found.status.item() == "no_denominator"
    assert found[["value", "low", "high"]].isna().all(axis=None)


def test_moments_are_sums_and_sums_of_products():
    sums = moments(lazy(pd.DataFrame({"a": [1, 2], "b": [3, None]})), "a", "b").iloc[0]
    assert sums[["denominator", "a", "b", "a x a", "a x b", "b x b"]].tolist() == [2, 3, 3, 5, 3, 9]


# By the second opinion


@given(HITS_OF_N)
def test_wilson_is_that_of_statsmodels(counts):
    assert wilson(*counts) == pytest.approx(proportion_confint(*counts, method="wilson"), abs=1e-12)


@given(st.integers(1, 10**4))
def test_garwood_is_that_of_statsmodels(n):
    assert garwood(n) == pytest.approx(confint_poisson(n, 1, method="exact-c"), rel=1e-9)


def test_the_interval_of_a_ratio_is_that_of_a_regression_with_customers_as_clusters():
    random = np.random.default_rng(7)
    orders = pd.DataFrame({"customer": random.integers(0, 40, 300), "amount": random.integers(1, 900, 300) / 400})
    orders["amount"] += orders.customer / 100  # the orders of one customer resemble each other
    clusters = {"groups": orders.customer, "use_correction": True}
    regression = sm.OLS(orders.amount, np.ones(len(orders))).fit(cov_type="cluster", cov_kwds=clusters)
    customers = orders.groupby("customer").amount.agg(["sum", "size"])
    found = ratios(lazy(customers), numerator="sum", denominator="size")
    assert found[["low", "high"]].to_numpy()[0] == pytest.approx(regression.conf_int().to_numpy()[0], rel=1e-9)


# By law


@given(HITS_OF_N)
def test_a_rate_lies_in_its_interval_and_both_in_zero_to_one(counts):
    hits, n = counts
    (low,), (high,) = wilson([hits], [n])
    assert 0 <= low <= hits / n <= high <= 1
    assert (low == 0) == (hits == 0)
    assert (high == 1) == (hits == n)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=7))
def test_merged_segments_add_up_to_the_same_total_and_nobody_small_stands_alone(sizes):
    merged = merged_small(counts_of(*sizes))
    assert merged.denominator.sum() == sum(sizes)
    assert (merged.denominator[merged.segment != "(other)"] >= 5).all()


@given(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=60))
def test_segments_add_up_to_the_total(segments):  # I10
    rows, size = lazy(pd.DataFrame({"country": segments})), {"denominator": nw.len()}
    assert (
        counted(rows, size, by="country").denominator.sum() == counted(rows, size).denominator.item() == len(segments)
    )


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 9)), min_size=10, max_size=40))
def test_a_ratio_lies_in_the_middle_of_its_interval(customers):
    table = lazy(pd.DataFrame(customers, columns=["amount", "orders"]))
    found = ratios(table, numerator="amount", denominator="orders").iloc[0]
    assert found.value == pytest.approx((found.low + found.high) / 2)
    assert found.low <= found.high


def test_estimates_keep_their_rows():
    table = pd.DataFrame({"value": [1.0], "low": [0.5], "high": [2.0], "numerator": [1], "denominator": [1], "n": [30]})
    assert estimates(table.assign(status="ok"))[["low", "value", "high"]].to_numpy().tolist() == [[0.5, 1.0, 2.0]]
