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
    "contents.abilities": ["abilities"],
    "contents.histories": ["looking_back", "told_from", "whole_histories"],
    "contents.provenance": ["provenance"],
    "contents.reconcile": ["reconcile"],
    "contents.changes": ["changes"],
    "contents.scorecard": ["scorecard"],
    "contents.spans": ["first_period", "history_from"],
    "contents.surveys": [
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
    "contents.topics": ["customer_flows"],
    "figures.churn": ["plot_customer_flow", "plot_rate_history"],
    "figures.cohorts": ["plot_cohort_curve", "plot_cohort_retention", "plot_cohort_revenue"],
    "figures.cards": ["show_cards"],
    "figures.changes": ["show_changes"],
    "figures.exhibit": ["show"],
    "figures.losses": ["show_losses"],
    "figures.loyalty": ["plot_repeat_by_order_number", "plot_rfm_segments"],
    "figures.ltv": ["plot_ltv_by_decile", "plot_purchase_fit"],
    "figures.nps": ["plot_nps_distribution", "plot_nps_gauge", "plot_nps_trend"],
    "figures.nps_drivers": [
        "plot_driver_importance",
        "plot_importance_performance",
        "plot_nps_behaviour",
        "plot_nps_themes",
    ],
    "figures.orders": ["plot_revenue_history"],
    "metrics.between_orders": ["time_between_orders"],
    "metrics.churn": [
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
    "metrics.cohort_curve": ["cohort_curve"],
    "metrics.cohort_days": ["bracket_retention", "elapsed_retention"],
    "metrics.cohort_revenue": ["cohort_revenue", "payback_age"],
    "metrics.cohorts": ["cohort_retention"],
    "metrics.comparison": ["difference_of_proportions", "mix_rate_split", "total_of_segments"],
    "metrics.costs": ["customer_acquisition_cost", "customer_retention_cost"],
    "metrics.customers": ["FLOW", "customer_flow", "is_active", "lapse_date"],
    "metrics.history": ["order_history"],
    "metrics.left_edge": ["acquired_since", "with_earlier_purchases"],
    "metrics.loyalty": [
        "existing_customer_share",
        "repeat_by_order_number",
        "repeat_purchase_rate",
        "repeat_within",
        "returning_customer_rate",
    ],
    "metrics.ltv": ["expected_purchases", "expected_spend", "probability_alive"],
    "metrics.ltv_check": ["ltv_parameters", "purchases_fit_check"],
    "metrics.ltv_fit": ["fit_purchases", "fit_spend"],
    "metrics.ltv_forecast": ["customer_lifetime_value", "ltv_by_decile", "ltv_forecast"],
    "metrics.holdout": ["holdout_errors", "top_lift"],
    "metrics.ltv_formula": ["cac_payback_months", "ltv_cac", "ltv_discounted", "ltv_formula", "ltv_historic"],
    "metrics.nps": ["nps", "nps_answers", "nps_distribution", "nps_of_interactions"],
    "metrics.nps_behaviour": ["detractor_recovery", "nps_behaviour"],
    "metrics.nps_behaviour_difference": ["nps_behaviour_difference", "value_of_a_point"],
    "metrics.nps_change": ["nps_change"],
    "metrics.nps_comments": ["comment_themes", "quotes"],
    "metrics.nps_driver_facts": ["driver_table"],
    "metrics.nps_drivers": ["nps_drivers"],
    "metrics.nps_themes": ["cohens_kappa", "nps_themes"],
    "metrics.nps_trend": ["nps_trend"],
    "metrics.nps_weighted": ["weighted_nps"],
    "metrics.orders": [
        "average_order_value",
        "purchase_frequency",
        "refund_rate",
        "refunded_orders_rate",
        "revenue_per_customer",
    ],
    "metrics.order_changes": ["order_changes", "revenue_decomposition"],
    "metrics.order_totals": ["id_coverage", "order_totals"],
    "metrics.purchases": ["calibration_split", "purchase_summary"],
    "metrics.response": ["responders_compared", "response_rate"],
    "metrics.rfm": ["rfm_scores", "rfm_segments"],
    "metrics.satisfaction": ["satisfaction"],
    "metrics.service": ["contact_change", "contact_rate", "orders_with_contact_rate"],
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
