"""What customers are worth: what the LTV page shows."""

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories
from retention_kit.facts.keeping import kept, once
from retention_kit.facts.rows import rows_of, stacked
from retention_kit.facts.spans import report_period
from retention_kit.metrics.ltv.fit_check import ltv_parameters, purchases_fit_check
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.forecast import ltv_by_decile, ltv_forecast
from retention_kit.metrics.ltv.summary import purchase_summary
from retention_kit.metrics.registry import METRICS
from retention_kit.periods import day_number
from retention_kit.tables import ALL, collected, lazy


@once
def _fits(engagement: Engagement) -> tuple[PurchaseModel, SpendModel, pd.DataFrame]:
    summary = purchase_summary(complete_histories(engagement), as_of=engagement.as_of)
    return fit_purchases(summary), fit_spend(summary), summary


def _terms(engagement: Engagement) -> dict[str, Any]:
    settings = engagement.settings
    return {
        "months": settings.horizon_months,
        "annual_discount": settings.annual_discount,
        "margin": settings.margin,
    }


@kept
def count(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: what the model expects of all customers."""
    found = ltv_forecast(*_fits(engagement), **_terms(engagement))
    found = found.assign(segment=ALL, numerator=np.nan, denominator=np.nan)
    wanted = found[found.metric.isin(METRICS)]
    period = report_period(engagement)
    return stacked(rows_of(rows, str(metric), period, None) for metric, rows in wanted.groupby("metric", sort=False))


@kept
def covered(engagement: Engagement) -> pd.DataFrame:
    """Of how many customers the forecast speaks, and which part of the revenue of the last 365 days they brought."""
    _purchases, _spend, summary = _fits(engagement)
    return pd.DataFrame({"n_customers": [len(summary)], "share_of_revenue": [_share_of_revenue(engagement)]})


def scope(engagement: Engagement) -> pd.DataFrame:
    """How far ahead the forecast looks, of whom it speaks, and on what terms money is counted."""
    settings = engagement.settings
    terms = {"annual_discount": settings.annual_discount, "margin": settings.margin}
    found = covered(engagement).assign(horizon_months=settings.horizon_months, **terms)
    return found[["horizon_months", "n_customers", "share_of_revenue", *terms]]


def _share_of_revenue(engagement: Engagement) -> float:
    """Which part of the revenue of the last 365 days came from customers whose histories are whole."""
    year_ago = day_number(engagement.as_of) - 365
    bought = [lazy(complete_histories(engagement)), lazy(engagement.orders).filter("is_purchase")]
    revenue = [
        float(collected(rows.filter(nw.col("ordered_day") >= year_ago).select(nw.col("amount").sum())).amount.item())
        for rows in bought
    ]
    return revenue[0] / revenue[1] if revenue[1] else float("nan")


@kept
def deciles(engagement: Engagement) -> pd.DataFrame:
    """Where the value of the next months lies, decile by decile of the customers."""
    return ltv_by_decile(*_fits(engagement), **_terms(engagement))


@kept
def fit(engagement: Engagement) -> pd.DataFrame:
    """How many customers bought how often, and how many the model expects."""
    purchases, _spend, summary = _fits(engagement)
    return purchases_fit_check(purchases, summary)


@kept
def parameters(engagement: Engagement) -> pd.DataFrame:
    """What the models were fitted to."""
    purchases, spend, _summary = _fits(engagement)
    return ltv_parameters(purchases, spend)
