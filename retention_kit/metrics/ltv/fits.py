"""Fit the purchase model and the spend model, or say why a table is refused."""

import math
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.ltv.fitted_models import FittedModel, PurchaseModel, PurchaseModelName, SpendModel
from retention_kit.metrics.ltv.fitters import Optimum, optimum
from retention_kit.metrics.ltv.limits import Limits, purchases_status, spend_flags, spend_status, spenders
from retention_kit.metrics.ltv.summary import unit_of

Fitted = TypeVar("Fitted", bound=FittedModel)


@checked
def fit_purchases(
    summary: pd.DataFrame, *, model: PurchaseModelName = "BG/NBD", limits: Limits | None = None
) -> PurchaseModel:
    """How often do these customers buy, and when do they stop?

    In "MBG/NBD" one-time buyers may have left for good. The limits of a table that can be fitted are those of METRICS
    7.

    Returns:
        The model by maximum likelihood, in the unit of the summary (from `purchase_summary`). Status `refused:` with
        `no_repeat_customers`, `too_few`, `short_history` or `not_converged` where there is none.

    Raises:
        InvalidTable: The summary has no unit, or its frequency, recency and T contradict each other.

    Reference: METRICS V05, V09; Fader, Hardie & Lee 2005, Marketing Science 24:275; Batislam et al. 2007.

    Example:
        >>> thin = pd.DataFrame({"frequency": [0, 1], "recency": [0.0, 3.0], "T": 9.0, "unit": "week"})
        >>> fit_purchases(thin).status
        'refused:no_repeat_customers'
    """
    limits = limits or Limits()
    empty = PurchaseModel(
        parameters=dict.fromkeys(("r", "alpha", "a", "b"), math.nan),
        name=model,
        unit=unit_of(summary),
        n_customers=len(summary),
        status=purchases_status(summary, limits),
    )
    if empty.is_refused:
        return empty
    rows = summary.groupby(["frequency", "recency", "T"], as_index=False).size()
    found = optimum(model, rows[["frequency", "recency", "T"]], weights=rows["size"])
    return _at_optimum(empty, found, limits)


@checked
def fit_spend(summary: pd.DataFrame, *, limits: Limits | None = None) -> SpendModel:
    """What do the customers who bought again spend on a purchase?

    Returns:
        The model by maximum likelihood. Status `refused:` with `no_repeat_customers`, `too_few`, `no_amounts`,
        `value_frequency_dependent`, `not_converged` or `q_le_1` where there is none; the flag
        `value_frequency_dependent` says that frequency and value are weakly correlated.

    Reference: METRICS V07; Fader & Hardie 2013, note 025.

    Example:
        >>> thin = pd.DataFrame({"frequency": [0, 1], "monetary_value": [float("nan"), 9.0]})
        >>> fit_spend(thin).status
        'refused:no_repeat_customers'
    """
    limits = limits or Limits()
    known = spenders(summary)
    empty = SpendModel(
        parameters=dict.fromkeys(("p", "q", "v"), math.nan),
        n_customers=len(known),
        status=spend_status(summary, limits),
    )
    if empty.is_refused:
        return empty
    mean = known["monetary_value"].mean()
    rows = known.groupby(["frequency", "monetary_value"], as_index=False).size()
    scaled = rows[["frequency", "monetary_value"]].assign(monetary_value=rows["monetary_value"] / mean)
    # the search starts near 1, so a currency of small units is made to look like one of large units
    fitted = _at_optimum(empty, optimum("Gamma-Gamma", scaled, weights=rows["size"]), limits)
    return fitted if fitted.is_refused else _in_money(fitted, mean, flags=spend_flags(summary, limits))


def _at_optimum(empty: Fitted, found: Optimum | None, limits: Limits) -> Fitted:
    """The model with what was found, refused where that is no optimum."""
    if found is None or not _is_inside(found, limits):
        return replace(empty, status="refused:not_converged")
    relative_errors = np.sqrt(np.diag(found.log_covariance)).tolist()
    return replace(
        empty,
        parameters=found.parameters,
        standard_errors={
            name: value * error for (name, value), error in zip(found.parameters.items(), relative_errors, strict=True)
        },
        log_likelihood=found.log_likelihood,
        log_covariance=found.log_covariance,
    )


def _is_inside(found: Optimum, limits: Limits) -> bool:
    """Whether it is a maximum inside the limits, neither a ridge nor at a limit."""
    low, high = limits.parameter
    is_finite = bool(np.isfinite(found.log_covariance).all())
    is_maximum = is_finite and bool((np.linalg.eigvalsh(found.log_covariance) > 0).all())
    return is_maximum and all(low <= value <= high for value in found.parameters.values())


def _in_money(fitted: SpendModel, mean: float, *, flags: str) -> SpendModel:
    """The model of amounts from the model of amounts over their mean."""
    return replace(
        fitted,
        parameters=fitted.parameters | {"v": fitted.parameters["v"] * mean},
        standard_errors=fitted.standard_errors | {"v": fitted.standard_errors["v"] * mean},
        log_likelihood=fitted.log_likelihood - fitted.n_customers * math.log(mean),
        flags=flags,
    )
