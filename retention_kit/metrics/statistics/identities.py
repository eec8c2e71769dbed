"""Numbers that must agree, each side counted another way; a report stops where they do not."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retention_kit.errors import BrokenIdentity

COUNT_TOLERANCE = 1e-9
MONEY_TOLERANCE = 0.01


def check_equal(
    identity: str,
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    *,
    at: Sequence[str] = (),
    tolerance: float = COUNT_TOLERANCE,
) -> int:
    """Compare two numbers, or two columns of numbers, that must agree; missing agrees with missing.

    Args:
        identity: What must agree, in words, for the message.
        left: One side.
        right: The other side.
        at: Where each pair stands, for the message: periods, segments.
        tolerance: The largest difference accepted.

    Returns:
        How many pairs were compared.

    Raises:
        BrokenIdentity: The message names the identity, the first pair that differs and its numbers.

    Example:
        >>> check_equal("closing = next opening", [3, 4], [3, 4])
        2
    """
    a, b = (np.atleast_1d(np.asarray(side, float)) for side in (left, right))
    differs = ~np.isclose(a, b, rtol=0, atol=tolerance, equal_nan=True)
    if differs.any():
        place = int(np.flatnonzero(differs)[0])
        where = f" in {at[place]}" if len(at) else ""
        raise BrokenIdentity(
            f"{identity} does not hold{where}: {a[place]:,.10g} against {b[place]:,.10g}. The numbers cannot be "
            "trusted, so nothing is reported; please report this defect with the data that show it."
        )
    return len(a)
