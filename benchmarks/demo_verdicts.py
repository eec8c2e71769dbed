"""How often does the report say "changed": where something changed in a synthetic client, and where nothing did?

Makes clients of different seeds as their systems would export them, reads them, and asks `rk.changes` about months
around the known effects. Prints two markdown tables: per event the share of clients in which it is seen, and per
metric the share of false alarms among the pairs of months that are alike.
"""

import argparse
import tempfile
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
from kept import kept

import retention_kit as rk
from retention_kit.demo.known_effects import ALL, effects_between
from retention_kit.demo.timeline import Timeline

N_CUSTOMERS, UNTIL = 6000, date(2024, 6, 9)
FIRST_SEED = 2001

MONTHS = (
    "2022-08", "2022-10", "2022-11", "2022-12", "2023-06", "2023-09", "2023-11", "2023-12", "2024-04", "2024-05",
)  # fmt: skip
"""The months of the known effects, and as many without one."""

METRICS = (
    "average_order_value",
    "purchase_frequency",
    "refund_rate",
    "contact_rate",
    "customer_churn_rate",
    "nps",
)

TOPICS = ("orders", "customers", "surveys")

PAIR = ["metric", "segment", "period", "base_period"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20)
    arguments = parser.parse_args()
    duckdb.execute("SET threads = 1")  # the tables are small: threads would only wait for one another
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.clients)
    verdicts = pd.concat(
        [kept(f"verdicts {seed}", partial(_verdicts, seed), of=(MONTHS, TOPICS, N_CUSTOMERS)) for seed in seeds]
    )
    judged = verdicts[verdicts.verdict.isin(["changed", "no detectable change"])]
    judged = judged.merge(_true_changes(judged), on=PAIR).assign(is_seen=lambda rows: rows.verdict == "changed")
    print(effects_table(judged), "\n")
    print(alike_table(judged))


def _verdicts(seed: int) -> pd.DataFrame:
    """Every verdict on one client, each from the page of its topic.

    A page matters: "changed" is said only of what stands out among all that the page compares.
    """
    with tempfile.TemporaryDirectory() as folder:
        rk.make_demo(Path(folder) / "demo", n_customers=N_CUSTOMERS, until=UNTIL, seed=seed)
        engagement = rk.open_engagement(Path(folder) / "demo")
        found = [rk.changes(at, rk.scorecard(at, topic=topic)) for at in map(engagement.at, MONTHS) for topic in TOPICS]
    table = pd.concat(found)
    table["segment"] = table.segment.str.removeprefix("country=")
    return table[table.metric.isin(METRICS) & (table.base_period != "")].assign(seed=seed)


def _true_changes(judged: pd.DataFrame) -> pd.DataFrame:
    """The known effects that part each pair of months: main ones and others by name."""
    pairs = judged[PAIR].drop_duplicates()
    found = [
        effects_between(Timeline(UNTIL), metric=metric, segment=segment, now=rk.Period(now), base=rk.Period(base))
        for metric, segment, now, base in pairs.itertuples(index=False)
    ]
    main = [", ".join(dict.fromkeys(change.event for change in changes if change.is_main)) for changes in found]
    small = [", ".join(dict.fromkeys(change.event for change in changes if not change.is_main)) for changes in found]
    return pairs.assign(main=main, small=small)


def effects_table(judged: pd.DataFrame) -> str:
    """Per known effect and pair of months, in how many clients it is seen."""
    lines = [
        "| effect | metric | segment | month | against | seen | clients | median difference |",
        "| --- | --- | --- | --- | --- | ---: | ---: | ---: |",
    ]
    of_main = judged[judged.main != ""]
    for (event, *pair), rows in of_main.groupby(["main", *PAIR], sort=False):
        cells = [event, *pair, f"{rows.is_seen.mean():.0%}", str(len(rows)), f"{rows.difference.median():+.3g}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def alike_table(judged: pd.DataFrame) -> str:
    """Per metric, how often pairs of months that are alike are said to differ; beside, those that differ a little."""
    lines = [
        "| metric | alike: said to have changed | pairs x clients | against the month before | against the year before "
        "| differ a little: said to have changed | pairs x clients |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    of_none = judged[judged.main == ""]
    name = of_none.metric.where(of_none.metric != "nps", of_none.metric + (of_none.segment != ALL).map(_OF))
    name = name.where(name != "customer_churn_rate", name + (of_none.segment != ALL).map(_OF))
    for metric, rows in [*of_none.groupby(name, sort=False), ("**together**", of_none)]:
        alike, near = rows[rows.small == ""], rows[rows.small != ""]
        by_base = [alike[alike.base == base] for base in ("previous", "year_ago")]
        shares = [_share(part) for part in (alike, *by_base, near)]
        lines.append(
            f"| {metric} | {shares[0]} | {len(alike)} | {shares[1]} | {shares[2]} | {shares[3]} | {len(near)} |"
        )
    return "\n".join(lines)


_OF = {True: " by country", False: ""}


def _share(rows: pd.DataFrame) -> str:
    return f"{rows.is_seen.mean():.1%}" if len(rows) else ""


if __name__ == "__main__":
    main()
