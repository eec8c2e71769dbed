"""CPU seconds and memory of the tables of a report, each beside its own plainest DuckDB query of the same orders.

`python benchmarks/floor.py` generates orders, counts every table both ways, each in a process of its own, one right
after the other, checks that they agree, and prints a table of ratios. CPU seconds, not those of a clock, so that what
else the machine does matters little. `--orders 10000000` is the default; `--only` names some of the tables.
"""

import argparse
import json
import math
import multiprocessing
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from generated_orders import write_orders
from measured import Measured, measured

Digest = dict[str, float]

AS_OF, WINDOW = date(2025, 1, 1), 90
MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]

FIRST = "first AS (SELECT customer_id, min(ordered_on) AS first_on FROM orders GROUP BY ALL)"
DAYS = "days AS (SELECT customer_id, ordered_on, sum(amount) AS amount FROM orders GROUP BY ALL)"
AGE = "date_trunc('month', first_on) AS cohort, datediff('month', first_on, ordered_on) AS age"

PLAIN = {
    "nothing": "SELECT 1 AS n",
    "customer_flow": f"""
        WITH months AS (
            SELECT customer_id, date_trunc('month', ordered_on) AS month, max(ordered_on) AS last_on
            FROM orders GROUP BY ALL
        ), bought AS (
            SELECT month, last_on, lag(last_on) OVER own AS previous_on, lead(month) OVER own AS next_month
            FROM months WINDOW own AS (PARTITION BY customer_id ORDER BY month)
        ), came AS (
            SELECT month, count(*) FILTER (previous_on IS NULL) AS new,
                count(*) FILTER (previous_on < month - INTERVAL {WINDOW} DAY) AS reactivated
            FROM bought GROUP BY ALL
        ), steps AS (
            SELECT month, count(*) AS step FROM bought GROUP BY ALL UNION ALL
            SELECT least(next_month, date_trunc('month', last_on + INTERVAL {WINDOW} DAY)), -count(*)
            FROM bought GROUP BY ALL
        ), moved AS (
            SELECT month, sum(step) AS step FROM steps GROUP BY ALL
        ), flow AS (
            SELECT sum(step) OVER (ORDER BY month) AS closing, new, reactivated FROM moved JOIN came USING (month)
        )
        SELECT sum(closing) AS closing, sum(new) AS new, sum(reactivated) AS reactivated FROM flow
    """,
    "cohort_retention": f"""
        WITH {FIRST}, cells AS (
            SELECT {AGE}, count(DISTINCT customer_id) AS n FROM orders JOIN first USING (customer_id) GROUP BY ALL
        )
        SELECT sum(n) AS n_retained FROM cells
    """,
    "cohort_revenue": f"""
        WITH {FIRST}, spent AS (
            SELECT {AGE}, customer_id, sum(amount) AS amount FROM orders JOIN first USING (customer_id) GROUP BY ALL
        ), cells AS (
            SELECT cohort, age, count(*), sum(amount) AS amount, sum(amount * amount) AS square FROM spent GROUP BY ALL
        )
        SELECT sum(amount) AS revenue FROM cells
    """,
    "purchase_summary": f"""
        WITH {DAYS}
        SELECT customer_id, count(*) - 1 AS frequency, datediff('day', min(ordered_on), max(ordered_on)) AS recency,
            datediff('day', min(ordered_on), DATE '2024-12-31') AS "T",
            (sum(amount) - arg_min(amount, ordered_on)) / (count(*) - 1) AS monetary_value
        FROM days GROUP BY ALL ORDER BY customer_id
    """,
    "order_totals": """
        WITH months AS (
            SELECT date_trunc('month', ordered_on) AS month, count(*) AS n_orders, sum(amount) AS revenue,
                count(DISTINCT customer_id) AS n_customers
            FROM orders GROUP BY ALL
        )
        SELECT sum(n_orders) AS n_orders, sum(revenue) AS revenue, sum(n_customers) AS n_customers FROM months
    """,
    "order_history": f"""
        WITH {FIRST}, months AS (
            SELECT date_trunc('month', ordered_on) AS month, count(*), count(DISTINCT customer_id),
                sum(amount) FILTER (first_on >= date_trunc('month', ordered_on)) AS revenue_first,
                sum(amount) AS revenue
            FROM orders JOIN first USING (customer_id) GROUP BY ALL
        )
        SELECT sum(revenue_first) AS revenue_first, sum(revenue) AS revenue FROM months
    """,
    "repeat_purchase_rate": """
        WITH buyers AS (
            SELECT date_trunc('month', ordered_on) AS month, customer_id, count(DISTINCT ordered_on) AS n
            FROM orders GROUP BY ALL
        )
        SELECT count(*) AS buyers, count(*) FILTER (n > 1) AS repeaters FROM buyers
    """,
    "repeat_within": f"""
        WITH {FIRST}, later AS (
            SELECT customer_id,
                max(ordered_on > first_on AND ordered_on <= first_on + INTERVAL {WINDOW} DAY) AS came_back
            FROM orders JOIN first USING (customer_id)
            WHERE first_on + INTERVAL {WINDOW} DAY < DATE '2025-01-01' GROUP BY ALL
        )
        SELECT count(*) AS buyers, count(*) FILTER (came_back) AS repeaters FROM later
    """,
    "repeat_by_order_number": """
        WITH buyers AS (SELECT customer_id, count(DISTINCT ordered_on) AS n FROM orders GROUP BY ALL)
        SELECT count(*) AS once, count(*) FILTER (n > 1) AS twice FROM buyers
    """,
    "rfm_segments": """
        WITH buyers AS (
            SELECT customer_id, max(ordered_on) AS last_on, count(DISTINCT ordered_on) AS n, sum(amount) AS amount
            FROM orders WHERE ordered_on >= DATE '2025-01-01' - INTERVAL 365 DAY GROUP BY ALL
        ), scores AS (
            SELECT amount, 5 * (rank() OVER (ORDER BY last_on) - 1) // count(*) OVER () AS r, least(n, 5) AS f,
                5 * (rank() OVER (ORDER BY amount) - 1) // count(*) OVER () AS m
            FROM buyers
        ), segments AS (
            SELECT r, f, count(*) AS n, sum(amount) AS revenue, sum(m) FROM scores GROUP BY ALL
        )
        SELECT sum(n) AS n_customers, sum(revenue) AS revenue FROM segments
    """,
}
"""Each table as the shortest query that finds its numbers, without intervals, statuses or a look at what is missing."""


def ours(task: str, orders) -> Digest:
    import retention_kit as rk

    first, last = rk.Period(MONTHS[0]), rk.Period(MONTHS[-1])
    tasks: dict[str, Callable[[], Digest]] = {
        "nothing": lambda: {"n": 1},
        "customer_flow": lambda: _sums(
            rk.customer_flow(orders, since=first, until=last, window=WINDOW), "closing", "new", "reactivated"
        ),
        "cohort_retention": lambda: _sums(rk.cohort_retention(orders, until=last), "n_retained"),
        "cohort_revenue": lambda: _sums(rk.cohort_revenue(orders, until=last), "revenue"),
        "purchase_summary": lambda: _of_summary(rk.purchase_summary(orders, as_of=AS_OF, unit="day")),
        "order_totals": lambda: _sums(
            rk.orders.order_totals(orders, period=MONTHS), "n_orders", "revenue", "n_customers"
        ),
        "order_history": lambda: _sums(rk.order_history(orders, since=first, until=last), "revenue_first", "revenue"),
        "repeat_purchase_rate": lambda: _of_rate(rk.repeat_purchase_rate(orders, period=MONTHS)),
        "repeat_within": lambda: _of_rate(rk.repeat_within(orders, as_of=AS_OF, days=WINDOW)),
        "repeat_by_order_number": lambda: _steps(rk.repeat_by_order_number(orders, as_of=AS_OF)),
        "rfm_segments": lambda: _sums(rk.rfm_segments(rk.rfm_scores(orders, as_of=AS_OF)), "n_customers", "revenue"),
    }
    return tasks[task]()


def plain(task: str, orders) -> Digest:
    found = orders.query("orders", PLAIN[task])
    if task == "purchase_summary":
        return _of_summary(found.df())
    return {name: float(value) for name, value in zip(found.columns, *found.fetchall(), strict=True)}


def _sums(table, *names: str) -> Digest:
    return {name: float(table[name].sum()) for name in names}


def _of_summary(summary) -> Digest:
    return {"n": float(len(summary)), **_sums(summary, "frequency", "recency", "T", "monetary_value")}


def _of_rate(rates) -> Digest:
    return {"buyers": float(rates.denominator.sum()), "repeaters": float(rates.numerator.sum())}


def _steps(rates) -> Digest:
    return {"once": float(rates.denominator[0]), "twice": float(rates.numerator[0])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--only", nargs="+", choices=PLAIN, default=list(PLAIN), metavar="TABLE")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is stopped")
    arguments = parser.parse_args()
    print(f"{arguments.orders:,} orders\n")
    print("| table | ours | plain query | CPU, ours / plain | memory, ours / plain | same result |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        orders = Path(folder) / "orders.parquet"
        writer = multiprocessing.get_context("spawn").Process(  # a child's peak memory counts its parent's
            target=write_orders, args=(orders,), kwargs={"n_orders": arguments.orders}
        )
        writer.start()
        writer.join()
        for task in arguments.only:
            command = [sys.executable, __file__, "--run", task]
            print(
                _row(task, *(measured([*command, side, orders], timeout=arguments.timeout) for side in SIDES)),
                flush=True,
            )


def _row(task: str, ours: Measured, plain: Measured) -> str:
    runs = [run.ending or f"{run.cpu_seconds:.1f} s, {run.gigabytes:.2f} GB" for run in (ours, plain)]
    ratios, same = ["-", "-"], "-"
    if not (ours.ending or plain.ending):
        ratios = [f"{ours.cpu_seconds / plain.cpu_seconds:.2f}", f"{ours.gigabytes / plain.gigabytes:.2f}"]
        same = "yes" if _agree(json.loads(ours.output), json.loads(plain.output)) else "NO"
    return f"| {task} | {' | '.join([*runs, *ratios, same])} |"


def _agree(ours: Digest, plain: Digest) -> bool:
    return ours.keys() == plain.keys() and all(math.isclose(ours[name], plain[name], rel_tol=1e-9) for name in ours)


SIDES = {"ours": ours, "plain": plain}


def run(task: str, side: str, orders: str) -> None:
    """One table, in the process that is measured."""
    import duckdb

    print(json.dumps(SIDES[side](task, duckdb.read_parquet(orders))))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(*sys.argv[2:])
    else:
        main()
