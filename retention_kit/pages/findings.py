"""What is worth saying of a period: what moved, since when, how many customers and how much money it concerns."""

from dataclasses import replace
from typing import Any

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import kept
from retention_kit.facts.spans import periods_counted, report_period
from retention_kit.metrics.statistics.differences import adjusted_p_values
from retention_kit.metrics.statistics.tracks import BASELINE
from retention_kit.pages.finding_rows import FINDINGS, estimate, finding_row, is_worth_telling
from retention_kit.pages.held_back import doubts, jumps
from retention_kit.pages.looked_for import Looked, looked_for, one_of_each
from retention_kit.pages.told_plainly import targets_told, told_plainly
from retention_kit.periods import PERIODS_A_YEAR, Period
from retention_kit.tables import ALL

THRESHOLD = 0.005
"""The adjusted p-value up to which something is a finding, among everything looked for in the whole report."""

FEWEST_PERIODS = 13
"""A year and the period itself: with fewer nobody knows what is ordinary."""

MOST = 5
"""So many things stand out at most in a period, and so many more are told as having begun earlier."""


def findings(engagement: Engagement) -> pd.DataFrame:
    """What is out of the ordinary in a period, beyond chance, beyond the season and beyond how much months vary anyway?

    Every metric that says a fact of its own, of all customers and of each segment, is held against the 12 periods
    before and the same period a year earlier, which must agree (`metrics.statistics.shifts`).

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.

    Returns:
        One row per thing worth saying, what is most of it first: rank; told ("now"; "since" where it began earlier;
        "held back" where its data are in doubt; "in doubt" for these data, with their share now and usually as value
        and expected; "not yet" where 13 periods, of weeks 53, are not known, or of a quarter or year); kind ("shift";
        "odd": the period before was out of the ordinary and this one is back; "since"; "drift": the last six months
        against the same a year earlier; "season": revenue moved as it did a year ago; "first_seen" and "gone": a
        segment that was not there before, or is no more; "one_order": one of a fifth of the revenue; "met" and
        "missed": a target due in the period, with the target as expected); metric, segment, period (whose value it
        is), since (the first period); value, expected (by the 12 periods before and the season, or by the year
        before) and change, with low and high (95 %), in the metric's unit, relative for totals and counts; beyond
        (how many customers, orders, contacts or answers more than expected), money (what these customers had brought
        in the 12 months before, or what the change brings in a period), first_day and last_day (between which those
        who became inactive in the period had last bought), event (what the client's calendar has in the first period,
        which is no cause), is_seasonal (whether a season is in what was expected), numerator, denominator,
        share_of_all (which part of the change of all customers is a segment's), p_value, p_adjusted (Benjamini-
        Hochberg over everything that was looked for), smallest_seen, is_good, and cells: `metric|segment|period` of
        metrics.csv. At most five are told now and five as having begun earlier.

    Raises:
        IncompletePeriod: The engagement has no period: `.at(...)` it first.

    Reference: METRICS Z9; Benjamini and Hochberg 1995.
    """
    a_year, known = PERIODS_A_YEAR[report_period(engagement).unit], len(periods_counted(engagement))
    fewest = max(FEWEST_PERIODS, a_year + 1)
    if a_year < BASELINE or known < fewest:
        why = "long_periods" if a_year < BASELINE else "short_history"
        none = {"rank": 1, "told": "not yet", "kind": why, "value": known, "expected": fewest}
        return pd.DataFrame([none], columns=FINDINGS)
    rows = [*_tested(engagement).to_dict("records"), *told_plainly(engagement), *targets_told(engagement)]
    table = pd.DataFrame(rows, columns=FINDINGS)
    ranked = _ranked(engagement, table) if len(table) else table
    in_doubt = jumps(engagement).assign(told="in doubt")
    found = pd.DataFrame([*ranked.to_dict("records"), *in_doubt.to_dict("records")], columns=FINDINGS)
    events = [_event(engagement, row) for row in found.itertuples()]
    return found.assign(event=events, rank=range(1, len(found) + 1))


def _event(engagement: Engagement, row: Any) -> str:
    """What the client's calendar has in the period from which on something is: it stands beside, as no cause."""
    if row.kind not in ("shift", "since"):
        return ""
    since = Period(row.since)
    days = [day for day in engagement.settings.calendar if since.start <= day < since.end]
    return "; ".join(engagement.settings.calendar[day] for day in sorted(days))


@kept
def _tested(engagement: Engagement) -> pd.DataFrame:
    """What is out of the ordinary among everything that was looked for, before it is ranked."""
    looked = looked_for(engagement)
    adjusted = adjusted_p_values(pd.Series([each.shift.p_value for each in looked], dtype=float))
    found = [replace(each, p_adjusted=p) for each, p in zip(looked, adjusted, strict=True) if p <= THRESHOLD]
    rows = [finding_row(engagement, each) | _share(engagement, each, looked) for each in one_of_each(found)]
    return pd.DataFrame([row for row in rows if is_worth_telling(row)], columns=FINDINGS)


def _share(engagement: Engagement, part: Looked, looked: list[Looked]) -> dict[str, float]:
    """Which part of the change of all customers a segment makes up; none of a whole, or where that has not moved."""
    same = [
        each
        for each in looked
        if each.segment == ALL and (each.metric, each.shift.kind) == (part.metric, part.shift.kind)
    ]
    if part.segment == ALL or not same or same[0].since != part.since:
        return {}
    amounts = [finding_row(engagement, each) for each in (part, same[0])]
    one, whole = (row["money"] if pd.isna(row["beyond"]) else row["beyond"] for row in amounts)
    return {"share_of_all": one / whole} if whole and 0 < one / whole < 2 else {}


def _ranked(engagement: Engagement, table: pd.DataFrame) -> pd.DataFrame:
    """The findings that concern most customers or most money first; those in doubt last, whatever they concern."""
    active, revenue = (_now(engagement, name) for name in ("active_customers", "net_revenue"))
    size = pd.concat([(table.beyond / active).abs(), (table.money / revenue).abs()], axis=1).max(axis=1)
    size = size.mask(table.kind == "season", 0.0)  # what was to be expected comes last
    doubted = doubts(engagement, table)
    told = table.told.mask(doubted, "held back")
    order = told.map({"now": 0, "since": 1, "held back": 2})
    is_vague = table.kind == "drift"  # of which nobody knows when it began
    ranked = table.assign(told=told, order=order, size=size, is_vague=is_vague).sort_values(
        ["order", "is_vague", "size", "metric", "segment"],
        ascending=[True, True, False, True, True],
        kind="stable",
        ignore_index=True,
    )
    thing = ranked.period.where(ranked.kind == "odd", ranked.index.astype(str))  # an odd period is one thing
    place = thing.groupby(ranked.order).transform(lambda things: pd.factorize(things)[0])
    kept_rows = ranked[place < MOST]
    return kept_rows.assign(rank=range(1, len(kept_rows) + 1))[FINDINGS].reset_index(drop=True)


def _now(engagement: Engagement, metric: str) -> float:
    """The value of a metric of all customers in the period."""
    if not engagement.has("orders"):
        return float("nan")
    return float(estimate(engagement, metric, ALL, report_period(engagement))["value"])
