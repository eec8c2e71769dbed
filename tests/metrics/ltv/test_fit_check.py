"""The table of parameters and the check of the purchase model against the customers it was fitted on."""

import math

import numpy as np
import pytest

from retention_kit.metrics.ltv.fit_check import ltv_parameters, purchases_fit_check
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.fitted_models import PurchaseModel
from tests.reference import cdnow_ltv as published


@pytest.fixture(scope="module")
def summary():
    return published.rounded_summary()


@pytest.fixture(scope="module")
def purchases(summary):
    return fit_purchases(summary)


def test_the_table_of_parameters_holds_what_was_published(summary, purchases):
    table = ltv_parameters(purchases, fit_spend(summary))
    assert list(table) == ["model", "parameter", "value", "unit"]
    values = table.set_index(["model", "parameter"])["value"]
    for name, value in published.BGNBD.items():
        assert values["BG/NBD", name] == pytest.approx(value, abs=1e-3)
        assert values["BG/NBD", f"{name}_standard_error"] == pytest.approx(
            published.BGNBD_STANDARD_ERRORS[name], abs=1e-4
        )
    for name, value in published.GAMMA_GAMMA.items():
        assert values["Gamma-Gamma", name] == pytest.approx(value, abs=0.01)
    assert values["BG/NBD", "log_likelihood"] == pytest.approx(published.BGNBD_LOG_LIKELIHOOD, abs=0.1)
    units = table.set_index(["model", "parameter"])["unit"]
    assert units["BG/NBD", "alpha"] == units["BG/NBD", "alpha_standard_error"] == "week"
    assert units["Gamma-Gamma", "v"] == "money"
    assert units["BG/NBD", "r"] == "number"


def test_refused_models_have_the_same_rows_without_values(summary, purchases):
    thin = summary.head(10)
    table = ltv_parameters(fit_purchases(thin), fit_spend(thin))
    assert table["parameter"].tolist() == ltv_parameters(purchases, fit_spend(summary))["parameter"].tolist()
    of_fit = table["parameter"] != "n_customers"
    assert table["value"][of_fit].isna().all()


def test_the_customers_of_cdnow_are_those_of_the_figure_and_the_model_is_near(summary, purchases):
    check = purchases_fit_check(purchases, summary)
    assert check["frequency"].tolist() == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert check["n_customers"].tolist() == published.FREQUENCIES
    assert check["n_expected"].sum() == pytest.approx(published.N_CUSTOMERS)
    off = np.abs(check["n_expected"] - check["n_customers"]) / np.sqrt(check["n_customers"])
    assert off.max() < 2.5  # the paper's figure shows no gap that the eye would catch


def test_the_expected_counts_are_sums_over_the_ages_of_customers(purchases, summary):
    one_age = purchases_fit_check(purchases, summary.head(1).assign(T=10.0))["n_expected"]
    two_ages = purchases_fit_check(purchases, summary.head(2).assign(T=[10.0, 20.0]))["n_expected"]
    other = purchases_fit_check(purchases, summary.head(1).assign(T=20.0))["n_expected"]
    assert two_ages.tolist() == pytest.approx((one_age + other).tolist())


def test_a_refused_model_expects_nothing_and_still_counts(summary):
    refused = PurchaseModel(parameters=dict.fromkeys(("r", "alpha", "a", "b"), math.nan), status="refused:too_few")
    check = purchases_fit_check(refused, summary)
    assert check["n_customers"].tolist() == published.FREQUENCIES
    assert check["n_expected"].isna().all()
    assert set(check["status"]) == {"refused:too_few"}
