"""Rates of the customer flow: retention, churn, growth, reactivation, and what a churn rate means over time."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.customers.flow import DAYS_OF_LAPSES, RECENTLY, SINCE_LAPSE
from retention_kit.metrics.statistics.estimates import rates

Strings: TypeAlias = npt.NDArray[np.str_]


@checked
def customer_retention_rate(flow: pd.DataFrame) -> pd.DataFrame:
    """Of the customers active at the start of a period, how many were active at its end (CRR)?

    rate = |S and E| / |S| = (opening - churned) / opening

    Args:
        flow: The result of `customer_flow`.

    Returns:
        An estimate per period and segment; `no_opening` where nobody was active at the start, `immature` where the data
        are too young for anybody to have lapsed. Compare only periods of equal length.

    Reference: METRICS A04, A08; ChartMogul, customer churn rate.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"], "opening": [10], "churned": [3]})
        >>> customer_retention_rate(flow).value.item()
        0.7
    """
    return _of_opening(flow, flow.opening - flow.churned, status=_lapsing(flow))


@checked
def customer_churn_rate(flow: pd.DataFrame) -> pd.DataFrame:
    """Of the customers active at the start of a period, how many were no longer active at its end?

    rate = |S minus E| / |S| = churned / opening = 1 - customer_retention_rate

    Who joined and left inside the period has no part in it (`new_lost` counts them). The churn of an inactivity
    window is booked when the customer lapses: the churn of a month reflects purchases that stopped a window earlier.

    Returns:
        As `customer_retention_rate`.

    Reference: METRICS A02, A24; ChartMogul excludes joined-and-left, Baremetrics includes them.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"], "opening": [100], "churned": [10]})
        >>> customer_churn_rate(flow).value.item()
        0.1
    """
    return _of_opening(flow, flow.churned, status=_lapsing(flow))


def _of_opening(flow: pd.DataFrame, numerator: "pd.Series[int]", *, status: str | Strings = "ok") -> pd.DataFrame:
    counts = flow[["period", "segment"]].assign(numerator=numerator, denominator=flow.opening, status=status)
    return rates(counts, empty="no_opening")


def _lapsing(flow: pd.DataFrame) -> Strings:
    """While nobody's window can be over, everybody stays by definition: that is no retention of 100 %."""
    can_lapse = flow.can_lapse.to_numpy(bool) if "can_lapse" in flow else np.ones(len(flow), bool)
    return np.where(can_lapse | (flow.opening == 0), "ok", "immature")


@checked
def reactivation_rate(flow: pd.DataFrame) -> pd.DataFrame:
    """Of the customers who lapsed in the year before the period, how many were active again at its end?

    rate = reactivated_recently / lapsed_recently: not active at the start, last lapse 0 to 364 days before it; of
    these, active at the end

    Lapsed is who lapsed in the last 365 days, not ever: the pool of everybody who ever did grows with the age of the
    data, and the rate would fall whatever the customers do.

    Returns:
        As `customer_retention_rate`; `no_denominator` where nobody had lapsed, `immature` where the data are too young
        to distinguish new customers from returning ones. The flag `pool_truncated` says that the data begin too late
        to show everybody who lapsed in these 365 days: compare no such rate with another.

    Reference: METRICS A19, Z5.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"], "reactivated_recently": [2],
        ...     "lapsed_recently": [40], "lapse_days_seen": [300]})
        >>> reactivation_rate(flow)[["value", "flags"]].values.tolist()
        [[0.05, 'pool_truncated']]
    """
    return _of_lapsed(flow, RECENTLY)


@checked
def reactivation_by_time_since_lapse(flow: pd.DataFrame) -> pd.DataFrame:
    """How many of the lapsed came back, by the days since they had lapsed?

    rate = reactivated_0_30 / lapsed_0_30, and so on; numerators and denominators add up to those of `reactivation_rate`

    Returns:
        As `reactivation_rate`, a row per period, segment and days_since_lapse ("0-30", "31-91", "92-182", "183-364":
        from the lapse to the start of the period).

    Reference: METRICS Z5.

    Example:
        >>> from retention_kit.metrics.customers.flow import customer_flow
        >>> orders = pd.DataFrame({"customer_id": ["a", "b", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-03-10", "2024-03-20", "2024-05-20"])})
        >>> flow = customer_flow(orders, since="2024-05", until="2024-05", window=30)
        >>> reactivation_by_time_since_lapse(flow)[["days_since_lapse", "value", "n"]].head(2)
          days_since_lapse  value  n
        0             0-30    0.5  2
        1            31-91    NaN  0
    """
    tables = [
        _of_lapsed(flow, name, days_since_lapse=name.replace("_", "-")) for name in SINCE_LAPSE if name != RECENTLY
    ]
    return pd.concat(tables).sort_index(kind="stable", ignore_index=True)


def _of_lapsed(flow: pd.DataFrame, name: str, **labels: str) -> pd.DataFrame:
    lapsed, reactivated = flow[f"lapsed_{name}"], flow[f"reactivated_{name}"]
    status = np.where(reactivated.isna(), "immature", "ok")
    counts = flow[["period", "segment"]].assign(**labels, numerator=reactivated, denominator=lapsed, status=status)
    found = rates(counts)
    seen = flow.get("lapse_days_seen", pd.Series(DAYS_OF_LAPSES, index=flow.index)).to_numpy()
    truncated = np.where((seen <= SINCE_LAPSE[name][1]) & (found.status == "ok"), "pool_truncated", "")
    return found.assign(flags=(truncated + " " + found["flags"]).str.strip())


@checked
def customer_growth_rate(flow: pd.DataFrame) -> pd.DataFrame:
    """By how much did the number of active customers grow? Not a retention metric: new customers count.

    rate = (closing - opening) / opening

    Returns:
        As `customer_retention_rate`, never `immature`, and without interval, since all customers are counted.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"], "opening": [200], "closing": [250]})
        >>> customer_growth_rate(flow).value.item()
        0.25
    """
    return _of_opening(flow, flow.closing - flow.opening).assign(low=np.nan, high=np.nan)


@checked
def net_customer_ratio(flow: pd.DataFrame) -> pd.DataFrame:
    """Customers at the end per customer at the start: shown only to reconcile a client's file, never as retention.

    ratio = closing / opening; it can exceed 1.

    Returns:
        As `customer_growth_rate`.

    Reference: METRICS A03.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"], "opening": [200], "closing": [250]})
        >>> net_customer_ratio(flow).value.item()
        1.25
    """
    return _of_opening(flow, flow.closing).assign(low=np.nan, high=np.nan)


@checked
def customer_retention_rate_count(*, opening: int, new: int, closing: int) -> pd.DataFrame:
    """The retention rate from three numbers, for a client who has no customer rows: (closing - new) / opening.

    It equals `customer_retention_rate` only where as many came back as were won and lost again inside the period:
    count - sets = (reactivated - new_lost) / opening. `new` are customers with their first purchase ever in the
    period; leads, sign-ups and prospects are none of them.

    Returns:
        One row: an estimate with the flag `count_formula`; `no_opening` without customers at the start, `inconsistent`
        where the three numbers cannot belong together.

    Reference: METRICS A01, A09, A10, A11.

    Example:
        >>> customer_retention_rate_count(opening=200, new=100, closing=250).value.item()
        0.75
    """
    kept = closing - new
    status = "ok" if 0 <= kept <= opening else "inconsistent"
    if opening == 0:
        status = "no_opening"
    counts = pd.DataFrame({"numerator": [kept], "denominator": [opening], "status": [status]})
    found = rates(counts.assign(numerator=min(max(kept, 0), opening)), empty="no_opening")
    return found.assign(numerator=kept, flags=("count_formula " + found["flags"]).str.strip())


@checked
def annual_rate(rate: float, *, periods_a_year: int = 12) -> float:
    """The churn of a year from that of a period, at constant churn: 1 - (1 - rate) ** periods, never rate x periods.

    Example:
        >>> round(annual_rate(0.05), 4)
        0.4596
    """
    return float(1 - (1 - rate) ** periods_a_year)


@checked
def half_life(churn: float) -> float | None:
    """Periods until half of the customers are gone at constant churn: ln 0.5 / ln(1 - churn); None without churn.

    Example:
        >>> round(half_life(0.05), 4), half_life(0)
        (13.5134, None)
    """
    return math.log(0.5) / math.log1p(-churn) if 0 < churn < 1 else None


@checked
def mean_life(churn: float) -> float | None:
    """Mean periods a customer stays at constant churn: 1 / churn; None without churn.

    Example:
        >>> mean_life(0.05), mean_life(0)
        (20.0, None)
    """
    return 1 / churn if churn > 0 else None
