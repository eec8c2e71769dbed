"""What becomes of a user's frame: its calendar, its money, what counts as a purchase, and which frames are refused."""

from datetime import date

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.ingest import sql
from retention_kit.periods import UNITS, Period, day_number
from retention_kit.tables import MONEY, collected, lazy, occasions, orders, require
from tests.examples import any_orders, days_by_customer, orders_of


def purchases(**columns):
    return collected(orders(pd.DataFrame({"ordered_on": pd.to_datetime(["2024-05-02"]), **columns}))).is_purchase.item()


# By hand


def test_an_order_at_the_midnight_that_begins_april_is_of_april():  # O11
    rows = collected(orders(orders_of("a 2024-04-01T00:00:00\na 2024-03-31T23:59:59")), "order_id")
    assert rows.ordered_month.tolist() == [Period("2024-04").ordinal, Period("2024-03").ordinal]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"amount": [80]}, True),
        ({"amount": [0]}, False),
        ({"amount": [-5]}, False),
        ({"gross": [100], "refunded": [30]}, True),
        ({"gross": [50], "refunded": [50]}, False),
        ({"gross": [50], "discount": [20], "refunded": [30]}, False),
        ({"gross": [50], "discount": [None], "refunded": [None]}, True),
        ({"amount": [80], "status": ["cancelled"]}, False),
        ({"amount": [80], "status": ["completed"]}, True),
        ({"amount": [80], "is_test": [True]}, False),
        ({"amount": [80], "is_test": [False]}, True),
        ({}, True),
        ({"amount": [0], "is_purchase": [True]}, True),
        ({"amount": [80], "is_purchase": [False]}, False),
    ],
)
def test_a_purchase_is_no_test_not_cancelled_and_brought_more_than_nothing(columns, expected):  # O02
    assert purchases(**columns) is expected


def test_the_amount_is_gross_less_discount_and_refunds():
    frame = orders_of("a 2024-05-02").drop(columns="amount").assign(gross=100, discount=20, refunded=30)
    assert collected(orders(frame)).amount.item() == 50


def test_ten_times_ten_cents_are_exactly_one():
    rows = orders(orders_of("\n".join(["a 2024-05-02 0.1"] * 10)))
    assert collected(rows.select(nw.col("amount").sum())).amount.item() == 1.0


def test_orders_of_one_day_are_one_occasion_and_those_of_nobody_none():
    table = occasions(orders_of("a 2024-05-02 10\na 2024-05-02 5\na 2024-05-03 1\n- 2024-05-02 8\nb 2024-05-02 0"))
    rows = collected(table, "customer_id", "ordered_day")
    assert rows[["customer_id", "n_orders", "amount"]].to_numpy().tolist() == [["a", 2, 15.0], ["a", 1, 1.0]]


def test_occasions_by_segment_hold_the_segment_and_their_orders():
    frame = orders_of("a 2024-05-02 10\na 2024-05-02 5\na 2024-05-02 7").assign(shop=["x", "y", "x"])
    rows = collected(occasions(frame, by="shop"), "shop")
    assert rows[["shop", "n_orders", "amount"]].to_numpy().tolist() == [["x", 2, 17.0], ["y", 1, 5.0]]


def test_a_frame_in_memory_goes_to_duckdb_and_a_relation_stays_what_it_is():
    frame = orders_of("a 2024-05-02")
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT 1 AS n")
        assert lazy(relation).to_native() is relation
        assert isinstance(lazy(frame).to_native(), duckdb.DuckDBPyRelation)
        assert isinstance(lazy(pa.table({"n": [1]})).to_native(), duckdb.DuckDBPyRelation)
        relation.close()


def test_a_collected_table_is_sorted_and_holds_money_as_floats_and_counts_as_integers():
    frame = lazy(pd.DataFrame({"key": ["b", "a", "b"], "n": [2, 1, 3]}))
    sums = frame.group_by("key").agg(n=nw.col("n").sum(), money=nw.col("n").cast(MONEY).sum())
    table = collected(sums, "key")
    assert table.to_numpy().tolist() == [["a", 1, 1.0], ["b", 5, 5.0]]
    assert (str(table.n.dtype), str(table.money.dtype)) == ("int64", "float64")


# By law


@given(st.lists(st.dates(date(1800, 1, 1), date(2200, 12, 31)), min_size=1, max_size=30))
def test_the_numbers_of_the_calendar_are_those_of_the_periods(days):
    rows = collected(orders(pd.DataFrame({"place": range(len(days)), "ordered_on": pd.Series(days)})), "place")
    assert rows.ordered_day.tolist() == [day_number(day) for day in days]
    with duckdb.connect() as connection:
        counted = [connection.execute(f"SELECT {sql.day_number('?::DATE')}", [day]).fetchone() for day in days]
    assert rows.ordered_day.tolist() == [day for (day,) in counted]
    for unit in UNITS:
        assert rows[f"ordered_{unit}"].tolist() == [Period.of(day, unit).ordinal for day in days]


@settings(max_examples=10)
@given(any_orders())
def test_orders_and_occasions_made_twice_are_those_made_once(frame):
    for make in (orders, occasions):
        once = collected(make(frame), "customer_id", "ordered_day", "amount")
        twice = collected(make(make(frame)), "customer_id", "ordered_day", "amount")
        pd.testing.assert_frame_equal(twice, once)


@settings(max_examples=10)
@given(any_orders())
def test_there_is_an_occasion_for_every_customer_and_purchase_day(frame):
    rows = collected(occasions(frame), "customer_id", "ordered_day")
    assert list(zip(rows.customer_id, rows.ordered_on.dt.date, strict=True)) == [
        (customer, day) for customer, days in sorted(days_by_customer(frame).items()) for day in days
    ]


@settings(max_examples=10)
@given(any_orders())
def test_no_order_and_no_money_of_a_known_customer_is_lost_in_the_occasions(frame):
    kept = frame[frame.customer_id.notna() & (frame.amount > 0)]
    rows = collected(occasions(frame))
    assert (rows.n_orders.sum(), rows.amount.sum()) == (len(kept), kept.amount.sum())


# By complaint


def test_a_column_that_is_absent_is_named_with_those_that_are_there():
    with pytest.raises(InvalidTable, match='no column "customer_id"; it has "ordered_on", "amount"'):
        occasions(pd.DataFrame({"ordered_on": pd.to_datetime(["2024-05-02"]), "amount": [1]}))


def test_all_columns_that_are_absent_are_named_at_once():
    with pytest.raises(InvalidTable, match='no column "a", "b"; it has "n"'):
        require(lazy(pd.DataFrame({"n": [1]})), "a", "b")


def test_dates_that_are_text_are_refused_with_the_way_to_convert_them():
    with pytest.raises(InvalidTable, match='Column "ordered_on" holds String, not dates: convert it, for example'):
        orders(pd.DataFrame({"ordered_on": ["2024-05-02"]}))


def test_an_order_that_does_not_say_so_is_neither_a_test_nor_cancelled():
    frame = orders_of("""
        a 2024-01-05 10
        b 2024-01-06 20
    """).assign(is_test=[None, True], status=[None, "completed"])
    assert collected(orders(frame), "customer_id").is_purchase.tolist() == [True, False]


def test_a_view_of_a_frame_counts_like_the_frame():
    frame = orders_of("""
        a 2024-01-05 10
        b 2024-01-06 20
    """)
    whole, turned = (collected(orders(each), "customer_id") for each in (frame, frame[::-1]))
    pd.testing.assert_frame_equal(whole, turned)
