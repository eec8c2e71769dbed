"""UCI Online Retail, 541,909 line items, through parquet and through CSV: every row accounted for."""

from decimal import Decimal

import duckdb
import pytest

from retention_kit.engagement import open_engagement
from retention_kit.errors import IncompletePeriod

ENGAGEMENT = """
name = "Online Retail"
currency = "GBP"
time_zone = "Europe/London"

[tables.orders]
source = "{source}"
files = ["{file}"]
allow_outside = true
lines = "order_id"

[tables.orders.columns]
order_id = "InvoiceNo"
customer_id = "CustomerID"
ordered_at = "InvoiceDate"
amount = "Quantity * UnitPrice"

[tables.orders.leave_out]
cancelled = "InvoiceNo LIKE 'C%'"
adjustment = "InvoiceNo LIKE 'A%'"
without_customer = "CustomerID IS NULL"
returned = "Quantity <= 0"
no_price = "UnitPrice <= 0"
"""


@pytest.fixture(scope="module", params=["parquet", "csv"])
def engagement(request, reference_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("retail")
    file = reference_data / "online_retail" / "online_retail.parquet"
    if request.param == "csv":
        duckdb.connect().execute(f"COPY (FROM '{file}') TO '{folder / 'lines.csv'}' (HEADER)")
        file = folder / "lines.csv"
    (folder / "engagement.toml").write_text(ENGAGEMENT.format(source=request.param, file=file))
    with open_engagement(folder) as opened:
        yield opened


def test_every_one_of_the_541_909_rows_is_accounted_for(engagement):
    found = dict(zip(engagement.losses().reason, engagement.losses().n_rows, strict=True))
    assert found == {"kept": 397_884, "adjustment": 3, "cancelled": 9_288, "no_price": 40, "without_customer": 134_694}
    assert sum(found.values()) == 541_909


def test_invoices_customers_and_revenue_are_the_published_ones(engagement):
    query = "count(*), count(DISTINCT customer_id), sum(amount), count(*) FILTER (is_purchase)"
    assert engagement.orders.native.aggregate(query).fetchall() == [(18_532, 4_338, Decimal("8911407.9040"), 18_532)]


def test_the_last_month_of_the_data_is_not_complete(engagement):
    with pytest.raises(
        IncompletePeriod, match=r"2011-12 is not complete.*end with 2011-12-09. The last complete month is 2011-11"
    ):
        engagement.at("2011-12")
    assert str(engagement.at("2011-11").last_day) == "2011-11-30"


@pytest.mark.parametrize(
    ("period", "why"),
    [
        ("2011", "2011 is not complete: .* end with 2011-12-09. No year is complete."),
        ("2011-W49", "2011-W49 is not complete: .* end with 2011-12-09. The last complete week is 2011-W48."),
        ("2010-11", "2010-11 is before the data: .* begin with 2010-12-01. The complete ones are 2010-12 to 2011-11."),
    ],
)
def test_a_period_that_the_data_do_not_hold_is_refused_by_name(engagement, period, why):
    with pytest.raises(IncompletePeriod, match=why):
        engagement.at(period)


@pytest.mark.parametrize("period", ["2011Q3", "2011-W48"])
def test_whole_quarters_and_weeks_can_be_reported(engagement, period):
    assert str(engagement.at(period).period) == period
