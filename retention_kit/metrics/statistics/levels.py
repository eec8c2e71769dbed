"""What changes of a metric are differences of: its level, on a scale on which changes of all sizes compare."""

import numpy as np
import pandas as pd

from retention_kit.metrics.description import Compared
from retention_kit.metrics.statistics.estimates import Floats, quotient
from retention_kit.metrics.statistics.hazards import MEAN_DAYS
from retention_kit.periods import Unit


def levels(rows: pd.DataFrame, compared: Compared, *, unit: Unit) -> pd.DataFrame:
    """Rows of a metric with their `level` and its `variance`; missing where a rate or an amount is 0 or not known.

    Takes rows with value, numerator, denominator, deff, se and days: the length of what was counted.
    """
    level, variance = _LEVELS[compared](rows, unit)
    is_known = (rows.status == "ok").to_numpy() & np.isfinite(level) & np.isfinite(variance)
    return rows.assign(level=np.where(is_known, level, np.nan), variance=np.where(is_known, variance, np.nan))


def _of_hazards(rows: pd.DataFrame, unit: Unit) -> tuple[Floats, Floats]:
    k, n = rows.numerator.to_numpy(float), rows.denominator.to_numpy(float)
    rate = np.where(k > 0, (k + 0.5) / (n + 1), np.nan)
    survival = -np.log1p(-rate)
    return np.log(survival * MEAN_DAYS[unit] / rows.days.to_numpy(float)), rate / ((1 - rate) * n) / survival**2


def _of_proportions(rows: pd.DataFrame, _unit: Unit) -> tuple[Floats, Floats]:
    k, n = rows.numerator.to_numpy(float), rows.denominator.to_numpy(float) / rows.deff.to_numpy(float)
    share = quotient(np.where(k > 0, k, np.nan), rows.denominator)
    known = share * n
    smooth = (known + 0.5) / (n + 1)  # of a share of 1 a few answers do not know everything
    return np.log(share), (1 - smooth) / (smooth * n)


def _of_ratios(rows: pd.DataFrame, _unit: Unit) -> tuple[Floats, Floats]:
    value = rows["value"].to_numpy(float)
    value = np.where(value > 0, value, np.nan)
    return np.log(value), (rows.se.to_numpy(float) / value) ** 2


def _of_totals(rows: pd.DataFrame, unit: Unit) -> tuple[Floats, Floats]:
    level, variance = _of_ratios(rows, unit)
    return level - np.log(rows.days.to_numpy(float)), variance


def _of_counts(rows: pd.DataFrame, _unit: Unit) -> tuple[Floats, Floats]:
    count = rows["value"].to_numpy(float) + 0.5
    return np.log(count / rows.days.to_numpy(float)), 1 / count


def _of_scores(rows: pd.DataFrame, _unit: Unit) -> tuple[Floats, Floats]:
    return rows["value"].to_numpy(float), rows.se.to_numpy(float) ** 2


_LEVELS = {
    "hazard": _of_hazards,
    "proportion": _of_proportions,
    "ratio": _of_ratios,
    "total": _of_totals,
    "count": _of_counts,
    "points": _of_scores,
}
