"""RFM: how recently, how often and for how much customers bought, and the ten common names for cells of the grid."""

import math
from datetime import date
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.estimates import quotient, rates
from retention_kit.money import known_sum
from retention_kit.periods import day_number
from retention_kit.tables import Tabular, collected, floor_divide, lazy, occasions, require_money

Method = Literal["minrank", "ntile", "thresholds"]

WINDOW_DAYS = 365
FEWEST_CUSTOMERS = 50
MOST_TIES = 0.60
"""Quintiles lose their meaning when a larger share of customers has the lowest frequency."""

RECENCY_CUTS = (30, 60, 120, 240)
FREQUENCY_CUTS = (1, 2, 3, 5)

GRID: dict[str, tuple[str, ...]] = {
    "champions": ("54", "55"),
    "loyal_customers": ("34", "35", "44", "45"),
    "potential_loyalists": ("42", "43", "52", "53"),
    "new_customers": ("51",),
    "promising": ("41",),
    "need_attention": ("33",),
    "about_to_sleep": ("31", "32"),
    "at_risk": ("13", "14", "23", "24"),
    "cant_lose_them": ("15", "25"),
    "hibernating": ("11", "12", "21", "22"),
}
"""The common public map of recency score and frequency score to a name; every cell is in it once."""

SEGMENTS = tuple(GRID)


@checked
def rfm_scores(
    orders: Tabular,
    *,
    as_of: date,
    window: int = WINDOW_DAYS,
    method: Method = "minrank",
    fewest: int = FEWEST_CUSTOMERS,
) -> Any:
    """How recently, how often and for how much did each customer buy, on a scale of 1 to 5, 5 the best?

    recency = days from the last purchase to `as_of`; frequency = purchase days; monetary = net amount; all in the last
    `window` days. Scores: "minrank" 1 + floor(5 * (rank - 1) / n), equal values get equal scores; "ntile" quintiles of
    one size, which separates equal values; "thresholds" fixed cuts, the only ones that compare months.

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on, amount.
        as_of: The data cover every day before this one.
        window: Days looked back.
        method: How values become scores. Frequency takes fixed cuts where more than 60 % of customers share the lowest
            frequency.
        fewest: With fewer customers recency and frequency take the fixed cuts.

    Returns:
        A lazy table of the engine, one row per customer with a purchase in the window: customer_id, recency (days),
        frequency (days), n_orders, monetary, r, f, m (1..5), segment. `.df()` on a DuckDB relation gives a frame.

    Warning:
        The "recency" of the LTV models is another: the time from the first purchase to the last.

    Reference: METRICS L07-L09, 5.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [10, 20],
        ...     "ordered_on": pd.to_datetime(["2024-05-30", "2023-07-01"])})
        >>> rfm_scores(orders, as_of=date(2024, 6, 1), method="thresholds").order("customer_id").df().segment.tolist()
        ['new_customers', 'hibernating']
    """
    customers = _customers(orders, as_of, window)
    sizes = collected(customers.group_by("frequency").agg(n=nw.len()), "frequency")
    n = int(sizes.n.sum())
    scale = _scale(sizes, n, method, fewest)
    recency = _fixed_recency() if scale == "fixed" else _relative("last_day", n, method)
    frequency = _fixed_frequency() if scale != "quintiles" else _relative("frequency", n, method)
    monetary = _relative("monetary", n, "minrank") if n >= fewest else nw.lit(None, nw.Int64)
    scored = (
        customers.with_columns(everyone=nw.lit(0))
        .with_columns(r=recency, f=frequency, m=monetary, scale=nw.lit(scale))
        .with_columns(segment=_name(nw.col("r") * 10 + nw.col("f")))
    )
    return scored.drop("everyone", "last_day").to_native()


def _customers(orders: Tabular, as_of: date, window: int) -> nw.LazyFrame[Any]:
    require_money(lazy(orders))
    today, day = day_number(as_of), nw.col("ordered_day")
    return (
        occasions(orders)
        .filter((day < today) & (day >= today - window))
        .group_by("customer_id")
        .agg(
            last_day=day.max(),
            frequency=nw.len(),
            n_orders=nw.col("n_orders").sum(),
            monetary=known_sum("amount"),
        )
        .with_columns(recency=today - nw.col("last_day"))
    )


def _scale(sizes: pd.DataFrame, n: int, method: Method, fewest: int) -> str:
    """Which scores make sense: "quintiles", "quintiles, fixed frequency" or "fixed"."""
    if method == "thresholds" or n < fewest:
        return "fixed"
    return "quintiles, fixed frequency" if sizes.n.iloc[0] > MOST_TIES * n else "quintiles"


def _relative(column: str, n: int, method: Method) -> nw.Expr:
    """The score of a value among all customers; the larger the better."""
    if method == "ntile":
        large, size = n % 5, n // 5
        row = nw.col(column).cum_count().over("everyone", order_by=[column, "customer_id"]) - 1
        in_large = row < large * (size + 1)
        later = floor_divide(row - large, max(size, 1))
        return nw.when(in_large).then(floor_divide(row, size + 1)).otherwise(later) + 1
    rank = nw.col(column).rank("min").over("everyone")
    return floor_divide((rank - 1) * 5, n) + 1


def _fixed_recency() -> nw.Expr:
    return 5 - nw.sum_horizontal(*((nw.col("recency") > cut).cast(nw.Int64) for cut in RECENCY_CUTS))


def _fixed_frequency() -> nw.Expr:
    return 1 + nw.sum_horizontal(*((nw.col("frequency") > cut).cast(nw.Int64) for cut in FREQUENCY_CUTS))


def _name(cell: nw.Expr) -> nw.Expr:
    name = nw.lit(SEGMENTS[-1])
    for segment, cells in GRID.items():
        name = nw.when(cell.is_in([int(code) for code in cells])).then(nw.lit(segment)).otherwise(name)
    return name


@checked
def rfm_grid(scores: Any) -> pd.DataFrame:
    """How many customers, orders and how much revenue has each pair of recency and frequency of `rfm_scores`?

    Returns:
        One row per pair, empty ones too: r, f (1..5, 5 the best), segment (the name of the pair), n_customers,
        n_orders, revenue, value (share of all customers scored, 0..1; missing where nobody was), scale.

    Reference: METRICS L08, I13.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [10, 20],
        ...     "ordered_on": pd.to_datetime(["2024-05-30", "2023-07-01"])})
        >>> table = rfm_grid(rfm_scores(orders, as_of=date(2024, 6, 1)))
        >>> table[table.n_customers > 0][["r", "f", "segment", "revenue"]].values.tolist()
        [[1, 1, 'hibernating', 20.0], [5, 1, 'new_customers', 10.0]]
    """
    sums = {"n_orders": nw.col("n_orders").sum(), "revenue": nw.col("monetary").sum()}
    cells = lazy(scores).group_by("r", "f", "scale").agg(n_customers=nw.len(), **sums)
    found = collected(cells, "r", "f")
    names = {(int(cell[0]), int(cell[1])): segment for segment, cells in GRID.items() for cell in cells}
    table = found.drop(columns="scale").set_index(["r", "f"]).reindex(sorted(names), fill_value=0).reset_index()
    return table.assign(
        segment=[names[int(r), int(f)] for r, f in zip(table.r, table.f, strict=True)],
        value=quotient(table.n_customers, table.n_customers.sum()),
        scale=found.scale.iloc[0] if len(found) else "fixed",
    )[["r", "f", "segment", "n_customers", "n_orders", "revenue", "value", "scale"]]


@checked
def rfm_segments(scores: Any) -> pd.DataFrame:
    """How many customers, orders and how much revenue has each named segment of `rfm_scores`?

    Returns:
        One row per segment of the grid, empty ones too: segment, n_customers, n_orders, revenue, value (share of all
        customers scored, 0..1), low, high (missing where a score is a customer's rank among the others: such shares are
        not of independent customers), status, scale.

    Reference: METRICS L08, I13.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [10, 20],
        ...     "ordered_on": pd.to_datetime(["2024-05-30", "2023-07-01"])})
        >>> table = rfm_segments(rfm_scores(orders, as_of=date(2024, 6, 1)))
        >>> table[table.n_customers > 0][["segment", "n_customers", "revenue"]].values.tolist()
        [['new_customers', 1, 10.0], ['hibernating', 1, 20.0]]
    """
    return segments_of_grid(rfm_grid(scores))


def segments_of_grid(grid: pd.DataFrame) -> pd.DataFrame:
    """The pairs of `rfm_grid` under their names, as `rfm_segments` gives them."""
    named, scale = grid.groupby("segment"), grid.scale.iloc[0]
    table = named[["n_customers", "n_orders"]].sum().assign(revenue=named.revenue.agg(math.fsum))
    table = table.reindex(list(SEGMENTS)).reset_index()
    shares = rates(table.assign(numerator=table.n_customers, denominator=table.n_customers.sum())).assign(scale=scale)
    if scale != "fixed":
        shares[["low", "high"]] = np.nan
    return shares[[*table.columns, "value", "low", "high", "status", "scale"]]
