"""The readers make of the exports what had happened: every row where truth.json says, every amount to the grosz."""

from collections import Counter

import pandas as pd
import pytest

from retention_kit.demo import population
from retention_kit.ingest.canonical.pipeline import build_tables
from retention_kit.ingest.settings import read_settings
from tests.demo.conftest import UNTIL


@pytest.fixture(scope="module")
def tables(client):
    """The canonical tables of the client."""
    return build_tables(read_settings(client / "engagement.toml"), client)


def test_every_row_ends_where_the_truth_says(tables, truth):
    expected = Counter()
    for account in truth["files"].values():
        table = account["table"]
        expected += Counter((table, fault["reason"]) for fault in account["rejected"])
        for outcome in account.keys() - {"table", "rows", "rejected"}:
            stays = outcome == "test" and table == "orders"  # an order of the client's own people is kept as a test
            expected[table, "kept" if stays else outcome] += account[outcome]
    losses = pd.read_parquet(tables / "losses.parquet").groupby(["table", "reason"]).n_rows.sum()
    assert losses.to_dict() == dict(expected)


def test_each_rejected_row_is_found_on_its_line(tables, truth):
    found = pd.concat([pd.read_parquet(file) for file in sorted((tables / "rejected").glob("*.parquet"))])
    lines = {(file.rpartition("/")[2], line): why for file, line, why in found[["file", "line", "reason"]].values}
    expected = {
        (name, fault["line"]): fault["reason"]
        for name, account in truth["files"].items()
        for fault in account["rejected"]
    }
    assert lines == expected


def test_orders_are_read_as_they_were_placed(tables):
    happened = population(n_customers=3000, until=UNTIL, seed=7).orders.set_index("order_id")
    orders = pd.read_parquet(tables / "orders.parquet").set_index("order_id")
    read = orders[~orders.is_test & orders.index.isin(happened.index)].loc[happened.index]
    for money in ("gross", "discount", "refunded", "amount"):
        assert (read[money].astype(float) - happened[money]).abs().max() < 0.0002
    for column in ("customer_id", "country", "status"):
        assert (read[column].fillna("") == happened[column].fillna("")).all()
    assert (pd.to_datetime(read.ordered_on) == happened.ordered_on).all()
    assert (read.is_purchase == happened.is_purchase).all()
