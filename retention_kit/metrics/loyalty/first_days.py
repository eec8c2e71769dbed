"""How often customers bought on the first days of periods: what makes February comparable with March."""

from collections.abc import Sequence

import narwhals as nw
import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import counted, keys_of, periods_of, within
from retention_kit.metrics.statistics.estimates import (
    ESTIMATE,
    FEWEST_CUSTOMERS,
    estimates,
    quotient,
    rates,
    status_of_sizes,
)
from retention_kit.periods import Period, Span
from retention_kit.tables import Tabular, occasions


@checked
def buying_in_first_days(orders: Tabular, *, period: Span, by: str | None = None) -> pd.DataFrame:
    """How many of those who bought on the first d days of a period bought again on them, and how often did they?

    Counted for every length d that one of the periods has, so that two periods of unequal length can be compared on as
    many days of both. The lengths are 28 to 31 for months.

    Args:
        orders: The `orders` or `occasions` table: customer_id, ordered_on.
        period: The periods, one or several of one unit.
        by: A column to break down by.

    Returns:
        metric (repeat_purchase_rate, purchase_frequency), period, segment, days (d), an estimate (of the frequency
        without interval) and se, its standard error. A row of a length that the period does not reach counts all of it.

    Reference: METRICS Z6.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
        ...     "ordered_on": pd.to_datetime(["2024-03-02", "2024-03-31", "2024-03-03"])})
        >>> found = buying_in_first_days(orders, period=["2024-02", "2024-03"])
        >>> found[(found.metric == "repeat_purchase_rate") & (found.period == "2024-03")][["days", "value"]]
           days  value
        1    29    0.0
        5    31    0.5
    """
    span = periods_of(period)
    lengths = sorted({each.n_days for each in span})
    inside = within(occasions(orders, by=by), span).group_by("customer_id", *keys_of(by, span))
    customers = inside.agg(**{name: number.sum() for days in lengths for name, number in _on_first(days, span).items()})
    sums = {name: number.sum() for days in lengths for name, number in _of_customer(days).items()}
    counts = counted(customers, {"denominator": nw.len(), **sums}, by=by, span=span)
    tables = [rows for days in lengths for rows in (_repeat_rate(counts, days), _frequency(counts, days))]
    found = pd.concat(tables, ignore_index=True)
    return found[["metric", "period", "segment", "days", *ESTIMATE, "se"]]


def _on_first(days: int, span: Sequence[Period]) -> dict[str, nw.Expr]:
    """What an occasion counts for among those of the first so many days."""
    later = [day for each in span for day in range(each.start_day + days, each.end_day)]
    day = nw.col("ordered_day")
    is_on = ~(day.is_in(later) if later else day.is_null())
    return {
        f"days {days}": is_on.cast(nw.Int64),
        f"orders {days}": nw.when(is_on).then(nw.col("n_orders").cast(nw.Int64)).otherwise(nw.lit(0)),
    }


def _of_customer(days: int) -> dict[str, nw.Expr]:
    bought, orders = nw.col(f"days {days}"), nw.col(f"orders {days}")
    return {
        f"buyers {days}": (bought > 0).cast(nw.Int64),
        f"repeaters {days}": (bought > 1).cast(nw.Int64),
        f"orders {days}": orders,
        f"squares {days}": orders * orders,
    }


def _repeat_rate(counts: pd.DataFrame, days: int) -> pd.DataFrame:
    sides = {"numerator": counts[f"repeaters {days}"], "denominator": counts[f"buyers {days}"]}
    found = rates(counts[["period", "segment"]].assign(metric="repeat_purchase_rate", days=days, **sides))
    return found.assign(se=np.nan)


def _frequency(counts: pd.DataFrame, days: int) -> pd.DataFrame:
    """Orders per buyer; every buyer counts 1 below, so that the error is that of a mean."""
    total, squares, n = (counts[f"{name} {days}"].to_numpy(float) for name in ("orders", "squares", "buyers"))
    mean = quotient(total, n)
    spread = quotient(squares - n * mean**2, np.where(n >= FEWEST_CUSTOMERS, n - 1, 0))
    labels = counts[["period", "segment"]].assign(metric="purchase_frequency", days=days)
    rows = labels.assign(value=mean, low=np.nan, high=np.nan, numerator=total, denominator=n, n=n.astype(int))
    status = status_of_sizes(rows, n, empty="no_denominator")
    error = np.where(np.isfinite(spread), np.sqrt(np.maximum(quotient(spread, n), 0)), np.nan)
    return estimates(rows.assign(status=status)).assign(se=error)
