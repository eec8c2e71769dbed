"""Will customers buy again, and for how much? What fitted models of BG/NBD and Gamma-Gamma say of each customer.

Everywhere `model` comes from `fit_purchases` or `fit_spend` and `summary` from `purchase_summary`, in the unit of time
of the purchase model, else it is refused with `InvalidTable`. Of a refused model every prediction is missing.
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from retention_kit.arguments import checked
from retention_kit.metrics.ltv.fitted_models import Floats, PurchaseModel, PurchaseModelName, SpendModel
from retention_kit.metrics.ltv.fitters import fitter_of
from retention_kit.metrics.ltv.summary import distinct_ages, require_unit


@checked
def probability_alive(model: PurchaseModel, summary: pd.DataFrame) -> "pd.Series[float]":
    """How likely is it that each customer still buys at all?

    1 / (1 + a/(b + x - 1) · ((alpha + T)/(alpha + t_x))^(r + x)) for BG/NBD with x > 0

    Returns:
        0..1 per row of the summary; missing where the model is refused. `InvalidTable` if their units of time differ.

    Warning:
        In BG/NBD every one-time buyer is alive (exactly 1): never read their loss from it. In MBG/NBD they are not.

    Reference: METRICS V03; Fader, Hardie & Lee 2008, note 021.

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
        with np.errstate(all="ignore"):  # a power too large for a float makes the probability 0, as it nearly is
            values = fitter_of(model).conditional_probability_alive(x, recency, age)
    return pd.Series(values, index=summary.index, name="probability_alive")


@checked
def expected_purchases(model: PurchaseModel, summary: pd.DataFrame, *, periods: float) -> "pd.Series[float]":
    """How many more purchases is each customer expected to make in so many `periods`, weeks or days as in the model?

    Returns:
        Purchase days per row of the summary, as `probability_alive`.

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

    It depends on frequency and T alone: the hypergeometric function is worked out for the `pairs` of `distinct_ages`.

    Returns:
        Purchase days, a row per length of time in `periods` and a column per pair.
    """
    lengths = np.asarray(periods, dtype=float)[:, None]
    if model.is_refused:
        return np.full((len(lengths), len(pairs)), math.nan)
    fitter, x, age = fitter_of(model), pairs["frequency"].to_numpy(dtype=float), pairs["T"].to_numpy(dtype=float)
    # a last purchase at T: the closed form has the probability of being alive as a factor
    with np.errstate(all="ignore"):
        expected = fitter.conditional_expected_number_of_purchases_up_to_time(lengths, x, age, age)
        found = np.asarray(expected / fitter.conditional_probability_alive(x, age, age))
    if np.isfinite(found).all():
        return found
    return np.where(np.isfinite(found), found, by_transformed_series(model.name, model.parameters, lengths, x, age))


def by_transformed_series(
    name: PurchaseModelName, parameters: Mapping[str, float | Floats], lengths: Floats, x: Floats, age: Floats
) -> Floats:
    """The same by Euler's transformation of the hypergeometric function, which needs neither its log nor large powers.

    lifetimes takes the log of a function that is negative where c, for BG/NBD a + b + x - 1, is below 0: of customers
    who bought once, where a + b < 1. Where the transformed function overflows, for an a of hundreds, the plain one does
    not. Parameters may be arrays, which the rest is broadcast against.
    """
    r, alpha, a, b = (parameters[each] for each in ("r", "alpha", "a", "b"))
    c = a + b + x - (name == "BG/NBD")
    z = lengths / (alpha + age + lengths)
    with np.errstate(all="ignore"):
        remaining = np.asarray((1 - z) ** (a - 1) * special.hyp2f1(c - r - x, a - 1, c, z))
        if not np.isfinite(remaining).all():
            plain = (1 - z) ** (r + x) * special.hyp2f1(r + x, c - a + 1, c, z)
            remaining = np.where(np.isfinite(remaining), remaining, plain)
        return np.asarray(c / (a - 1) * (1 - remaining))


@checked
def expected_spend(model: SpendModel, summary: pd.DataFrame) -> "pd.Series[float]":
    """What is each customer expected to spend on a purchase?

    (1 - w) · v·p/(q - 1) + w · m, w = p·x/(p·x + q - 1): between the mean of all customers and the customer's own

    Returns:
        Money per row of the summary, the mean of all customers for those who did not buy again; missing where refused.

    Example:
        >>> model = SpendModel(parameters={"p": 6, "q": 4, "v": 15})
        >>> expected_spend(model, pd.DataFrame({"frequency": [2, 0], "monetary_value": [45, None]})).tolist()
        [42.0, 30.0]
    """
    values = np.full(len(summary), math.nan)
    if not model.is_refused:
        known = summary["monetary_value"].notna()
        weightless = summary["frequency"].where(known, 0).to_numpy(dtype=float)
        values = fitter_of(model).conditional_expected_average_profit(
            weightless, summary["monetary_value"].fillna(0).to_numpy(dtype=float)
        )
    return pd.Series(values, index=summary.index, name="expected_spend")


def purchase_count_probability(model: PurchaseModel, *, n: int, periods: float) -> float:
    """How likely is it that a new customer makes exactly n repeat purchases in that time?

    Reference: Equation 8 of Fader, Hardie & Lee 2005.

    Example:
        >>> cdnow = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> round(purchase_count_probability(cdnow, n=0, periods=39), 3)
        0.574
    """
    if model.is_refused:
        return math.nan
    return float(fitter_of(model).probability_of_n_purchases_up_to_time(periods, n))


def expected_of_newcomer(model: PurchaseModel, *, periods: float) -> float:
    """How many repeat purchases is a new customer expected to make in that time?

    Reference: Equation 9 of Fader, Hardie & Lee 2005.

    Example:
        >>> cdnow = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> round(expected_of_newcomer(cdnow, periods=32), 2)
        1.04
    """
    if model.is_refused:
        return math.nan
    return float(fitter_of(model).expected_number_of_purchases_up_to_time(periods))
