"""What is associated with a high score? Relative importance of rating items and of what happened to the customer."""

from collections.abc import Mapping, Sequence
from itertools import chain

import narwhals as nw
import numpy as np
import pandas as pd
from scipy import special

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import Floats, quotient
from retention_kit.metrics.surveys.importance import (
    NOTHING,
    collinear_blocks,
    covariance,
    resampled_covariances,
    shares_of_r2,
)
from retention_kit.tables import Tabular, collected, lazy, require

FEWEST_ANSWERS = 100
ANSWERS_PER_DRIVER = 15
MOST_DRIVERS = 10
"""Every subset is computed: ten drivers have 1,024 of them."""

NOISE = 0.05
SEED = 20240501

COLUMNS = [
    "driver", "importance", "low", "high", "performance", "is_scaled", "correlation", "n", "n_left_out", "r2",
    "status", "flags",
]  # fmt: skip


@checked
def nps_drivers(
    answers: Tabular,
    *,
    drivers: Sequence[str],
    outcome: str = "score",
    scales: Mapping[str, tuple[float, float]] | None = None,
    seed: int = SEED,
) -> pd.DataFrame:
    """Which ratings and facts are associated with the score, beside the others, and how well do we do in them?

    importance = the driver's Shapley share of R² / R²: the gain in R² from adding it, averaged over all orders

    Args:
        answers: One row per respondent: the outcome and the drivers as numbers, for example `driver_table`. Rows that
            lack the outcome or a driver are excluded and counted, but a driver without any value excludes none.
        drivers: The columns taken as drivers.
        outcome: The column explained.
        scales: The lowest and the highest answer of rating items, for example {"delivery_rating": (1, 5)}.
        seed: Of the bootstrap, so that two runs give the same interval.

    Returns:
        One row per driver, the most important first: driver, importance (0..1, they add up to 1), low, high (95 %,
        percentiles of 1,000 bootstrap samples of respondents, widened to include the importance), performance (the
        mean, of a driver with a scale rescaled to 0..1), is_scaled (whether it was), correlation (with the outcome: the
        direction, which importance has not), n (respondents), n_left_out, r2 (of all drivers together), status, flags.
        Drivers that are nearly sums of others (VIF above 5) share one row, "a + b", flag `collinear`, without
        correlation, with the mean performance where all have a scale. A driver that does not vary or has no value is
        `refused:constant`. All others are `refused:too_few` below the larger of 100 and 15 x drivers respondents,
        `refused:too_many_drivers` above 10 rows, `refused:constant` where the outcome does not vary,
        `refused:no_association` where R² is 0, and all are `no_responses` where nobody gave a score. Flag
        `no_association` where the drivers together explain no more than chance would (F-test, 5 %): then the shares
        divide noise.

    Raises:
        InvalidTable: A column is absent or no number, no driver is named, or a scale is reversed or excludes answers.

    Warning:
        Shares cannot be negative, so an interval above 0 proves nothing. And importance is association: a driver that
        matters in the data need not raise the score when it is improved.

    Reference: METRICS section 6, drivers; Lindeman, Merenda & Gold 1980; Groemping 2006, J. Stat. Software 17(1).

    Example:
        >>> rows = pd.DataFrame({"speed": [1, 2, 3, 4, 5] * 40, "price": [1, 1, 2, 2] * 50})
        >>> found = nps_drivers(rows.assign(score=rows.speed + 5), drivers=["price", "speed"], scales={"speed": (1, 5)})
        >>> found[["driver", "importance", "performance", "status"]]
          driver  importance  performance status
        0  speed         1.0          0.5     ok
        1  price         0.0          1.5     ok
    """
    if not drivers:
        raise InvalidTable("No driver is named: give the columns that may go with the score.")
    given = _numbers(answers, [outcome, *drivers])
    _check_scales(given[list(drivers)], scales or {})
    answered = given.dropna(subset=[outcome])
    valued = [name for name in drivers if answered[name].notna().any()]
    table = answered.dropna(subset=valued)
    performance = _performance(table[list(drivers)], scales or {})
    varying = [name for name in valued if table[name].nunique() > 1] if len(table) else valued
    status = _status(table[outcome], len(varying)) if len(answered) else "no_responses"
    constants = [name for name in drivers if name not in varying]
    constant = _refused(constants, performance, status if status == "no_responses" else "refused:constant")
    is_ok = status == "ok" and varying
    found = _ranked(table[[*varying, outcome]], performance, seed) if is_ok else _refused(varying, performance, status)
    rows = pd.concat([part for part in (found, constant) if len(part)], ignore_index=True)
    return rows.assign(n=len(table), n_left_out=len(given) - len(table))[COLUMNS]


def _numbers(answers: Tabular, names: list[str]) -> pd.DataFrame:
    """The columns as numbers, the rows in an order that no engine can change."""
    frame = lazy(answers)
    require(frame, *names)
    schema = frame.collect_schema()
    if words := [name for name in names if not (schema[name].is_numeric() or schema[name] == nw.Boolean)]:
        raise InvalidTable(f'Column "{words[0]}" holds {schema[words[0]]}, not numbers: give each answer its number.')
    return collected(frame.select(nw.col(*names).cast(nw.Float64)), *names)


def _status(outcome: "pd.Series[float]", n_drivers: int) -> str:
    if len(outcome) < max(FEWEST_ANSWERS, ANSWERS_PER_DRIVER * n_drivers):
        return "refused:too_few"
    return "ok" if outcome.nunique() > 1 else "refused:constant"


def _check_scales(drivers: pd.DataFrame, scales: Mapping[str, tuple[float, float]]) -> None:
    """Refuse a scale that runs backwards or does not contain the answers."""
    for name, (lowest, highest) in scales.items():
        if lowest >= highest:
            raise InvalidTable(f'The scale of "{name}" runs from {lowest} to {highest}: give the lowest answer first.')
        if name in drivers and (drivers[name].lt(lowest) | drivers[name].gt(highest)).any():
            least, most = drivers[name].min(), drivers[name].max()
            raise InvalidTable(
                f'The scale of "{name}" runs from {lowest:g} to {highest:g}, but its answers from {least:g} to '
                f"{most:g}: give the scale on which it was asked."
            )


def _performance(drivers: pd.DataFrame, scales: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Per driver: its mean, rescaled where it has a scale, and whether it has one."""
    means = drivers.mean()
    for name, (lowest, highest) in scales.items():
        if name in means:
            means[name] = (means[name] - lowest) / (highest - lowest)
    return pd.DataFrame({"performance": means, "is_scaled": means.index.isin(list(scales))})


def _refused(names: Sequence[str], performance: pd.DataFrame, status: str) -> pd.DataFrame:
    missing = dict.fromkeys(("importance", "low", "high", "correlation", "r2"), np.nan)
    described = performance.loc[list(names)].rename_axis("driver").reset_index()
    return described.assign(**missing, status=status, flags="")


def _ranked(table: pd.DataFrame, performance: pd.DataFrame, seed: int) -> pd.DataFrame:
    names = list(table.columns[:-1])
    rows = ((table - table.mean()) / table.std(ddof=0)).to_numpy(float)
    correlations = covariance(rows)
    blocks = collinear_blocks(correlations[0, :-1, :-1])
    if len(blocks) > MOST_DRIVERS:
        return _refused(names, performance, "refused:too_many_drivers")
    shares = _shares(rows, blocks, seed)
    if shares["r2"] < NOTHING:
        return _refused(names, performance, "refused:no_association")
    is_noise = _p_of_nothing(float(shares["r2"]), len(rows), len(names)) >= NOISE
    described = [_described([names[place] for place in block], performance, is_noise) for block in blocks]
    alone = [correlations[0, block[0], -1] if len(block) == 1 else np.nan for block in blocks]
    found = pd.DataFrame(described).assign(**shares, correlation=alone, status="ok")
    return found.sort_values(["importance", "driver"], ascending=[False, True])


def _shares(rows: Floats, blocks: list[list[int]], seed: int) -> dict[str, Floats]:
    in_turn, sizes = [*chain.from_iterable(blocks), -1], [len(block) for block in blocks]
    shares, r2 = shares_of_r2(covariance(rows[:, in_turn]), sizes)
    samples, r2_of_samples = shares_of_r2(resampled_covariances(rows[:, in_turn], seed=seed), sizes)
    low, high = np.percentile(quotient(samples, r2_of_samples[:, np.newaxis]), [2.5, 97.5], axis=0)
    value = quotient(shares, r2[:, np.newaxis])[0]
    return {"importance": value, "low": np.minimum(low, value), "high": np.maximum(high, value), "r2": r2[0]}


def _described(names: list[str], performance: pd.DataFrame, is_noise: bool) -> dict[str, object]:
    own, is_joint = performance.loc[names], len(names) > 1
    is_scaled = bool(own.is_scaled.all())
    return {
        "driver": " + ".join(names),
        "performance": own.performance.mean() if is_scaled or not is_joint else np.nan,
        "is_scaled": is_scaled,
        "flags": " ".join(["collinear"] * is_joint + ["no_association"] * is_noise),
    }


def _p_of_nothing(r2: float, n: int, n_drivers: int) -> float:
    """The chance of so large an R² where the drivers have nothing to do with the outcome (F-test)."""
    freedom = n - n_drivers - 1
    return float(special.fdtrc(n_drivers, freedom, r2 / n_drivers / (max(1 - r2, NOTHING) / freedom)))
