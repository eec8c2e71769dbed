"""What customers will buy and bring from here on: each one, all together with an interval, and by decile.

The functions share their arguments:

    purchases        from `fit_purchases`
    spend            from `fit_spend`
    summary          from `purchase_summary`, in the unit of time of the purchase model, else refused (`InvalidTable`)
    months           the horizon, whole months of 4.345 weeks; it is no lifetime, and is named beside the number
    annual_discount  interest a year; 1 % a month is `1.01**12 - 1`
    margin           share of the spend that is profit; 1.0 gives revenue

Where a model is refused, numbers are missing and the status is the model's.
"""

import math

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.ltv.drawn_totals import Terms, drawn_totals
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.predictions import (
    expected_if_alive,
    expected_spend,
    probability_alive,
)
from retention_kit.metrics.ltv.summary import distinct_ages, unit_of

N_DRAWS = 200
SEED = 2005
N_DECILES = 10


@checked
def customer_lifetime_value(
    purchases: PurchaseModel,
    spend: SpendModel,
    summary: pd.DataFrame,
    *,
    months: int = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
) -> "pd.Series[float]":
    """What will each customer bring in the months to come, in money of today?

    Σ over months k of purchases expected in month k / (1 + annual discount)^(k/12), × expected spend × margin

    Returns:
        Money per row of the summary, missing where a model is refused. The module `ltv.forecast` describes the
        arguments.

    Warning:
        The value of one customer is rough: show groups of customers, or the total.

    Reference: METRICS V06: 36.28 for customer 1 of CDNOW; a monthly step at the month's end as in lifetimes.

    Example:
        >>> purchases = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> spend = SpendModel(parameters={"p": 6.2488, "q": 3.7446, "v": 15.4477})
        >>> summary = pd.DataFrame(
        ...     {"frequency": [2], "recency": [30.43], "T": [38.86], "monetary_value": [22.35], "unit": "week"}
        ... )
        >>> customer_lifetime_value(purchases, spend, summary, annual_discount=1.01**12 - 1).round(1).tolist()
        [36.3]
    """
    terms = Terms(months, annual_discount, margin)
    return _outlook(purchases, spend, summary, terms)["value"].rename("customer_lifetime_value")


@checked
def ltv_forecast(
    purchases: PurchaseModel,
    spend: SpendModel,
    summary: pd.DataFrame,
    *,
    months: int = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
) -> pd.DataFrame:
    """What will all customers together buy and bring in the months to come, and how sure is that?

    Returns:
        One row per metric: metric, value, low, high, n (customers), unit, status, flags. The metrics:
        expected_purchases (count), expected_active_customers and expected_active_repeat_customers (sums of the
        probability of being alive, of all and of those who bought again), ltv_predicted_total and ltv_predicted (money,
        in all and per customer). The interval (95 %) comes from 200 draws of the parameters with a fixed seed: it holds
        the uncertainty of the fit, not the chance of single customers. Arguments as of `customer_lifetime_value`.

    Warning:
        BG/NBD counts every one-time buyer as active; the row of repeat customers does not depend on that.

    Reference: METRICS 3.1(4), 7 and V06.

    Example:
        >>> purchases = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> spend = SpendModel(parameters={"p": 6.2488, "q": 3.7446, "v": 15.4477})
        >>> summary = pd.DataFrame(
        ...     {"frequency": [2, 0], "recency": [30.43, 0], "T": 38.86, "monetary_value": [22.35, None]}
        ... ).assign(unit="week")
        >>> ltv_forecast(purchases, spend, summary)[["metric", "value", "unit"]].round(2)
                                     metric  value   unit
        0                expected_purchases   1.81  count
        1         expected_active_customers   1.73  count
        2  expected_active_repeat_customers   0.73  count
        3               ltv_predicted_total  45.16  money
        4                     ltv_predicted  22.58  money
    """
    groups, terms = _grouped(summary), Terms(months, annual_discount, margin)
    best = _totals(purchases, spend, groups, terms)
    draws = zip(purchases.draws(N_DRAWS, seed=SEED), spend.draws(N_DRAWS, seed=SEED + 1), strict=False)
    table = best.to_frame("value").join(_interval(drawn_totals(list(draws), groups, terms)))
    table["n"] = [int((summary["frequency"] > 0).sum()) if "repeat" in name else len(summary) for name in table.index]
    is_money = table.index.str.startswith("ltv")
    status = np.where(is_money, _status(purchases, spend), purchases.status)
    return table.assign(
        value=table["value"].where(status == "ok"),  # of no customers at all the sum would be 0
        unit=np.where(is_money, "money", "count"),
        status=status,
        flags=np.where(is_money, spend.flags, ""),
    ).reset_index(names="metric")


@checked
def ltv_by_decile(
    purchases: PurchaseModel,
    spend: SpendModel,
    summary: pd.DataFrame,
    *,
    months: int = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
) -> pd.DataFrame:
    """How much of the value to come is in the most valuable decile of the customers, and in the next ones?

    Returns:
        Ten rows, the most valuable decile first: decile (1..10), n_customers, expected_purchases (count), value and
        value_per_customer (money), share (0..1 of the value of all), status. Customers of equal value stay in their
        order. Arguments as of `customer_lifetime_value`.

    Example:
        >>> purchases = PurchaseModel(parameters={"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4258})
        >>> spend = SpendModel(parameters={"p": 6.2488, "q": 3.7446, "v": 15.4477})
        >>> summary = pd.DataFrame({"frequency": range(10), "recency": range(10), "T": 38.86, "unit": "week"})
        >>> ltv_by_decile(purchases, spend, summary.assign(monetary_value=22.35))[["decile", "share"]].head(2)
           decile     share
        0       1  0.431901
        1       2  0.294843
    """
    terms = Terms(months, annual_discount, margin)
    customers = _outlook(purchases, spend, summary, terms)[["expected_purchases", "value"]]
    place = customers["value"].rank(method="first", ascending=False, na_option="keep")
    groups = customers.groupby(np.ceil(place * N_DECILES / len(customers)))
    sums = groups.size().to_frame("n_customers").join(groups.sum())
    table = sums.reindex(range(1, N_DECILES + 1)).rename_axis("decile").reset_index()
    return table.assign(
        value_per_customer=table["value"] / table["n_customers"],
        share=table["value"] / table["value"].sum(min_count=1),
        status=_status(purchases, spend),
    )


def _status(purchases: PurchaseModel, spend: SpendModel) -> str:
    return purchases.status if purchases.is_refused else spend.status


def _grouped(summary: pd.DataFrame) -> pd.DataFrame:
    """Customers with the same frequency, recency and T as one row with their number n and mean monetary value.

    Lifetime value is linear in the monetary value, so the mean gives the total of all of them.
    """
    amounts = summary.groupby(["frequency", "recency", "T"])["monetary_value"]
    groups = amounts.agg(["size", "mean"]).set_axis(["n", "monetary_value"], axis=1).reset_index()
    return groups.assign(unit=pd.Categorical([unit_of(summary)] * len(groups)))


def _outlook(purchases: PurchaseModel, spend: SpendModel, customers: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Per customer: probability_alive, expected_purchases up to the horizon, and what they are worth today."""
    codes, pairs = distinct_ages(customers)
    bought = expected_if_alive(purchases, pairs, periods=terms.ends(purchases.unit))
    alive = probability_alive(purchases, customers)
    return pd.DataFrame(
        {
            "probability_alive": alive,
            "expected_purchases": alive * bought[-1][codes],
            "value": alive * terms.worth(bought)[codes] * expected_spend(spend, customers) * terms.margin,
        }
    )


def _totals(purchases: PurchaseModel, spend: SpendModel, groups: pd.DataFrame, terms: Terms) -> "pd.Series[float]":
    outlook = _outlook(purchases, spend, groups, terms)
    n = groups["n"].to_numpy()
    active, bought, value = (outlook[name].to_numpy() * n for name in outlook)
    return pd.Series(
        {
            "expected_purchases": bought.sum(),
            "expected_active_customers": active.sum(),
            "expected_active_repeat_customers": active[groups["frequency"].to_numpy() > 0].sum(),
            "ltv_predicted_total": value.sum(),
            "ltv_predicted": value.sum() / n.sum() if len(n) else math.nan,
        }
    )


def _interval(drawn: pd.DataFrame) -> pd.DataFrame:
    """The middle 95 % of the draws; missing without draws, and where one of them is no number."""
    known = drawn.loc[:, drawn.notna().all()]
    return known.quantile([0.025, 0.975]).T.set_axis(["low", "high"], axis=1)
