"""When a purchase model or a spend model is refused, and the word for it: a thin table gives a status, not a number."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retention_kit.metrics.ltv.fitted_models import OK
from retention_kit.metrics.ltv.summary import days_in, unit_of


@dataclass(frozen=True)
class Limits:
    """What a table must offer before a model of it means anything; conventions of this project.

    Attributes:
        n_customers: Fewest customers, else `too_few`.
        n_repeat_customers: Fewest customers who bought again, else `no_repeat_customers`.
        repeat_share: Smallest share of customers who bought again, else `no_repeat_customers`.
        history_days: Shortest time from the first purchase of all to the last day, else `short_history`.
        history_gaps: The same in median times between two purchases of one customer.
        correlation_refused: Largest |correlation| of frequency and value, else `value_frequency_dependent`:
            the spend model takes the two for independent.
        correlation_flagged: From this |correlation| on the flag `value_frequency_dependent` is raised.
        parameter: Smallest and largest parameter that is taken for an optimum, else `not_converged`.

    Reference: METRICS 7; Fader, Hardie & Lee 2005 on independence.
    """

    n_customers: int = 300
    n_repeat_customers: int = 30
    repeat_share: float = 0.05
    history_days: int = 180
    history_gaps: float = 3
    correlation_refused: float = 0.30
    correlation_flagged: float = 0.15
    parameter: tuple[float, float] = (1e-4, 1e4)


def purchases_status(summary: pd.DataFrame, limits: Limits) -> str:
    """Can the purchases of these customers be modelled?

    Returns:
        "ok", or "refused:" with `no_repeat_customers`, `too_few` or `short_history`.

    Example:
        >>> summary = pd.DataFrame({"frequency": [0, 0], "recency": 0.0, "T": 50.0, "unit": "week"})
        >>> purchases_status(summary, Limits())
        'refused:no_repeat_customers'
    """
    status = repeat_status(summary, limits)
    if status != OK:
        return status
    repeaters = summary[summary["frequency"] > 0]
    median_gap = (repeaters["recency"] / repeaters["frequency"]).median()
    longest = summary["T"].max()
    enough_days = longest * days_in(unit_of(summary)) >= limits.history_days
    return OK if enough_days and longest >= limits.history_gaps * median_gap else "refused:short_history"


def spend_status(summary: pd.DataFrame, limits: Limits) -> str:
    """Can what these customers spend be modelled?

    Returns:
        "ok", or "refused:" with `no_repeat_customers`, `too_few`, `no_amounts` or `value_frequency_dependent`.
    """
    status = repeat_status(summary, limits)
    if status != OK:
        return status
    if len(spenders(summary)) < limits.n_repeat_customers:
        return "refused:no_amounts"
    is_dependent = abs(value_frequency_correlation(summary)) > limits.correlation_refused
    return "refused:value_frequency_dependent" if is_dependent else OK


def spend_flags(summary: pd.DataFrame, limits: Limits) -> str:
    """What must be known beside a spend model: `value_frequency_dependent` or nothing."""
    correlation = abs(value_frequency_correlation(summary))
    return "value_frequency_dependent" if correlation >= limits.correlation_flagged else ""


def repeat_status(summary: pd.DataFrame, limits: Limits) -> str:
    """Are there customers enough, and enough who bought again?"""
    n_repeat_customers = int((summary["frequency"] > 0).sum())
    if n_repeat_customers < max(limits.n_repeat_customers, limits.repeat_share * len(summary)):
        return "refused:no_repeat_customers"
    return "refused:too_few" if len(summary) < limits.n_customers else OK


def spenders(summary: pd.DataFrame) -> pd.DataFrame:
    """The customers whose repeat purchases have a value."""
    return summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]


def value_frequency_correlation(summary: pd.DataFrame) -> float:
    """Do customers who buy more often spend more each time? Pearson correlation among those who bought again, -1..1.

    0 where all have the same value of either.

    Reference: METRICS V07: 0.114 for CDNOW.
    """
    known = spenders(summary)[["frequency", "monetary_value"]]
    if len(known) < 2 or (known.nunique() < 2).any():
        return 0.0
    return float(np.corrcoef(known["frequency"], known["monetary_value"])[0, 1])
