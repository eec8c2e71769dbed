"""What is planted in a simulated shop: a shift in its smallest country, and how large it came out.

From the first day of the reported month on, everything else left as it was. Customers who leave for good are seen as
lost only once their window without a purchase is over: they leave from so many days earlier on, so that the reported
month is the first whose churn shows it.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm
from simulated_life import SMALLEST, WINDOW, Shop

from retention_kit.periods import day_of

SHIFT = 0.3
"""By how much of itself churn or an order's value grows, and the number of orders falls."""

NPS_DROP = 20


def planted(shop: Shop, bought: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, object]]:
    """The purchases with what is planted in them, and the truth of it.

    Returns:
        The purchases as `bought` gives them, and for truth.json: planted, country, since (the day), without and with
        (what was to shift, of the country and the reported month, of the very customers of this shop).
    """
    since = shop.period.start_day
    is_there, random = (bought.country == SMALLEST).to_numpy(), shop.random("planted")
    is_late = is_there & (bought["at"] >= since).to_numpy()
    match shop.planted:
        case "churn":
            since -= WINDOW
            shifted, measure = _without_those_who_left(shop, bought, is_there), _churn_rate
        case "orders":
            shifted, measure = bought[~is_late | (random.random(len(bought)) >= SHIFT)], _n_orders
        case "aov":
            shifted = bought.assign(amount=bought.amount.where(~is_late, bought.amount * (1 + SHIFT)))
            measure = _order_value
        case _:
            return bought, {}
    truth = {"planted": shop.planted, "country": SMALLEST, "since": str(day_of(since))}
    return shifted, truth | {
        name: measure(shop, rows[rows.country == SMALLEST]) for name, rows in (("without", bought), ("with", shifted))
    }


def _without_those_who_left(shop: Shop, bought: pd.DataFrame, is_there: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """After each purchase in the country there is one more chance to stop; it is chosen for the churn that is wanted.

    Wanted is the shift of what is expected: the churn of the whole shop, since countries are alike but for chance.
    """
    lapses_from, lapses_to = shop.period.start_day - WINDOW, shop.period.end_day - WINDOW
    rows = bought[is_there & (bought["at"] >= lapses_from).to_numpy()]
    active = rows[rows["at"] < shop.period.start_day].customer.nunique()
    staying = rows[rows["at"].between(lapses_to, shop.period.end_day, inclusive="left")].customer
    at_risk = rows[(rows["at"] < lapses_to) & rows.customer.isin(staying)].groupby("customer").size().to_numpy()
    wanted = SHIFT * _churn_rate(shop, bought) * active
    chance = brentq(lambda each: (1 - (1 - each) ** at_risk).sum() - wanted, 0.0, 1.0)
    leaves = rows[shop.random("planted").random(len(rows)) < chance]
    left_at = bought.customer.map(leaves.groupby("customer")["at"].min())
    return bought[~(bought["at"] > left_at)]


def _churn_rate(shop: Shop, bought: pd.DataFrame) -> float:
    """Of those who bought in the window before the reported month, who did not buy in the one before its end."""
    start, end = shop.period.start_day, shop.period.end_day
    opening = bought.customer[bought["at"].between(start - WINDOW, start, inclusive="left")].unique()
    stays = bought.customer[bought["at"].between(end - WINDOW, end, inclusive="left")].unique()
    return float(1 - np.isin(opening, stays).mean())


def _n_orders(shop: Shop, bought: pd.DataFrame) -> float:
    return float(len(_reported(shop, bought)))


def _order_value(shop: Shop, bought: pd.DataFrame) -> float:
    return float(_reported(shop, bought).amount.mean())


def _reported(shop: Shop, bought: pd.DataFrame) -> pd.DataFrame:
    return bought[bought["at"].between(shop.period.start_day, shop.period.end_day, inclusive="left")]


def opinion_drop(promoters_from: float, passives_from: float) -> float:
    """By how much a standard normal opinion falls for an NPS of 20 points less, given the cuts between the groups."""

    def nps(drop: float) -> float:
        return float(100 * (norm.sf(promoters_from + drop) - norm.cdf(passives_from + drop)))

    return float(brentq(lambda drop: nps(0) - nps(drop) - NPS_DROP, 0, 5))
