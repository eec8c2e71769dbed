"""The net promoter score by wave, and pooled over three waves."""

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.metrics.statistics.counting import merged_small
from retention_kit.metrics.surveys.answers import Kind, with_segment
from retention_kit.metrics.surveys.scores import COUNTS, nps_estimates, scored_once
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected

POOLED_WAVES = 3


@checked
def nps_trend(
    responses: Tabular, *, until: Period, by: str | None = None, kind: Kind = "relational", pooled: int = POOLED_WAVES
) -> pd.DataFrame:
    """How has the score moved from wave to wave, up to the end of the period `until`?

    The pooled score is that of all answers of `pooled` waves in a row, not the mean of their scores: a small wave
    weighs little. Otherwise it takes what `nps` takes; an answer without a wave is of that of its month.

    Returns:
        One row per wave, segment and n_waves (1: the wave by itself; 3: it and the two before it, from the third wave
        on): wave, n_waves, last_day (the day number of the wave's last answer) and the columns of `nps`, in the order
        of their last answer. Segments below 5 answers are merged into `(other)` wave by wave.

    Reference: METRICS 6, segments and trend.

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
    answers = with_segment(scored_once(responses, kind=kind, before=until.end_day), by)
    last = {"last_day": nw.col("answered_day").max()}
    counts = collected(answers.group_by("wave", "segment").agg(**COUNTS, **last), "wave", "segment")
    if counts.empty:
        return nps_estimates(counts.assign(n_waves=0)[["wave", "n_waves", "last_day", "segment", *COUNTS]])
    last_days = counts.groupby("wave").last_day.max()
    waves = last_days.reset_index().sort_values(["last_day", "wave"]).wave
    wide = counts.pivot(index="wave", columns="segment", values=list(COUNTS)).reindex(waves).fillna(0)
    rows = pd.concat([*_rolled(wide, 1, by), *_rolled(wide, pooled, by)], ignore_index=True)
    rows.insert(2, "last_day", rows.wave.map(last_days))
    return nps_estimates(rows)


def _rolled(wide: pd.DataFrame, n_waves: int, by: str | None) -> Iterator[pd.DataFrame]:
    """Per wave the counts of it and the waves before it, small segments merged."""
    sums = wide.rolling(n_waves).sum().iloc[n_waves - 1 :].astype(int)
    for wave, row in sums.iterrows():
        counts = row.unstack("segment").T[list(COUNTS)].reset_index()
        asked = counts[(counts.denominator > 0) | (counts.n_rejected > 0)]
        segments = asked.reset_index(drop=True) if by is None else merged_small(asked)
        yield segments.assign(wave=str(wave), n_waves=n_waves)[["wave", "n_waves", "segment", *COUNTS]]
