"""How often does the 95 % interval of each metric hold the truth, over synthetic clients made with different seeds?

Prints a markdown table: per metric the truth, the mean estimate and the share of clients whose interval held the truth.
"""

import argparse
from functools import partial

import duckdb
import pandas as pd
from demo_metrics import MONTH, UNTIL, found_metrics, found_values
from demo_truth import N_CUSTOMERS, truth
from kept import kept

from retention_kit.demo import population

TARGET = (0.91, 0.98)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--populations", type=int, default=50, help="huge ones that tell the truth")
    arguments = parser.parse_args()
    duckdb.execute("SET threads = 1")  # the tables are small: threads would only wait for one another
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.clients)
    of = (str(MONTH), N_CUSTOMERS)
    found = pd.concat([kept(f"metrics {seed}", partial(_metrics, seed), of=of) for seed in seeds])
    values = pd.concat([kept(f"values {seed}", partial(_values, seed), of=of) for seed in seeds])
    true = truth(arguments.populations)
    print(table(pd.concat([found.merge(true, on="metric", how="left"), values.assign(source="model")])))


def _metrics(seed: int) -> pd.DataFrame:
    return found_metrics(population(n_customers=N_CUSTOMERS, until=UNTIL, seed=seed))


def _values(seed: int) -> pd.DataFrame:
    """The forecasts of one client beside those of the true parameters."""
    found, true = found_values(population(n_customers=N_CUSTOMERS, until=UNTIL, seed=seed))
    return found.merge(true, on="metric", suffixes=("", "_true"))


def table(found: pd.DataFrame) -> str:
    """The estimates of all clients as a markdown table, a row per metric."""
    lines = [
        "| metric | truth | from | mean estimate | interval holds truth | clients |",
        "| --- | ---: | --- " + "| ---: " * 3 + "|",
    ]
    for metric, rows in found.dropna(subset=["value", "low"]).groupby("metric", sort=False):
        true = rows.value_true
        share = ((rows.low <= true) & (true <= rows.high)).mean()
        missed = "" if TARGET[0] <= share <= TARGET[1] else " **!**"
        lines.append(
            f"| {metric} | {true.mean():.4g} | {rows.source.iloc[0]} | {rows.value.mean():.4g} "
            f"| {share:.1%}{missed} | {len(rows)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
