"""What a metric says of several periods is what it says of each by itself."""

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.errors import InvalidPeriod
from retention_kit.metrics.loyalty.buyers import buyer_metrics
from retention_kit.metrics.orders.ratios import order_metrics
from retention_kit.periods import Period, periods
from tests.surveys import answers_lines

MONTHS = periods(Period("2024-01"), Period("2024-06"))
SOME = [MONTHS[5], MONTHS[1], MONTHS[2]]
"""Neither in order nor without gaps."""

ORDERS = pd.DataFrame(
    {
        "customer_id": [f"c{(7 * row) % 23}" if row % 9 else None for row in range(120)],
        "order_id": [f"o{row}" for row in range(120)],
        "ordered_on": [pd.Timestamp("2024-01-03") + pd.Timedelta(days=(3 * row) % 160) for row in range(120)],
        "gross": [10 + (row * 37) % 90 for row in range(120)],
        "refunded": [5 if row % 11 == 0 else 0 for row in range(120)],
        "country": ["PL" if (7 * row) % 23 < 15 else "UA" for row in range(120)],
    }
)
TICKETS = pd.DataFrame(
    {
        "customer_id": [f"c{row}" for row in range(20)],
        "order_id": [f"o{5 * row}" for row in range(20)],
        "created_on": [pd.Timestamp("2024-02-01") + pd.Timedelta(days=6 * row) for row in range(20)],
        "country": ["PL" if row < 15 else "UA" for row in range(20)],
    }
)

DAYS = [pd.Timestamp("2023-09-03") + pd.Timedelta(days=(11 * row) % 300) for row in range(400)]
CUSTOMERS = [f"c{(7 * row) % 23}" if row % 9 else None for row in range(400)]
COUNTRIES = ["PL" if (7 * row) % 23 < 15 else "UA" for row in range(400)]
ANSWERS = pd.DataFrame(
    {
        "response_id": [f"r{row:03}" for row in range(400)],
        "customer_id": CUSTOMERS,
        "order_id": [f"o{row % 41}" if row % 4 else None for row in range(400)],
        "answered_on": DAYS,
        "wave": [f"{(day.day_of_year - 1) // 45}" if row % 5 else None for row, day in enumerate(DAYS)],
        "score": [(row * 13) % 12 for row in range(400)],
        "is_complete": [row % 17 != 0 for row in range(400)],
        "country": COUNTRIES,
    }
)
"""Waves of 45 days, so that months share them; contacts asked about again in a later month; answers of nobody known."""
STARS = ANSWERS.assign(score=ANSWERS.score % 6, survey_id=["a" if row % 3 else "b" for row in range(400)])
INVITATIONS = pd.DataFrame(
    {
        "customer_id": [f"c{(5 * row) % 27}" for row in range(300)],
        "survey_id": ["survey" if row % 6 else "never answered" for row in range(300)],
        "sent_on": [pd.Timestamp("2023-11-20") + pd.Timedelta(days=(7 * row) % 230) for row in range(300)],
        "wave": [f"{row % 5}" if row % 3 else None for row in range(300)],
        "status": ["bounced" if row % 7 == 0 else "delivered" for row in range(300)],
        "country": ["PL" if (5 * row) % 27 < 15 else "UA" for row in range(300)],
    }
)
"""Waves asked again in a later month, reminders after the month's end, a survey without answers."""
LATE = ANSWERS.assign(survey_id=["survey" if day >= pd.Timestamp("2024-03-10") else "other" for day in DAYS])
"""Answers to a survey that was sent come in March only."""


def after_contacts(answers):
    return answers.assign(kind="transactional")


METRICS = {
    "nps": lambda **asked: rk.nps(ANSWERS, **asked),
    "nps, transactional": lambda **asked: rk.nps(after_contacts(ANSWERS), kind="transactional", **asked),
    "nps, of nobody known": lambda **asked: rk.nps(ANSWERS.drop(columns="customer_id"), **asked),
    "satisfaction": lambda **asked: rk.satisfaction(STARS.assign(type="csat"), **asked),
    "satisfaction, transactional": lambda **asked: rk.satisfaction(
        after_contacts(STARS).assign(type="ces"), question="ces", **asked
    ),
    "response_rate": lambda **asked: rk.surveys.response_rate(INVITATIONS, ANSWERS, **asked),
    "response_rate of a question": lambda **asked: rk.surveys.response_rate(
        INVITATIONS, LATE.assign(type="nps"), question="nps", **asked
    ),
    "response_rate, no common survey at first": lambda **asked: rk.surveys.response_rate(INVITATIONS, LATE, **asked),
    "response_rate, some months anonymous": lambda **asked: rk.surveys.response_rate(
        INVITATIONS,
        ANSWERS.assign(
            customer_id=[each if day.month % 2 else None for each, day in zip(CUSTOMERS, DAYS, strict=True)]
        ),
        **asked,
    ),
    "average_order_value": lambda **asked: rk.average_order_value(ORDERS, **asked),
    "purchase_frequency": lambda **asked: rk.purchase_frequency(ORDERS, **asked),
    "revenue_per_customer": lambda **asked: rk.revenue_per_customer(ORDERS, **asked),
    "refund_rate": lambda **asked: rk.refund_rate(ORDERS, **asked),
    "refunded_orders_rate": lambda **asked: rk.orders.refunded_orders_rate(ORDERS, **asked),
    "order_metrics": lambda **asked: order_metrics(ORDERS, **asked),
    "order_totals": lambda **asked: rk.orders.order_totals(ORDERS, **asked),
    "repeat_purchase_rate": lambda **asked: rk.repeat_purchase_rate(ORDERS, **asked),
    "returning_customer_rate": lambda **asked: rk.returning_customer_rate(ORDERS, **asked),
    "existing_customer_share": lambda **asked: rk.loyalty.existing_customer_share(ORDERS, **asked),
    "buyer_metrics": lambda **asked: buyer_metrics(ORDERS, **asked),
    "time_between_orders": lambda **asked: rk.time_between_orders(ORDERS, **asked),
    "repeat_within_of_period": lambda **asked: rk.loyalty.repeat_within_of_period(ORDERS, days=20, **asked),
    "contact_rate": lambda **asked: rk.contact_rate(TICKETS, ORDERS, **asked),
    "orders_with_contact_rate": lambda **asked: rk.service.orders_with_contact_rate(TICKETS, ORDERS, **asked),
}


@pytest.mark.parametrize("by", [None, "country"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("span", [MONTHS, SOME], ids=["in a row", "some"])
def test_several_periods_say_what_each_says_by_itself(metric, span, by):
    together = METRICS[metric](period=span, by=by)
    alone = [METRICS[metric](period=month, by=by).assign(period=str(month)) for month in sorted(span)]
    keys = [name for name in ("period", "metric", "survey_id", "quantile", "segment") if name in together]
    expected = pd.concat(alone).sort_values(keys, ignore_index=True)
    found = together.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected[list(found)], check_dtype=False, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ([], "no period at all"),
        ([MONTHS[0], MONTHS[0]], "2024-01, 2024-01"),
        ([MONTHS[0], "2024Q1"], "2024-01, 2024Q1"),
    ],
)
def test_periods_that_are_not_several_of_one_unit_are_refused(span, said):
    with pytest.raises(InvalidPeriod, match=f"period is {said}: give one period or several of one unit, each once."):
        rk.average_order_value(ORDERS, period=span)


def test_a_contact_asked_about_again_counts_as_it_stood_at_each_end():
    """In April the contact of January is that of March, 41 days before: in January nobody knew."""
    answers = answers_lines("a 2024-01-05 9 o1\na 2024-03-10 0 o1\na 2024-04-20 9 o2").assign(kind="transactional")
    found = rk.nps(answers, period=MONTHS[:4], kind="transactional")
    assert found.period.tolist() == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert found[["n", "numerator"]].to_numpy().tolist() == [[1, 1], [0, 0], [1, -1], [0, 0]]


def test_of_a_wave_of_two_months_each_counts_the_latest_answer_by_its_end():
    answers = answers_lines("a 2024-01-05 0\na 2024-01-31 9\na 2024-02-01 0\nb 2024-02-09 9").assign(wave="winter")
    found = rk.nps(answers, period=MONTHS[:2])
    assert found[["n", "numerator"]].to_numpy().tolist() == [[1, 1], [2, 0]]


def test_an_invitation_of_one_month_is_not_of_the_next_by_a_reminder():
    sent = pd.DataFrame({"customer_id": list("aab"), "wave": "winter", "status": ["bounced", "delivered", "bounced"]})
    sent = sent.assign(sent_on=pd.to_datetime(["2024-01-30", "2024-02-02", "2024-02-02"]))
    answers = pd.DataFrame({"customer_id": ["a"], "answered_on": pd.to_datetime(["2024-02-05"]), "wave": "winter"})
    found = rk.surveys.response_rate(sent, answers, period=MONTHS[:2])
    assert found[["n_sent", "denominator", "numerator"]].to_numpy().tolist() == [[1, 0, 0], [1, 0, 0]]
