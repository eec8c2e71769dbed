"""Engagements: found, opened, seen as they stood at the end of a period."""

import shutil
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import pytest

import retention_kit.tables
from retention_kit.engagement import open_engagement
from retention_kit.errors import IncompletePeriod, InvalidEngagement, InvalidPeriod, MissingTable, UnknownEngagement
from retention_kit.ingest.settings.clients import DATA_VARIABLE
from retention_kit.periods import Period
from retention_kit.schema import TABLES

PROJECT = Path(__file__).parents[1]

ENGAGEMENT = """
name = "Shop"
currency = "EUR"
time_zone = "Europe/Warsaw"

[tables.orders]
source = "csv"
files = ["orders.csv"]
columns = { order_id = "id", customer_id = "who", ordered_at = "day", amount = "total" }
"""
RAW = "id,who,day,total\n1,a,2024-04-10,3\n2,b,2024-05-31,4\n3,a,2024-06-01,5\n4,,2024-06-20,6\n"


@pytest.fixture
def shop(tmp_path):
    return _shop(tmp_path / "data" / "shop", RAW)


def _shop(folder, raw, settings=""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engagement.toml").write_text(settings + ENGAGEMENT, encoding="utf-8")
    (folder / "orders.csv").write_text(raw, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "cdnow"
    folder.mkdir()
    shutil.copy(PROJECT / "data" / "cdnow" / "engagement.toml", folder)
    with open_engagement(folder) as engagement:
        yield engagement


def test_cdnow_has_the_published_counts(cdnow):
    query = "count(*), count(DISTINCT customer_id), count(*) FILTER (amount = 0), sum(is_purchase::INT), sum(amount)"
    assert cdnow.orders.native.aggregate(query).fetchall() == [(69_659, 23_570, 80, 69_659, Decimal("2500315.6300"))]
    january = cdnow.customers.native.filter(f"first_ordered_month = {Period('1997-01').ordinal}")
    assert january.aggregate("count(*)").fetchall() == [(7_846,)]
    assert cdnow.losses().values.tolist() == [["orders", "kept", 69_659]]


def test_cdnow_covers_eighteen_months(cdnow):
    assert (cdnow.first_day, cdnow.last_day, cdnow.as_of) == (date(1997, 1, 1), date(1998, 6, 30), date(1998, 7, 1))
    assert (cdnow.settings.name, cdnow.settings.is_history_complete) == ("CDNOW", True)


def test_the_churn_window_of_cdnow_is_the_one_its_comment_derives(cdnow):
    """q = 0.90 of the gaps that began more than H days before the end and closed within H, two thirds of the data."""
    horizon = (cdnow.as_of - cdnow.first_day).days * 2 // 3
    gaps = cdnow.occasions.native.project(
        "ordered_day, lead(ordered_day) OVER (PARTITION BY customer_id ORDER BY ordered_day) - ordered_day AS gap"
    ).filter(f"ordered_day < (DATE '{cdnow.as_of}' - DATE '1970-01-01') - {horizon} AND gap <= {horizon}")
    assert (horizon, gaps.aggregate("count(*), ceil(quantile_cont(gap, 0.9))").fetchall()) == (364, [(24_513, 218)])
    assert cdnow.settings.churn_window == 218


@pytest.mark.parametrize("name", ["orders", "occasions", "customers"])
def test_a_table_has_every_column_whether_or_not_it_is_stored(shop, name):
    engagement = open_engagement(shop)
    columns = dict(zip(engagement.table(name).columns, map(str, engagement.table(name).native.types), strict=True))
    moment = "first_ordered" if name == "customers" else "ordered"
    numbers = {f"{moment}_{number}" for number in ("day", "week", "month", "quarter", "year")}
    assert {columns[number] for number in numbers} == {"BIGINT"}
    if name == "orders":
        assert {*columns} >= {column for one in TABLES["orders"].columns for column in one.kept_as} - {
            "updated_at", "updated_on", "updated_day"
        }  # fmt: skip
        assert {columns[part] for part in ("gross", "discount", "refunded", "amount", "cogs")} == {"DECIMAL(18,4)"}
        assert engagement.orders.native.aggregate("count(gross), count(amount)").fetchall() == [(0, 4)]


def test_a_table_becomes_a_frame_with_money_as_floats_and_dates_as_dates(shop):
    frame = open_engagement(shop).at("2024-05").orders.to_pandas()
    assert frame[["order_id", "amount"]].to_numpy().tolist() == [["1", 3.0], ["2", 4.0]]
    assert frame.ordered_on.tolist() == [pd.Timestamp("2024-04-10"), pd.Timestamp("2024-05-31")]
    assert (str(frame.amount.dtype), frame.ordered_on.dtype.kind) == ("float64", "M")


def test_a_table_is_a_frame_to_narwhals_and_still_the_relation_of_the_engine(shop):
    orders = open_engagement(shop).orders
    frame = nw.from_native(orders)
    assert isinstance(frame, nw.LazyFrame)
    assert frame.collect_schema().names() == orders.columns
    assert retention_kit.tables.lazy(orders).collect_schema().names() == orders.columns
    assert isinstance(orders.native, duckdb.DuckDBPyRelation)


def test_a_table_prints_its_name_its_size_and_its_columns(shop):
    head, *columns = repr(open_engagement(shop).orders).splitlines()
    assert head == "orders, 4 rows; to_pandas() gives a frame"
    assert [column.split() for column in columns[:5]] == [
        ["order_id", "text"], ["customer_id", "text"], ["ordered_at", "timestamp"], ["ordered_on", "date"],
        ["ordered_day", "integer"],
    ]  # fmt: skip
    assert ["amount", "money"] in [column.split() for column in columns]


def test_an_engagement_is_seen_as_it_stood_at_the_end_of_a_period(shop):
    engagement = open_engagement(shop).at("2024-05")
    assert [row[0] for row in engagement.orders.native.order("order_id").project("order_id").fetchall()] == ["1", "2"]
    assert (engagement.as_of, engagement.last_day, engagement.first_day) == (
        date(2024, 6, 1),
        date(2024, 5, 31),
        date(2024, 4, 10),
    )
    assert engagement.period == Period("2024-05")
    assert engagement.losses().n_rows.sum() == 2
    assert engagement.customers.native.aggregate("count(*)").fetchall() == [(2,)]
    assert engagement.occasions.native.aggregate("sum(n_orders)").fetchall() == [(2,)]


def test_what_came_later_changes_nothing(tmp_path):
    shorter = open_engagement(_shop(tmp_path / "a", "\n".join(RAW.splitlines()[:3]), "last_day = 2024-05-31\n")).at(
        "2024-05"
    )
    longer = open_engagement(_shop(tmp_path / "b", RAW)).at("2024-05")
    for table in ("orders", "customers", "occasions"):
        assert getattr(shorter, table).native.fetchall() == getattr(longer, table).native.fetchall()
    assert shorter.losses().equals(longer.losses())
    assert (shorter.first_day, shorter.last_day) == (longer.first_day, longer.last_day)


def test_a_period_that_the_data_do_not_cover_names_the_last_that_they_do(shop):
    engagement = open_engagement(shop)
    complete = "The last complete month is 2024-05."
    for period, last in (("2024-06", complete), ("2024Q2", "No quarter is complete."), ("2030-01", complete)):
        with pytest.raises(IncompletePeriod, match=f"{period} is not complete: .* end with 2024-06-20. {last} If"):
            engagement.at(period)
    with pytest.raises(InvalidPeriod):
        engagement.at("May")


def test_a_period_before_the_data_is_refused_with_those_that_are_complete(shop):
    engagement = open_engagement(shop)
    begin = "the data of .* begin with 2024-04-10."
    with pytest.raises(IncompletePeriod, match=f"2023-01 is before the data: {begin} The complete ones are 2024-05 to"):
        engagement.at("2023-01")
    with pytest.raises(IncompletePeriod, match=f"2024-04 is not complete: {begin} .* set first_day = 2024-04-01 in"):
        engagement.at("2024-04")
    with pytest.raises(IncompletePeriod, match=f"2024Q1 is before the data: {begin} No quarter is complete."):
        engagement.at("2024Q1")


def test_of_a_complete_history_nothing_is_missing_before_its_first_day(tmp_path):
    engagement = open_engagement(_shop(tmp_path / "young", RAW, "is_history_complete = true\n"))
    assert engagement.at("2024-04").first_day == date(2024, 4, 10)
    with pytest.raises(IncompletePeriod, match="2024-03 is before the data"):
        engagement.at("2024-03")


@pytest.mark.parametrize("raw", ["", "id,who,day,total\n"])
def test_without_a_single_order_any_period_can_be_asked_for(tmp_path, raw):
    engagement = open_engagement(_shop(tmp_path / "empty", raw))
    assert engagement.last_day < engagement.first_day
    may = engagement.at("2024-05")
    assert (may.first_day, may.last_day) == (date(2024, 5, 1), date(2024, 5, 31))
    assert [len(getattr(may, table).native.fetchall()) for table in ("orders", "customers", "occasions")] == [0, 0, 0]
    assert may.losses().empty


def test_one_order_is_enough(tmp_path):
    engagement = open_engagement(
        _shop(tmp_path / "one", "id,who,day,total\n1,a,2024-05-31,0\n", "is_history_complete = true\n")
    )
    assert (engagement.first_day, engagement.last_day) == (date(2024, 5, 31), date(2024, 5, 31))
    assert engagement.at("2024-05").customers.native.project("customer_id, first_ordered_on").fetchall() == [
        ("a", None)
    ]


def test_an_engagement_without_orders_says_what_to_add(tmp_path):
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "engagement.toml").write_text(ENGAGEMENT.split("[tables")[0], encoding="utf-8")
    engagement = open_engagement(folder)
    assert not engagement.has("orders")
    assert not hasattr(engagement, "orders")
    with pytest.raises(
        MissingTable, match=r"Shop has no orders. Put the export into bare/raw/ .* \[tables.orders\] of bare/"
    ):
        _ = engagement.orders
    assert engagement.losses().empty


def test_an_engagement_says_which_tables_it_has(shop):
    engagement = open_engagement(shop)
    assert (engagement.has("orders"), engagement.has("occasions"), engagement.has("responses")) == (True, True, False)


def test_fingerprints_are_those_of_the_raw_files(shop):
    (found,) = open_engagement(shop).fingerprints()
    assert (found["table"], found["name"], found["n_bytes"], found["n_rows"]) == ("orders", "orders.csv", len(RAW), 4)
    assert len(found["sha256"]) == 64


def test_metrics_read_the_tables(shop):
    frame = retention_kit.tables.occasions(open_engagement(shop).orders)
    assert retention_kit.tables.collected(frame, "ordered_day").n_orders.tolist() == [1, 1, 1]


def test_a_client_is_found_by_name_in_data_here_or_above(shop, monkeypatch):
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    below = shop.parents[1] / "notebooks" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert open_engagement("shop").folder == shop
    assert repr(open_engagement("shop")) == "Engagement(shop, 2024-04-10 to 2024-06-20)"


def test_a_client_is_found_in_the_folder_named(shop, monkeypatch, tmp_path):
    assert open_engagement("shop", data_dir=shop.parent).name == "shop"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(shop.parent))
    assert open_engagement("shop").name == "shop"


def test_an_unknown_client_lists_those_there_are_and_the_nearest(shop):
    with pytest.raises(UnknownEngagement, match=r'There is no engagement "shp"; there is shop. Did you mean "shop"?'):
        open_engagement("shp", data_dir=shop.parent)


def test_no_client_at_all_says_where_to_look(tmp_path):
    with pytest.raises(UnknownEngagement, match=f"no folder with engagement.toml in .*set {DATA_VARIABLE}"):
        open_engagement("shop", data_dir=tmp_path)


def test_spark_without_pyspark_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    engagement = open_engagement(_shop(tmp_path / "spark", RAW, 'engine = "spark"\nspark_master = "local[1]"\n'))
    with pytest.raises(InvalidEngagement, match=r'pip install "retention-kit\[spark\]"'):
        _ = engagement.orders
