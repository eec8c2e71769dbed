"""Lifetime value and the forecast of all customers, against published values and their own definitions."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.forecast import customer_lifetime_value, ltv_by_decile, ltv_forecast
from retention_kit.metrics.ltv.predictions import expected_purchases, expected_spend, probability_alive
from tests.reference import cdnow_ltv as published

ONE_PERCENT_A_MONTH = 1.01**12 - 1
REFUSED_PURCHASES = PurchaseModel(
    parameters=dict.fromkeys(("r", "alpha", "a", "b"), math.nan), status="refused:too_few"
)
REFUSED_SPEND = SpendModel(parameters=dict.fromkeys("pqv", math.nan), status="refused:no_amounts")


@pytest.fixture(scope="module")
def summary():
    return published.rounded_summary()


@pytest.fixture(scope="module")
def purchases(summary):
    return fit_purchases(summary)


@pytest.fixture(scope="module")
def spend(summary):
    return fit_spend(summary)


# By the book


def test_lifetime_values_of_the_first_six_customers(purchases, spend, summary):  # V06
    values = customer_lifetime_value(purchases, spend, summary, annual_discount=ONE_PERCENT_A_MONTH)
    assert values.head(6).tolist() == pytest.approx(published.LIFETIME_VALUES, abs=1e-3)


# By hand


def test_a_month_undiscounted_is_purchases_times_spend_times_margin(purchases, spend, summary):
    value = customer_lifetime_value(purchases, spend, summary, months=1, annual_discount=0, margin=0.4)
    bought = expected_purchases(purchases, summary, periods=4.345)
    assert value.tolist() == pytest.approx((0.4 * bought * expected_spend(spend, summary)).tolist())


def test_a_model_in_days_sees_the_same_year(spend, summary, purchases):
    in_days = summary.assign(recency=summary["recency"] * 7, T=summary["T"] * 7, unit="day")
    daily = PurchaseModel(parameters=purchases.parameters | {"alpha": purchases.parameters["alpha"] * 7}, unit="day")
    weekly_values = customer_lifetime_value(purchases, spend, summary)
    assert customer_lifetime_value(daily, spend, in_days).tolist() == pytest.approx(weekly_values.tolist())


def test_the_forecast_is_the_sum_over_customers(purchases, spend, summary):
    forecast = ltv_forecast(purchases, spend, summary, months=6).set_index("metric")
    values = customer_lifetime_value(purchases, spend, summary, months=6)
    alive = probability_alive(purchases, summary)
    assert forecast["value"].to_dict() == pytest.approx(
        {
            "expected_purchases": expected_purchases(purchases, summary, periods=6 * 4.345).sum(),
            "expected_active_customers": alive.sum(),
            "expected_active_repeat_customers": alive[summary["frequency"] > 0].sum(),
            "ltv_predicted_total": values.sum(),
            "ltv_predicted": values.mean(),
        }
    )
    assert forecast["n"].tolist() == [2357, 2357, 946, 2357, 2357]
    assert forecast["unit"].tolist() == ["count", "count", "count", "money", "money"]
    assert set(forecast["status"]) == {"ok"}


def test_the_interval_of_the_forecast_holds_its_value_and_is_the_same_every_time(purchases, spend, summary):
    forecast = ltv_forecast(purchases, spend, summary)
    assert (forecast["low"] < forecast["value"]).all()
    assert (forecast["value"] < forecast["high"]).all()
    pd.testing.assert_frame_equal(forecast, ltv_forecast(purchases, spend, summary))


def test_a_spend_model_less_sure_widens_the_interval_of_money_alone(purchases, spend, summary):
    sure, unsure = (
        ltv_forecast(purchases, SpendModel(parameters=spend.parameters, log_covariance=width * np.eye(3)), summary)
        for width in (1e-8, 1e-2)
    )
    width_sure, width_unsure = sure["high"] - sure["low"], unsure["high"] - unsure["low"]
    assert width_unsure[:3].tolist() == width_sure[:3].tolist()
    assert (width_unsure[3:] > width_sure[3:]).all()


def test_the_tenths_add_up_and_fall(purchases, spend, summary):
    tenths = ltv_by_decile(purchases, spend, summary)
    forecast = ltv_forecast(purchases, spend, summary).set_index("metric")["value"]
    assert tenths["decile"].tolist() == list(range(1, 11))
    assert tenths["n_customers"].sum() == len(summary)
    assert set(tenths["n_customers"]) == {235, 236}
    assert tenths["value"].sum() == pytest.approx(forecast["ltv_predicted_total"])
    assert tenths["expected_purchases"].sum() == pytest.approx(forecast["expected_purchases"])
    assert tenths["share"].sum() == pytest.approx(1)
    assert tenths["value_per_customer"].is_monotonic_decreasing


def test_fewer_than_ten_customers_leave_tenths_empty(purchases, spend, summary):
    tenths = ltv_by_decile(purchases, spend, summary.head(3))
    assert len(tenths) == 10
    assert tenths["n_customers"].sum() == 3


# By law


@given(st.integers(1, 36), st.floats(0, 1), st.floats(0.01, 0.5))
def test_a_longer_horizon_is_worth_more_and_a_higher_discount_less(purchases, spend, months, discount, more):
    six = published.rounded_summary().head(6)
    value = customer_lifetime_value(purchases, spend, six, months=months, annual_discount=discount)
    longer = customer_lifetime_value(purchases, spend, six, months=months + 1, annual_discount=discount)
    dearer = customer_lifetime_value(purchases, spend, six, months=months, annual_discount=discount + more)
    assert (longer > value).all()
    assert (dearer < value).all()


# Refused


def test_a_refused_purchase_model_leaves_everything_missing(spend, summary):
    assert customer_lifetime_value(REFUSED_PURCHASES, spend, summary).isna().all()
    forecast = ltv_forecast(REFUSED_PURCHASES, spend, summary)
    assert forecast[["value", "low", "high"]].isna().all(axis=None)
    assert set(forecast["status"]) == {"refused:too_few"}
    tenths = ltv_by_decile(REFUSED_PURCHASES, spend, summary)
    assert tenths["decile"].tolist() == list(range(1, 11))
    assert tenths[["value", "share"]].isna().all(axis=None)
    assert set(tenths["status"]) == {"refused:too_few"}


def test_a_refused_spend_model_leaves_the_purchases(purchases, summary):
    forecast = ltv_forecast(purchases, REFUSED_SPEND, summary)
    assert forecast["status"].tolist() == ["ok"] * 3 + ["refused:no_amounts"] * 2
    assert forecast[:3][["value", "low", "high"]].notna().all(axis=None)
    assert forecast[3:][["value", "low", "high"]].isna().all(axis=None)
    assert set(ltv_by_decile(purchases, REFUSED_SPEND, summary)["status"]) == {"refused:no_amounts"}


def test_nobody_gives_tables_without_numbers(summary):
    nobody = summary.head(0)
    purchases, spend = fit_purchases(nobody), fit_spend(nobody)
    forecast = ltv_forecast(purchases, spend, nobody)
    assert set(forecast["status"]) == {"refused:no_repeat_customers"}
    assert forecast[["value", "low", "high"]].isna().all(axis=None)  # not 0
    assert len(ltv_by_decile(purchases, spend, nobody)) == 10


def test_fitted_models_of_nobody_have_no_interval(purchases, spend, summary):
    forecast = ltv_forecast(purchases, spend, summary.head(0))
    assert forecast[["low", "high"]].isna().all(axis=None)


# By complaint


def test_a_summary_in_days_is_refused_by_a_model_in_weeks(purchases, spend, summary):
    with pytest.raises(InvalidTable, match="counts time in days and the model in weeks"):
        ltv_forecast(purchases, spend, summary.assign(unit="day"))
