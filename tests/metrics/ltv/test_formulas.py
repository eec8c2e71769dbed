"""Lifetime value without a model, and the errors of a forecast, by hand."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.metrics.ltv.formulas import (
    cac_payback_months,
    gain_of_retention,
    ltv_cac,
    ltv_discounted,
    ltv_formula,
    ltv_historic,
)


def test_five_years_of_two_orders_of_40_at_a_margin_of_30_percent_are_120():  # V01
    assert ltv_formula(order_value=40, orders_a_year=2, margin=0.3, churn_a_year=0.2) == pytest.approx(120)


def test_who_never_leaves_has_no_finite_value():  # V01
    assert ltv_formula(order_value=40, orders_a_year=2, margin=0.3, churn_a_year=0) is None
    assert ltv_formula(order_value=40, orders_a_year=2, margin=0.3, churn_a_year=0, months=36) == pytest.approx(72)


def test_two_years_of_a_customer_who_leaves_with_half_are_a_year_and_a_half():
    assert ltv_formula(order_value=100, orders_a_year=1, churn_a_year=0.5, months=24) == pytest.approx(150)


@given(st.floats(0.01, 0.99), st.integers(1, 120))
def test_a_horizon_never_adds_value(churn, months):
    whole = ltv_formula(order_value=1, orders_a_year=1, churn_a_year=churn)
    capped = ltv_formula(order_value=1, orders_a_year=1, churn_a_year=churn, months=months)
    assert 0 < capped <= whole
    assert capped <= ltv_formula(order_value=1, orders_a_year=1, churn_a_year=churn, months=months + 1)


def test_the_first_payment_is_the_difference_between_the_two_formulas():  # V02
    terms = {"retention_rate": 0.8, "discount_rate": 0.1}
    assert ltv_discounted(100, **terms, with_first_payment=True) == pytest.approx(366.667, abs=1e-3)
    assert ltv_discounted(100, **terms, with_first_payment=False) == pytest.approx(266.667, abs=1e-3)


def test_a_sum_without_an_end_is_missing():
    assert ltv_discounted(100, retention_rate=1, discount_rate=0, with_first_payment=True) is None


def test_value_over_cost_of_acquisition_and_its_payback():  # V12
    assert ltv_cac(120, 40) == 3
    assert cac_payback_months(40, margin_a_month=2) == 20
    assert ltv_cac(120, 0) is None
    assert cac_payback_months(0, margin_a_month=2) is None
    assert cac_payback_months(40, margin_a_month=0) is None


@pytest.fixture
def orders():
    return pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", None],
            "ordered_on": pd.to_datetime(["2024-05-01", "2024-05-20", "2024-06-01", "2024-05-05"]),
            "gross": [100, 50, 70, 9],
            "refunded": [0, 30, 0, 0],
        }
    )


def test_historic_value_is_net_of_refunds_times_margin(orders):  # V13
    assert ltv_historic(orders, as_of=date(2024, 6, 2), margin=0.4).to_dict("list") == {
        "customer_id": ["a", "b"],
        "n_orders": [2, 1],
        "value": pytest.approx([48, 28]),
    }


def test_historic_value_ends_before_as_of(orders):
    assert ltv_historic(orders, as_of=date(2024, 6, 1))["customer_id"].tolist() == ["a"]


def test_five_points_more_add_a_quarter_where_85_percent_stay_and_little_where_20_do():
    assert gain_of_retention(0.85, discount_rate=0.1) == pytest.approx(0.25)
    assert gain_of_retention(0.2, discount_rate=0.1) == pytest.approx(1 / 17)


@pytest.mark.parametrize(("retention", "discount"), [(0.96, 0.1), (0.95, 0.0)])
def test_more_than_everybody_cannot_stay_nor_all_of_them_for_ever(retention, discount):
    assert gain_of_retention(retention, discount_rate=discount) is None


@given(st.floats(0, 0.9), st.floats(0.001, 0.09), st.floats(0.001, 0.5), st.floats(1, 1000))
def test_the_gain_is_that_of_the_discounted_value_whatever_the_margin(retention, points, discount, margin):
    now, then = (
        ltv_discounted(margin, retention_rate=share, discount_rate=discount, with_first_payment=True)
        for share in (retention, retention + points)
    )
    gain = gain_of_retention(retention, points=points, discount_rate=discount)
    assert gain == pytest.approx(then / now - 1)
