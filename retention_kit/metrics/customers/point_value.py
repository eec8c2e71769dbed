"""What goes with a point of retention: revenue of customers kept, less that of customers like them who lapsed."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.customers.kept_and_lapsed import ALIKE_IN, DAYS_FOLLOWED, kept_and_lapsed
from retention_kit.metrics.statistics.differences import Difference, difference_with_error
from retention_kit.metrics.statistics.estimates import FEWEST_CUSTOMERS, SMALL_N, SUPPRESSED
from retention_kit.periods import day_number, day_of
from retention_kit.tables import Tabular

LEAST_COMPARABLE = 0.5
"""The share of each group that must have customers like them in the other, or there is no comparison."""

ASSOCIATION = "association"
"""The flag of a number that shows association, not effect."""

UNADJUSTED, RANGE = "nothing", "range"

ADJUSTMENTS: dict[str, tuple[str, ...]] = {
    UNADJUSTED: (),
    **{name: (name,) for name in ALIKE_IN},
    "all_three": ALIKE_IN,
}
"""The comparisons by name, and what customers are alike in there."""

POINT_VALUE_COLUMNS = [
    "adjusted_for", "value", "low", "high", "per_kept", "per_lapsed", "n_kept", "n_lapsed", "came_back", "comparable",
    "n", "n_active", "margin", "first_day", "last_day", "status", "flags",
]  # fmt: skip

_SUMS = ["n", "n_back", "amount", "square"]


@checked
def retention_point_value(
    orders: Tabular,
    *,
    as_of: date,
    window: int,
    n_active: int,
    margin: float = 1.0,
    history_from: date | None = None,
) -> pd.DataFrame:
    """How much more revenue in a year goes with one per cent more of the active customers being kept?

    value = 0.01 x n_active x margin x (sum of w x (mean revenue of those kept - of those who lapsed) within a stratum)

    Looks back to the latest time of which the outcome is known. With e = 365 days before `as_of` and s one window
    before e: of the customers active at s (bought in the `window` days before it) those with a purchase in [s, e) were
    kept, which is who is active at e; the others lapsed. Revenue is that of the 365 days from e on, net of all refunds
    known. A whole window lies between s and e because in less time nobody can lapse who bought just before s, and the
    days since the last purchase would decide who was kept.

    w is a stratum's share of those who lapsed: of the kind of customers whom keeping would mean. A stratum has
    customers with as many purchase days before s (1, 2, 3-4, 5-8, 9-16, more), with as many later ones a window since
    the first (none, under 1/2, 1, 2, 4, more), or with as many thirds of the window since the last. All but
    "nothing" are adjusted; "all_three" takes the strata of all three at once. Both groups must have 5 customers in a
    stratum, else its customers are not comparable. Of left-truncated data it is purchases since they begin.

    Args:
        orders: The `orders` or `occasions` table, with amounts.
        as_of: The day before which the data are seen.
        window: Days without a purchase after which a customer has lapsed (W).
        n_active: The active customers of whom one in a hundred is meant: `opening` or `closing` of `customer_flow`.
        margin: The share of revenue that is profit; 1 for revenue.
        history_from: The first day of left-truncated data; None if nobody can have bought before.

    Returns:
        One row per comparison and one for their range: adjusted_for ("nothing", "n_purchases", "purchase_rate",
        "days_since_purchase", "all_three", "range"), value (money; missing for the range), low, high (95 %, normal, of
        means within strata and of the weights; "range": the outer ends of the adjusted comparisons), per_kept,
        per_lapsed (money per customer, weighted alike), n_kept, n_lapsed (comparable customers), came_back (the
        share of these lapsed who bought in the 365 days all the same), comparable (the share of a group that is, of the
        two the less), n, n_active, margin, first_day, last_day (in which those kept bought again), status, flags
        (`association`, always; `small_n` where a group is below 30). The range counts as few customers as the
        comparison that has fewest, and its came_back is of all.

        `refused:not_comparable` where under half of a group are comparable: "all_three" is then left out of the range,
        which is itself refused where one of the other three is. `refused:too_few_lapsed` below 10 kept or 10 lapsed,
        `refused:no_amounts` where no later amount is known, `refused:short_follow_up` where nobody was active so long
        ago, or left-truncated data do not reach back to one window before s.

    Warning:
        It is association, and not what an effort to keep customers brings, which also reaches those who would have
        stayed. Simulated shops whose truth is known (benchmarks/README.md) say how far it goes: where those who buy or
        spend little stop sooner, the range holds what one more customer kept brings in 98 % of shops, and the
        unadjusted difference in none. Where customers stop at random it holds it in 80 to 88 % if a window is long
        beside the days between purchases; if not, or among seldom buyers, in 3 to 38 %, being too low. For all who
        lapse, many of whom nobody could have kept, it is mostly too high. Where nobody ever stops it is not 0, as it
        should be: `came_back` says how near a shop is to that. The interval covers chance among customers, not a year
        unlike the next.

    Reference: Cochran 1968, Biometrics 24:295 (strata); Imbens & Rubin 2015, chapter 17 (variance within strata).

    Example:
        >>> kept = [(f"k{n}", day, 40) for n in range(20) for day in ("2023-03-01", "2023-05-20", "2024-01-01")]
        >>> lapsed = [(f"l{n}", "2023-03-01", 40) for n in range(20)]
        >>> orders = pd.DataFrame([*kept, *lapsed], columns=["customer_id", "ordered_on", "amount"])
        >>> orders["ordered_on"] = pd.to_datetime(orders.ordered_on)
        >>> found = retention_point_value(orders, as_of=date(2024, 6, 1), window=60, n_active=500)
        >>> found[["adjusted_for", "value", "low", "high", "n"]].tail(2)
          adjusted_for  value    low   high   n
        4    all_three  200.0  200.0  200.0  40
        5        range    NaN  200.0  200.0  40
    """
    start = day_number(as_of) - DAYS_FOLLOWED - window
    is_short = history_from is not None and history_from > history_needed_from(as_of, window)
    cells = kept_and_lapsed(orders, start=start, window=window)
    status = "refused:short_follow_up" if is_short or cells.empty else _status(cells)
    rows = [_compared(cells, adjustment, status) for adjustment in ADJUSTMENTS]
    found = pd.DataFrame(rows, columns=POINT_VALUE_COLUMNS)
    found = pd.concat([found, _range(found)], ignore_index=True)
    money = found[["value", "low", "high"]] * (0.01 * n_active) * margin
    each = found[["per_kept", "per_lapsed"]] * margin
    days = {"first_day": day_of(start), "last_day": day_of(start + window - 1)}
    return found.assign(**money, **each, **days, n_active=n_active, margin=margin)


def history_needed_from(as_of: date, window: int) -> date:
    """The day from which left-truncated data must reach on for `retention_point_value`.

    Example:
        >>> history_needed_from(date(2024, 6, 1), 90)
        datetime.date(2022, 12, 4)
    """
    return day_of(day_number(as_of) - DAYS_FOLLOWED - 2 * window)


def _status(cells: pd.DataFrame) -> str:
    sizes = [cells.n[cells.is_kept == is_kept].sum() for is_kept in (1, 0)]
    if min(sizes) < FEWEST_CUSTOMERS:
        return "refused:too_few_lapsed"
    return "ok" if cells.n_priced.any() or not cells.n_back.any() else "refused:no_amounts"


def _compared(cells: pd.DataFrame, adjustment: str, status: str) -> dict[str, object]:
    """One comparison, in money of one customer."""
    kept, lapsed, comparable = _strata(cells, ADJUSTMENTS[adjustment])
    if status == "ok" and comparable < LEAST_COMPARABLE:
        status = "refused:not_comparable"
    n_kept, n_lapsed = int(kept.n.sum()), int(lapsed.n.sum())
    sizes = {"n_kept": n_kept, "n_lapsed": n_lapsed, "comparable": comparable, "n": n_kept + n_lapsed}
    row = {"adjusted_for": adjustment, "status": status, "flags": "", **sizes}
    return row | _numbers(kept, lapsed) if status == "ok" else row


def _numbers(kept: pd.DataFrame, lapsed: pd.DataFrame) -> dict[str, object]:
    found, brought = _difference(kept, lapsed), float(lapsed.amount.sum() / lapsed.n.sum())
    is_small = min(kept.n.sum(), lapsed.n.sum()) < SMALL_N
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "per_kept": brought + found.value,
        "per_lapsed": brought,
        "came_back": lapsed.n_back.sum() / lapsed.n.sum(),
        "flags": f"{ASSOCIATION} small_n" if is_small else ASSOCIATION,
    }


def _strata(cells: pd.DataFrame, keys: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Both groups, a row for each stratum that has 5 customers of either, and which share of them these are."""
    named = cells.assign(stratum=cells.groupby(list(keys)).ngroup() if keys and len(cells) else 0)
    sides = [named[named.is_kept == is_kept].groupby("stratum")[_SUMS].sum() for is_kept in (1, 0)]
    enough = sides[0].index[sides[0].n >= SUPPRESSED].intersection(sides[1].index[sides[1].n >= SUPPRESSED])
    kept, lapsed = (side.loc[enough].astype(float) for side in sides)
    shares = [side.loc[enough].n.sum() / side.n.sum() if len(side) else 0.0 for side in sides]
    return kept, lapsed, float(min(shares))


def _difference(kept: pd.DataFrame, lapsed: pd.DataFrame) -> Difference:
    """Of the means within strata, weighted as those who lapsed are spread over them, which is chance too."""
    n = lapsed.n.sum()
    gap, weight = kept.amount / kept.n - lapsed.amount / lapsed.n, lapsed.n / n
    value = float((weight * gap).sum())
    of_kept = (weight**2 * _variance(kept) / kept.n).sum()
    of_lapsed = (weight * ((gap - value) ** 2 + _variance(lapsed))).sum() / n
    return difference_with_error(value, float(np.sqrt(of_kept + of_lapsed)))


def _variance(group: pd.DataFrame) -> "pd.Series[float]":
    return ((group.square - group.amount**2 / group.n) / (group.n - 1)).clip(lower=0)


def _range(found: pd.DataFrame) -> pd.DataFrame:
    """The outer ends of the adjusted comparisons; refused where one of a single property is."""
    adjusted = found[found.adjusted_for != UNADJUSTED]
    made, refused = adjusted[adjusted.status == "ok"], adjusted[adjusted.status != "ok"]
    missing = refused[refused.adjusted_for.isin(ALIKE_IN)]
    least = (adjusted if len(missing) else made).sort_values("n", kind="stable").iloc[0]
    row = least[["n_kept", "n_lapsed", "comparable", "n", "flags"]].to_dict() | {"adjusted_for": RANGE}
    if len(missing):
        return pd.DataFrame([row | {"status": missing.status.iloc[0], "flags": ""}])
    ends = {"low": made.low.min(), "high": made.high.max(), "came_back": found.came_back.iloc[0]}
    return pd.DataFrame([row | ends | {"status": "ok"}])
