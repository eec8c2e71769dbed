"""Shares of a whole as they are shown."""

import math
from collections.abc import Sequence


def rounded_shares(values: Sequence[float], *, digits: int = 0) -> list[float]:
    """Shares of a whole, rounded as they are printed, that add up to 100 % (largest remainder, ties by order).

    Missing where the values add up to nothing.

    Example:
        >>> rounded_shares([1, 1, 1]), rounded_shares([2, 1], digits=1)
        ([0.34, 0.33, 0.33], [0.667, 0.333])
    """
    whole, steps = sum(values), 10 ** (digits + 2)
    if not whole:
        return [math.nan] * len(values)
    exact = [value / whole * steps for value in values]
    rounded = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(values)), key=lambda place: rounded[place] - exact[place])
    for place in by_remainder[: steps - sum(rounded)]:
        rounded[place] += 1
    return [share / steps for share in rounded]
