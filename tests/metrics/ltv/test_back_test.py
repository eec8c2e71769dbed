"""Errors of a forecast, by hand."""

import math

import pytest

from retention_kit.metrics.ltv.back_test import holdout_errors, top_lift


def test_four_customers_and_their_errors():  # V10
    errors = holdout_errors([0, 1, 2, 3], [0.5, 1, 1, 2]).set_index("metric")["value"]
    assert errors.to_dict() == pytest.approx({"mae": 0.625, "rmse": 0.75, "bias": -0.25})


def test_where_nobody_bought_there_is_no_bias():
    errors = holdout_errors([0, 0], [1, 1]).set_index("metric")
    assert errors.loc["mae", "value"] == 1
    assert math.isnan(errors.loc["bias", "value"])
    assert errors["status"].tolist() == ["ok", "ok", "no_denominator"]


def test_nobody_to_forecast_gives_no_errors():
    errors = holdout_errors([], [])
    assert errors["value"].isna().all()
    assert set(errors["status"]) == {"no_denominator"}


def test_the_best_tenth_made_half_of_the_purchases():  # V11
    assert top_lift([1, 6, 2, 1, 1, 1, 0, 0, 0, 0], [0.1, 9, 1, 1, 1, 1, 1, 1, 1, 1]) == pytest.approx(5)


def test_a_tenth_of_thirty_is_three():
    assert top_lift([1] * 30, range(30)) == pytest.approx(1)
    assert top_lift([0] * 27 + [1] * 3, range(30)) == pytest.approx(10)


def test_where_nobody_bought_there_is_no_lift():
    assert top_lift([0, 0], [1, 2]) is None
