"""Money as exact decimals, of one width on every engine, and sums and products that no engine rounds."""

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
