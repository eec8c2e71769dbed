"""Does a metric on a client of 6,000 customers lie beside the truth on average, and by how much?

The sampling error of a few hundred clients is larger than the bias looked for. So huge populations are counted whole
and in eight parts of 6,000 customers: what the parts differ by from the whole on average is the bias of few customers,
and chance has little to do with it, since the customers are the same. Where the truth is known from the parameters,
what the wholes differ by from it is added. Forecasts stand beside those of the true models for the same customers.

Prints a markdown table, a row per metric.
"""

import argparse
from dataclasses import fields, replace

import duckdb
import numpy as np
import pandas as pd
from demo_metrics import MONTH, found_metrics, found_values
from demo_truth import HUGE, N_CUSTOMERS, found_in_huge, huge, truth
from kept import kept

from retention_kit.demo import Population

N_PARTS = HUGE // N_CUSTOMERS
ENOUGH = 0.01
"""The bias that is asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--populations", type=int, default=150, help="huge ones, counted whole")
    parser.add_argument("--divided", type=int, default=25, help="how many of them are counted in parts too")
    arguments = parser.parse_args()
    duckdb.execute("SET threads = 1")  # the tables are small: threads would only wait for one another
    found = [_differences(seed) for seed in range(arguments.divided)]
    print(table(pd.concat(found), truth(arguments.populations)))


def _differences(seed: int) -> pd.DataFrame:
    """metric, difference: the mean of the parts less the whole; of forecasts the share by which the parts miss."""

    def found() -> pd.DataFrame:
        clean = huge(seed)
        parts = [part_of(clean, number) for number in range(N_PARTS)]
        mean = pd.concat([found_metrics(part) for part in parts]).groupby("metric", sort=False).value.mean()
        differences = mean - found_in_huge(seed).set_index("metric").value
        forecast, true = (sum(values) for values in zip(*map(_values, parts), strict=True))
        return pd.concat([differences.reindex(mean.index), forecast / true - 1]).rename("difference").reset_index()

    return kept(f"parts {seed}", found, of=(str(MONTH), HUGE, N_PARTS))


def _values(part: Population) -> "tuple[pd.Series[float], pd.Series[float]]":
    found, true = (table.set_index("metric").value for table in found_values(part))
    return found, true.reindex(found.index)


def part_of(clean: Population, number: int) -> Population:
    """Every eighth customer with all that is theirs, and an eighth of what is nobody's, order by order."""
    part = pd.Series(np.arange(len(clean.customers)) % N_PARTS, index=clean.customers.customer_id)
    tables = {field.name: getattr(clean, field.name) for field in fields(clean)}
    of_customers = {name: rows for name, rows in tables.items() if "customer_id" in getattr(rows, "columns", ())}
    return replace(clean, **{name: rows[_parts(rows, part) == number] for name, rows in of_customers.items()})


def _parts(rows: pd.DataFrame, part: "pd.Series[int]") -> "pd.Series[int]":
    nobody = pd.Series(np.arange(len(rows)) % N_PARTS, rows.index)
    if "order_id" in rows:  # with its contacts and refunds
        hashed = pd.Series((pd.util.hash_array(rows.order_id.to_numpy(object)) % N_PARTS).astype(int), rows.index)
        nobody = nobody.where(rows.order_id.isna(), hashed)
    return rows.customer_id.map(part).fillna(nobody)


def table(found: pd.DataFrame, true: pd.DataFrame) -> str:
    """The bias of each metric as a markdown table."""
    lines = [
        "| metric | truth | from | bias of few customers | off the parameter | bias | its error |",
        "| --- | ---: | --- " + "| ---: " * 4 + "|",
    ]
    known = true.set_index("metric")
    for metric, rows in found.groupby("metric", sort=False):
        few, error, off, cells = rows.difference.mean(), rows.difference.sem(), 0.0, ["", "model", ""]
        if metric in known.index:
            at, size = known.loc[metric], abs(known.value_true[metric])
            few, error, cells = few / size, error / size, [f"{at.value_true:.4g}", at.source, ""]
            if at.source == "parameter":
                off, error = at.off / size, np.hypot(error, at.off_error / size)
                cells[2] = f"{off:+.2%}"
        missed = "" if abs(few + off) <= ENOUGH else " **!**"  # what is missing is missed
        lines.append(
            f"| {metric} | {cells[0]} | {cells[1]} | {few:+.2%} | {cells[2]} | {few + off:+.2%}{missed} | {error:.2%} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
