"""What a report can show of a client, by the tables and columns that it has."""

from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.metrics.registry import METRICS
from retention_kit.pages.coverage import NOT_SHOWN_YET, REFINEMENTS, coverage, not_shown_yet
from retention_kit.pages.exhibits import PANELS
from retention_kit.schema import TABLES

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with rk.open_engagement(rk.make_demo(tmp_path_factory.mktemp("demo"), n_customers=60)) as engagement:
        yield engagement


def test_the_demo_shows_everything(demo):
    assert coverage(demo).is_shown.all()
    assert not_shown_yet(demo) == list(NOT_SHOWN_YET)


def test_orders_alone_show_orders_alone_and_name_what_to_add():
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        found = coverage(engagement).set_index("what")
        assert not_shown_yet(engagement) == []
    assert found.is_shown["Retention by cohort"]
    assert found.missing["Refund rate"] == "orders.gross, orders.refunded or refunds"
    assert found.missing["Response rate"] == "invitations, responses"
    assert not found.is_shown["Value as profit instead of revenue"]


def test_what_is_needed_is_named_as_tables_columns_and_settings_are():
    from retention_kit.ingest.settings import Settings

    described = [*(each.needs for each in (*METRICS.values(), *PANELS.values())), *(needs for _, needs in REFINEMENTS)]
    for need in (one for needs in described for alternatives in needs for one in alternatives.split(" or ")):
        table, _dot, column = need.partition(".")
        assert table in TABLES or table in Settings.model_fields
        assert not column or column in TABLES[table].names
