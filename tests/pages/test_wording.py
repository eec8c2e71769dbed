"""Language and currency belong to the engagement: two that are open at once print each their own."""

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.errors import InvalidEngagement
from tests.catalogues import write_catalogue

SETTINGS = """
name = "{name}"
language = "{language}"
currency = "{currency}"
time_zone = "Europe/Warsaw"

[tables.orders]
source = "csv"
files = ["raw/orders.csv"]
columns = {{ order_id = "id", customer_id = "who", ordered_at = "day", amount = "total" }}
"""
RAW = "id,who,day,total\n1,a,2024-04-10,1300\n2,b,2024-05-30,1400\n3,a,2024-05-31,1500\n"


@pytest.fixture
def shop_of(tmp_path):
    """The same shop in a language and a currency."""

    def make(name, language, currency):
        (tmp_path / name / "raw").mkdir(parents=True)
        settings = SETTINGS.format(name=name, language=language, currency=currency)
        (tmp_path / name / "engagement.toml").write_text(settings, encoding="utf-8")
        (tmp_path / name / "raw" / "orders.csv").write_text(RAW, encoding="utf-8")
        return rk.open_engagement(tmp_path / name).at("2024-05")

    return make


def last_day(engagement):
    return rk.exhibit(engagement, "provenance").data.set_index("item").detail["Data up to and including"]


def test_two_engagements_open_at_once_print_each_their_own_language_and_currency(shop_of, tmp_path, monkeypatch):
    monkeypatch.setenv("RETENTION_KIT_LOCALES", str(write_catalogue(tmp_path / "locales", "pl", str)))
    sklep, shop = shop_of("sklep", "pl", "PLN"), shop_of("shop", "en", "EUR")
    assert (last_day(sklep), last_day(shop), last_day(sklep)) == ("31 maja 2024", "31 May 2024", "31 maja 2024")
    revenue = pd.DataFrame({"period": ["2024-05"], "revenue": [29000.0]})
    printed = [rk.show(revenue, "revenue", wording=rk.wording_of(one)).html.striptags() for one in (sklep, shop, sklep)]
    assert ["maj 2024" in text for text in printed] == [True, False, True]
    assert ["29 000 zł" in text for text in printed] == [True, False, True]
    assert "May 2024€29,000" in printed[1]
    drawn = [
        rk.plot_revenue_history(rk.order_history(one.orders, since=one.period, until=one.period), wording=wording)
        for one, wording in ((sklep, rk.wording_of(sklep)), (shop, rk.wording_of(shop)))
    ]
    labels = [ax.yaxis.get_major_formatter()(29000) for ax in drawn]
    assert labels == ["29\xa0000\xa0zł", "€29,000"]


def test_a_language_that_pages_cannot_be_written_in_is_refused(shop_of):
    with pytest.raises(InvalidEngagement, match='language = "pl" has no complete catalogue'):
        rk.wording_of(shop_of("sklep", "pl", "PLN"))
