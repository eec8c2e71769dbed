"""Refunds, contacts and monthly NPS surveys of a simulated shop.

Orders of before the data are not paid back in them, so the first ten days have fewer refunds and contacts.
"""

import numpy as np
import pandas as pd
from scipy.stats import norm
from simulated_life import SMALLEST, WINDOW, Shop, true_rates
from simulated_models import Floats
from simulated_shifts import opinion_drop

from retention_kit.periods import periods

FULL, PARTIAL = 0.3, (0.2, 0.8)
"""The share of refunds that pay back the whole order, and of the order what others pay back."""

INVITED, ANSWERS = 0.25, 0.4
"""The share of active customers who are asked in a month, and of those asked who answer."""

SCORES = (0.02, 0.01, 0.02, 0.02, 0.03, 0.07, 0.08, 0.12, 0.18, 0.2, 0.25)
"""The shares of the scores 0 to 10: an NPS of +20."""

CUTS = norm.ppf(np.cumsum(SCORES)[:-1])
PROMOTERS_FROM, PASSIVES_FROM = CUTS[8], CUTS[6]

LASTING = 0.7
"""The correlation between two answers of a customer."""


def refunds_of(shop: Shop, orders: pd.DataFrame) -> pd.DataFrame:
    """Some orders are paid back in whole or in part, one to nine days later: order_id, at, amount."""
    random = shop.random("refunds")
    chance = _of_month(shop, orders, "refund_chance")
    found = orders[random.random(len(orders)) < chance]
    share = np.where(random.random(len(found)) < FULL, 1.0, random.uniform(*PARTIAL, len(found)))
    at = found["at"] + random.uniform(1, 9, len(found))
    return _inside(shop, found[["order_id"]].assign(at=at, amount=found.amount * share))


def tickets_of(shop: Shop, orders: pd.DataFrame) -> pd.DataFrame:
    """Contacts about orders within ten days: customer, order_id, at."""
    random = shop.random("contacts")
    n = random.poisson(_of_month(shop, orders, "contacts_per_order"))
    about = orders.loc[np.repeat(orders.index, n), ["customer", "order_id", "at"]]
    return _inside(shop, about.assign(at=about["at"] + random.uniform(0, 10, len(about))))


def survey_of(shop: Shop, orders: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """Active customers are asked on the 15th of each month, from the first that knows who is active.

    Customers have an opinion that lasts and one of the day; neither depends on how often they buy.

    Returns:
        Invitations (customer, wave, at), answers (customer, wave, at, score), and the truth of what is planted.
    """
    random = shop.random("survey")
    invited = _active(shop, orders)
    invited = invited[random.random(len(invited)) < INVITED].reset_index(drop=True)
    answers = invited[random.random(len(invited)) < ANSWERS]
    answers = answers.assign(at=answers["at"] + random.exponential(2, len(answers)))
    lasting = random.standard_normal(int(orders.customer.max()) + 1)[answers.customer]
    opinion = np.sqrt(LASTING) * lasting + np.sqrt(1 - LASTING) * random.standard_normal(len(answers))
    opinion += answers.wave.map(true_rates(shop).set_index("period").opinion).to_numpy()
    answers = answers.assign(score=np.searchsorted(CUTS, opinion))
    if shop.planted == "nps":
        answers, truth = _with_worse_opinions(shop, answers, opinion)
    else:
        truth = {}
    return invited, _inside(shop, answers), truth


def _with_worse_opinions(shop: Shop, answers: pd.DataFrame, opinion: Floats) -> tuple[pd.DataFrame, dict[str, object]]:
    """The answers with the drop planted in the smallest country, and the truth of it as `planted` gives it."""
    is_hit = (answers.country == SMALLEST) & (answers.wave >= str(shop.period))
    drop = opinion_drop(PROMOTERS_FROM, PASSIVES_FROM)
    shifted = answers.assign(score=answers.score.mask(is_hit, np.searchsorted(CUTS, opinion - drop)))
    is_reported = is_hit & (answers["at"] < shop.period.end_day)
    truth: dict[str, object] = {"planted": "nps", "country": SMALLEST, "since": str(shop.period.start)}
    return shifted, truth | {
        name: nps(rows.score[is_reported]) for name, rows in (("without", answers), ("with", shifted))
    }


def nps(scores: pd.Series) -> float:
    """The net promoter score of some answers."""
    return float(100 * ((scores >= 9).mean() - (scores <= 6).mean()))


def _active(shop: Shop, orders: pd.DataFrame) -> pd.DataFrame:
    """Who bought in the window before each day of asking: customer, country, wave, at."""
    waves = periods(shop.period - (shop.n_months - 1) + 3, shop.period)
    by_time = orders.sort_values("at", kind="stable")
    found = []
    for wave in waves:
        day = wave.start_day + 14
        first, last = np.searchsorted(by_time["at"], [day - WINDOW, day])
        active = by_time.iloc[first:last][["customer", "country"]].drop_duplicates("customer")
        found.append(active.assign(wave=str(wave), at=day + 10 / 24))
    return pd.concat(found)


def _of_month(shop: Shop, orders: pd.DataFrame, column: str) -> Floats:
    """What holds in the month of each order."""
    months = true_rates(shop)
    return months[column].to_numpy()[np.searchsorted(months.start_day, orders["at"], side="right") - 1]


def _inside(shop: Shop, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["at"] < shop.end_day].sort_values("at", kind="stable", ignore_index=True)
