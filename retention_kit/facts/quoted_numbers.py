"""Numbers that are often quoted of retention, and this client's own number of the same kind."""

from typing import Any

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.customers import retention_rate
from retention_kit.facts.keeping import kept
from retention_kit.facts.spans import report_period
from retention_kit.metrics.customers.over_a_year import retention_over_periods
from retention_kit.metrics.ltv.formulas import gain_of_retention
from retention_kit.periods import Unit
from retention_kit.tables import ALL

A_YEAR: dict[Unit, int] = {"week": 52, "month": 12, "quarter": 4, "year": 1}


@kept
def quoted_numbers(engagement: Engagement) -> pd.DataFrame:
    """What is this client's own number beside the two that are quoted most, of 80 % and of 5 % and 25 %?

    Returns:
        Three rows: claim ("retention_80", "profit_25"), measure ("customer_retention_rate" of the report's period,
        "retention_of_a_year" at the rates of the last year, "gain_of_retention" of five points more kept a year),
        period, value, low, high, n, status.
    """
    rates = retention_rate(engagement)
    rates = rates[rates.segment == ALL]
    year = retention_over_periods(rates, n_periods=A_YEAR[report_period(engagement).unit]).iloc[0]
    own = [
        {"claim": "retention_80", "measure": "customer_retention_rate", **rates.iloc[-1]},
        {"claim": "retention_80", "measure": "retention_of_a_year", **year},
        {"claim": "profit_25", "measure": "gain_of_retention", **year, **_gains(year, engagement)},
    ]
    return pd.DataFrame(own, columns=QUOTED).astype(dict.fromkeys(("value", "low", "high"), float))


QUOTED = ["claim", "measure", "period", "value", "low", "high", "n", "status"]


def _gains(year: "pd.Series[Any]", engagement: Engagement) -> dict[str, float | None]:
    """The value and the ends of its interval, each from those of the year's retention."""
    discount = engagement.settings.annual_discount
    shares = {name: year[name] for name in ("value", "low", "high")}
    return {
        name: np.nan if np.isnan(share) else gain_of_retention(share, discount_rate=discount)
        for name, share in shares.items()
    }
