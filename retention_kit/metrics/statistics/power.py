"""How small a change would be seen, and how many answers it takes to see a smaller one."""

import math

from retention_kit.metrics.statistics.estimates import Z
from retention_kit.metrics.statistics.process_variance import PLAIN


def smallest_change_seen(low: float, high: float) -> float:
    """The smallest change against an equal wave that would mostly be seen, from the 95 % interval of one.

    (1.96 + 0.84) x standard error x √2, in the unit of the interval: seen at 5 % in four of five cases.

    Example:
        >>> round(smallest_change_seen(40, 60), 1)
        20.2
    """
    return PLAIN.smallest_seen((high - low) / (2 * Z) * math.sqrt(2))


def answers_needed(n: int, seen: float, change: float) -> int:
    """Answers of each wave that it takes to see a change, where `n` of them would let us see one of `seen`.

    Example:
        >>> answers_needed(28, 40, 20)
        112
    """
    return math.ceil(round(n * (seen / change) ** 2, 6))  # 112.00000000000001 of 112
