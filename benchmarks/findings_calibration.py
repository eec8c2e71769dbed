"""How often does a report find what is not there, and how often what is? On simulated shops of known truth.

Draws shops (`simulated_shops`) of several sizes, models, seasons, shocks and growth, a part of them with a shift
planted in the smallest country, and keeps for each all that was looked for, with its p-values, and every verdict.
Prints three markdown tables: false findings by size and kind of shop at several thresholds, planted shifts found, and
false "changed" per report.
"""

import argparse
import math
import pickle
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from kept import kept
from scipy.special import ndtri
from simulated_life import Planted, Shop
from simulated_shops import make_shop

import retention_kit as rk
from retention_kit.facts.tracks import tracks
from retention_kit.metrics.description import Group
from retention_kit.metrics.statistics.differences import adjusted_p_values
from retention_kit.metrics.statistics.estimates import wilson
from retention_kit.metrics.statistics.process_variance import POWER
from retention_kit.pages.findings import THRESHOLD
from retention_kit.pages.looked_for import Looked, looked_in, one_of_each

SIZES = {300: 200, 3000: 200, 30_000: 40}
"""How many shops of so many buyers a month are drawn for false findings."""
TOPICS: tuple[Group, ...] = ("orders", "customers", "loyalty", "surveys")
MODELS = ("bg_nbd", "pareto_nbd", "regular", "wandering")
KINDS: dict[str, dict[str, Any]] = {
    "flat": {},
    "season": {"season": True},
    "shocks": {"shock": 0.05},
    "season and shocks": {"season": True, "shock": 0.05},
    "growth": {"growth": 0.02, "season": True, "shock": 0.05},
}
PLANTED: tuple[Planted, ...] = ("churn", "orders", "aov", "nps")
SMALLEST = "country=PT"
"""Where shifts are planted."""
GROWS = ("net_revenue", "orders", "new_customers")
"""What is more, and truly so, in a shop that grows."""
THRESHOLDS = (0.10, 0.05, 0.02, 0.01, 0.005)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--shops", type=int, help="How many shops of each size; by default 200, 200 and 40.")
    parser.add_argument("--planted", type=int, default=0, help="How many of them with each planted shift.")
    arguments = parser.parse_args()
    duckdb.execute("SET threads = 1")
    for size in arguments.sizes:
        n = arguments.shops or SIZES.get(size, 200)
        tables = [_of_shop(seed, size) for seed in range(n)]
        tables += [_of_shop(seed, size, what) for what in PLANTED for seed in range(arguments.planted)]
        looked = pd.concat(tables, ignore_index=True)
        print(f"\n{size} buyers a month\n")
        print(false_findings(looked[looked.planted == ""]))
        if arguments.planted:
            print(planted_found(looked[looked.planted != ""]))
        print(false_verdicts(looked[looked.planted == ""]))


def _of_shop(seed: int, size: int, planted: Planted | None = None) -> pd.DataFrame:
    """Everything that was looked for, which of it each threshold tells, and how many verdicts said changed."""
    kind = list(KINDS)[seed // len(MODELS) % len(KINDS)]  # models and kinds in turn
    shop = Shop(10_000 + seed, size, MODELS[seed % len(MODELS)], planted=planted, **KINDS[kind])
    rows = kept(f"tracks {size} {seed} {planted}", partial(_tracks, shop), of=(shop,))
    counts = {name: int(rows[name].iloc[0]) for name in ("changed_previous", "changed_year_ago")}
    return looked_table(rows, shop).assign(seed=seed, shop=kind, model=shop.model, planted=planted or "", **counts)


def looked_table(rows: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """What was looked for in the levels of a shop."""
    looked = looked_in({(row.metric, row.segment): pickle.loads(row.track) for row in rows.itertuples()}, shop.period)
    table = pd.DataFrame([_row(each) for each in looked])
    table["p_adjusted"] = adjusted_p_values(table.p_value)
    for threshold in THRESHOLDS:
        found = [each for each, p in zip(looked, table.p_adjusted, strict=True) if p <= threshold]
        told = {id(each) for each in one_of_each(found)}
        table[f"told {threshold}"] = [id(each) in told for each in looked]
    return table


def _tracks(shop: Shop) -> pd.DataFrame:
    """The levels of every metric of a shop, and how many verdicts said changed."""
    with tempfile.TemporaryDirectory() as folder:
        engagement = make_shop(Path(folder) / "shop", shop).at(str(shop.period))
        found = {pair: track for topic in TOPICS for pair, track in tracks(engagement, topic).items()}
        verdicts = pd.concat([rk.changes(engagement, rk.scorecard(engagement, topic=topic)) for topic in TOPICS])
    changed = verdicts[verdicts.verdict == "changed"].groupby("base").size()
    rows = [(*pair, pickle.dumps(track)) for pair, track in found.items()]
    counts = {f"changed_{base}": int(changed.get(base, 0)) for base in ("previous", "year_ago")}
    return pd.DataFrame(rows, columns=["metric", "segment", "track"]).assign(**counts)


def _row(looked: Looked) -> dict[str, object]:
    shift = looked.shift
    return {
        "metric": looked.metric,
        "segment": looked.segment,
        "kind": shift.kind,
        "since": str(looked.since),
        "change": shift.change,
        "p_value": shift.p_value,
        "smallest_seen": shift.smallest_seen,
    }


def _is_false(looked: pd.DataFrame) -> "pd.Series[bool]":
    """Of shops without a planted shift everything is false but what grows in one that does."""
    return ~((looked["shop"] == "growth") & looked.metric.isin(GROWS) & (looked.change > 0))


def false_findings(looked: pd.DataFrame) -> str:
    """The share of reports with a false finding, by kind of shop and threshold, with Wilson's upper limit."""
    lines = ["| shops | n | " + " | ".join(f"at {threshold}" for threshold in THRESHOLDS) + " |"]
    lines.append("| --- | ---: |" + " ---: |" * len(THRESHOLDS))
    groups = [*looked.groupby("shop", sort=False), *looked.groupby("model", sort=False), ("**all**", looked)]
    for name, rows in groups:
        n, cells = rows.seed.nunique(), []
        for threshold in THRESHOLDS:
            hits = int((rows[f"told {threshold}"] & _is_false(rows)).groupby(rows.seed).any().sum())
            cells.append(f"{hits / n:.1%} (≤ {float(wilson(hits, n)[1]):.1%})")
        lines.append(f"| {name} | {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def planted_found(looked: pd.DataFrame) -> str:
    """Per planted shift: how often it is told, and how often where it would be seen four times in five.

    A shift would be seen where it is as large as the smallest change that is seen at the threshold of a finding: what
    a change among all that is looked for must reach, instead of one looked at alone.
    """
    lines = ["| planted | shops | found | of those that would be seen | such shops |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for what, rows in looked.groupby("planted", sort=False):
        metric, size = PLANTED_IN[str(what)]
        own = rows[(rows.metric == metric) & (rows.segment == SMALLEST) & (rows.kind == "shift")].set_index("seed")
        n_looked = rows.groupby("seed").size()
        as_told = (ndtri(1 - THRESHOLD / n_looked / 2) + ndtri(POWER)) / (ndtri(0.975) + ndtri(POWER))
        would = own.smallest_seen * as_told.reindex(own.index) <= size
        told, n = own[f"told {THRESHOLD}"], rows.seed.nunique()
        lines.append(f"| {what} | {n} | {told.sum() / n:.0%} | {told[would].mean():.0%} | {would.sum()} |")
    return "\n".join(lines)


PLANTED_IN = {
    "churn": ("customer_churn_rate", math.log(1.3)),
    "orders": ("orders", -math.log(0.7)),
    "aov": ("average_order_value", math.log(1.3)),
    "nps": ("nps", 20.0),
}
"""Whose level a planted shift moves, and by how much."""


def false_verdicts(looked: pd.DataFrame) -> str:
    """False "changed" per report against each base, and the share of reports that have any."""
    lines = ["| shops | n | a report, month before | a report, year before | any, month before | any, year before |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    reports = looked[looked["shop"] != "growth"].drop_duplicates("seed")
    for name, rows in [*reports.groupby("shop", sort=False), ("**all**", reports)]:
        before, year = rows.changed_previous, rows.changed_year_ago
        cells = [f"{before.mean():.2f}", f"{year.mean():.2f}", f"{(before > 0).mean():.1%}", f"{(year > 0).mean():.1%}"]
        lines.append(f"| {name} | {len(rows)} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
