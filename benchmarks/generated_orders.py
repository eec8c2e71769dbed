"""Orders of customers who behave exactly as BG/NBD says: any number of them, the same ones every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

FIRST_DAY = np.datetime64("2023-01-01")
N_DAYS = 731
"""Two years, 2023-01-01 to 2024-12-31; customers come in evenly during the first half."""

R, ALPHA, A, B = 0.243, 4.414 * 7, 0.793, 2.426
"""Parameters by day: those of CDNOW (Fader, Hardie & Lee 2005)."""

N_AT_ONCE = 250_000


@dataclass(frozen=True)
class Purchases:
    """Purchases of some customers: whose, on which day, for how much."""

    customer: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]


def write_orders(path: Path, *, n_orders: int, seed: int = 1) -> None:
    """Write a parquet file of orders, sorted by day: customer_id (text), ordered_on (timestamp), amount."""
    found = list(_until(n_orders, np.random.default_rng(seed)))
    customer, day, amount = (
        np.concatenate([getattr(part, name) for part in found])[:n_orders] for name in ("customer", "day", "amount")
    )
    order = np.argsort(day, kind="stable")
    table = pa.table(
        {
            "customer_id": pa.array(customer[order]).cast(pa.string()),
            "ordered_on": pa.array((FIRST_DAY + day[order]).astype("datetime64[ms]")),
            "amount": amount[order],
        }
    )
    pq.write_table(table, path)


def _until(n_orders: int, random: np.random.Generator) -> Iterator[Purchases]:
    """Batches of customers until there are orders enough."""
    n_found, first_customer = 0, 0
    while n_found < n_orders:
        batch = _purchases(first_customer, random)
        yield batch
        n_found += len(batch.day)
        first_customer += N_AT_ONCE


def _purchases(first_customer: int, random: np.random.Generator) -> Purchases:
    """Every purchase of a batch of customers: each round, those still alive make their next one."""
    customer = np.arange(first_customer, first_customer + N_AT_ONCE)
    rate = random.gamma(R, 1 / ALPHA, N_AT_ONCE)
    dropout = random.beta(A, B, N_AT_ONCE)
    moment = random.uniform(0, N_DAYS / 2, N_AT_ONCE)
    customers, days = [customer], [moment.astype(np.int64)]
    while len(customer):
        moment = moment + random.exponential(1 / rate)
        bought = moment < N_DAYS
        customers.append(customer[bought])
        days.append(moment[bought].astype(np.int64))
        stays = bought & (random.random(len(customer)) >= dropout)
        customer, rate, dropout, moment = (values[stays] for values in (customer, rate, dropout, moment))
    n = sum(map(len, days))
    order = np.argsort(whose := np.concatenate(customers), kind="stable")
    amount = random.gamma(4, 10, n).round(2) + 0.01
    return Purchases(whose[order], np.concatenate(days)[order], amount)
