"""Time and memory of the purchase summary, the BG/NBD fit and the cohort table, beside the usual way to get them.

`python benchmarks/lifetimes_peers.py` generates orders, runs every task in a process of its own, checks that both ways
agree, and prints a table of ratios. `--orders 1000000 10000000 --timeout 900` are the defaults.
"""

import argparse
import json
import math
import sys
import tempfile
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

from generated_orders import write_orders
from measured import Measured, measured

AS_OF = date(2025, 1, 1)
LAST_MONTH = "2024-12"

Digest = dict[str, float]


def summary_ours(orders: Path, made: Path) -> Digest:
    import duckdb

    from retention_kit.metrics.ltv.summary import purchase_summary

    summary = purchase_summary(duckdb.read_parquet(str(orders)), as_of=AS_OF, unit="day")
    summary[["frequency", "recency", "T"]].to_parquet(made)
    return _digest_of_summary(summary)


def summary_lifetimes(orders: Path, _made: Path) -> Digest:
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

    transactions = pd.read_parquet(orders)
    last_day = pd.Timestamp(AS_OF) - pd.Timedelta(days=1)
    return _digest_of_summary(
        summary_data_from_transaction_data(
            transactions, "customer_id", "ordered_on", "amount", observation_period_end=last_day, freq="D"
        )
    )


def fit_ours(_orders: Path, made: Path) -> Digest:
    import pandas as pd

    from retention_kit.metrics.ltv.fits import fit_purchases

    return fit_purchases(pd.read_parquet(made).assign(unit="day")).parameters


def fit_lifetimes(_orders: Path, made: Path) -> Digest:
    import pandas as pd
    from lifetimes import BetaGeoFitter

    summary = pd.read_parquet(made)
    return dict(BetaGeoFitter().fit(summary["frequency"], summary["recency"], summary["T"]).params_)


def cohorts_ours(orders: Path, _made: Path) -> Digest:
    import duckdb

    from retention_kit.metrics.cohorts.retention import cohort_retention
    from retention_kit.periods import Period

    table = cohort_retention(duckdb.read_parquet(str(orders)), by="month", until=Period(LAST_MONTH))
    return {"n_retained": float(table["n_retained"].sum()), "rates": float(table["value"].sum())}


def cohorts_pandas(orders: Path, _made: Path) -> Digest:
    import pandas as pd

    frame = pd.read_parquet(orders)
    frame["month"] = frame["ordered_on"].dt.to_period("M")
    frame["cohort"] = frame.groupby("customer_id")["month"].transform("min")
    table = frame.groupby(["cohort", "month"])["customer_id"].nunique().unstack()
    retention = table.div(frame.groupby("cohort")["customer_id"].nunique(), axis=0)
    return {"n_retained": float(table.sum().sum()), "rates": float(retention.sum().sum())}


TASKS: dict[str, tuple[str, Callable[[Path, Path], Digest], str, Callable[[Path, Path], Digest]]] = {
    "purchase summary": ("purchase_summary", summary_ours, "lifetimes.utils", summary_lifetimes),
    "BG/NBD fit": ("fit_purchases", fit_ours, "lifetimes.BetaGeoFitter", fit_lifetimes),
    "cohort table": ("cohort_retention", cohorts_ours, "pandas groupby and nunique", cohorts_pandas),
}


def _digest_of_summary(summary) -> Digest:
    value = (summary["frequency"] * summary["monetary_value"]).sum()
    return {
        "n": float(len(summary)),
        "value": float(value),
        **{name: float(summary[name].sum()) for name in ("frequency", "recency", "T")},
    }


def main() -> None:
    arguments = _arguments()
    print("| task | orders | ours | peer | time, ours / peer | memory, ours / peer | same result |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for n_orders in arguments.orders:
        with tempfile.TemporaryDirectory() as folder:
            orders, made = Path(folder) / "orders.parquet", Path(folder) / "summary.parquet"
            write_orders(orders, n_orders=n_orders)
            for task in TASKS:
                ours, peer = (
                    measured([sys.executable, __file__, "--run", task, side, orders, made], timeout=arguments.timeout)
                    for side in ("ours", "peer")
                )
                print(_row(task, n_orders, ours, peer), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is stopped")
    return parser.parse_args()


def _row(task: str, n_orders: int, ours: Measured, peer: Measured) -> str:
    names = TASKS[task][0], TASKS[task][2]
    runs = [
        f"`{name}` " + (run.ending or f"{run.seconds:.1f} s, {run.gigabytes:.2f} GB")
        for name, run in zip(names, (ours, peer), strict=True)
    ]
    ratios, same = ["-", "-"], "-"
    if not (ours.ending or peer.ending):
        ratios = [f"{ours.seconds / peer.seconds:.2f}", f"{ours.gigabytes / peer.gigabytes:.2f}"]
        same = "yes" if _agree(json.loads(ours.output), json.loads(peer.output)) else "NO"
    return f"| {task} | {n_orders:,} | {' | '.join([*runs, *ratios, same])} |"


def _agree(ours: Digest, peer: Digest) -> bool:
    return ours.keys() == peer.keys() and all(math.isclose(ours[name], peer[name], rel_tol=1e-3) for name in ours)


def run(task: str, side: str, orders: Path, made: Path) -> None:
    """One task, in the process that is measured."""
    warnings.simplefilter("ignore")  # lifetimes warns on pandas 3
    function = TASKS[task][1 if side == "ours" else 3]
    print(json.dumps(function(orders, made)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], sys.argv[3], Path(sys.argv[4]), Path(sys.argv[5]))
    else:
        main()
