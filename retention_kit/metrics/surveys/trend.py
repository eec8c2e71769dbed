"""The net promoter score by wave, and pooled over three waves."""

from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.clusters import per_customer, products, with_design_effect
from retention_kit.metrics.statistics.counting import merged_small
from retention_kit.metrics.surveys.answers import Kind, with_segment
from retention_kit.metrics.surveys.scores import COUNTS, SQUARES, nps_estimates, scored_once
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected, lazy, segment_keys, with_calendar

POOLED_WAVES = 3


@checked
def nps_trend(
    responses: Tabular, *, until: Period, by: str | None = None, kind: Kind = "relational", pooled: int = POOLED_WAVES
) -> pd.DataFrame:
    """How has the score moved from wave to wave, up to the end of the period `until`?

    The pooled score is that of all answers of `pooled` waves in a row, not the mean of their scores: a small wave
    weighs little. A customer who answered several of them is one cluster (`deff`). Otherwise it takes what `nps` takes;
    an answer without a wave is of that of its month.

    Returns:
        One row per wave, segment and n_waves (1: the wave by itself; 3: it and the two before it, from the third wave
        on): wave, n_waves, last_day (the day number of the wave's last answer) and the columns of `nps`, in the order
        of their last answer. Segments below 5 answers are merged into `(other)` wave by wave.

    Reference: METRICS 6, segments and trend; Z4.

    Example:
        >>> responses = pd.DataFrame({"score": [10, 0, 10, 10, 10], "answered_on": pd.to_datetime(
        ...     ["2024-03-01", "2024-04-01", "2024-04-02", "2024-05-01", "2024-05-02"])})
        >>> nps_trend(responses, until=Period("2024-05"))[["wave", "n_waves", "n", "value"]]
              wave  n_waves  n  value
        0  2024-03        1  1  100.0
        1  2024-04        1  2    0.0
        2  2024-05        1  2  100.0
        3  2024-05        3  5   60.0
    """
    given = with_calendar(lazy(responses), "answered").filter(nw.col("answered_day") < until.end_day)
    answers = with_segment(scored_once(given, kind=kind, beside=segment_keys(by)), by)
    last_day = {"last_day": nw.col("answered_day").max()}
    waves = per_customer(answers, COUNTS | last_day, ["wave", "segment"])
    windows = (
        _numbered(waves)
        .join(_windows(given, pooled), how="cross")
        .with_columns(number=nw.col("number") + nw.col("later"))
    )
    sums = {name: nw.col(name).sum() for name in COUNTS} | {name: nw.col(name).max() for name in ("wave", "last_day")}
    customers = per_customer(windows, sums, WINDOW)
    counts = collected(customers.group_by(WINDOW).agg(**sums, **products(squares=SQUARES)), *WINDOW)
    return nps_estimates(_of_waves(counts, pooled, by)[["wave", "n_waves", "last_day", "segment", *COUNTS, "deff"]])


WINDOW = ["n_waves", "number", "segment"]
"""What a row of the trend is of: so many waves, the last of them the one of that number."""


def _numbered(waves: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The counts of each customer and wave with the wave's place among all, in the order of their last answer."""
    in_turn = nw.col("wave").cum_count().over(order_by=["last_day", "wave"])
    numbers = waves.group_by("wave").agg(nw.col("last_day").max()).with_columns(number=in_turn)
    return waves.drop("last_day").join(numbers, on="wave")


def _windows(given: nw.LazyFrame[Any], pooled: int) -> nw.LazyFrame[Any]:
    """In which windows a wave counts: in one by itself, and in those of `pooled` waves that end so many waves later.

    A table of a few rows of the engine's own, which a join takes to the counts without reading them once more for each.
    """
    one, every = given.select(n_waves=nw.len()), [(1, 0), *((pooled, later) for later in range(pooled) if pooled > 1)]
    return nw.concat([one.select(n_waves=nw.lit(n_waves), later=nw.lit(later)) for n_waves, later in every])


def _of_waves(counts: pd.DataFrame, pooled: int, by: str | None) -> pd.DataFrame:
    """The rows of whole windows, named by their last wave, small segments merged window by window."""
    named = counts[counts.n_waves == 1].drop_duplicates("number").set_index("number")
    tables = []
    for n_waves in sorted({1, pooled}):
        rows = counts[(counts.n_waves == n_waves) & counts.number.between(n_waves, len(named))]
        rows = rows.drop(columns=["wave", "last_day", "n_waves"]).rename(columns={"number": "period"})
        merged = rows if by is None else merged_small(rows)
        last = {"wave": merged.period.map(named.wave), "last_day": merged.period.map(named.last_day)}
        tables.append(merged.assign(n_waves=n_waves, **last))
    return with_design_effect(pd.concat(tables, ignore_index=True), squares=SQUARES)
