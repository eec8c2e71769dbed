"""Time and memory of orders read from CSV, checked and written as tables, beside DuckDB's plain copy of the CSV.

`python benchmarks/csv_orders.py` generates an export, lets DuckDB copy it to parquet as it is, builds the tables of an
engagement from it, each in a process of its own, and prints a row of ratios: the middle of several rounds, in each of
which one follows the other. It also says whether every round gave the same bytes. `--orders 10000000 --rounds 3` are
the defaults; `--faulty 20` makes one row in a hundred thousand faulty or a copy, up to that many of each.
"""

import argparse
import hashlib
import multiprocessing
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from generated_orders import write_orders
from measured import Measured, measured

ENGAGEMENT = """\
name = "Benchmark"
currency = "EUR"
time_zone = "Europe/Kyiv"

[tables.orders]
source = "csv"
files = ["raw/orders.csv"]

[tables.orders.columns]
order_id = "order_id"
customer_id = "customer_id"
ordered_at = "ordered_at"
status = "status"
currency = "currency"
amount = "amount"
"""

RARE = 100_000


def write_csv(target: Path, *, n_orders: int, n_faulty: int) -> None:
    """Write orders as a shop exports them, among them rows that no number or date can be read from, and copies."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder) / "orders.parquet"
        write_orders(generated, n_orders=n_orders)
        amount = f"CASE WHEN n % {RARE} = 7 AND n < {RARE * n_faulty} THEN 'n/a' ELSE CAST(euros AS VARCHAR) END"
        written = "strftime(moment, '%Y-%m-%d %H:%M:%S')"
        day = f"CASE WHEN n % {RARE} = 8 AND n < {RARE * n_faulty} THEN 'soon' ELSE {written} END"
        rows = (
            "SELECT *, file_row_number AS n, ordered_on + to_seconds(hash(file_row_number) % 86400) AS moment, "
            f"CAST(amount AS DECIMAL(18, 2)) AS euros FROM read_parquet('{generated}', file_row_number = true)"
        )
        duckdb.execute(
            f"COPY (SELECT n + 1 AS order_id, customer_id, {day} AS ordered_at, "
            "CASE WHEN hash(n + 7) % 50 = 0 THEN 'cancelled' ELSE 'completed' END AS status, 'EUR' AS currency, "
            f"{amount} AS amount FROM ({rows}), range(2) AS copy(c) "
            f"WHERE c = 0 OR (n % {RARE} = 9 AND n < {RARE * n_faulty}) ORDER BY n, c) TO '{target}' (HEADER)"
        )


def copy(folder: Path) -> None:
    """The export as parquet, nothing checked."""
    import duckdb

    duckdb.execute(f"COPY (FROM read_csv('{folder}/raw/orders.csv')) TO '{folder}/copy.parquet'")


def build(folder: Path) -> None:
    """The canonical tables."""
    from retention_kit.engagement import open_engagement

    open_engagement(folder).close()


SIDES = {"build": build, "copy": copy}


def main() -> None:
    arguments = _arguments()
    print("| orders | canonical tables | plain copy | time, tables / copy | peak memory | same bytes every round |")
    print("| ---: | ---: | ---: | ---: | ---: | --- |")
    for n_orders in arguments.orders:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "raw").mkdir()
            (folder / "engagement.toml").write_text(ENGAGEMENT, encoding="utf-8")
            export = multiprocessing.get_context("spawn").Process(  # a child's peak memory counts its parent's
                target=write_csv,
                args=(folder / "raw" / "orders.csv",),
                kwargs={"n_orders": n_orders, "n_faulty": arguments.faulty},
            )
            export.start()
            export.join()
            rounds = [_round(folder, arguments.timeout) for _ in range(arguments.rounds)]
        print(_row(n_orders, rounds), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[10_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--faulty", type=int, default=0, help="how many rows of each fault the export has at most")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is stopped")
    return parser.parse_args()


def _round(folder: Path, timeout: float) -> tuple[Measured, Measured, str]:
    """The tables and the plain copy, one right after the other, so that both meet the same machine; and the bytes."""
    shutil.rmtree(folder / "tables", ignore_errors=True)
    copied, built = (
        measured([sys.executable, __file__, "--run", side, str(folder)], timeout=timeout) for side in ("copy", "build")
    )
    digest = hashlib.sha256()
    for file in sorted((folder / "tables").rglob("*.parquet")):
        digest.update(file.read_bytes())
    return built, copied, digest.hexdigest()


def _row(n_orders: int, rounds: list[tuple[Measured, Measured, str]]) -> str:
    endings = [run.ending for both in rounds for run in both[:2] if run.ending]
    if endings:
        return f"| {n_orders:,} | {endings[0]} | - | - | - | - |"
    built, copied = (statistics.median(both[side].seconds for both in rounds) for side in (0, 1))
    ratio = statistics.median(ours.seconds / plain.seconds for ours, plain, _ in rounds)
    memory = max(ours.gigabytes for ours, *_ in rounds)
    same = "yes" if len({digest for *_, digest in rounds}) == 1 else "NO"
    return f"| {n_orders:,} | {built:.1f} s | {copied:.1f} s | {ratio:.2f} | {memory:.2f} GB | {same} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        SIDES[sys.argv[2]](Path(sys.argv[3]))
    else:
        main()
