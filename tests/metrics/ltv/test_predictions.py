"""The models against what was published of CDNOW, against their definitions, and on tables too thin for them."""

import math
import warnings
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, gammaln, roots_jacobi

from retention_kit.errors import InvalidTable
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.forecast import _interval
from retention_kit.metrics.ltv.limits import (
    Limits,
    purchases_status,
    spend_flags,
    spend_status,
    value_frequency_correlation,
)
from retention_kit.metrics.ltv.predictions import (
    expected_if_alive,
    expected_of_newcomer,
    expected_purchases,
    expected_spend,
    probability_alive,
    purchase_count_probability,
)
from retention_kit.metrics.ltv.summary import purchase_summary
from tests.reference import cdnow_ltv as published


@pytest.fixture(scope="module")
def summary():
    return purchase_summary(published.sample_orders(), as_of=published.CALIBRATED_UNTIL)


@pytest.fixture(scope="module")
def purchases(summary):
    return fit_purchases(summary)


@pytest.fixture(scope="module")
def spend(summary):
    return fit_spend(summary)


def customers(*rows, unit="week"):
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"]).assign(unit=unit)


# By the book


def test_bgnbd_on_cdnow_gives_the_parameters_of_the_2005_paper(purchases):
    assert purchases.parameters == pytest.approx(published.BGNBD, abs=1e-3)
    assert purchases.log_likelihood == pytest.approx(published.BGNBD_LOG_LIKELIHOOD, abs=0.1)
    assert (purchases.status, purchases.n_customers, purchases.unit) == ("ok", published.N_CUSTOMERS, "week")


def test_bgnbd_on_cdnow_gives_the_standard_errors_of_the_documentation(purchases):
    assert purchases.standard_errors == pytest.approx(published.BGNBD_STANDARD_ERRORS, abs=1e-3)


def test_mbgnbd_on_cdnow_gives_the_parameters_of_btydplus(summary):
    model = fit_purchases(summary, model="MBG/NBD")
    assert model.parameters == pytest.approx(published.MBGNBD, abs=1e-3)
    assert model.log_likelihood == pytest.approx(published.MBGNBD_LOG_LIKELIHOOD, abs=0.05)


def test_gamma_gamma_on_cdnow_gives_the_parameters_of_note_025(spend):
    assert spend.parameters == pytest.approx(published.GAMMA_GAMMA, abs=0.01)
    assert spend.log_likelihood == pytest.approx(published.GAMMA_GAMMA_LOG_LIKELIHOOD, abs=0.05)
    assert (spend.status, spend.flags, spend.n_customers) == ("ok", "", published.N_REPEAT_CUSTOMERS)


def test_frequency_and_value_of_cdnow_hardly_go_together(summary):
    assert value_frequency_correlation(summary) == pytest.approx(published.VALUE_FREQUENCY_CORRELATION, abs=1e-3)


def test_the_customer_of_the_spreadsheet_is_expected_to_buy_1_226_times_in_39_weeks(purchases):
    customer = pd.DataFrame([published.CUSTOMER]).assign(unit="week")
    assert expected_purchases(purchases, customer, periods=39).item() == pytest.approx(
        published.PURCHASES_IN_39_WEEKS, abs=1e-3
    )
    assert probability_alive(purchases, customer).item() == pytest.approx(published.PROBABILITY_ALIVE, abs=1e-3)


def test_a_newcomer_buys_as_in_the_spreadsheet(purchases):
    for weeks, expected in published.PURCHASES_OF_A_NEWCOMER.items():
        assert expected_of_newcomer(purchases, periods=weeks) == pytest.approx(expected, abs=5e-4)


def test_spend_of_the_first_ten_customers_is_that_of_note_025(summary):
    model = SpendModel(parameters=published.GAMMA_GAMMA)
    assert expected_spend(model, summary.head(10)).tolist() == pytest.approx(published.SPEND, abs=0.1)


# By hand


def test_probability_alive_of_one_repeat_purchase_is_a_third():  # V03
    model = PurchaseModel(parameters={"r": 1, "alpha": 1, "a": 1, "b": 2})
    assert probability_alive(model, customers((1, 1, 3), (0, 0, 3))).tolist() == pytest.approx([1 / 3, 1])


def test_a_one_time_buyer_may_be_lost_in_the_modified_model():
    model = PurchaseModel(name="MBG/NBD", parameters={"r": 1, "alpha": 1, "a": 1, "b": 2})
    assert probability_alive(model, customers((0, 0, 3))).item() == pytest.approx(1 / (1 + 1 / 2 * 4))


def test_expected_spend_lies_between_the_customers_mean_and_that_of_all():  # V04
    model = SpendModel(parameters={"p": 6, "q": 4, "v": 15})
    known = pd.DataFrame({"frequency": [2, 0, 3], "monetary_value": [45, np.nan, np.nan]})
    assert expected_spend(model, known).tolist() == pytest.approx([42, 30, 30])


def test_a_spend_model_without_a_mean_is_refused():  # V04
    model = SpendModel(parameters={"p": 6, "q": 0.9, "v": 15})
    assert model.status == "refused:q_le_1"
    assert math.isnan(expected_spend(model, pd.DataFrame({"frequency": [2], "monetary_value": [45]})).item())


# By law

PARAMETERS = st.fixed_dictionaries(
    {
        "r": st.floats(0.1, 3),
        "alpha": st.floats(1, 30),
        "a": st.floats(0.1, 5).filter(lambda a: abs(a - 1) > 0.01),
        "b": st.floats(0.5, 10),
    }
)


@st.composite
def histories(draw):
    x, age = draw(st.integers(1, 60)), draw(st.floats(1, 200))
    return x, draw(st.floats(0.1, 0.9)) * age, age


@given(PARAMETERS, histories(), st.floats(0.05, 0.1), st.sampled_from(["BG/NBD", "MBG/NBD"]))
def test_who_bought_later_is_likelier_alive_and_will_buy_more(parameters, history, later, name):
    x, recency, age = history
    model = PurchaseModel(name=name, parameters=parameters)
    two = customers((x, recency, age), (x, recency + later * age, age))
    assert probability_alive(model, two).is_monotonic_increasing
    assert expected_purchases(model, two, periods=10).is_monotonic_increasing


@given(PARAMETERS, histories(), st.floats(1, 100), st.sampled_from(["BG/NBD", "MBG/NBD"]))
def test_expected_purchases_are_the_integral_over_rates_and_dropouts(parameters, history, weeks, name):
    x, _, age = history
    model = PurchaseModel(name=name, parameters=parameters)
    just_bought = customers((x, age, age))
    # alive, the customer's dropout p is Beta(a, B) and the rate Gamma(r + x, alpha + T): Gauss-Jacobi over p
    nodes, weights = roots_jacobi(60, parameters["b"] + x + (name == "MBG/NBD") - 1, parameters["a"] - 1)
    p = (nodes + 1) / 2
    kept = np.log((parameters["alpha"] + age) / (parameters["alpha"] + age + p * weeks))
    bought = -np.expm1((parameters["r"] + x) * kept) / p
    expected = probability_alive(model, just_bought).item() * (bought @ weights / weights.sum())
    assert expected_purchases(model, just_bought, periods=weeks).item() == pytest.approx(expected, rel=1e-8)


def test_the_order_of_the_customers_does_not_matter(summary, purchases):
    shuffled = fit_purchases(summary.sample(frac=1, random_state=1))
    assert shuffled.parameters == purchases.parameters
    assert shuffled.log_likelihood == purchases.log_likelihood


def test_weighted_rows_give_the_likelihood_of_all_rows(summary, purchases):
    """The likelihood of Fader, Hardie & Lee 2005, equation 6, customer by customer."""
    r, alpha, a, b = purchases.parameters.values()
    x, recency, age = (summary[name].to_numpy(float) for name in ("frequency", "recency", "T"))
    steady = betaln(a, b + x) - betaln(a, b) + gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = steady - (r + x) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        gone = steady + np.log(a * (x > 0)) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + recency)
    assert purchases.log_likelihood == pytest.approx(np.logaddexp(alive, gone).sum(), abs=1e-6)


def test_the_unit_of_time_changes_the_unit_of_alpha_alone(summary, purchases):
    in_days = purchase_summary(published.sample_orders(), as_of=published.CALIBRATED_UNTIL, unit="day")
    daily = fit_purchases(in_days)
    assert daily.parameters | {"alpha": daily.parameters["alpha"] / 7} == pytest.approx(purchases.parameters, rel=1e-3)
    assert expected_purchases(daily, in_days, periods=70).tolist() == pytest.approx(
        expected_purchases(purchases, summary, periods=10).tolist(), rel=1e-3
    )


def test_the_unit_of_money_changes_v_alone(summary, spend):
    in_cents = fit_spend(summary.assign(monetary_value=summary["monetary_value"] * 100_000))
    assert in_cents.parameters == pytest.approx(spend.parameters | {"v": spend.parameters["v"] * 100_000}, rel=1e-6)
    assert in_cents.standard_errors["v"] == pytest.approx(spend.standard_errors["v"] * 100_000, rel=1e-4)
    assert in_cents.log_likelihood == pytest.approx(
        spend.log_likelihood - published.N_REPEAT_CUSTOMERS * math.log(100_000), abs=1e-3
    )


def test_probabilities_of_all_counts_of_a_newcomer_add_up_to_one_and_to_the_mean(purchases):
    chances = [purchase_count_probability(purchases, n=n, periods=4) for n in range(60)]
    assert sum(chances) == pytest.approx(1, abs=1e-3)
    assert sum(n * chance for n, chance in enumerate(chances)) == pytest.approx(
        expected_of_newcomer(purchases, periods=4), abs=5e-3
    )


def test_draws_are_the_same_every_time_and_scatter_like_the_standard_errors(purchases):
    drawn = [model.parameters["r"] for model in purchases.draws(200, seed=1)]
    assert drawn == [model.parameters["r"] for model in purchases.draws(200, seed=1)]
    assert len(drawn) == 200
    assert np.std(drawn) == pytest.approx(purchases.standard_errors["r"], rel=0.15)


def test_no_draw_of_a_spend_model_is_without_a_mean(spend):
    wide = replace(spend, log_covariance=np.eye(3))
    assert all(model.parameters["q"] > 1 for model in wide.draws(200, seed=1))


# Too thin


def thin(n, n_repeat=0, *, age=50.0):
    repeaters = [(2, 20.0, age)] * n_repeat
    return customers(*repeaters, *[(0, 0.0, age)] * (n - n_repeat)).assign(monetary_value=10.0)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (thin(0), "no_repeat_customers"),
        (thin(1), "no_repeat_customers"),
        (thin(200), "no_repeat_customers"),  # V09
        (thin(1000, 29), "no_repeat_customers"),
        (thin(1000, 49), "no_repeat_customers"),
        (thin(299, 30), "too_few"),
        (thin(300, 30, age=25.7), "short_history"),
        (thin(300, 30, age=29.9), "short_history"),  # the median customer waits 10 weeks
        (thin(300, 30).assign(T=[50.0] + [49.0] * 299), "not_converged"),
    ],
)
def test_a_thin_table_is_refused_with_the_reason(table, reason):
    model = fit_purchases(table)
    assert model.status == f"refused:{reason}"
    assert model.n_customers == len(table)
    for numbers in (probability_alive(model, table), expected_purchases(model, table, periods=10)):
        assert len(numbers) == len(table)
        assert numbers.isna().all()


@pytest.mark.parametrize(
    "table",
    [
        thin(300, 30),
        thin(1000, 50),
        thin(300, 30, age=180 / 7).assign(recency=lambda rows: rows["frequency"] * 180 / 7 / 3),
    ],
)
def test_a_table_on_the_limit_is_not_too_thin(table):
    assert purchases_status(table, Limits()) == "ok"


def test_without_amounts_there_is_no_spend_model(summary):
    assert fit_spend(summary.assign(monetary_value=np.nan)).status == "refused:no_amounts"


def with_correlation(summary, wanted):
    """The same customers with values that go with frequency as much as wanted."""
    repeat = summary[summary["frequency"] > 0]
    noise = np.random.default_rng(1).gamma(2, 10, len(repeat))
    x = (repeat["frequency"] - repeat["frequency"].mean()) / repeat["frequency"].std()
    own = noise - np.polyval(np.polyfit(x, noise, 1), x)
    values = wanted * x * own.std() + math.sqrt(1 - wanted**2) * own
    return summary.assign(monetary_value=values - values.min() + 5)


@pytest.mark.parametrize(
    ("correlation", "status", "flags"),
    [
        (0.14, "ok", ""),
        (0.16, "ok", "value_frequency_dependent"),
        (-0.16, "ok", "value_frequency_dependent"),
        (0.29, "ok", "value_frequency_dependent"),
        (0.31, "refused:value_frequency_dependent", "value_frequency_dependent"),
        (-0.31, "refused:value_frequency_dependent", "value_frequency_dependent"),
    ],
)
def test_value_that_goes_with_frequency_is_flagged_then_refused(summary, correlation, status, flags):
    table = with_correlation(summary, correlation)
    assert value_frequency_correlation(table) == pytest.approx(correlation, abs=0.002)
    assert spend_status(table, Limits()) == status
    assert spend_flags(table, Limits()) == flags


def test_a_flagged_spend_model_is_fitted_and_a_refused_one_is_not(summary):
    flagged, refused = fit_spend(with_correlation(summary, 0.16)), fit_spend(with_correlation(summary, 0.31))
    assert (flagged.status, flagged.flags) == ("ok", "value_frequency_dependent")
    assert (refused.status, refused.flags) == ("refused:value_frequency_dependent", "")
    assert math.isnan(refused.parameters["p"])


def test_customers_who_all_spend_the_same_have_no_spend_model(summary):
    model = fit_spend(summary.assign(monetary_value=10.0))
    assert model.status == "refused:not_converged"
    assert expected_spend(model, summary).isna().all()


# By complaint


def test_a_summary_in_days_is_refused_by_a_model_in_weeks(purchases):
    with pytest.raises(InvalidTable, match="counts time in days and the model in weeks"):
        expected_purchases(purchases, customers((2, 20, 40), unit="day"), periods=10)


def test_a_summary_without_a_unit_is_refused(summary):
    with pytest.raises(InvalidTable, match=r'no column "unit".*purchase_summary'):
        fit_purchases(summary.drop(columns="unit"))


def test_a_summary_of_two_units_is_refused():
    with pytest.raises(InvalidTable, match="mixes units"):
        fit_purchases(pd.concat([customers((0, 0, 9)), customers((0, 0, 63), unit="day")]))


def test_a_last_purchase_after_the_last_day_is_refused(summary):
    with pytest.raises(InvalidTable, match=r"contradicts itself.*recency"):
        fit_purchases(summary.assign(T=summary["T"].where(summary["frequency"] == 0, 0.1)))


def test_a_fit_says_nothing_and_hides_no_warning_of_others(capsys):
    fit_purchases(thin(300, 30).assign(T=[50.0] + [49.0] * 299))
    assert capsys.readouterr() == ("", "")
    with pytest.raises(FutureWarning):
        warnings.warn("still heard", FutureWarning, stacklevel=1)


def test_three_months_of_cdnow_are_too_short():
    earlier = purchase_summary(published.sample_orders(), as_of=date(1997, 4, 1))
    assert fit_purchases(earlier).status == "refused:short_history"


@pytest.mark.parametrize("x", [0, 1, 7])
@pytest.mark.parametrize(("a", "b"), [(0.24, 0.7), (0.2, 0.9), (0.8, 2.4)])
def test_expected_purchases_are_the_integral_over_the_chance_to_stop(a, b, x):
    r, alpha, age, time = 0.4, 4.7, 30.0, 52.0
    model = PurchaseModel(parameters={"r": r, "alpha": alpha, "a": a, "b": b})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = expected_if_alive(model, pd.DataFrame({"frequency": [x], "T": [age]}), periods=[time])[0]

    def bought(p):
        p = max(p, 1e-12)  # the rule asks for the end itself
        return -np.expm1(-(r + x) * np.log1p(p * time / (alpha + age))) / p

    # the density of a Beta(a, b + x), whose ends the rule takes as weights
    total, _ = quad(bought, 0, 1, weight="alg", wvar=(a - 1, b + x - 1))
    assert found == pytest.approx(total / np.exp(betaln(a, b + x)), rel=1e-6)


def test_draws_without_a_number_leave_no_interval():
    draws = pd.DataFrame({"known": [1.0, 2.0], "unknown": [1.0, math.nan]})
    assert _interval(draws).index.tolist() == ["known"]
