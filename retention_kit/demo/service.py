"""Contacts with support: so many per order, and twice as many in the bad month."""

import numpy as np
import pandas as pd

from retention_kit.demo.customers import NONE, drawn
from retention_kit.demo.parameters import SECONDS_A_DAY, TRUE
from retention_kit.demo.timeline import (
    Booleans,
    Timeline,
    Timestamps,
    awake,
    days_of,
    months_of,
    random_of,
    timestamps_of,
)

CHANNELS = {"email": 0.45, "chat": 0.35, "phone": 0.2}
REASONS = {"delivery": 0.4, "damaged": 0.12, "return": 0.15, "payment": 0.13, "product": 0.2}
_MEAN_DAYS = 3.0
_LONGEST = 20.0
_NAMES = ["ticket_id", "customer_id", "order_id", "country", "created_at", "contact_channel", "contact_reason",
          "direction"]  # fmt: skip


def contacts(orders: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Contacts with support inside the days of data.

    Poisson per order that was not cancelled, some days after it; drawn at the bad month's rate and thinned out in
    every other month, so that the rate doubles exactly for the contacts of that month.

    Args:
        orders: From `in_base_currency`.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        One row per contact, by time: ticket_id, customer_id, order_id (missing where it is about none), country,
        created_at, contact_channel, contact_reason, direction.
    """
    random = random_of(seed, "tickets")
    service = TRUE.service
    placed = orders[orders.is_purchase]
    at_most = service.contacts_per_order * service.contacts_in_bad_month
    about = placed.iloc[np.repeat(np.arange(len(placed)), random.poisson(at_most, len(placed)))]
    created = _after(about.ordered_at.to_numpy(), random)
    keeps = _is_kept(created, timeline, random) & (days_of(created) < timeline.end_day)
    incoming = about.assign(created_at=created, direction="inbound")[keeps]
    outgoing = incoming[random.random(len(incoming)) < service.outbound_per_contact].assign(direction="outbound")
    outgoing["created_at"] = _after(outgoing.created_at.to_numpy(), random)
    outgoing = outgoing[days_of(outgoing.created_at.to_numpy()) < timeline.end_day]
    tickets = pd.concat([incoming, outgoing]).sort_values("created_at", kind="stable", ignore_index=True)
    return _described(tickets, random)


def _after(timestamps: Timestamps, random: np.random.Generator) -> Timestamps:
    days = np.minimum(random.exponential(_MEAN_DAYS, len(timestamps)), _LONGEST)
    return awake(timestamps + np.floor(days * SECONDS_A_DAY).astype("timedelta64[s]"))


def _is_kept(created: Timestamps, timeline: Timeline, random: np.random.Generator) -> Booleans:
    is_bad = months_of(created) == timeline.month_of("bad_support_month").ordinal
    is_kept: Booleans = is_bad | (random.random(len(created)) < 1 / TRUE.service.contacts_in_bad_month)
    return is_kept


def _described(tickets: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    is_general = random.random(len(tickets)) < TRUE.service.contacts_about_no_order
    tickets = tickets.assign(
        ticket_id="T" + (300_001 + tickets.index.to_series()).astype(str),
        order_id=tickets.order_id.where(~is_general, None),
        contact_channel=drawn(random, CHANNELS, len(tickets)),
        contact_reason=np.where(is_general, "question", drawn(random, REASONS, len(tickets))),
        country=tickets.country.fillna(NONE),
    )
    return tickets[_NAMES]


def later_answers(
    timestamps: Timestamps, timeline: Timeline, random: np.random.Generator
) -> tuple[Timestamps, Booleans]:
    """When a question about each contact or return is answered, within three days; and whether the data hold it."""
    answered = awake(timestamps_of(days_of(timestamps) + 1 + random.uniform(8 / 24, 2.9, len(timestamps))))
    return answered, days_of(answered) < timeline.end_day
