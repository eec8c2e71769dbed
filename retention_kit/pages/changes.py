"""Has any metric of a scorecard changed since the period before, or since a year ago?"""

from typing import Any

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.spans import BASES, base_periods, report_period
from retention_kit.facts.tracks import Tracks, tracks
from retention_kit.metrics.description import Base, Metric
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.differences import UNKNOWN, Difference, adjusted_p_values
from retention_kit.metrics.statistics.estimates import OTHER
from retention_kit.metrics.statistics.verdicts import Scale, judged, verdict
from retention_kit.pages.differences import Compared, Estimates, differences
from retention_kit.periods import Period
from retention_kit.tables import ALL, SMALLER


def changes(engagement: Engagement, card: pd.DataFrame) -> pd.DataFrame:
    """Has any metric of a scorecard changed, against the period before and against the same period a year ago?

    The rules stand in `metrics.statistics.verdicts`: periods of equal length, chance and how much the metric varies
    anyway, the season taken out of a change since the period before where two years are known.

    Args:
        engagement: The engagement of the scorecard.
        card: The result of `scorecard`.

    Returns:
        One row per metric that can be compared, segment and base BASES: metric, segment (`(all)`; for shares and the
        net promoter score also each segment of engagement.toml), period, base, base_period, base_value, difference
        (percentage points as a share, points, money per order, or a relative change per day for totals and counts),
        usual (what the same two periods brought a year earlier; missing where no season is taken out), beyond (what is
        tested: the difference, or what of it is beyond the usual one), low, high (95 %, of that), p_value, p_adjusted
        (Benjamini-Hochberg over the metrics of one group, totals among totals and segments among segments, so that the
        overview and the group's own page say the same; metrics that say one fact, such as retention and churn, are one
        test), smallest_seen (the smallest change that would have been seen four times in five), flags
        ("beyond_season", "season_unknown", "sampling_only") and verdict: "changed" only if the interval excludes 0,
        p_adjusted is at most 0.10 and the change is worth speaking of; "changed, but little" if only the last fails;
        else "no detectable change"; "no_base_period" where the data do not reach back; "not_comparable" where a value
        is missing, a count was 0, the pool of one of two rates is truncated, the season is not known, or the metric is
        a state without an interval. A metric is compared with its own `bases`; a year with the year before once.
    """
    period, bases = report_period(engagement), base_periods(engagement)
    estimates: Estimates = {(str(row.metric), str(row.segment), str(row.period)): row for row in card.itertuples()}
    pairs = [
        (metric, segment) for metric, segment, of in estimates if of == str(period) and _is_compared(metric, segment)
    ]
    levels = _tracks(engagement, pairs)
    rows = []
    for name in BASES:
        own = [pair for pair in pairs if _is_own_base(name, METRICS[pair[0]], period)]
        if name not in bases:
            rows += [_row(pair, estimates, period, name) for pair in own]
            continue
        between = Compared(name, period, bases[name])
        found = differences(engagement, estimates, own, between, levels)
        rows += [_judged_row(pair, estimates, between, found.get(pair, UNKNOWN), levels) for pair in own]
    return _with_verdicts(pd.DataFrame(rows, columns=_COLUMNS))


_COLUMNS = [
    "metric", "segment", "period", "base", "base_period", "base_value", "difference", "usual", "beyond", "low", "high",
    "p_value", "p_adjusted", "smallest_seen", "flags", "verdict", "least",
]  # fmt: skip


def _tracks(engagement: Engagement, pairs: list[tuple[str, str]]) -> Tracks:
    topics = dict.fromkeys(METRICS[metric].group for metric, _segment in pairs)
    return {pair: track for topic in topics for pair, track in tracks(engagement, topic).items()}


def _is_own_base(base: Base, metric: Metric, period: Period) -> bool:
    """Whether a metric is compared with a base: of a year the one before is that of a year ago, and is said once."""
    if period.year_ago() == period.previous():
        return "year_ago" in metric.bases and base == metric.bases[0]
    return base in metric.bases


def _is_compared(metric: str, segment: str) -> bool:
    compared = METRICS[metric].compared
    is_one_group = not segment.endswith((OTHER, SMALLER))  # what is merged differs from period to period
    return (compared in ("proportion", "hazard", "points") and is_one_group) or (compared != "none" and segment == ALL)


def _judged_row(
    pair: tuple[str, str], estimates: Estimates, between: Compared, found: Difference, levels: Tracks
) -> dict[str, object]:
    row = _row(pair, estimates, between.now, between.name, between.then)
    scale = Scale(METRICS[pair[0]], float(str(row["base_value"])), between.then.n_days, between.now.unit)
    told = judged(scale, found, levels.get(pair), between.now - between.then)
    return row | {
        "difference": told.difference,
        "usual": told.usual,
        "beyond": told.tested.value,
        "low": told.tested.low,
        "high": told.tested.high,
        "p_value": told.tested.p_value,
        "smallest_seen": told.smallest_seen,
        "flags": told.flags,
        "verdict": "",
        "least": scale.least,
    }


def _row(
    pair: tuple[str, str], estimates: Estimates, period: Period, base: Base, base_period: Period | None = None
) -> dict[str, object]:
    """A row before anything is judged."""
    then = estimates.get((*pair, str(base_period)))
    numbers = ("difference", "usual", "beyond", "low", "high", "p_value", "smallest_seen", "least")
    unknown = dict.fromkeys(numbers, np.nan)
    return {
        "metric": pair[0],
        "segment": pair[1],
        "period": str(period),
        "base": base,
        "base_period": str(base_period) if base_period else "",
        "base_value": np.nan if then is None else float(then.value),
        **unknown,
        "flags": "",
        "verdict": "" if base_period else "no_base_period",
    }


def _with_verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """The verdicts, once it is known what was tested beside."""
    is_own = table.metric.map(lambda name: METRICS[name].tested_as == "")
    group = table.metric.map(lambda name: METRICS[name].group)
    p_values = table.p_value.where(is_own).astype(float)
    table["p_adjusted"] = p_values.groupby([group, table.segment == ALL]).transform(adjusted_p_values)
    numbers = table[["beyond", "low", "high", "p_adjusted", "least"]].astype(float).to_numpy()
    words = [verdict(*row[:4], least=row[4]) for row in numbers.tolist()]
    table["verdict"] = table.verdict.where(table.verdict != "", pd.Series(words, index=table.index, dtype=str))
    rows: list[dict[Any, Any]] = table.drop(columns="least").to_dict("records")
    told = {(row["metric"], row["segment"], row["base"]): row for row in rows}
    shared = [row | _same_test(row, told) for row in rows]
    return pd.DataFrame(shared, columns=list(table.drop(columns="least")))


def _same_test(row: dict[Any, Any], told: dict[tuple[str, str, str], dict[Any, Any]]) -> dict[str, Any]:
    """What a metric that says the same fact as another takes from the other's test; nothing of one tested itself."""
    metric = METRICS[row["metric"]]
    same = told.get((metric.tested_as, row["segment"], row["base"]))
    if same is None:
        return {}
    shared = {name: same[name] for name in ("p_value", "p_adjusted", "smallest_seen", "flags", "verdict")}
    if metric.compared != "hazard":
        unknown = dict.fromkeys(("usual", "low", "high", "smallest_seen"), np.nan)  # of the rate, in its unit
        return shared | unknown | {"beyond": row["difference"]}
    turned = {name: -same[name] for name in ("difference", "usual", "beyond")}  # what is kept falls by what is lost
    return shared | turned | {"low": -same["high"], "high": -same["low"]}
