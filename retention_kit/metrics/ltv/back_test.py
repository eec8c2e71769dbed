"""The back-test: how well did a forecast do on the time held out of the fit?

`actual` is what each customer did in that time, `predicted` what was expected of each, in the same order.
"""

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from retention_kit.arguments import checked


@checked
def holdout_errors(actual: ArrayLike, predicted: ArrayLike) -> pd.DataFrame:
    """How far were the predictions off?

    mae = mean |predicted - actual|;  rmse = √ mean (predicted - actual)²;  bias = Σ predicted / Σ actual - 1

    Returns:
        One row per error: metric ("mae", "rmse" in purchases, "bias" as a ratio), value, n, status. Missing with
        `no_denominator` without customers, and for the bias where nobody bought.

    Reference: METRICS V10.

    Example:
        >>> holdout_errors([0, 1, 2, 3], [0.5, 1, 1, 2])
          metric  value  n status
        0    mae  0.625  4     ok
        1   rmse  0.750  4     ok
        2   bias -0.250  4     ok
    """
    true, guess = np.asarray(actual, dtype=float), np.asarray(predicted, dtype=float)
    errors = {"mae": math.nan, "rmse": math.nan, "bias": math.nan}
    if true.size:
        errors |= {"mae": np.abs(guess - true).mean(), "rmse": math.sqrt(((guess - true) ** 2).mean())}
    if true.sum() > 0:
        errors["bias"] = guess.sum() / true.sum() - 1
    table = pd.DataFrame({"metric": list(errors), "value": list(errors.values()), "n": true.size})
    return table.assign(status=np.where(table["value"].isna(), "no_denominator", "ok"))


@checked
def top_lift(actual: ArrayLike, predicted: ArrayLike, *, share: float = 0.10) -> float | None:
    """How much more than their share did the customers buy who were predicted to buy most?

    lift = share of all actual purchases made by the top customers / share of customers who are in the top
    The top is a `share` of the customers, rounded up to whole ones; ties keep their order.

    Returns:
        The lift; 1 is no better than chance. None where nobody bought.

    Reference: METRICS V11.

    Example:
        >>> top_lift([6, 2, 2, 1, 1, 0, 0, 0, 0, 0], range(10, 0, -1))
        5.0
    """
    true, guess = np.asarray(actual, dtype=float), np.asarray(predicted, dtype=float)
    if true.sum() <= 0:
        return None
    n_top = math.ceil(round(share * true.size, 9))  # 0.1 × 30 is a little more than 3 in floating point
    top = np.argsort(-guess, kind="stable")[:n_top]
    return float(true[top].sum() / true.sum() / (n_top / true.size))
