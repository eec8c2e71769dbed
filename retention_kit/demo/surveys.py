"""The monthly NPS survey: who is asked, who answers, and what from; the truth behind it comes beside."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retention_kit.demo.comments import written
from retention_kit.demo.parameters import SECONDS_A_DAY, TRUE
from retention_kit.demo.timeline import CHURN_WINDOW, Floats, Timeline, awake, days_of, random_of, timestamps_of
from retention_kit.periods import Period, periods

ALL = "(all)"

_DAY_OF_MONTH = 15
_HOUR = 10 / 24
_MEAN_DAYS, _LONGEST = 2.0, 12.0
_PROMOTER, _PASSIVE = 9, 7


@dataclass(frozen=True)
class Survey:
    """The NPS survey: invitations, answers, and the NPS to be expected of each month and country.

    Attributes:
        invitations: invitation_id, customer_id, country, wave, sent_at, status.
        answers: customer_id, country, wave, answered_at, score, ratings, comment and what else was said; with the
            truth in `is_gone` and `theme`.
        expected: wave, country (`(all)` for everybody), nps, n_active: over all active customers, each weighted by
            the chance that they answer.
    """

    invitations: pd.DataFrame
    answers: pd.DataFrame
    expected: pd.DataFrame


def nps_survey(history: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline, *, seed: int) -> Survey:
    """Ask some of the active customers on the 15th of each month, from the first month that knows who is active."""
    random = random_of(seed, "survey")
    waves = periods(timeline.first_month + math.ceil(CHURN_WINDOW / 30), Period.of(timeline.until, "month"))
    held = [wave for wave in waves if _asked_on(wave) < timeline.end_day]
    active = _with_opinions(pd.concat([_active(history, wave) for wave in held]), customers, timeline)
    asked = _asked(active, len(customers), random)
    answers = _answers(asked[asked.status == "delivered"], random)
    answers = answers[days_of(answers.answered_at.to_numpy()) < timeline.end_day]
    named = _named(answers, customers)
    is_anonymous = random.random(len(named)) < TRUE.asking.anonymous
    named["customer_id"] = named.customer_id.where(~is_anonymous, None)
    invitations = _named(asked, customers)
    invitations["invitation_id"] = "I" + (400_001 + invitations.index.to_series()).astype(str)
    return Survey(
        invitations=invitations[["invitation_id", "customer_id", "country", "wave", "sent_at", "status"]],
        answers=written(named, random_of(seed, "comments")),
        expected=_expected(active, customers),
    )


def _asked_on(wave: Period) -> int:
    return wave.start_day + _DAY_OF_MONTH - 1


def _active(history: pd.DataFrame, wave: Period) -> pd.DataFrame:
    """The customers active on the day of asking: customer, month, day, is_gone."""
    day = _asked_on(wave)
    bought = days_of(history.timestamp.to_numpy())
    is_inside = (bought >= day - CHURN_WINDOW) & (bought < day)
    customer, stops = history.customer.to_numpy()[is_inside], history.stops.to_numpy()[is_inside]
    is_last = np.r_[customer[1:] != customer[:-1], True][: len(customer)]
    return pd.DataFrame({"customer": customer[is_last], "month": wave.ordinal, "day": day, "is_gone": stops[is_last]})


def _with_opinions(active: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline) -> pd.DataFrame:
    """What they think on average, and how likely they are to answer."""
    asking, buying = TRUE.asking, TRUE.buying
    rate = customers.rate.to_numpy(float)[active.customer]
    frequent = np.log(rate * 7 * buying.alpha / buying.r)
    is_ukrainian = (customers.country == "UA").to_numpy(bool)[active.customer]
    is_bad = is_ukrainian & (active.month == timeline.month_of("bad_support_month").ordinal)
    usual = np.where(active.is_gone, asking.opinion_gone, asking.opinion_staying) + asking.opinion_per_rate * frequent
    return active.assign(
        mean_opinion=usual - np.where(is_bad, asking.bad_month, 0.0),
        answer_chance=np.where(active.is_gone, asking.answers_gone, asking.answers_staying),
    )


def _asked(active: pd.DataFrame, n_customers: int, random: np.random.Generator) -> pd.DataFrame:
    at_most = TRUE.asking.invited_of_6000 * n_customers / 6000
    share = at_most / active.groupby("month").customer.transform("size")
    asked = active[random.random(len(active)) < share]
    is_bounced = random.random(len(asked)) < TRUE.asking.bounced
    sent = timestamps_of(asked.day.to_numpy() + _HOUR)
    return asked.assign(sent_at=sent, status=np.where(is_bounced, "bounced", "delivered"))


def _expected(active: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """The NPS of each month and country that endless asking would give."""
    cuts, mean, weight = TRUE.asking.cuts, active.mean_opinion.to_numpy(float), active.answer_chance.to_numpy(float)
    nps = 100 * (_normal(mean - cuts[_PROMOTER - 1]) - _normal(cuts[_PASSIVE - 1] - mean))
    country = customers.country.to_numpy()[active.customer]
    parts = pd.DataFrame({"month": active.month, "country": country, "weight": weight, "nps": nps * weight})
    both = pd.concat([parts, parts.assign(country=ALL)]).assign(n_active=1)
    sums = both.groupby(["month", "country"], as_index=False).sum()
    wave = [str(Period.nth("month", month)) for month in sums.month]
    return sums.assign(wave=wave, nps=sums.nps / sums.weight)[["wave", "country", "nps", "n_active"]]


def _normal(values: Floats) -> Floats:
    """The share of the standard normal distribution below each value."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in values.tolist()])


def _answers(asked: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    asking = TRUE.asking
    answers = asked[random.random(len(asked)) < asked.answer_chance]
    again = answers[random.random(len(answers)) < asking.twice]  # some change their answer
    answers = pd.concat([answers, again], ignore_index=True)
    n = len(answers)
    days = np.minimum(random.exponential(_MEAN_DAYS, n), _LONGEST)
    opinion = answers.mean_opinion.to_numpy(float) + random.standard_normal(n)
    return answers.assign(
        answered_at=awake(answers.sent_at.to_numpy() + np.floor(days * SECONDS_A_DAY).astype("timedelta64[s]")),
        score=np.searchsorted(np.array(asking.cuts), opinion),
        delivery_rating=_rating(opinion, asking.delivery, random),
        assortment_rating=_rating(opinion, asking.assortment, random),
        is_complete=random.random(n) >= asking.incomplete,
        may_quote=random.random(n) < asking.may_quote,
    )


def _rating(opinion: Floats, line: tuple[float, float, float], random: np.random.Generator) -> Floats:
    level, slope, noise = line
    return np.clip(np.rint(level + slope * opinion + random.normal(0, noise, len(opinion))), 1, 5)


def _named(rows: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Customers and months by their names."""
    people = customers.iloc[rows.customer.to_numpy()]
    months = rows.month.drop_duplicates()
    names = {month: str(Period.nth("month", month)) for month in months}
    named = rows.assign(
        customer_id=people.customer_id.to_numpy(), country=people.country.to_numpy(), wave=rows.month.map(names)
    )
    return named.reset_index(drop=True)
