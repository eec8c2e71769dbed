"""Customers active some time ago, by what they are alike in: who was kept, who lapsed, and what both brought since."""

from collections.abc import Iterable

import narwhals as nw
import pandas as pd

from retention_kit.money import MONEY, product
from retention_kit.tables import Tabular, collected, occasions

DAYS_FOLLOWED = 365
"""For how long after it is known who was kept the revenue of both groups counts."""

ALIKE_IN = ("n_purchases", "purchase_rate", "days_since_purchase")
"""What two customers are alike in: purchase days so far, how many a window since the first, days since the last."""


def kept_and_lapsed(orders: Tabular, *, start: int, window: int) -> pd.DataFrame:
    """How many customers active at the start of a day were kept over the next window, and what did each group bring?

    Args:
        orders: The `orders` or `occasions` table.
        start: The number of the day; active is who bought in the window before it.
        window: Days without a purchase after which a customer lapses; kept is who bought in so many from `start` on.

    Returns:
        One row per class of each of `ALIKE_IN` and is_kept (0, 1): n (customers), n_back (with a purchase in the
        `DAYS_FOLLOWED` after the window), n_priced (their purchase days of known amount), amount and square (sums over
        customers of what they brought then and of its square).
    """
    day, end = nw.col("ordered_day"), start + window
    is_before, is_after, is_within = day < start, day >= end, (day >= start) & (day < end)
    customers = (
        occasions(orders)
        .filter(day < end + DAYS_FOLLOWED)
        .group_by("customer_id")
        .agg(
            n_before=_number(is_before).sum(),
            n_within=_number(is_within).sum(),
            n_after=_number(is_after).sum(),
            n_priced=_number(is_after & ~nw.col("amount").is_null()).sum(),
            first_day=day.min(),
            last_day=nw.when(is_before).then(day).max(),
            amount=nw.when(is_after).then(nw.col("amount")).sum(),
        )
        .filter(nw.col("last_day") >= start - window)
        .with_columns(nw.col("amount").fill_null(0).cast(MONEY), is_kept=_number(nw.col("n_within") > 0))
        .with_columns(**_classes(start, window))
    )
    keys = [*ALIKE_IN, "is_kept"]
    sums = {"amount": nw.col("amount").sum(), "square": product("amount", "amount").sum()}
    counts = {"n": nw.len(), "n_back": _number(nw.col("n_after") > 0).sum(), "n_priced": nw.col("n_priced").sum()}
    return collected(customers.group_by(keys).agg(**counts, **sums), *keys)


def _classes(start: int, window: int) -> dict[str, nw.Expr]:
    """What customers are alike in, as numbers of classes: each as wide as all before it, so that they fit any shop."""
    n, silent = nw.col("n_before"), start - nw.col("last_day")
    a_window, age = (n - 1) * window, start - nw.col("first_day")  # purchases a window: a_window / age
    return {
        "n_purchases": _how_many(n >= least for least in (2, 3, 5, 9, 17)),
        "purchase_rate": _how_many([n >= 2, *(a_window * 2 >= age * halves for halves in (1, 2, 4, 8))]),
        "days_since_purchase": _how_many(silent * 3 > window * thirds for thirds in (1, 2)),
    }


def _how_many(conditions: Iterable[nw.Expr]) -> nw.Expr:
    first, *others = (_number(condition) for condition in conditions)
    return sum(others, first)


def _number(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Int64)
