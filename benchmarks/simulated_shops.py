"""Shops whose truth is known and of another making than the demo's, to calibrate verdicts and findings with.

`make_shop` draws one from its description and opens it. Nothing changes in a flat shop (`simulated_drift.py` shows that
it does not drift), and where a shift is planted its size is in raw/truth.json.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from simulated_life import WINDOW, Shop, bought
from simulated_service import refunds_of, survey_of, tickets_of
from simulated_shifts import planted

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.periods import day_of

ENGAGEMENT = """\
name = "Shop"
currency = "EUR"
time_zone = "UTC"
first_day = {first_day}
last_day = {last_day}
is_history_complete = false
churn_window = {window}
segments = ["country"]
"""

TABLE = """\
[tables.{name}]
source = "parquet"
files = ["raw/{name}.parquet"]

[tables.{name}.columns]
{columns}"""

COLUMNS = {
    "customers": ["customer_id", "first_seen_at", "country"],
    "orders": ["order_id", "customer_id", "ordered_at", "gross"],
    "refunds": ["refund_id", "order_id", "refunded_at", "amount"],
    "tickets": ["ticket_id", "customer_id", "order_id", "created_at"],
    "invitations": ["invitation_id", "customer_id", "wave", "sent_at"],
    "responses": ["response_id", "customer_id", "wave", "answered_at", "score"],
}


def make_shop(folder: Path, shop: Shop) -> Engagement:
    """Draw a shop, write its exports as parquet files and open it: the tables are the ordinary reader's.

    Args:
        folder: The client's folder, made here.
        shop: What it is like. The reported month is `shop.period`.
    """
    raw = folder / "raw"
    raw.mkdir(parents=True)
    tables, truth = exports(shop)
    for name, rows in tables.items():
        pq.write_table(_export(rows, COLUMNS[name]), raw / f"{name}.parquet")
    (folder / "engagement.toml").write_text(_settings(shop, tables), encoding="utf-8")
    (raw / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return rk.open_engagement(folder)


def exports(shop: Shop) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """The tables of a shop, and the truth of what is planted."""
    rows, truth = planted(shop, bought(shop))
    orders = rows.sort_values("at", kind="stable", ignore_index=True)
    orders = orders.assign(order_id=np.arange(len(orders)) + 1_000_001, amount=orders.amount.round(2).clip(lower=0.01))
    people = orders.drop_duplicates("customer")
    first_seen = people.came.where(people.came < shop.first_day, people["at"])
    tables = {"customers": people.assign(at=first_seen), "orders": orders}
    if not shop.orders_only:
        invitations, answers, of_survey = survey_of(shop, orders)
        tables |= {"refunds": refunds_of(shop, orders), "tickets": tickets_of(shop, orders)}
        tables |= {"invitations": invitations, "responses": answers}
        truth |= of_survey
    return tables, truth


def _settings(shop: Shop, tables: Iterable[str]) -> str:
    """What engagement.toml says: each column is called what the canonical one is."""
    first, last = day_of(shop.first_day), day_of(shop.end_day - 1)
    parts = [ENGAGEMENT.format(first_day=first, last_day=last, window=WINDOW)]
    for name in tables:
        columns = "".join(f'{column} = "{column}"\n' for column in COLUMNS[name])
        parts.append(TABLE.format(name=name, columns=columns))
    return "\n".join(parts)


def _export(rows: pd.DataFrame, columns: list[str]) -> pa.Table:
    """Rows of days and amounts under the names of the canonical columns."""
    found: dict[str, pa.Array] = {}
    for column in columns:
        if column == "customer_id":
            found[column] = pa.array(rows.customer + 1).cast(pa.string())  # "0" would be no customer
        elif column in ("gross", "amount"):
            found[column] = pa.array(rows.amount.round(2)).cast(pa.decimal128(18, 2))
        elif column.endswith("_at"):
            found[column] = pa.array((rows["at"].to_numpy() * 86_400).astype("datetime64[s]"))
        else:  # an id of its own is a running number
            found[column] = pa.array(rows[column]) if column in rows else pa.array(np.arange(len(rows)) + 1)
    return pa.table(found)
