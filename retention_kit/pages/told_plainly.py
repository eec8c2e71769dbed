"""What is told without a test: what the season brings, and a segment that was not there before."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from retention_kit.engagement import Engagement
from retention_kit.facts import orders
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.facts.spans import periods_counted, report_period
from retention_kit.facts.tracks import tracks
from retention_kit.metrics.statistics.estimates import OTHER, SMALL_N, Z
from retention_kit.metrics.statistics.tracks import BASELINE
from retention_kit.pages.scorecard import scorecard
from retention_kit.pages.targets import targets
from retention_kit.tables import ALL, NONE, SMALLER

ALIKE = 0.75
"""A change is the season's where that of a year ago went the same way, so much of it at least."""

LEAST_OF_ONE = 0.20
"""An order of so much of the revenue is told."""

LEAST_OF_SEASON = 0.10
"""A smaller change of revenue since the period before is not told as the season's."""


def told_plainly(engagement: Engagement) -> list[dict[str, Any]]:
    """The rows of `findings` that say what happened without saying that it is out of the ordinary."""
    if not engagement.has("orders"):
        return []
    return [*_season(engagement), *_first_seen(engagement), *_gone(engagement), *_one_order(engagement)]


def targets_told(engagement: Engagement) -> list[dict[str, Any]]:
    """The targets that were due in the period, where it can be told whether they were met."""
    if not engagement.settings.targets:
        return []
    found, period = targets(engagement, scorecard(engagement)), report_period(engagement)
    is_due = found.status.isin(["met", "missed"]) & found.by.map(lambda day: period.start <= day < period.end)
    return [
        {
            "told": "now",
            "kind": row.status,
            "metric": row.metric,
            "segment": row.segment,
            "period": str(period),
            "since": str(period),
            "value": row.value,
            "expected": row.target,
            "is_good": row.status == "met",
            "cells": f"{row.metric}|{row.segment}|{period}",
        }
        for row in found[is_due].itertuples()
    ]


def _season(engagement: Engagement) -> Iterator[dict[str, Any]]:
    """Revenue moved since the period before, beyond sampling, as it had a year earlier."""
    track = tracks(engagement, "orders").get(("net_revenue", ALL))
    if track is None or track.year == 1:
        return
    last, year = track.n - 1, track.year
    now, then, earlier = (track.step(at, 1) for at in (last, last - year, last - 2 * year))
    is_again = not earlier.change * now.change < 0  # nor is one year a season where another says otherwise
    is_sure = abs(now.change) > Z * math.sqrt(now.variance)  # never where a level is missing
    is_large = abs(math.expm1(now.change)) >= LEAST_OF_SEASON
    is_alike = now.change * then.change >= ALIKE * now.change**2
    if is_sure and is_large and is_alike and is_again:
        yield _row(engagement, "season", "net_revenue", ALL) | {
            "expected": math.expm1(then.change),
            "change": math.expm1(now.change),
        }


def _first_seen(engagement: Engagement) -> Iterator[dict[str, Any]]:
    """Segments whose first buyers are of this period, where others had some in each of the 12 before."""
    rows = metric_rows(engagement, "orders")
    bought = rows[(rows.metric == "buyers") & (rows.segment != ALL) & (rows.value > 0)]
    last, counted = str(report_period(engagement)), periods_counted(engagement)
    if len(counted) <= BASELINE:
        return
    for segment, own in bought.groupby("segment"):
        row = own.iloc[0]
        if set(own.period) == {last} and row["value"] >= SMALL_N and not str(segment).endswith((OTHER, SMALLER, NONE)):
            yield _row(engagement, "first_seen", "buyers", str(segment)) | {
                "value": row["value"],
                "beyond": row["value"],
            }


def _gone(engagement: Engagement) -> Iterator[dict[str, Any]]:
    """Segments that had buyers in each of the 12 periods before, and have none in this one."""
    rows, counted = metric_rows(engagement, "orders"), [str(period) for period in periods_counted(engagement)]
    before, last = counted[-BASELINE - 1 : -1], counted[-1]
    own = rows[(rows.segment != ALL) & rows.period.isin([*before, last])].pivot_table(
        index=["metric", "segment"], columns="period", values="value"
    )
    own = own.reindex(columns=[*before, last])
    for segment in own.loc["buyers"].index if "buyers" in own.index else ():
        bought = own.loc["buyers", segment]
        is_gone = not bought[last] > 0 and bool((bought[before] > 0).all()) and len(before) == BASELINE
        if is_gone and bought[before].mean() >= SMALL_N and not str(segment).endswith((OTHER, SMALLER, NONE)):
            yield {
                "told": "now",
                "kind": "gone",
                "metric": "buyers",
                "segment": str(segment),
                "period": last,
                "since": last,
                "value": 0.0,
                "expected": bought[before].mean(),
                "beyond": -bought[before].mean(),
                "money": -own.loc["net_revenue", segment][before].mean(),
                "is_good": False,
            }


def _one_order(engagement: Engagement) -> Iterator[dict[str, Any]]:
    """An order so large that revenue and order value are its own."""
    found = orders.largest(engagement).iloc[0]
    if found.n >= SMALL_N and found.amount >= LEAST_OF_ONE * found.revenue > 0:
        yield _row(engagement, "one_order", "net_revenue", ALL) | {"beyond": np.nan, "money": float(found.amount)}


def _row(engagement: Engagement, kind: str, metric: str, segment: str) -> dict[str, Any]:
    period = str(report_period(engagement))
    rows = metric_rows(engagement, "orders")
    row = rows[(rows.metric == metric) & (rows.segment == segment) & (rows.period == period)].iloc[0]
    return {
        "told": "now",
        "kind": kind,
        "metric": metric,
        "segment": segment,
        "period": period,
        "since": period,
        "value": row["value"],
        "numerator": row["numerator"],
        "denominator": np.nan,
        "is_good": True,
        "cells": f"{metric}|{segment}|{period}",
    }
