"""Messages that win back silent customers, a fifth held back: the one true effect of a message that can be measured."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.demo.parameters import TRUE
from retention_kit.demo.purchases import bought_from
from retention_kit.demo.timeline import MESSAGES_BEFORE_LAST, Booleans, Timeline, days_of, random_of, timestamps_of

DAY_OF_MONTH = 10
_HOUR = 9 / 24


def win_back_messages(
    history: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write to silent customers, twice, and let those written to buy sooner.

    Args:
        history: From `purchase_history`.
        customers: From `newcomers`.
        timeline: The client's calendar.
        seed: Of the random numbers.

    Returns:
        The messages, one row each: customer (row number), campaign_id, trigger, arm, sent_at, is_delivered,
        is_opened, is_clicked, is_unsubscribed. And the history as it became.
    """
    random = random_of(seed, "letters")
    sent = []
    for months in MESSAGES_BEFORE_LAST:
        month = timeline.last_month - months
        day = month.start_day + DAY_OF_MONTH - 1
        messages = _sent(history, day, f"come back {month}", random)
        won = _won_back(history, messages, day, random)
        starts = won[["customer", "is_member"]].assign(
            day=day + random.uniform(1, TRUE.letters.days, len(won)), is_first=False
        )
        sent.append(messages)
        if len(won):
            is_undone = history.customer.isin(won.customer) & (days_of(history.timestamp.to_numpy()) >= day)
            history = pd.concat([history[~is_undone], bought_from(starts, customers, timeline, random)])
            history = history.sort_values(["customer", "timestamp"], ignore_index=True, kind="stable")
    return pd.concat(sent, ignore_index=True), history


def _last_before(history: pd.DataFrame, day: int) -> pd.DataFrame:
    """The last purchase of each customer before a day."""
    before = history[days_of(history.timestamp.to_numpy()) < day]
    return before.drop_duplicates("customer", keep="last")


def _sent(history: pd.DataFrame, day: int, campaign: str, random: np.random.Generator) -> pd.DataFrame:
    least, most = TRUE.letters.silent_days
    last = _last_before(history, day)
    silent = day - days_of(last.timestamp.to_numpy())
    customer = last.customer.to_numpy(np.int64)[(silent >= least) & (silent <= most)]
    customer = customer[random.random(len(customer)) < TRUE.letters.written_to]
    n = len(customer)
    is_held_back = random.random(n) < TRUE.letters.holdout
    return pd.DataFrame(
        {
            "customer": customer,
            "campaign_id": campaign,
            "trigger": "silent for a month",
            "arm": np.where(is_held_back, "holdout", "treated"),
            "sent_at": timestamps_of(np.full(n, day + _HOUR)),
            **_received(~is_held_back, random),
        }
    )


def _received(is_sent: Booleans, random: np.random.Generator) -> dict[str, Booleans]:
    messages, n = TRUE.letters, len(is_sent)
    is_delivered = is_sent & (random.random(n) < messages.delivered)
    is_opened = is_delivered & (random.random(n) < messages.opened)
    return {
        "is_delivered": is_delivered,
        "is_opened": is_opened,
        "is_clicked": is_opened & (random.random(n) < messages.clicked / messages.opened),
        "is_unsubscribed": is_opened & (random.random(n) < messages.unsubscribed / messages.opened),
    }


def _won_back(history: pd.DataFrame, messages: pd.DataFrame, day: int, random: np.random.Generator) -> pd.DataFrame:
    """The last purchases of those who buy because of the message.

    They are drawn from the treated who have not stopped for good and would not have bought in time, with the chance
    that makes them `lift` of everybody treated.
    """
    treated: npt.NDArray[np.int64] = messages.customer[messages.arm == "treated"].to_numpy(np.int64)
    bought = days_of(history.timestamp.to_numpy())
    buyers = history.customer[(bought >= day) & (bought < day + TRUE.letters.days)]
    last = _last_before(history, day)
    can_be_won = last[last.customer.isin(treated) & ~last.customer.isin(buyers) & ~last.stops]
    chance = TRUE.letters.lift * len(treated) / max(len(can_be_won), 1)
    return can_be_won[random.random(len(can_be_won)) < chance]
