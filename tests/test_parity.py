"""One number whatever holds the tables: Spark or DuckDB, pandas, Arrow or a relation, in any order of rows.

A new metric joins all of it by one line of METRICS.
"""

import inspect
import re
import shutil
import warnings
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import retention_kit as rk
from retention_kit import metrics, tables
from retention_kit.errors import InvalidEngagement
from retention_kit.ingest.spark import read_table
from retention_kit.metrics.loyalty.buyers import buyer_metrics
from retention_kit.metrics.ltv.summary import calibration_split
from retention_kit.metrics.orders.ratios import order_metrics
from retention_kit.schema import TABLES

JANUARY, FEBRUARY, MARCH, LAST = (rk.Period(month) for month in ("1997-01", "1997-02", "1997-03", "1998-06"))
AS_OF = date(1998, 7, 1)
CDNOW = Path(__file__).parents[1] / "data" / "cdnow"


def _flow(t, **options):
    return rk.customer_flow(t.orders, since=JANUARY, until=rk.Period("1997-06"), window=60, **options)


def _scores(t, **options):
    return tables.collected(tables.lazy(rk.rfm_scores(t.orders, as_of=AS_OF, **options)), "customer_id")


def _sorted(answers):
    columns = ["response_id", "customer_id", "wave", "answered_day", "score", "code"]
    return tables.collected(tables.lazy(answers).select(columns), "response_id")


def _facts(t):
    return rk.surveys.driver_table(t.responses, items=["speed"], orders=t.orders, tickets=t.tickets, refunds=t.refunds)


def _changes(t):
    changes = rk.orders.order_changes(t.orders, period=MARCH, base=FEBRUARY)
    return pd.DataFrame([vars(change) for change in changes.values()], index=list(changes))


def _with_earlier(t):
    return rk.customers.with_earlier_purchases(t.orders, t.customers, first_day=JANUARY.start)


def _acquired(t, **known):
    kept = rk.customers.acquired_since(t.orders, first_day=JANUARY.start, window=20, **known)
    return tables.collected(tables.lazy(kept).select("order_id", "customer_id", "ordered_day", "country"), "order_id")


METRICS = {
    "orders table": lambda t: tables.collected(
        tables.orders(t.orders).drop("ordered_at", "gross", "discount", "refunded"), "order_id"
    ),
    "occasions table": lambda t: tables.collected(
        tables.occasions(t.orders, by="country"), "customer_id", "ordered_day"
    ),
    "customer_flow": _flow,
    "customer_flow by segment": lambda t: _flow(t, by="country"),
    "with_earlier_purchases": lambda t: _flow(SimpleNamespace(orders=_with_earlier(t)), by="country"),
    "with_earlier_purchases, orders": lambda t: rk.order_history(_with_earlier(t), since=JANUARY, until=LAST),
    "acquired_since": lambda t: _acquired(t, customers=t.customers),
    "acquired_since, nothing known of customers": _acquired,
    "retention_point_value": lambda t: rk.customers.retention_point_value(
        t.orders, as_of=AS_OF, window=60, n_active=1000, margin=0.4
    ),
    "cohort_retention": lambda t: rk.cohort_retention(t.orders, until=LAST),
    "cohort_retention by week, looking ahead": lambda t: rk.cohort_retention(
        t.orders, by="week", until=rk.Period("1997-W30"), look_ahead=3
    ),
    "cohort_retention, ever after": lambda t: rk.cohort_retention(t.orders, until=LAST, look_ahead=None),
    "elapsed_retention": lambda t: rk.cohorts.elapsed_retention(t.orders, days=30, until=MARCH, as_of=AS_OF),
    "bracket_retention": lambda t: rk.cohorts.bracket_retention(t.orders, until=MARCH, as_of=AS_OF),
    "cohort_revenue_curve": lambda t: rk.cohorts.cohort_revenue_curve(rk.cohort_revenue(t.orders, until=LAST)),
    "cohort_revenue": lambda t: rk.cohort_revenue(t.orders, until=LAST),
    "order_metrics": lambda t: order_metrics(t.orders, period=MARCH, by="country"),
    "average_order_value": lambda t: rk.average_order_value(t.orders, period=MARCH),
    "purchase_frequency": lambda t: rk.orders.purchase_frequency(t.orders, period=MARCH),
    "revenue_per_customer": lambda t: rk.orders.revenue_per_customer(t.orders, period=MARCH),
    "refund_rate": lambda t: rk.refund_rate(t.orders, period=MARCH, by="country"),
    "refunded_orders_rate": lambda t: rk.orders.refunded_orders_rate(t.orders, period=MARCH),
    "order_changes": _changes,
    "order_totals": lambda t: rk.orders.order_totals(t.orders, period=MARCH, by="country"),
    "id_coverage": lambda t: rk.id_coverage(t.orders, before=AS_OF),
    "order_history": lambda t: rk.order_history(t.orders, since=JANUARY, until=LAST),
    "repeat_purchase_rate": lambda t: rk.repeat_purchase_rate(t.orders, period=MARCH, by="country"),
    "repeat_purchase_rate of orders": lambda t: rk.repeat_purchase_rate(t.orders, period=MARCH, repeat_on="orders"),
    "buyer_metrics": lambda t: buyer_metrics(t.orders, period=[JANUARY, MARCH], by="country"),
    "order_metrics of several": lambda t: order_metrics(t.orders, period=[JANUARY, MARCH], by="country"),
    "returning_customer_rate": lambda t: rk.returning_customer_rate(t.orders, period=MARCH),
    "existing_customer_share": lambda t: rk.loyalty.existing_customer_share(t.orders, period=MARCH),
    "repeat_within": lambda t: rk.loyalty.repeat_within(t.orders, as_of=AS_OF, days=90, by="country"),
    "repeat_within_of_period": lambda t: rk.loyalty.repeat_within_of_period(
        t.orders, period=[rk.Period("1997-05"), rk.Period("1997-06")], days=90, by="country"
    ),
    "repeat_by_order_number": lambda t: rk.repeat_by_order_number(t.orders, as_of=AS_OF),
    "time_between_orders": lambda t: rk.time_between_orders(t.orders, period=MARCH, by="country"),
    "buying_in_first_days": lambda t: rk.loyalty.buying_in_first_days(t.orders, period=[FEBRUARY, MARCH], by="country"),
    "lapsed_revenue": lambda t: rk.customers.lapsed_revenue(t.orders, period=MARCH, window=30, by="country"),
    "rfm_scores": _scores,
    "rfm_scores by groups of one size": lambda t: _scores(t, method="ntile"),
    "rfm_scores by fixed cuts": lambda t: _scores(t, method="thresholds"),
    "rfm_grid": lambda t: rk.loyalty.rfm_grid(rk.rfm_scores(t.orders, as_of=AS_OF)),
    "rfm_segments": lambda t: rk.rfm_segments(rk.rfm_scores(t.orders, as_of=AS_OF)),
    "purchase_summary": lambda t: rk.purchase_summary(t.orders, as_of=AS_OF),
    "calibration_split": lambda t: calibration_split(t.orders, calibrated_until=date(1997, 10, 1), as_of=AS_OF),
    "ltv_historic": lambda t: rk.ltv_historic(t.orders, as_of=AS_OF, margin=0.4),
    "contact_rate": lambda t: rk.service.contact_rate(t.tickets, t.orders, period=MARCH, by="country"),
    "contact_change": lambda t: pd.DataFrame(
        [vars(rk.service.contact_change(t.tickets, t.orders, period=MARCH, base=FEBRUARY))]
    ),
    "orders_with_contact_rate": lambda t: rk.service.orders_with_contact_rate(
        t.tickets, t.orders, period=MARCH, by="country"
    ),
    "nps": lambda t: rk.nps(t.responses, period=MARCH, by="country"),
    "nps, transactional": lambda t: rk.nps(t.responses, period=MARCH, kind="transactional"),
    "nps_answers": lambda t: _sorted(rk.surveys.nps_answers(t.responses)),
    "nps_distribution": lambda t: rk.surveys.nps_distribution(t.responses, period=MARCH),
    "nps_of_interactions": lambda t: rk.surveys.nps_of_interactions(t.responses, period=MARCH, by="country"),
    "nps_trend": lambda t: rk.surveys.nps_trend(t.responses, until=LAST, by="country"),
    "nps_change": lambda t: rk.surveys.nps_change(t.responses, now=MARCH, then=FEBRUARY, by="country"),
    "satisfaction": lambda t: rk.satisfaction(t.responses, period=MARCH, by="country"),
    "nps_change by wave": lambda t: rk.surveys.nps_change(t.responses, now="1997-03", then="1997-02"),
    "satisfaction, ease": lambda t: rk.satisfaction(t.responses, period=MARCH, question="ces"),
    "response_rate": lambda t: rk.surveys.response_rate(t.invitations, t.responses, period=MARCH, by="country"),
    "responders_compared": lambda t: rk.surveys.responders_compared(
        t.invitations, t.responses, period=MARCH, by="country"
    ),
    "nps_behaviour": lambda t: rk.surveys.nps_behaviour(t.responses, t.orders, as_of=AS_OF),
    "nps_behaviour_difference": lambda t: rk.surveys.nps_behaviour_difference(t.responses, t.orders, as_of=AS_OF),
    "value_of_a_point": lambda t: rk.surveys.value_of_a_point(t.responses, t.orders, as_of=AS_OF),
    "detractor_recovery": lambda t: rk.surveys.detractor_recovery(t.responses, as_of=AS_OF),
    "driver_table": lambda t: tables.collected(_facts(t), "response_id"),
    "nps_drivers": lambda t: rk.surveys.nps_drivers(
        _facts(t), drivers=["speed", "n_contacts", "tenure_days", "n_purchases"], scales={"speed": (1, 5)}
    ),
    "nps_themes": lambda t: rk.surveys.nps_themes(t.responses),
    "comment_themes": lambda t: rk.surveys.comment_themes(t.responses),
    "acquisition_costs": lambda t: rk.service.acquisition_costs(t.costs),
    "customer_acquisition_cost": lambda t: rk.service.customer_acquisition_cost(t.costs, new_customers=60),
    "customer_retention_cost": lambda t: rk.service.customer_retention_cost(t.costs, retained_customers=150),
    "quotes": lambda t: rk.surveys.quotes(t.responses, theme="price"),
}

EVERY_METRIC = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())


def assert_same(found, expected):
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.fixture(scope="module")
def frames(cdnow):
    """CDNOW, and beside it what it lacks: refunds, cancellations, orders of nobody, countries, hours and tickets."""
    place, number = np.arange(len(cdnow)), cdnow.customer_id.astype(int)
    orders = pd.DataFrame(
        {
            "order_id": cdnow.order_id,
            "customer_id": cdnow.customer_id.where(place % 97 != 5),
            "ordered_on": cdnow.ordered_on,
            "ordered_at": cdnow.ordered_on + pd.to_timedelta(place * 7919 % 86_400, unit="s"),
            "status": np.where(place % 41 == 3, "cancelled", "completed"),
            "gross": cdnow.amount,
            "discount": np.where(place % 13 == 1, np.nan, 0.05),
            "refunded": np.where(place % 50 == 7, (cdnow.amount / 4).round(2), 0.0),
            "country": np.where(number < 4, "MT", number.mod(3).map({0: "PL", 1: "UA", 2: "US"})),
        }
    )
    asked = orders[place % 9 == 2]
    tickets = pd.DataFrame(
        {
            "ticket_id": "t" + asked.order_id,
            "order_id": asked.order_id,
            "customer_id": asked.customer_id,
            "country": asked.country,
            "created_on": asked.ordered_on,
            "direction": np.where(asked.index % 2, "inbound", "outbound"),
        }
    )
    customers = orders.dropna(subset="customer_id").drop_duplicates("customer_id")
    number = customers.customer_id.astype(int)
    earlier = pd.to_timedelta(np.where(number % 3 == 0, 400, 1), unit="D")
    customers = customers.assign(first_seen_on=(customers.ordered_on - earlier).where(number % 4 != 1))
    paid_back = orders[place % 50 == 7]
    refunds = pd.DataFrame({"order_id": paid_back.order_id, "refunded_on": paid_back.ordered_on})
    return SimpleNamespace(
        orders=orders,
        customers=customers[["customer_id", "first_seen_on", "country"]],
        tickets=tickets,
        refunds=refunds,
        responses=_responses(orders),
        invitations=_invitations(orders),
        costs=pd.DataFrame(
            {
                "spent_on": cdnow.ordered_on,
                "category": np.where(place % 2, "acquisition", "retention"),
                "amount": cdnow.amount,
            }
        ),
    )


def _responses(orders):
    """An answer to every seventh order: relational, after a contact, about satisfaction; some of nobody."""
    given = orders[orders.index % 7 == 3].reset_index(drop=True)
    place = given.index
    kinds = np.where(place % 3 == 1, "transactional", "relational")
    questions = np.select([place % 4 == 2, place % 8 == 5], ["csat", "ces"], "nps")
    return pd.DataFrame(
        {
            "response_id": "r" + given.order_id,
            "customer_id": given.customer_id,
            "order_id": given.order_id,
            "country": given.country,
            "type": questions,
            "kind": kinds,
            "answered_on": given.ordered_on,
            "score": np.where(questions == "nps", place * 13 % 11, place * 7 % 5 + 1).astype(float),
            "speed": (place * 5 % 5 + 1).astype(float),
            "comment": np.where(place % 5 == 0, "Too expensive, but fast delivery", None),
            "lang": "en",
            "may_quote": place % 2 == 0,
        }
    )


def _invitations(orders):
    asked = orders[orders.index % 3 == 0].reset_index(drop=True)
    return pd.DataFrame(
        {
            "invitation_id": "i" + asked.order_id,
            "customer_id": asked.customer_id.fillna("nobody"),
            "country": asked.country,
            "sent_on": asked.ordered_on,
            "status": np.where(asked.index % 11 == 4, "bounced", "delivered"),
        }
    )


@pytest.fixture(scope="module")
def files(frames, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parity")
    for name, frame in vars(frames).items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        for column in {"gross", "discount", "refunded"} & set(table.column_names):
            money = table[column].cast(pa.decimal128(18, 4))
            table = table.set_column(table.column_names.index(column), column, money)
        pq.write_table(_with_dates(table), folder / f"{name}.parquet")
    return folder


def _with_dates(table):
    for column in [name for name in table.column_names if name.endswith("_on")]:
        table = table.set_column(table.column_names.index(column), column, table[column].cast(pa.date32()))
    return table


@pytest.fixture(scope="module")
def arrow_tables(files):
    return SimpleNamespace(**{file.stem: pq.read_table(file) for file in files.glob("*.parquet")})


@pytest.fixture(scope="module")
def relations(files):
    return SimpleNamespace(**{file.stem: duckdb.read_parquet(str(file)) for file in files.glob("*.parquet")})


@pytest.fixture(scope="module")
def expected(relations):
    """What a metric counts on DuckDB, which all else is compared with."""
    return cache(lambda metric: metric(relations))


@pytest.fixture(scope="module")
def spark_tables(files):
    if not find_spec("pyspark"):
        pytest.skip('pyspark is not installed: pip install "retention-kit[spark]"')
    if not shutil.which("java"):
        pytest.skip("there is no java to run Spark with")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = _session()
    yield SimpleNamespace(**{file.stem: session.read.parquet(str(file)) for file in files.glob("*.parquet")})
    session.stop()


def _session():
    from pyspark.sql import SparkSession

    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than these few rows
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
    }
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas >= 3.0.0", FutureWarning)
        return SparkSession.builder.master("local[1]").appName("parity").config(map=options).getOrCreate()


# It says so whenever it makes a pandas frame; the metrics collect through Arrow, and here every number is compared.
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas >= 3.0.0:FutureWarning")
@EVERY_METRIC
def test_spark_counts_as_duckdb_does(metric, spark_tables, expected):
    assert_same(metric(spark_tables), expected(metric))


@pytest.fixture(scope="module")
def spark(spark_tables):
    return spark_tables.orders.sparkSession


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas >= 3.0.0:FutureWarning")
def test_nan_none_and_an_empty_id_are_missing_on_spark_too(spark):
    nan = float("nan")
    kinds = "response_id string, customer_id double, score double, answered_on date"
    rows = [("a", 17.0, 9.0), ("b", nan, 2.0), ("c", None, 10.0), ("", nan, nan), (None, 18.0, None)]
    table = spark.createDataFrame([(*row, date(2024, 5, 1)) for row in rows], kinds)
    missing = tables.collected(tables.lazy(table)).drop(columns="answered_on").astype(object)
    assert missing.where(missing.notna(), None).to_numpy().tolist() == [
        ["a", 17.0, 9.0], ["b", None, 2.0], ["c", None, 10.0], [None, None, None], [None, 18.0, None],
    ]  # fmt: skip
    assert rk.nps(table, period="2024-05").value.tolist() == [pytest.approx(100 / 3)]


@pytest.mark.parametrize("where", ["a path", "a schema of the catalogue", "nowhere"])
def test_tables_are_read_where_the_cluster_finds_them(where, spark, tmp_path):
    shop = shutil.copytree(CDNOW, tmp_path / "cdnow", ignore=shutil.ignore_patterns("tables"))
    with rk.open_engagement(shop) as engagement:
        expected = rk.repeat_purchase_rate(engagement.orders, period="1998-05")
    orders = (shop / "tables" / "orders.parquet").rename(tmp_path / "orders.parquet")
    spark.read.parquet(str(orders)).createOrReplaceGlobalTempView("orders")
    place = {"a path": f"{tmp_path}/", "a schema of the catalogue": "global_temp", "nowhere": f"{tmp_path}/elsewhere"}
    settings = SimpleNamespace(spark_master="local[1]", spark_tables=place[where])
    if where == "nowhere":
        with pytest.raises(
            InvalidEngagement, match=r"no table orders in .*elsewhere .*copy the files of .*tables there"
        ):
            read_table(settings, shop / "tables", "orders")
        return
    assert_same(rk.repeat_purchase_rate(read_table(settings, shop / "tables", "orders"), period="1998-05"), expected)


@EVERY_METRIC
def test_a_frame_in_memory_counts_as_a_relation_does_in_any_order_of_its_rows(metric, frames, arrow_tables, expected):
    shuffled = SimpleNamespace(**{name: frame.sample(frac=1, random_state=1) for name, frame in vars(frames).items()})
    assert_same(metric(shuffled), expected(metric))
    assert_same(metric(arrow_tables), expected(metric))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo client at the end of a month, on DuckDB and on Spark."""
    folder = rk.make_demo(tmp_path_factory.mktemp("clients") / "demo", n_customers=200)
    with rk.open_engagement(folder) as engagement:
        on_spark = folder.with_name("spark")
        shutil.copytree(folder, on_spark)
        settings = (folder / "engagement.toml").read_text(encoding="utf-8")
        engine = 'engine = "spark"\nspark_master = "local[2]"\n'
        (on_spark / "engagement.toml").write_text(engine + settings, encoding="utf-8")
        with rk.open_engagement(on_spark) as other:
            yield engagement.at("2024-05"), other.at("2024-05")


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas >= 3.0.0:FutureWarning")
@pytest.mark.usefixtures("spark_tables")
@pytest.mark.parametrize("name", [*TABLES, "occasions"])
def test_every_canonical_table_is_the_same_on_spark(demo, name):
    on_duckdb, on_spark = (tables.collected(tables.lazy(engagement.table(name))) for engagement in demo)
    columns = sorted(on_duckdb)
    assert len(on_duckdb)
    assert sorted(on_spark) == columns
    by_all = [frame[columns].astype(str).sort_values(columns, ignore_index=True) for frame in (on_duckdb, on_spark)]
    pd.testing.assert_frame_equal(*by_all)


def test_every_public_metric_of_a_table_is_compared_here():
    topics = [getattr(metrics, topic) for topic in metrics.__all__]
    public = {name: getattr(topic, name) for topic in topics for name in topic.__all__}
    of_tables = {name for name, metric in public.items() if inspect.isfunction(metric) and takes_a_table(metric)}
    assert of_tables <= {re.match(r"\w+", metric)[0] for metric in METRICS}


def takes_a_table(metric):
    return any(parameter.annotation == tables.Tabular for parameter in inspect.signature(metric).parameters.values())
