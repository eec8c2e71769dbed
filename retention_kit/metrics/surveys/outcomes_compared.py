"""Do promoters buy more than detractors with similar earlier purchases, and what revenue goes with a point of NPS?"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.differences import (
    UNKNOWN,
    Difference,
    difference_of_proportions,
    difference_with_error,
)
from retention_kit.metrics.statistics.estimates import FEWEST_CUSTOMERS, SMALL_N, SUPPRESSED
from retention_kit.metrics.surveys.outcome_counts import CODES, HORIZONS, behaviour_cells
from retention_kit.tables import Tabular

RAW, STRATIFIED = "raw", "stratified"
DIFFERENCE_COLUMNS = [
    "horizon_days", "adjustment", "value", "low", "high", "p_value", "retained_promoters", "n_promoters",
    "retained_detractors", "n_detractors", "n", "status", "flags",
]  # fmt: skip
POINT_COLUMNS = ["horizon_days", "adjustment", "value", "low", "high", "p_value", "n", "status", "flags"]

ASSOCIATION = "association"
"""The flag of a number that shows association, not effect."""


@checked
def nps_behaviour_difference(
    answers: Tabular, occasions: Tabular, *, as_of: date, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """Did more promoters than detractors buy again, unadjusted and adjusted for earlier purchases?

    raw = share of promoters retained - share of detractors retained
    stratified = sum of w x the difference within a stratum / sum of w, with w = n1 x n0 / (n1 + n0) (Mantel-Haenszel)

    Takes what `nps_behaviour` takes. The strata are those of `behaviour_cells`: loyal customers answer more and score
    higher, and buy again whatever they answered. Purchases before the first day of the data are unknown, so answers of
    the first year are adjusted less well.

    Returns:
        Two rows per horizon, adjustment "raw" and "stratified": horizon_days, adjustment, value (difference of shares),
        low, high (95 %; raw Newcombe, stratified normal with Sato's variance), p_value (raw as
        `difference_of_proportions`, stratified normal), retained_promoters, n_promoters, retained_detractors,
        n_detractors (stratified: of the strata that have both groups), n, status, flags (`association`, `small_n` where
        a group is below 30). `suppressed` where a group has fewer than 5 customers.

    Warning:
        Only earlier purchases are adjusted for: what remains is association.

    Reference: METRICS N12; Newcombe 1998; Mantel & Haenszel 1959; Sato 1989, Biometrics 45:1323.

    Example:
        >>> answers = pd.DataFrame({"customer_id": list("abcdefghij"), "score": [9, 9, 9, 9, 9, 2, 2, 2, 2, 2],
        ...     "answered_on": pd.to_datetime(["2024-01-01"] * 10)})
        >>> orders = pd.DataFrame({"customer_id": list("abcdf"), "ordered_on": pd.to_datetime(["2024-02-01"] * 5)})
        >>> found = nps_behaviour_difference(answers, orders, as_of=date(2024, 6, 1), horizons=[90])
        >>> found[["adjustment", "value", "retained_promoters", "retained_detractors"]].round(2)
           adjustment  value  retained_promoters  retained_detractors
        0         raw    0.6                   4                    1
        1  stratified    0.6                   4                    1
    """
    return differences_of(behaviour_cells(answers, occasions, as_of=as_of, horizons=horizons), horizons=horizons)


def differences_of(cells: pd.DataFrame, *, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """`nps_behaviour_difference` from `behaviour_cells`."""
    rows = []
    for horizon in horizons:
        pairs = _pairs(cells[cells.horizon_days == horizon])
        both = pairs[(pairs.n_promoters > 0) & (pairs.n_detractors > 0)]
        rows += [_compared(pairs, horizon, RAW), _compared(both, horizon, STRATIFIED)]
    return pd.DataFrame(rows, columns=DIFFERENCE_COLUMNS)


def _pairs(cells: pd.DataFrame) -> pd.DataFrame:
    """One row per stratum: promoters and detractors."""
    groups = {f"{group}s": cells[cells.group == group].set_index("stratum") for group in ("promoter", "detractor")}
    columns = {f"{name}_{group}": part[name] for group, part in groups.items() for name in ("retained", "n")}
    return pd.DataFrame(columns).fillna(0).astype("int64")


def _compared(pairs: pd.DataFrame, horizon: int, adjustment: str) -> dict[str, object]:
    counts = {str(name): int(total) for name, total in pairs.sum().items()}
    least = min(counts["n_promoters"], counts["n_detractors"])
    row = {"horizon_days": horizon, "adjustment": adjustment}
    last = {"n": counts["n_promoters"] + counts["n_detractors"]}
    if least < SUPPRESSED:
        hidden = {name: n if name.startswith("n_") else np.nan for name, n in counts.items()}
        return row | vars(UNKNOWN) | hidden | last | {"status": "suppressed", "flags": ""}
    found = difference_of_proportions(*counts.values()) if adjustment == RAW else difference_within_strata(pairs)
    return row | vars(found) | counts | last | {"status": "ok", "flags": _flags(least)}


def _flags(least: int) -> str:
    return ASSOCIATION if least >= SMALL_N else f"{ASSOCIATION} small_n"


def difference_within_strata(pairs: pd.DataFrame) -> Difference:
    """The Mantel-Haenszel difference of two proportions over strata, with Sato's variance (for many strata or few).

    The columns of `pairs`, a row per stratum, in order: hits and n of one group, hits and n of the other; n is above 0.

    Example:
        >>> pairs = pd.DataFrame({"hits": [36, 9], "n": [40, 30], "base_hits": [12, 2], "base_n": [20, 20]})
        >>> change = difference_within_strata(pairs)
        >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
        (0.2526, 0.0954, 0.4099)
    """
    a, n1, b, n0 = pairs.to_numpy(float).T
    n = n1 + n0
    weight = (n1 * n0 / n).sum()
    value = float(((a * n0 - b * n1) / n).sum() / weight)
    p = ((n1**2 * b - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2).sum()
    q = ((a * (n0 - b) + b * (n1 - a)) / (2 * n)).sum()
    return difference_with_error(value, float(np.sqrt(max(value * p + q, 0)) / weight))


@checked
def value_of_a_point(
    answers: Tabular, occasions: Tabular, *, as_of: date, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """How much more revenue per customer goes with one point more of NPS?

    value = slope / 100, the slope that of the customer's revenue in the days after the answer on the answer's code
    (promoter 1, passive 0, detractor -1), by least squares with a constant per stratum

    Takes what `nps_behaviour` takes. NPS is 100 x the mean code: it rises by one point when one customer in a hundred
    goes from passive to promoter, or one in two hundred from detractor to promoter. So the value is money per customer,
    of all customers, in the horizon, and 1,000 customers are worth 1,000 times as much.

    Returns:
        Two rows per horizon, adjustment "raw" (one constant) and "stratified" (one per stratum, as in
        `nps_behaviour_difference`): horizon_days, adjustment, value (money per customer and point), low, high (95 %,
        heteroscedastic variance HC1), p_value, n (customers), status, flags (`association`, always). `refused:too_few`
        below 10 promoters or 10 detractors, or where no stratum has two groups, `refused:no_amounts` where orders have
        no amounts.

    Warning:
        It is association: customers who score higher spend more, for many reasons. Raising the score by asking at a
        better time raises no revenue.

    Reference: METRICS section 6, link to behaviour; White 1980, MacKinnon & White 1985 (HC1).

    Example:
        >>> answers = pd.DataFrame({"customer_id": range(20), "score": [9] * 10 + [2] * 10,
        ...     "answered_on": pd.to_datetime(["2024-01-01"] * 20)})
        >>> orders = pd.DataFrame({"customer_id": range(20), "amount": [30] * 10 + [10] * 10,
        ...     "ordered_on": pd.to_datetime(["2024-02-01"] * 20)})
        >>> found = value_of_a_point(answers, orders, as_of=date(2024, 6, 1), horizons=[90])
        >>> found[["adjustment", "value"]]
           adjustment  value
        0         raw    0.1
        1  stratified    0.1
    """
    return point_values_of(behaviour_cells(answers, occasions, as_of=as_of, horizons=horizons), horizons=horizons)


def point_values_of(cells: pd.DataFrame, *, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """`value_of_a_point` from `behaviour_cells`."""
    rows = []
    for horizon in horizons:
        within = cells[cells.horizon_days == horizon]
        rows += [_priced(within.assign(stratum=0), horizon, RAW), _priced(within, horizon, STRATIFIED)]
    return pd.DataFrame(rows, columns=POINT_COLUMNS)


def _priced(cells: pd.DataFrame, horizon: int, adjustment: str) -> dict[str, object]:
    status = _status(cells)
    slope = _slope(cells) if status == "ok" else UNKNOWN
    if status == "ok" and np.isnan(slope.value):
        status = "refused:too_few"
    return {
        "horizon_days": horizon,
        "adjustment": adjustment,
        "value": slope.value / 100,
        "low": slope.low / 100,
        "high": slope.high / 100,
        "p_value": slope.p_value,
        "n": int(cells.n.sum()),
        "status": status,
        "flags": ASSOCIATION if status == "ok" else "",
    }


def _status(cells: pd.DataFrame) -> str:
    sizes = [cells.n[cells.group == group].sum() for group in ("promoter", "detractor")]
    if min(sizes) < FEWEST_CUSTOMERS:
        return "refused:too_few"
    return "ok" if cells.n_priced.any() or not cells.retained.any() else "refused:no_amounts"


def _slope(cells: pd.DataFrame) -> Difference:
    """Least squares from sums alone: all customers of a cell have one code, so a cell's sums say all of them."""
    n, total, squares = (cells[name].to_numpy(float) for name in ("n", "amount", "square"))
    code = cells.group.map(CODES).to_numpy(float)
    strata, place = np.unique(cells.stratum, return_inverse=True)
    size = np.bincount(place, n)
    centred = code - (np.bincount(place, n * code) / size)[place]
    spread = (n * centred**2).sum()
    if spread == 0:
        return UNKNOWN
    slope = float((centred * total).sum() / spread)
    fitted = (np.bincount(place, total) / size)[place] + slope * centred
    residuals = squares - 2 * fitted * total + n * fitted**2
    freedom = n.sum() - len(strata) - 1
    variance = (centred**2 * residuals).sum() / spread**2 * n.sum() / freedom
    return difference_with_error(slope, float(np.sqrt(max(variance, 0))))
