"""The clean process behind the synthetic client: what happened, before any system exported it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from retention_kit.demo.coupons import issued_coupons
from retention_kit.demo.customers import newcomers
from retention_kit.demo.follow_up_surveys import survey_responses
from retention_kit.demo.messages import win_back_messages
from retention_kit.demo.money import exchange_rates
from retention_kit.demo.orders import in_base_currency, placed_orders, priced, refunds_of
from retention_kit.demo.purchases import members_of, purchase_history
from retention_kit.demo.service import contacts
from retention_kit.demo.subscriptions import subscriptions_of
from retention_kit.demo.surveys import nps_survey
from retention_kit.demo.timeline import Timeline, Timestamps, random_of
from retention_kit.errors import InvalidEngagement

FEWEST = 50


@dataclass(frozen=True)
class Population:
    """What happened to every customer inside the days of data, with canonical column names and money in PLN.

    Every table whose rows have a customer has `country` too. Timestamps are wall times of Warsaw.

    Attributes:
        timeline: The client's calendar.
        customers: customer_id, country, channel, first_seen_at; with the truth in arrives, rate (purchases a day),
            dropout and spend (PLN a purchase).
        orders: order_id, customer_id, country, ordered_at, ordered_on, status, is_test, is_purchase, gross, discount,
            refunded and amount in PLN; currency, rate, price, off, tax and shipping as the shop has them; kind.
        refunds: refund_id, order_id, customer_id, refunded_at, amount (PLN), paid_back and currency.
        tickets: ticket_id, customer_id, order_id, created_at, contact_channel, contact_reason, direction.
        invitations: invitation_id, customer_id, wave, sent_at, status.
        responses: As the canonical table; with the truth in theme and is_gone.
        subscriptions: As the canonical table.
        members: customer_id, joined_at, left_at, tier.
        messages: As the canonical table, `customer_id` and `message_id` included.
        coupons: As the canonical table.
        rates: day (number), currency, rate: the quoted rates of exchange.
        nps: wave, country, nps, n_active: the NPS to be expected.
    """

    timeline: Timeline
    customers: pd.DataFrame
    orders: pd.DataFrame
    refunds: pd.DataFrame
    tickets: pd.DataFrame
    invitations: pd.DataFrame
    responses: pd.DataFrame
    subscriptions: pd.DataFrame
    members: pd.DataFrame
    messages: pd.DataFrame
    coupons: pd.DataFrame
    rates: pd.DataFrame
    nps: pd.DataFrame


def population(*, n_customers: int, until: date, seed: int) -> Population:
    """What happened to so many customers of the synthetic client.

    On a huge population the value of a metric is the true one, as near as its interval is narrow.

    Args:
        n_customers: Customers who ever came, from two years before the data to their last day.
        until: The last day of the data.
        seed: Of all random numbers; a client of the same arguments is the same to the byte.

    Raises:
        InvalidEngagement: There are fewer than 50 customers, too few for every table to have a row.

    Example:
        >>> clean = population(n_customers=50, until=date(2024, 6, 9), seed=1)
        >>> len(clean.customers), clean.orders.is_purchase.mean() > 0.9
        (50, np.True_)
    """
    if n_customers < FEWEST:
        raise InvalidEngagement(
            f"n_customers = {n_customers} is too few for a synthetic client; ask for {FEWEST} or more."
        )
    timeline = Timeline(until)
    customers = newcomers(timeline, n=n_customers, seed=seed)
    bought = purchase_history(customers, timeline, seed=seed)
    messages, history = win_back_messages(bought, customers, timeline, seed=seed)
    rates = exchange_rates(timeline, seed=seed)
    placed = placed_orders(history, customers, timeline, seed=seed)
    coupons = issued_coupons(placed, timeline, seed=seed)
    redeemed = coupons.dropna(subset="order_id").set_index("order_id").value
    placed = placed.assign(coupon_value=placed.order_id.map(redeemed).fillna(0.0))
    charged = priced(placed, customers.spend.to_numpy(float), timeline, rates, seed=seed)
    refunds = refunds_of(charged, timeline, seed=seed)
    orders = in_base_currency(charged, refunds)
    tickets = contacts(orders, timeline, seed=seed)
    survey = nps_survey(history, customers, timeline, seed=seed)
    return Population(
        timeline=timeline,
        customers=customers.assign(first_seen_at=_registered(history, seed)),
        orders=orders,
        refunds=refunds,
        tickets=tickets,
        invitations=survey.invitations,
        responses=survey_responses(survey.answers, tickets, refunds, timeline, seed=seed),
        subscriptions=subscriptions_of(customers, timeline, seed=seed),
        members=members_of(history, customers, seed=seed),
        messages=_named(messages, customers),
        coupons=coupons,
        rates=rates,
        nps=survey.expected,
    )


def _registered(history: pd.DataFrame, seed: int) -> Timestamps:
    """Customers register some minutes before their first order, an hour of it included for one cancelled."""
    random = random_of(seed, "registrations")
    first: Timestamps = history.groupby("customer").timestamp.min().to_numpy()
    registered: Timestamps = first - random.integers(3600, 5400, len(first)).astype("timedelta64[s]")
    return registered


def _named(messages: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    people = customers.iloc[messages.customer.to_numpy(np.int64)]
    named = messages.assign(customer_id=people.customer_id.to_numpy(), country=people.country.to_numpy())
    named.insert(0, "message_id", "M" + (900_001 + named.index.to_series()).astype(str))
    return named.drop(columns="customer")
