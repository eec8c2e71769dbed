"""Rows of metrics: an estimate of a metric, of a period and of a segment."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.spans import base_periods, report_period
from retention_kit.metrics.statistics.estimates import ESTIMATE
from retention_kit.periods import Period
from retention_kit.tables import ALL

_COLUMNS = ["metric", "segment", "period", *ESTIMATE, "deff", "se"]


def periods_shown(engagement: Engagement) -> list[Period]:
    """The period of the report, and the earlier ones it is compared with; of a year the one before is a year ago."""
    return list(dict.fromkeys([report_period(engagement), *base_periods(engagement).values()]))


def rows_of(table: pd.DataFrame, metric: str, period: Period | None, by: str | None) -> pd.DataFrame:
    """A metric's rows as rows of the scorecard; without a period they have their own."""
    segment = named_segments(table.segment, by) if "segment" in table else ALL
    own = table.period if period is None else str(period)
    beside = {"deff": table.get("deff", 1.0), "se": table.get("se", np.nan)}
    return table.assign(metric=metric, period=own, segment=segment, **beside)[_COLUMNS]


def stacked(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Rows of the scorecard one below the other; nobody bought or answered: none."""
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)


def named_segments(segments: "pd.Series[str]", by: str | None) -> "pd.Series[str]":
    """Segments as the scorecard calls them: `country=PL`."""
    return segments if by is None else by + "=" + segments.astype(str)


def no_estimate(status: str) -> pd.DataFrame:
    """One row without a value."""
    return pd.DataFrame([dict.fromkeys(ESTIMATE, np.nan) | {"n": 0, "status": status, "flags": ""}])
