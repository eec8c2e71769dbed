"""One customer, one cluster: shares and scores in which a customer counts several times know less than their n says.

    v    = K / (K - 1) * Σ(a - R * b)² / B²     the variance of R = Σa / B, linearised over K customers (Cochran, 6.4)
    deff = max(1, v * B / s²)                   the design effect, with s² the variance of one answer alone
    n / deff                                    as many answers of different customers say as much

a is what a customer's answers add up to, b how many they are, B = Σb; s² is R * (1 - R) of a share. What is of nobody
known is of a customer of its own. Where no customer counts twice deff is 1: the estimate is the plain one, to the byte.
Where nothing differs from answer to answer (s² = 0), or all are of one customer, it is Σb² / Σb: as if every customer
were of one mind.

Reference: METRICS Z4; Kish 1965, Survey Sampling, 8.2; Korn & Graubard 1998, Survey Methodology, for n / deff in the
interval of a share.
"""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.metrics.statistics.counting import counted, keys_of
from retention_kit.metrics.statistics.estimates import Floats, rates
from retention_kit.periods import Period
from retention_kit.tables import require

CUSTOMER = "customer_id"
SHARE = ("numerator",)
"""What the squares of the answers of a share add up to: being 0 or 1, to the hits themselves."""


def clustered_proportions(
    rows: nw.LazyFrame[Any], condition: nw.Expr, *, by: str | None = None, span: Sequence[Period] | None = None
) -> pd.DataFrame:
    """The share of rows that meet a condition, per period and value of `by`; the rows of a customer are one cluster."""
    hits = {"numerator": condition.cast(nw.Int64).sum(), "denominator": nw.len().cast(nw.Int64)}
    return rates(clustered(rows, hits, by=by, span=span))


def clustered(
    rows: nw.LazyFrame[Any],
    counts: dict[str, nw.Expr],
    *,
    by: str | None = None,
    span: Sequence[Period] | None = None,
    squares: Sequence[str] = SHARE,
) -> pd.DataFrame:
    """What `counted` gives, the ratio of `numerator` and `denominator` among it, and the design effect in `deff`."""
    customers = per_customer(rows, counts, keys_of(by, span))
    sums = {name: nw.col(name).sum() for name in counts} | products(squares=squares)
    return with_design_effect(counted(customers, sums, by=by, span=span), squares=squares)


def per_customer(rows: nw.LazyFrame[Any], counts: dict[str, nw.Expr], keys: Sequence[str]) -> nw.LazyFrame[Any]:
    """One row per customer and value of the keys; what is of nobody known stands in one row together."""
    require(rows, *keys)
    return rows.group_by(CUSTOMER, *keys).agg(**counts)


def products(hits: str = "numerator", n: str = "denominator", *, squares: Sequence[str] = SHARE) -> dict[str, nw.Expr]:
    """What `design_effects` needs of `per_customer`, to be summed.

    Args:
        hits: The column of what a customer's answers add up to.
        n: The column of how many they are.
        squares: The columns of what the squares of the answers add up to.
    """
    a, b = nw.col(hits), nw.col(n)
    q = sum((nw.col(name) for name in squares[1:]), nw.col(squares[0]))
    each = {f"{hits} x {hits}": (a * a, q), f"{hits} x {n}": (a * b, a), f"{n} x {n}": (b * b, b)}
    each[f"n {n}"] = ((b > 0).cast(nw.Int64), b)
    is_known = ~nw.col(CUSTOMER).is_null()
    return {name: nw.when(is_known).then(known).otherwise(alone).sum() for name, (known, alone) in each.items()}


def with_design_effect(sums: pd.DataFrame, *, squares: Sequence[str] = SHARE) -> pd.DataFrame:
    """The design effect in a column `deff`, in place of the products that it is made of."""
    return sums.assign(deff=design_effects(sums, squares=squares)).drop(columns=list(products()))


def design_effects(
    sums: pd.DataFrame, hits: str = "numerator", n: str = "denominator", *, squares: Sequence[str] = SHARE
) -> Floats:
    """How many times the plain one the variance is, of each row of `products` or `moments`: exact, 1 at least.

    Example:
        >>> four_each = {"numerator": [10], "denominator": [20], "n denominator": [5], "numerator x numerator": [36],
        ...     "numerator x denominator": [40], "denominator x denominator": [80]}
        >>> float(design_effects(pd.DataFrame(four_each))[0])
        4.0
    """
    names = (hits, n, f"{hits} x {hits}", f"{hits} x {n}", f"{n} x {n}", f"n {n}")
    columns = [sums[list(squares)].sum(axis=1), *(sums[name] for name in names)]
    rows = zip(*(map(int, column) for column in columns), strict=True)
    return np.array([_design_effect(q, a, b, products=(aa, ab, bb), k=k) for q, a, b, aa, ab, bb, k in rows], float)


def _design_effect(q: int, a: int, b: int, *, products: tuple[int, int, int], k: int) -> float:
    """In whole numbers, which neither round nor overflow: b² times the variances, whose b² cancels."""
    aa, ab, bb = products
    if bb == b:
        return 1.0
    alone, together = b * q - a * a, b * b * aa - 2 * a * b * ab + a * a * bb
    if not alone or k == 1:
        return bb / b
    return max(1.0, k * together / ((k - 1) * b * alone))
