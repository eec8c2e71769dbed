"""How often does the 95 % interval of each metric hold the truth, over synthetic clients made with different seeds?

Prints a markdown table: per metric the truth, the mean estimate, its bias, and the share of clients whose interval held
the truth. The truth is a parameter where there is one, else the same metric on huge populations of other seeds.
"""

import argparse
import sys
from functools import partial
from math import exp

import duckdb
import numpy as np
import pandas as pd
from demo_metrics import MONTH, UNTIL, found_metrics, found_values
from kept import kept

from retention_kit.demo import Population, population
from retention_kit.demo.parameters import TRUE

N_CUSTOMERS = 6000
HUGE, N_HUGE, FIRST_HUGE_SEED = 50_000, 16, 9_000_001
"""Sixteen populations are 133 clients: the truth from them is known to a twelfth of a client's own error."""

TARGET = (0.91, 0.98)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    arguments = parser.parse_args()
    duckdb.execute("SET threads = 1")  # the tables are small: threads would only wait for one another
    truth = kept("truth", _truth, of=(str(MONTH), HUGE, N_HUGE))
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.clients)
    of = (str(MONTH), N_CUSTOMERS)
    found = [kept(f"metrics {seed}", partial(_rows, seed, truth), of=of) for seed in seeds]
    values = [kept(f"values {seed}", partial(_values, seed), of=of) for seed in seeds]
    print(table(pd.concat([*found, *values])))


def _rows(seed: int, truth: pd.DataFrame) -> pd.DataFrame:
    """The estimates of one client beside the truth."""
    clean = population(n_customers=N_CUSTOMERS, until=UNTIL, seed=seed)
    return found_metrics(clean).merge(truth, on="metric").assign(seed=seed)


def _values(seed: int) -> pd.DataFrame:
    """The forecasts of one client beside those of the true parameters."""
    found, true = found_values(population(n_customers=N_CUSTOMERS, until=UNTIL, seed=seed))
    return found.merge(true, on="metric", suffixes=("", "_true")).assign(source="model", error_true=0.0, seed=seed)


def _truth() -> pd.DataFrame:
    """metric, value_true, source: "parameter" or "population"."""
    pooled, scores, themes = [], [], []
    for seed in range(FIRST_HUGE_SEED, FIRST_HUGE_SEED + N_HUGE):
        clean = population(n_customers=HUGE, until=UNTIL, seed=seed)
        pooled.append(found_metrics(clean)[["metric", "value", "weight"]])
        scores.append(clean.nps[clean.nps.wave == str(MONTH)])
        themes.append(_themes(clean))
        print("huge population", seed, file=sys.stderr, flush=True)
    estimates = pd.concat(pooled)
    found, error = _mean(estimates, "value", "weight"), estimates.groupby("metric").value.sem()
    nps = _mean(pd.concat(scores).rename(columns={"country": "metric"}), "nps", "n_active")
    nps.index = ["nps" if country == "(all)" else f"nps, {country}" for country in nps.index]
    known = pd.concat([pd.Series(_parameters()), nps, pd.concat(themes).groupby(level=0).mean()])
    for name, value in known.items():
        print(f"{name}: {value:.5g} by the parameters, {found.get(name, np.nan):.5g} found", file=sys.stderr)
    truth = pd.DataFrame({"value_true": known.combine_first(found)}).rename_axis("metric").reset_index()
    is_known = truth.metric.isin(known.index)
    source = np.where(is_known, "parameter", "population")
    return truth.assign(source=source, error_true=truth.metric.map(error).where(~is_known, 0.0))


def _mean(rows: pd.DataFrame, value: str, weight: str) -> pd.Series:
    sums = rows.assign(total=rows[value] * rows[weight]).groupby("metric")[["total", weight]].sum()
    return sums.total / sums[weight]


def _themes(clean: Population) -> pd.Series:
    """What customers meant to write about, whatever words they found."""
    meant = clean.responses.dropna(subset="comment")
    shares = meant[meant.answered_at < pd.Timestamp(MONTH.end)].theme.value_counts(normalize=True)
    return shares.rename(lambda theme: f"nps_themes (share), {theme}")


def _parameters() -> dict[str, float]:
    """Metrics that follow from the parameters."""
    service, shop, spending = TRUE.service, TRUE.shop, TRUE.spending
    partial = sum(service.partial) / 2
    paid_back = service.refund_chance * (service.full + (1 - service.full) * partial)
    still_bought = 1 - service.refund_chance * service.full
    free = shop.gift / (1 + shop.second + shop.gift + shop.guest)
    # A contact names its order, or the answer that calls back does.
    named = 1 - service.contacts_about_no_order * (
        1 - service.outbound_per_contact * (1 - service.contacts_about_no_order)
    )
    found = {
        "average_order_value": spending.p * spending.v / (spending.q - 1) * (1 - paid_back) / still_bought,
        "refund_rate": paid_back * (1 - free),
        "refunded_orders_rate": service.refund_chance * (1 - free),
        "contact_rate": service.contacts_per_order,
        "orders_with_contact_rate": 1 - exp(-service.contacts_per_order * named),
    }
    for question, chances, best in (("csat", TRUE.asking.satisfied, 2), ("ces", TRUE.asking.easy, 3)):
        found[f"{question} (share)"] = sum(chances[-best:])
        found[f"{question} (mean)"] = sum(place * chance for place, chance in enumerate(chances, start=1))
    return found


def table(found: pd.DataFrame) -> str:
    """The estimates of all clients as a markdown table, a row per metric."""
    lines = [
        "| metric | truth | from | mean estimate | bias | its error | interval holds truth | clients |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for metric, rows in found.dropna(subset=["value", "low"]).groupby("metric", sort=False):
        true, away = rows.value_true, (rows.value - rows.value_true).mean()
        error = np.hypot((rows.value - true).std() / np.sqrt(len(rows)), rows.error_true.iloc[0])
        share = ((rows.low <= true) & (true <= rows.high)).mean()
        missed = "" if TARGET[0] <= share <= TARGET[1] else " **!**"
        lines.append(
            f"| {metric} | {true.mean():.4g} | {rows.source.iloc[0]} | {rows.value.mean():.4g} "
            f"| {away / true.mean():+.2%} | {error / abs(true.mean()):.2%} | {share:.1%}{missed} | {len(rows)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
