"""The customers of the synthetic client: where and when they come, how often they will buy, and for how much."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.demo.parameters import TRUE
from retention_kit.demo.timeline import Floats, Timeline, random_of

FIRST_NUMBER = 10_001
NONE = "(none)"
"""The segment of what belongs to no known customer."""


def newcomers(timeline: Timeline, *, n: int, seed: int) -> pd.DataFrame:
    """Everybody who comes from two years before the data until their last day.

    Args:
        timeline: The client's calendar.
        n: How many.
        seed: Of the random numbers.

    Returns:
        One row per customer, in the order of arrival: customer_id, country, channel, arrives (day number with a part
        of a day: the first purchase), rate (purchases a day), dropout (chance to stop after a repeat purchase), spend
        (mean of a purchase in PLN).
    """
    random = random_of(seed, "customers")
    people, buying, spending = TRUE.people, TRUE.buying, TRUE.spending
    return pd.DataFrame(
        {
            "customer_id": [f"00{number}" for number in range(FIRST_NUMBER, FIRST_NUMBER + n)],
            "country": drawn(random, people.countries, n),
            "channel": drawn(random, people.channels, n),
            "arrives": _arrivals(timeline, n, random),
            "rate": random.gamma(buying.r, 1 / buying.alpha, n) / 7,
            "dropout": random.beta(buying.a, buying.b, n),
            "spend": spending.p * spending.v / random.gamma(spending.q, 1, n),
        }
    )


def _arrivals(timeline: Timeline, n: int, random: np.random.Generator) -> Floats:
    """Poisson by day, given that there are n in all: each comes on a day drawn by the season's weight."""
    days = np.arange(timeline.burn_in_day, timeline.end_day)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    weight = np.array(TRUE.people.newcomers)[month]
    return np.sort(random.choice(days, n, p=weight / weight.sum()) + random.random(n))


def drawn(random: np.random.Generator, shares: Mapping[str, float], n: int) -> "npt.NDArray[np.object_]":
    """So many words, drawn by their shares."""
    weight = np.array(list(shares.values()))
    return np.array(list(shares), dtype=object)[random.choice(len(weight), n, p=weight / weight.sum())]
