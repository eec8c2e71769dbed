"""What engines hold differently comes to the same: missing values and timestamps with a time zone."""

import math
import os
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.tables import collected, lazy, orders

NAN = math.nan
KINDS = ["pandas", "pandas with Arrow types", "polars", "arrow", "relation"]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as open_connection:
        yield open_connection


def held_as(kind, columns, connection):
    if kind == "pandas":
        return pd.DataFrame(columns)
    table = pa.table(columns)
    if kind == "pandas with Arrow types":
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    if kind == "polars":
        return pl.from_arrow(table)
    return table if kind == "arrow" else connection.from_arrow(table)


def rows_of(table):
    frame = collected(lazy(table)).astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


# Missing


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "", None]),
            st.sampled_from([17.0, 18.0, NAN, None]),
            st.sampled_from([9.0, NAN, None]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_nan_none_and_an_empty_id_are_missing_whatever_holds_the_table(connection, rows):
    columns = dict(zip(("order_id", "customer_id", "score"), map(list, zip(*rows, strict=True)), strict=True))
    expected = [[None if value in ("", None) or value != value else value for value in row] for row in rows]
    schema = {"order_id": pa.string(), "customer_id": pa.float64(), "score": pa.float64()}
    typed = {name: pa.array(values, schema[name], from_pandas=False) for name, values in columns.items()}
    for kind in KINDS:
        assert rows_of(held_as(kind, columns if kind == "pandas" else typed, connection)) == expected, kind


@pytest.mark.parametrize("kind", KINDS)
def test_money_that_is_nan_is_unknown_and_no_error(kind, connection):
    columns = {"ordered_on": [date(2024, 5, 6)] * 2, "gross": [10.0, NAN], "refunded": [NAN, NAN]}
    if kind == "pandas":
        columns["ordered_on"] = pd.to_datetime(columns["ordered_on"])
    amounts = collected(orders(held_as(kind, columns, connection)).select("amount"), "amount").amount
    assert amounts.tolist()[0] == 10
    assert amounts.isna().tolist() == [False, True]


def test_a_column_of_several_kinds_is_refused_with_the_remedy():
    with pytest.raises(InvalidTable, match=r"not all of one kind .* give it one"):
        lazy(pd.DataFrame({"customer_id": ["a", 7]}))


# Time zones


@pytest.fixture(params=["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def _machine_in(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.mark.usefixtures("_machine_in")
@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("kind", ["pandas", "pandas with Arrow types", "polars", "arrow"])
def test_a_timestamp_falls_on_the_date_of_its_own_zone(kind, zone, connection):
    at = [datetime(2024, 5, 1, 0, 30, tzinfo=ZoneInfo(zone)), datetime(2024, 4, 30, 23, 30, tzinfo=ZoneInfo(zone))]
    columns = {"ordered_on": pd.to_datetime(at) if kind == "pandas" else pa.array(at, pa.timestamp("us", zone))}
    dated = collected(orders(held_as(kind, columns, connection)).select("ordered_on"))
    assert dated.ordered_on.dt.date.tolist() == [date(2024, 5, 1), date(2024, 4, 30)]


def test_a_relation_keeps_no_zone_and_asks_for_the_local_date(connection):
    relation = connection.sql("SELECT TIMESTAMPTZ '2024-05-01 00:30:00+02' AS ordered_on")
    with pytest.raises(InvalidTable, match=r"timestamps with a time zone.* give the local date, in DuckDB CAST"):
        orders(relation)
    local = "SELECT CAST(TIMESTAMPTZ '2024-05-01 00:30:00+02' AT TIME ZONE 'Europe/Warsaw' AS DATE) AS ordered_on"
    assert collected(orders(connection.sql(local)).select(nw.col("ordered_month"))).ordered_month.item() == 24292
