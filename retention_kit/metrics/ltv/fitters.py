"""The fitters of lifetimes: the closed forms and the likelihoods of BG/NBD and Gamma-Gamma.

The one module that touches lifetimes. It is archived, so nothing of it is used but the fitters.
"""

import contextlib
import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from retention_kit.errors import InvalidTable
from retention_kit.metrics.ltv.fitted_models import Floats, PurchaseModel, SpendModel

_FITTERS = {"BG/NBD": "BetaGeoFitter", "MBG/NBD": "ModifiedBetaGeoFitter", "Gamma-Gamma": "GammaGammaFitter"}


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
    """Where is the likelihood of a model largest? None where the search does not end.

    The search of lifetimes, over unique rows with as many customers each as `weights` says. The rows have the columns
    frequency, recency, T ("BG/NBD", "MBG/NBD") or frequency, monetary_value ("Gamma-Gamma"), in that order.
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
    fitter = _new_fitter(name)
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


def _new_fitter(name: str) -> Any:
    """A fitter of lifetimes, imported when first needed."""
    with warnings.catch_warnings():  # lifetimes hides every FutureWarning from then on: undone on leaving
        warnings.filterwarnings("ignore", message="The 'mode.chained_assignment' option is deprecated")
        import lifetimes
    return getattr(lifetimes, _FITTERS[name])()


def fitter_of(model: PurchaseModel | SpendModel) -> Any:
    """The closed forms of lifetimes at these parameters."""
    fitter = _new_fitter(model.name)
    fitter.params_ = model.parameters
    return fitter
