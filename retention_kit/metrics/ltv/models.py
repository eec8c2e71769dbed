"""Will customers buy again, and for how much? The closed forms and the likelihoods of BG/NBD and Gamma-Gamma.

The one module that touches lifetimes. It is archived, so nothing of it is used but the fitters.
"""

import contextlib
import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.errors import InvalidTable
from retention_kit.metrics.ltv.fitted import Floats, PurchaseModel, SpendModel
from retention_kit.metrics.ltv.summary import distinct_ages, require_unit

_FITTERS = {"BG/NBD": "BetaGeoFitter", "MBG/NBD": "ModifiedBetaGeoFitter", "Gamma-Gamma": "GammaGammaFitter"}


def probability_alive(model: PurchaseModel, summary: pd.DataFrame) -> "pd.Series[float]":
    """How likely is it that each customer still buys at all?

    1 / (1 + a/(b + x - 1) · ((alpha + T)/(alpha + t_x))^(r + x)) for BG/NBD with x > 0

    Args:
        model: From `fit_purchases`.
        summary: From `purchase_summary`, in the unit of the model.

    Returns:
        0..1 per row of the summary; missing where the model is refused.

    Raises:
        InvalidTable: The summary is in another unit than the model.

    Warning:
        BG/NBD takes every one-time buyer for a customer (exactly 1): never read their loss from it. MBG/NBD does not.

    Reference:
        METRICS V03; Fader, Hardie & Lee 2008, note 021.

    Example:
        >>> model = PurchaseModel(parameters={"r": 1, "alpha": 1, "a": 1, "b": 2})
        >>> summary = pd.DataFrame({"frequency": [1, 0], "recency": [1.0, 0.0], "T": 3.0, "unit": "week"})
        >>> probability_alive(model, summary).round(4).tolist()
        [0.3333, 1.0]
    """
    require_unit(summary, model.unit)
    values = np.full(len(summary), math.nan)
    if not model.is_refused:
        x, recency, age = (summary[name].to_numpy(dtype=float) for name in ("frequency", "recency", "T"))
        values = _fitter(model).conditional_probability_alive(x, recency, age)
    return pd.Series(values, index=summary.index, name="probability_alive")


def expected_purchases(model: PurchaseModel, summary: pd.DataFrame, *, periods: float) -> "pd.Series[float]":
    """How many more purchases is each customer expected to make in the time to come?

    Args:
        model: From `fit_purchases`.
        summary: From `purchase_summary`, in the unit of the model.
        periods: Length of that time in the unit of the model: weeks or days.

    Returns:
        Purchase days per row of the summary; missing where the model is refused.

    Raises:
        InvalidTable: The summary is in another unit than the model.

    Reference:
        METRICS V05; equation 10 of Fader, Hardie & Lee 2005.

    Example:
        >>> cdnow = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86], "unit": "week"})
        >>> expected_purchases(cdnow, customer, periods=39).round(3).tolist()
        [1.226]
    """
    alive = probability_alive(model, summary)
    codes, pairs = distinct_ages(summary)
    if_alive = expected_if_alive(model, pairs, periods=[periods])[0][codes]
    return pd.Series(alive * if_alive, name="expected_purchases")


def expected_if_alive(model: PurchaseModel, pairs: pd.DataFrame, *, periods: npt.ArrayLike) -> Floats:
    """How many more purchases is a customer expected to make who is still alive?

    It depends on frequency and T alone, so the hypergeometric function is worked out for `distinct_ages` only.

    Args:
        model: From `fit_purchases`.
        pairs: Columns frequency and T.
        periods: Lengths of time in the unit of the model.

    Returns:
        Purchase days, a row per length of time and a column per pair; missing where the model is refused.
    """
    lengths = np.asarray(periods, dtype=float)[:, None]
    if model.is_refused:
        return np.full((len(lengths), len(pairs)), math.nan)
    fitter, x, age = _fitter(model), pairs["frequency"].to_numpy(dtype=float), pairs["T"].to_numpy(dtype=float)
    # whoever bought at the last moment: the closed form holds the probability of being alive as a factor
    expected = fitter.conditional_expected_number_of_purchases_up_to_time(lengths, x, age, age)
    return np.asarray(expected / fitter.conditional_probability_alive(x, age, age))


def expected_spend(model: SpendModel, summary: pd.DataFrame) -> "pd.Series[float]":
    """What is each customer expected to spend on a purchase?

    (1 - w) · v·p/(q - 1) + w · m, w = p·x/(p·x + q - 1): between the mean of all customers and the customer's own

    Args:
        model: From `fit_spend`.
        summary: From `purchase_summary`.

    Returns:
        Money per row of the summary, the mean of all customers for those who did not buy again; missing where the
        model is refused.

    Reference:
        METRICS V04; equation 5 of Fader & Hardie 2013, note 025.

    Example:
        >>> model = SpendModel(parameters={"p": 6, "q": 4, "v": 15})
        >>> expected_spend(model, pd.DataFrame({"frequency": [2, 0], "monetary_value": [45, None]})).tolist()
        [42.0, 30.0]
    """
    values = np.full(len(summary), math.nan)
    if not model.is_refused:
        known = summary["monetary_value"].notna()
        weightless = summary["frequency"].where(known, 0).to_numpy(dtype=float)
        values = _fitter(model).conditional_expected_average_profit(
            weightless, summary["monetary_value"].fillna(0).to_numpy(dtype=float)
        )
    return pd.Series(values, index=summary.index, name="expected_spend")


def purchase_count_probability(model: PurchaseModel, *, n: int, periods: float) -> float:
    """How likely is it that a new customer makes exactly n repeat purchases in that time?

    Reference:
        Equation 8 of Fader, Hardie & Lee 2005.

    Example:
        >>> cdnow = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> round(purchase_count_probability(cdnow, n=0, periods=39), 3)
        0.574
    """
    if model.is_refused:
        return math.nan
    return float(_fitter(model).probability_of_n_purchases_up_to_time(periods, n))


def expected_of_newcomer(model: PurchaseModel, *, periods: float) -> float:
    """How many repeat purchases is a new customer expected to make in that time?

    Reference:
        Equation 9 of Fader, Hardie & Lee 2005.

    Example:
        >>> cdnow = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> round(expected_of_newcomer(cdnow, periods=32), 2)
        1.04
    """
    if model.is_refused:
        return math.nan
    return float(_fitter(model).expected_number_of_purchases_up_to_time(periods))


@dataclass(frozen=True)
class Optimum:
    """Where a likelihood is largest.

    Attributes:
        parameters: By name.
        log_likelihood: Its logarithm there, summed over customers.
        log_covariance: Covariance of the logarithms of the parameters; not positive definite on a ridge.
    """

    parameters: dict[str, float]
    log_likelihood: float
    log_covariance: Floats


def optimum(name: str, rows: pd.DataFrame, *, weights: "pd.Series[int]") -> Optimum | None:
    """Where is the likelihood of a model largest? The search of lifetimes, over unique rows and how often each occurs.

    Args:
        name: "BG/NBD" or "MBG/NBD" (columns frequency, recency, T), "Gamma-Gamma" (frequency, monetary_value).
        rows: The columns, in that order.
        weights: Customers per row.

    Returns:
        The optimum; None where the search does not end.

    Raises:
        InvalidTable: The columns contradict each other.
    """
    fitter = _search(name, rows, weights)
    if fitter is None:
        return None
    n = int(weights.sum())
    log_likelihood = -n * float(fitter._negative_log_likelihood_)
    if "T" in rows:  # time is stretched until the longest T is 1, which gives every repeat purchase that factor
        log_likelihood -= float((weights * rows["frequency"]).sum()) * math.log(rows["T"].max())
    parameters = {str(key): float(value) for key, value in fitter.params_.items()}
    return Optimum(parameters, log_likelihood, np.linalg.inv(fitter._hessian_) / n)


def _search(name: str, rows: pd.DataFrame, weights: "pd.Series[int]") -> Any | None:
    """A fitter of lifetimes at its optimum."""
    fitter = _lifetimes_fitter(name)
    from lifetimes.utils import ConvergenceError

    for tolerance in (1e-7, 1e-5):  # rounding may stop the search of a large table short of 1e-7
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # a failed search prints itself
            warnings.simplefilter("ignore", RuntimeWarning)  # it passes through overflows; only its end matters
            try:
                return fitter.fit(*(rows[column] for column in rows), weights=weights, tol=tolerance)
            except ConvergenceError:
                continue
            except np.linalg.LinAlgError:
                return None
            except ValueError as error:
                raise InvalidTable(f"The purchase summary contradicts itself: {error}") from error
    return None


def _lifetimes_fitter(name: str) -> Any:
    """A fitter of lifetimes, imported when first needed."""
    with warnings.catch_warnings():  # lifetimes hides every FutureWarning from then on: undone on leaving
        warnings.filterwarnings("ignore", message="The 'mode.chained_assignment' option is deprecated")
        import lifetimes
    return getattr(lifetimes, _FITTERS[name])()


def _fitter(model: PurchaseModel | SpendModel) -> Any:
    """The closed forms of lifetimes at these parameters."""
    fitter = _lifetimes_fitter(model.name)
    fitter.params_ = model.parameters
    return fitter
