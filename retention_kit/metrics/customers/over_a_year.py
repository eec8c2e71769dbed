"""What a retention rate means over a longer time."""

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import Z, estimates


@checked
def retention_over_periods(rates: pd.DataFrame, *, n_periods: int = 12) -> pd.DataFrame:
    """What share of customers is left after several periods, at the retention rates of the last ones?

    share = product of the last `n_periods` rates: who is left after a period faces the rate of the next one

    Args:
        rates: `customer_retention_rate` of one segment, its periods in their order.
        n_periods: Of a year 12 months, 52 weeks or 4 quarters.

    Returns:
        One row: the last period, and an estimate whose n is the smallest number of customers that a rate is of, without
        numerator and denominator. The interval is that of a survival curve (Greenwood, on the log-log scale); missing
        where nobody, or everybody, left. `immature` where fewer periods have a rate.

    Warning:
        Who leaves and comes back counts as lost, and a shop's month is rarely like the one before: a single month's
        rate to the power of 12 makes more of its season than this does.

    Reference: METRICS A17, A25, U4.

    Example:
        >>> rates = pd.DataFrame({"period": ["2024-04", "2024-05"], "numerator": [90, 72], "denominator": [100, 90],
        ...     "status": "ok"})
        >>> retention_over_periods(rates, n_periods=2)[["period", "value", "low", "high"]].round(3).values.tolist()
        [['2024-05', 0.72, 0.621, 0.797]]
    """
    last = rates.tail(n_periods)
    kept, n = last.numerator.to_numpy(float), last.denominator.to_numpy(float)
    status = "ok" if len(last) == n_periods and (last.status == "ok").all() else "immature"
    share = float(np.prod(kept / n)) if status == "ok" else np.nan
    low, high = _log_log(share, float(np.sum((n - kept) / (n * kept)))) if 0 < share < 1 else (np.nan, np.nan)
    row = {"period": last.period.iloc[-1:].tolist() or [""], "value": share, "low": low, "high": high, "status": status}
    return estimates(pd.DataFrame(row).assign(numerator=np.nan, denominator=np.nan, n=n.min() if len(n) else 0))


def _log_log(share: float, relative_variance: float) -> tuple[float, float]:
    """The 95 % interval of a product of shares, whose relative variance is the sum of theirs."""
    scale = np.log(share)
    factor = np.exp(Z * np.sqrt(relative_variance) / abs(scale))
    return float(np.exp(scale * factor)), float(np.exp(scale / factor))
