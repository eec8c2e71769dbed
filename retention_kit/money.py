"""Money as exact decimals, of one width on every engine, and sums and products that no engine rounds."""

from collections.abc import Iterable
from decimal import Decimal

import narwhals as nw

MONEY = nw.Decimal(18, 4)
"""Money is exact: sums of it do not depend on the order in which an engine adds them."""

FACTOR = nw.Decimal(19, 4)
"""One factor of a product of money: wide enough for DuckDB to multiply in 128 bits, and for Spark to lose no digit."""


def as_money(name: str, schema: nw.Schema) -> nw.Expr:
    """A column as exact money; infinite is made too large for it, since Spark would call it missing."""
    column = nw.col(name)
    if schema[name].is_float():
        column = nw.when(column.is_null() | column.is_finite()).then(column).otherwise(nw.lit(1e300))
    return column.cast(MONEY)


def known_sum(column: str) -> nw.Expr:
    """The sum of the money that is known, missing where none is: unknown is not zero."""
    return nw.when(nw.col(column).count() > 0).then(nw.col(column).sum()).cast(MONEY)


def product(a: str, b: str) -> nw.Expr:
    """The exact product of two columns of money."""
    return nw.col(a).cast(FACTOR) * nw.col(b)


WHOLE = nw.Decimal(19, 0)
"""Money as whole numbers of a unit, so wide that a product of three is rounded on no engine."""


def unit_for_cubes(squares: Iterable[Decimal]) -> int:
    """The power of ten, -4 or above, in units of which sums of cubes fit a decimal, given sums of squares.

    The sum of |a|^3 is at most (sum of a^2)^1.5: 1e37.5 in units in which the squares add up to 1e25. Up to 1e17, which
    is a million customers of 300,000 each, the unit is money's own, and nothing is rounded. It is that of all
    periods and segments counted together: beside one of a million times the money, those of a small one are coarser.

    Example:
        >>> unit_for_cubes([Decimal("9e16")]), unit_for_cubes([Decimal("1e17"), Decimal(3)])
        (-4, -3)
    """
    digits = max((Decimal(number).adjusted() + 1 for number in squares), default=0)
    return max(-4, -((25 - digits) // 2))


def in_units(column: str, unit: int) -> nw.Expr:
    """Money as whole numbers of 10^unit; what is missing is 0."""
    exact = nw.col(column).fill_null(0).cast(MONEY)
    return (exact * nw.lit(Decimal(10) ** -unit)).cast(WHOLE)
