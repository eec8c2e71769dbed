"""CPU, time and memory of a whole report, of the demo and of shops of millions of orders, beside plain queries.

`python benchmarks/report_scale.py` makes shops of 5 and 20 million orders (`--orders 50000000` another), builds their
tables, reports 2024-12 with every process counted, and lets DuckDB answer three plain queries of the same orders.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generated_orders import write_orders
from measured import Measured, measured
from process_tree import measured_tree

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
QUERIES = ("order_totals", "cohort_retention", "customer_flow")

ENGAGEMENT = """\
name = "Shop"
currency = "EUR"
time_zone = "UTC"
first_day = 2023-01-01
last_day = 2024-12-31
is_history_complete = true
churn_window = 90

[tables.orders]
source = "parquet"
files = ["raw/orders.parquet"]

[tables.orders.columns]
order_id = "_row"
customer_id = "customer_id"
ordered_at = "ordered_on"
amount = "amount"
"""


def shop(folder: Path, *, n_orders: int) -> Path:
    """A client of so many orders; the file of its orders."""
    orders = folder / "raw" / "orders.parquet"
    orders.parent.mkdir(parents=True)
    (folder / "engagement.toml").write_text(ENGAGEMENT, encoding="utf-8")
    subprocess.run([PYTHON, __file__, "--write", str(orders), str(n_orders)], check=True)  # its memory goes with it
    return orders


def demo(folder: Path) -> Path:
    """The demo client; where its orders will be."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "demo" / "engagement.toml", folder)
    return folder / "tables" / "occasions.parquet"


def reported(data: Path, client: str, timeout: float) -> Measured:
    """The report of a client, its tables built before."""
    environment = {"RETENTION_KIT_DATA": str(data), "RETENTION_KIT_TIMEOUT": str(int(timeout))}
    kit = [PYTHON, "-m", "retention_kit"]
    built = measured_tree([*kit, "tables", client], timeout=timeout, cwd=ROOT, environment=environment)
    if built.ending:
        return built
    period = [] if client == "demo" else ["2024-12"]
    command = [*kit, "report", client, *period, "--reports-dir", str(data / "reports")]
    return measured_tree(command, timeout=timeout, cwd=ROOT, environment=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="*", default=[5_000_000, 20_000_000])
    parser.add_argument("--demo", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--timeout", type=float, default=3600, help="seconds after which a run is stopped")
    arguments = parser.parse_args()
    print(f"| client | report | peak memory | {' | '.join(QUERIES)} | CPU, report / queries |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    clients = ["demo"] if arguments.demo else []
    for client in [*clients, *arguments.orders]:
        with tempfile.TemporaryDirectory() as name:
            data = Path(name)
            orders = demo(data / "demo") if client == "demo" else shop(data / "shop", n_orders=client)
            report = reported(data, "demo" if client == "demo" else "shop", arguments.timeout)
            plain = [
                measured([PYTHON, ROOT / "benchmarks" / "floor.py", "--run", query, "plain", orders], timeout=3600)
                for query in QUERIES
            ]
        print(_row(client if client == "demo" else f"{client:,} orders", report, plain), flush=True)


def _row(client: str, report: Measured, plain: list[Measured]) -> str:
    if endings := [run.ending for run in (report, *plain) if run.ending]:
        return f"| {client} | {endings[0]} | - | - | - | - | - |"
    ratio = report.cpu_seconds / sum(run.cpu_seconds for run in plain)
    queries = " | ".join(f"{run.cpu_seconds:.1f} s" for run in plain)
    found = f"{report.cpu_seconds:.1f} s of CPU in {report.seconds:.1f} s | {report.gigabytes:.2f} GB"
    return f"| {client} | {found} | {queries} | {ratio:.1f} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write_orders(Path(sys.argv[2]), n_orders=int(sys.argv[3]))
    else:
        main()
