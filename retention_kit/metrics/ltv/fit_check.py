"""What the fitted models say, and whether the customers behave as the purchase model says."""

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.ltv.fitted_models import FittedModel, PurchaseModel, SpendModel
from retention_kit.metrics.ltv.predictions import purchase_count_probability


@checked
def ltv_parameters(purchases: PurchaseModel, spend: SpendModel) -> pd.DataFrame:
    """Which parameters did the models get?

    Returns:
        One row per number: model, parameter (r, alpha, a, b; p, q, v; of each model `<parameter>_standard_error`,
        log_likelihood and n_customers), value (missing where the model is refused), unit ("week" or "day" for alpha,
        "money" for v, "customers", else "number").

    Reference: METRICS V05, V07.

    Example:
        >>> purchases = PurchaseModel(parameters={"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        >>> spend = SpendModel(parameters={"p": 6.25, "q": 3.74, "v": 15.44})
        >>> ltv_parameters(purchases, spend).head(2)
            model parameter  value    unit
        0  BG/NBD         r  0.243  number
        1  BG/NBD     alpha  4.414    week
    """
    of_purchases = _numbers(purchases).assign(model=purchases.name)
    of_spend = _numbers(spend).assign(model=spend.name)
    table = pd.concat([of_purchases, of_spend], ignore_index=True)
    units = {"alpha": purchases.unit, "v": "money", "n_customers": "customers"}
    named = table["parameter"].str.removesuffix("_standard_error")
    return table.assign(unit=named.map(units).fillna("number"))[["model", "parameter", "value", "unit"]]


@checked
def purchases_fit_check(model: PurchaseModel, summary: pd.DataFrame, *, last: int = 7) -> pd.DataFrame:
    """How many customers bought again 0, 1, 2, ... times, and how many should have if the model is right?

    expected with k repeat purchases = Σ over customers P(k repeat purchases in T)
    The summary is the one the model was fitted on; `last` repeat purchases and more are one row.

    Returns:
        One row per count: frequency (text: "0", ..., "6", "7+"), n_customers, n_expected (missing where the model
        is refused), status. Both add up to the number of customers.

    Warning:
        A model that fits the past need not predict the future: only a back-test shows that.

    Reference: METRICS 7; Fader, Hardie & Lee 2005, figure of predicted against actual frequencies.

    Example:
        >>> model = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> summary = pd.DataFrame({"frequency": [0, 0, 1, 3], "T": 39.0, "unit": "week"})
        >>> purchases_fit_check(model, summary, last=2).round(2)
          frequency  n_customers  n_expected status
        0         0            2        2.30     ok
        1         1            1        0.80     ok
        2        2+            1        0.91     ok
    """
    counts = summary["frequency"].clip(upper=last).value_counts().reindex(range(last + 1), fill_value=0)
    ages = summary["T"].value_counts().sort_index()
    expected = [
        float(sum(ages * [purchase_count_probability(model, n=k, periods=age) for age in ages.index.tolist()]))
        for k in range(last)
    ]
    return pd.DataFrame(
        {
            "frequency": [*(str(k) for k in range(last)), f"{last}+"],
            "n_customers": counts.to_numpy(),
            "n_expected": [*expected, len(summary) - sum(expected)],
            "status": model.status,
        }
    )


def _numbers(model: FittedModel) -> pd.DataFrame:
    """Every number of a fit, in a long table; missing where it is refused."""
    errors = {f"{name}_standard_error": model.standard_errors.get(name, np.nan) for name in model.parameters}
    rows = model.parameters | errors | {"log_likelihood": model.log_likelihood}
    values = [np.nan if model.is_refused else value for value in rows.values()]
    return pd.DataFrame({"parameter": [*rows, "n_customers"], "value": [*values, model.n_customers]})
