"""Customer-retention metrics with n and interval, and a reproducible monthly report from a client's own exports.

    >>> import retention_kit as rk
    >>> rk.Period("2024-05").next()
    Period('2024-06')

Names are imported when they are first used, so that `import retention_kit` costs little.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "demo": ["make_demo"],
    "engagement": ["Engagement", "open_engagement"],
    "errors": ["RetentionKitError"],
    "periods": ["Period"],
    "pages.coverage": ["abilities"],
    "pages.histories": ["with_prior_purchases", "new_customers_known_from", "complete_histories"],
    "pages.data_and_settings": ["provenance"],
    "pages.cross_checks": ["reconcile"],
    "pages.changes": ["changes"],
    "pages.scorecard": ["scorecard"],
    "pages.spans": ["first_period", "history_from"],
    "pages.surveys": [
        "nps_by_segment",
        "nps_goes_with",
        "nps_point_value",
        "nps_quotes",
        "nps_recovery",
        "nps_scores",
        "nps_scores_given",
        "nps_speaks_of",
        "nps_then",
        "nps_then_compared",
        "nps_weights",
        "satisfaction_scores",
    ],
    "pages.topics": ["customer_flows"],
    "pages.missing": ["missing_table"],
    "pages.wording": ["wording_of"],
    "wording": ["Wording"],
    "figures.customers": ["plot_customer_flow", "plot_rate_history"],
    "figures.cohorts": ["plot_cohort_curve", "plot_cohort_retention", "plot_cohort_revenue"],
    "figures.cards": ["show_cards"],
    "figures.changes": ["show_changes"],
    "figures.exhibit": ["show"],
    "figures.losses": ["show_losses"],
    "figures.loyalty": ["plot_repeat_by_order_number", "plot_rfm_segments"],
    "figures.ltv": ["plot_ltv_by_decile", "plot_purchase_fit"],
    "figures.surveys": ["plot_nps_distribution", "plot_nps_gauge", "plot_nps_trend"],
    "figures.survey_drivers": [
        "plot_driver_importance",
        "plot_importance_performance",
        "plot_nps_behaviour",
        "plot_nps_themes",
    ],
    "figures.orders": ["plot_revenue_history"],
    "metrics.loyalty.gaps": ["time_between_orders"],
    "metrics.customers.rates": [
        "annual_rate",
        "customer_churn_rate",
        "customer_growth_rate",
        "customer_retention_rate",
        "customer_retention_rate_count",
        "half_life",
        "mean_life",
        "net_customer_ratio",
        "reactivation_rate",
    ],
    "metrics.cohorts.curve": ["cohort_curve"],
    "metrics.cohorts.by_days": ["bracket_retention", "elapsed_retention"],
    "metrics.cohorts.revenue": ["cohort_revenue", "payback_age"],
    "metrics.cohorts.retention": ["cohort_retention"],
    "metrics.statistics.differences": ["difference_of_proportions", "mix_rate_split", "total_of_segments"],
    "metrics.service.costs": ["customer_acquisition_cost", "customer_retention_cost"],
    "metrics.customers.flow": ["FLOW", "customer_flow", "is_active", "lapse_date"],
    "metrics.orders.history": ["order_history"],
    "metrics.customers.left_truncation": ["acquired_since", "with_earlier_purchases"],
    "metrics.loyalty.repeat_purchase": [
        "existing_customer_share",
        "repeat_by_order_number",
        "repeat_purchase_rate",
        "repeat_within",
        "returning_customer_rate",
    ],
    "metrics.ltv.models": ["expected_purchases", "expected_spend", "probability_alive"],
    "metrics.ltv.fit_check": ["ltv_parameters", "purchases_fit_check"],
    "metrics.ltv.fits": ["fit_purchases", "fit_spend"],
    "metrics.ltv.forecast": ["customer_lifetime_value", "ltv_by_decile", "ltv_forecast"],
    "metrics.ltv.holdout": ["holdout_errors", "top_lift"],
    "metrics.ltv.formulas": ["cac_payback_months", "ltv_cac", "ltv_discounted", "ltv_formula", "ltv_historic"],
    "metrics.surveys.scores": ["nps", "nps_answers", "nps_distribution", "nps_of_interactions"],
    "metrics.surveys.outcomes": ["detractor_recovery", "nps_behaviour"],
    "metrics.surveys.outcomes_compared": ["nps_behaviour_difference", "value_of_a_point"],
    "metrics.surveys.change": ["nps_change"],
    "metrics.surveys.comments": ["comment_themes", "quotes"],
    "metrics.surveys.driver_table": ["driver_table"],
    "metrics.surveys.drivers": ["nps_drivers"],
    "metrics.surveys.themes": ["cohens_kappa", "nps_themes"],
    "metrics.surveys.trend": ["nps_trend"],
    "metrics.surveys.weighted": ["weighted_nps"],
    "metrics.orders.ratios": [
        "average_order_value",
        "purchase_frequency",
        "refund_rate",
        "refunded_orders_rate",
        "revenue_per_customer",
    ],
    "metrics.orders.changes": ["order_changes", "revenue_decomposition"],
    "metrics.orders.totals": ["id_coverage", "order_totals"],
    "metrics.ltv.summary": ["calibration_split", "purchase_summary"],
    "metrics.surveys.response": ["responders_compared", "response_rate"],
    "metrics.loyalty.rfm": ["rfm_scores", "rfm_segments"],
    "metrics.surveys.top_answers": ["satisfaction"],
    "metrics.service.contacts": ["contact_change", "contact_rate", "orders_with_contact_rate"],
    "personal_data": ["without_personal_data"],
}

_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)  # noqa: PLE0605 - the table above says the names once


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Every public name, for tab completion."""
    return sorted([*globals(), *__all__])
