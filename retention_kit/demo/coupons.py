"""Coupons by campaign, and the orders that they are used in."""

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import TRUE
from retention_kit.demo.timeline import COUPONS_BEFORE_LAST, Timeline, days_of, random_of, timestamps_of
from retention_kit.periods import Period

_ACTIVE_DAYS = 180
_DAY_OF_MONTH = 5
_NAMES = ("autumn", "spring", "black week", "march tea")


def issued_coupons(placed: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Coupons for some of the customers who bought lately; they are used in orders that would have come anyway.

    Args:
        placed: From `placed_orders`.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        One row per coupon: coupon_id, campaign_id, customer_id, issued_at, expires_at, redeemed_at, order_id (both
        missing where it was not used), value (PLN).
    """
    random = random_of(seed, "coupons")
    months = [timeline.last_month - before for before in COUPONS_BEFORE_LAST]
    named = zip(_NAMES, months, strict=True)
    coupons = pd.concat([_issued(placed, name, month, random) for name, month in named], ignore_index=True)
    coupons.insert(0, "coupon_id", "C" + (200_001 + coupons.index.to_series()).astype(str))
    return coupons


def _issued(placed: pd.DataFrame, name: str, month: Period, random: np.random.Generator) -> pd.DataFrame:
    messages = TRUE.letters
    day = month.start_day + _DAY_OF_MONTH - 1
    purchases = placed[placed.kind == "purchase"]
    bought = days_of(purchases.ordered_at.to_numpy())
    lately = purchases.customer_id[(bought >= day - _ACTIVE_DAYS) & (bought < day)].drop_duplicates().sort_values()
    chosen = lately[random.random(len(lately)) < messages.coupons].to_numpy()
    in_time = purchases[(bought >= day) & (bought < day + messages.coupon_days)]
    firsts = in_time.drop_duplicates("customer_id").set_index("customer_id").reindex(chosen)
    is_used = firsts.order_id.notna().to_numpy(bool) & (random.random(len(chosen)) < messages.coupon_used)
    n = len(chosen)
    return pd.DataFrame(
        {
            "campaign_id": f"{name} {month.start.year}",
            "customer_id": chosen,
            "issued_at": timestamps_of(np.full(n, float(day))),
            "expires_at": timestamps_of(np.full(n, float(day + messages.coupon_days))),
            "redeemed_at": np.where(is_used, firsts.ordered_at.to_numpy(), np.datetime64("NaT", "s")),
            "order_id": firsts.order_id.where(is_used, None).to_numpy(),
            "value": random.choice(messages.coupon_values, n),
        }
    )
