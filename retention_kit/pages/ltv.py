"""What customers are worth: the metrics and panels of the LTV page."""

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.ltv.fit_check import ltv_parameters, purchases_fit_check
from retention_kit.metrics.ltv.fits import fit_purchases, fit_spend
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.forecast import ltv_by_decile, ltv_forecast
from retention_kit.metrics.ltv.summary import purchase_summary
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.histories import complete_histories
from retention_kit.pages.panel import Panel, once
from retention_kit.pages.rows import rows_of, stacked
from retention_kit.pages.spans import report_period
from retention_kit.pages.wording import wording_of
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


def count(engagement: Engagement, _by: str | None) -> pd.DataFrame:
    """The rows of the scorecard: what the model expects of all customers."""
    found = ltv_forecast(*_fits(engagement), **_terms(engagement))
    found = found.assign(segment=ALL, numerator=np.nan, denominator=np.nan)
    wanted = found[found.metric.isin(METRICS)]
    period = report_period(engagement)
    rows = stacked(rows_of(rows, str(metric), period, None) for metric, rows in wanted.groupby("metric", sort=False))
    whom, ahead = _of_whom(engagement), _how_far(engagement)
    is_of_today = rows.metric.str.startswith("expected_active")
    return rows.assign(about=np.where(is_of_today, whom, f"{ahead} {whom}"))


def _how_far(engagement: Engagement) -> str:
    wording, months = wording_of(engagement), engagement.settings.horizon_months
    return wording.ngettext("the next {n} month", "the next {n} months", months).format(n=wording.number(months))


def _of_whom(engagement: Engagement) -> str:
    """How much of the shop the forecast speaks of."""
    wording = wording_of(engagement)
    _purchases, _spend, summary = _fits(engagement)
    covered = wording.ngettext(
        "of {n} customer, {share} of the last year's revenue",
        "of {n} customers, {share} of the last year's revenue",
        len(summary),
    )
    share = wording.percent(_share_of_revenue(engagement))
    return covered.format(n=wording.number(len(summary)), share=share)


def _share_of_revenue(engagement: Engagement) -> float:
    """Which part of the revenue of the last 365 days came from customers whose histories are whole."""
    year_ago = day_number(engagement.as_of) - 365
    bought = [lazy(complete_histories(engagement)), lazy(engagement.orders).filter("is_purchase")]
    revenue = [
        float(collected(rows.filter(nw.col("ordered_day") >= year_ago).select(nw.col("amount").sum())).amount.item())
        for rows in bought
    ]
    return revenue[0] / revenue[1] if revenue[1] else float("nan")


def _deciles(engagement: Engagement) -> pd.DataFrame:
    return ltv_by_decile(*_fits(engagement), **_terms(engagement))


def _fit(engagement: Engagement) -> pd.DataFrame:
    purchases, _spend, summary = _fits(engagement)
    return purchases_fit_check(purchases, summary)


def _parameters(engagement: Engagement) -> pd.DataFrame:
    purchases, spend, _summary = _fits(engagement)
    return ltv_parameters(purchases, spend)


PANELS = (
    Panel("ltv_by_decile", m("Predicted value by decile"), ("orders",), _deciles,
          columns=["decile", "n_customers", "expected_purchases", "value_per_customer", "share"]),
    Panel("purchases_fit", m("Repeat purchases, observed and expected"), ("orders",), _fit),
    Panel("ltv_parameters", m("Parameters of the models"), ("orders",), _parameters),
)  # fmt: skip
