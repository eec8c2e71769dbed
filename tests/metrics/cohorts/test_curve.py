"""One curve for all cohorts: pooled by hand, ended where too little is left, and within its band."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from retention_kit.metrics.cohorts.curve import cohort_curve, cohort_revenue_curve

COHORTS = st.lists(st.tuples(st.integers(5, 400), st.floats(0, 1)), min_size=1, max_size=12)


def cells_of(rows, **columns):
    """Cells of a cohort table from rows of cohort, age, customers, retained; None where not over."""
    table = pd.DataFrame(rows, columns=["cohort", "age", "n_customers", "n_retained"])
    return table.assign(status=np.where(table.n_retained.isna(), "immature", "ok"), **columns)


def one_age(cohorts):
    return cells_of([(str(place), 1, size, int(share * size)) for place, (size, share) in enumerate(cohorts)])


def test_customers_are_pooled_and_the_rates_of_cohorts_never_averaged():  # C03
    cells = cells_of(
        [
            *[("2024-01", 0, 2, 2), ("2024-01", 1, 2, 1), ("2024-01", 2, 2, 2)],
            *[("2024-02", 0, 1, 1), ("2024-02", 1, 1, 1), ("2024-02", 2, 1, None)],
            *[("2024-03", 0, 1, 1), ("2024-03", 1, 1, None), ("2024-03", 2, 1, None)],
        ]
    )
    curve = cohort_curve(cells, fewest_cohorts=1, fewest_customers=1)
    assert curve.value.round(4).tolist() == [1, 0.6667, 1]
    assert curve.n_cohorts.tolist() == [3, 2, 1]
    assert np.mean([1 / 2, 1 / 1]) == 0.75


@pytest.mark.parametrize(
    ("cohorts", "is_shown"),
    [([(10, 0.5)] * 3, True), ([(15, 0.5)] * 2, False), ([(10, 0.5), (10, 0.5), (9, 0.5)], False)],
)
def test_a_point_needs_three_cohorts_and_thirty_customers(cohorts, is_shown):
    assert len(cohort_curve(one_age(cohorts))) == is_shown


def test_the_curve_ends_at_its_first_age_with_too_little_behind_it():
    unseen = {(0, 1)}  # one cohort of three
    cells = cells_of([(str(c), age, 40, None if (c, age) in unseen else 20) for c in range(3) for age in range(3)])
    assert cohort_curve(cells).age.tolist() == [0]


def test_the_band_of_few_cohorts_is_wilsons_and_says_what_it_does_not_know():
    found = cohort_curve(one_age([(100, 0.5)] * 5)).iloc[0]
    assert [found.low, found.high] == pytest.approx(proportion_confint(250, 500, method="wilson"))
    assert found["flags"] == "ci_within_only"


def test_the_band_of_six_cohorts_knows_how_much_they_differ():
    alike, unlike = (
        cohort_curve(one_age([(100, share) for share in shares])).iloc[0] for shares in ([0.5] * 6, [0.2, 0.8] * 3)
    )
    assert (alike.low, alike.high, alike["flags"]) == (0.5, 0.5, "")
    assert unlike.high - unlike.low > 2 * (proportion_confint(300, 600, method="wilson")[1] - 0.5)


def test_two_calls_give_one_band():
    cells = one_age([(50, 0.1 * place) for place in range(8)])
    pd.testing.assert_frame_equal(cohort_curve(cells), cohort_curve(cells))


@given(COHORTS)
def test_the_curve_lies_in_its_band_and_counts_what_it_pools(cohorts):
    cells = one_age(cohorts)
    for row in cohort_curve(cells, fewest_cohorts=1, fewest_customers=1).itertuples():
        assert row.low - 1e-12 <= row.value <= row.high + 1e-12
        assert (row.numerator, row.denominator) == (cells.n_retained.sum(), cells.n_customers.sum())


# Revenue


def revenue_of(rows):
    """Cells of `cohort_revenue` from rows of cohort, age, customers, revenue; None where not over."""
    table = pd.DataFrame(rows, columns=["cohort", "age", "n_customers", "revenue"])
    return table.assign(status=np.where(table.revenue.isna(), "immature", "ok"))


def cohorts_of(*revenues, n_customers=20):
    """Cohorts of one size, the first the oldest: each the revenue of its ages, of those it has reached."""
    rows = [
        (f"2024-{place:02}", age, n_customers, amounts[age] if age < len(amounts) else None)
        for place, amounts in enumerate(revenues, start=1)
        for age in range(max(map(len, revenues)))
    ]
    return revenue_of(rows)


def test_what_all_cohorts_brought_is_pooled_age_by_age_and_summed():
    cells = revenue_of(
        [("2024-01", 0, 2, 50.0), ("2024-01", 1, 2, 10.0), ("2024-02", 0, 3, 100.0), ("2024-02", 1, 3, None)]
    )
    curve = cohort_revenue_curve(cells, fewest_cohorts=1, fewest_customers=1)
    assert curve.per_customer.tolist() == [30, 5]  # 150 of 5 customers, 10 of 2
    assert curve.value.tolist() == [30, 35]
    assert curve.n_cohorts.tolist() == [2, 1]
    assert curve.last_cohort.tolist() == ["2024-02", "2024-01"]


def test_the_curve_of_one_cohort_is_its_own_cumulative_revenue():  # C09
    cells = cohorts_of([300.0, 90.0, 60.0], n_customers=10)
    assert cohort_revenue_curve(cells, fewest_cohorts=1, fewest_customers=1).value.tolist() == [30, 39, 45]


def test_the_curve_of_revenue_ends_where_too_little_is_left():
    cells = cohorts_of([20.0, 5.0, 5.0], [20.0, 5.0], [20.0, 5.0], [20.0])
    assert cohort_revenue_curve(cells).age.tolist() == [0, 1]
    assert cohort_revenue_curve(cohorts_of([20.0], [20.0], [20.0], n_customers=9)).empty


def test_the_band_of_revenue_needs_six_cohorts_and_knows_how_much_they_differ():
    few = cohort_revenue_curve(cohorts_of(*[[20.0, 5.0]] * 5))
    assert few[["low", "high"]].isna().all(axis=None)
    alike = cohort_revenue_curve(cohorts_of(*[[20.0, 5.0]] * 6))
    assert alike[["low", "value", "high"]].to_numpy().tolist() == [[1, 1, 1], [1.25, 1.25, 1.25]]
    unlike = cohort_revenue_curve(cohorts_of(*[[10.0, 0.0], [30.0, 10.0]] * 3))
    assert (unlike.low < alike.low).all()
    assert (unlike.high > alike.high).all()


def test_without_a_known_amount_there_is_no_curve():
    cells = cohorts_of([20.0], [20.0], [20.0]).assign(status="refused:no_amounts")
    assert cohort_revenue_curve(cells).empty


@given(st.lists(st.lists(st.integers(-50, 900), min_size=1, max_size=4), min_size=1, max_size=12))
def test_the_curve_of_revenue_lies_in_its_band_and_sums_what_it_pools(revenues):
    cells = cohorts_of(*revenues)
    curve = cohort_revenue_curve(cells, fewest_cohorts=1, fewest_customers=1)
    banded = curve.dropna(subset="low")
    assert ((banded.low - 1e-9 <= banded.value) & (banded.value <= banded.high + 1e-9)).all()
    assert curve.revenue.sum() == cells.revenue.sum()
    assert curve.value.iloc[-1] == pytest.approx((curve.revenue / curve.n_customers).sum())
