"""engagement.toml: what is refused, and in which words."""

from datetime import date

import pytest

from retention_kit.errors import InvalidEngagement
from retention_kit.ingest.settings import read_settings

GOOD = """
name = "Shop"
currency = "EUR"
time_zone = "Europe/Warsaw"
first_day = 2024-01-01
segments = ["country"]

[tables.orders]
source = "csv"
files = ["raw/*.csv"]

[tables.orders.columns]
order_id = "id"
customer_id = "who"
ordered_at = "when"
amount = "total"
country = "land"
"""


def settings_of(tmp_path, text):
    file = tmp_path / "engagement.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_the_defaults_are_those_documented(tmp_path):
    settings = settings_of(tmp_path, GOOD)
    assert (settings.first_day, settings.last_day, settings.engine) == (date(2024, 1, 1), None, "duckdb")
    assert (settings.churn_window, settings.margin, settings.max_rejected) == (365, 1.0, 0.01)
    assert not settings.is_history_complete
    assert not settings.count_zero_value


def test_settings_cannot_be_changed(tmp_path):
    with pytest.raises(ValueError, match="frozen"):
        settings_of(tmp_path, GOOD).name = "other"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Shop"', 'nam = "Shop"', 'nam is not a key; did you mean "name"?'),
        ('name = "Shop"', 'name = "Shop"\nfoo = 1', "foo is not a key; the keys are name, language"),
        (
            'source = "csv"',
            'source = "csv"\ndelimeter = ","',
            'tables.orders.delimeter is not a key; did you mean "delimiter"',
        ),
        ('source = "csv"', 'source = "xls"', "tables.orders.source = 'xls': input should be 'csv' or 'parquet'"),
        ('name = "Shop"', "", "name is missing; add it"),
        ('"EUR"', '"EURO"', 'currency = "EURO" is no currency; did you mean "EUR"'),
        ('"EUR"', "5", "currency = 5: input should be a valid string"),
        ("Europe/Warsaw", "Europe/Warszawa", 'is no IANA time zone; did you mean "Europe/Warsaw"'),
        (
            "first_day = 2024-01-01",
            'language = "klingon"',
            'language = "klingon" is no language; write a code such as en',
        ),
        ("first_day = 2024-01-01", 'engine = "dukdb"', "engine = 'dukdb': input should be 'duckdb' or 'spark'"),
        ("first_day = 2024-01-01", 'engine = "spark"', 'engine = "spark" needs spark_master'),
        (
            "first_day = 2024-01-01",
            'first_day = "2024-01-01"',
            "first_day = '2024-01-01': input should be a valid date",
        ),
        (
            "first_day = 2024-01-01",
            "first_day = 2024-02-01\nlast_day = 2024-01-01",
            "first_day 2024-02-01 is after last_day",
        ),
        ("first_day = 2024-01-01", "churn_window = 0", "churn_window = 0: input should be greater than 0"),
        (
            "first_day = 2024-01-01",
            'is_history_complete = "yes"',
            "is_history_complete = 'yes': input should be a valid bool",
        ),
        ('["country"]', '["contry"]', 'segments holds "contry", which no table maps; did you mean "country"'),
        ('["country"]', '["status"]', 'segments holds "status", which is a column of its own'),
        ("customer_id =", "custmer_id =", "columns lacks customer_id"),
        ("country =", "curency =", 'columns.curency is not a column of the table; did you mean "currency"'),
        ("order_id =", "order =", 'columns lacks order_id; .* (order_id = "_row" where the export has none)'),
        ("amount =", "net =", "columns needs either amount (net of discount and refunds) or gross"),
        ("amount =", 'gross = "g"\namount =', "columns needs either amount"),
        ('source = "csv"', 'source = "csv"\nencoding = "utf-99"', 'tables.orders.encoding = "utf-99" is no encoding'),
        ('source = "csv"', 'source = "csv"\ndelimiter = "::"', 'write one character, or "whitespace"'),
        (
            'source = "csv"',
            'source = "csv"\ndate_order = "dmy"\ndate_format = "%d"',
            "has both date_order and date_format",
        ),
        (
            'source = "csv"',
            'source = "csv"\nleave_out = { kept = "true" }',
            'leave_out.kept: "kept" has a meaning of its own',
        ),
        ('["raw/*.csv"]', "[]", "tables.orders.files = []"),
        ("[tables.orders]", "[tables.order]", 'tables.order is not a key; did you mean "orders"'),
        ('"Shop"', '"Shop', "is not TOML: .*line 2.* Texts go in quotes"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_the_remedy(tmp_path, old, new, message):
    pattern = f"{tmp_path.name}/engagement.toml.*" + message.replace("(", r"\(").replace(")", r"\)").replace(
        "[]", r"\[\]"
    )
    with pytest.raises(InvalidEngagement, match=pattern):
        settings_of(tmp_path, GOOD.replace(old, new, 1))


def test_all_mistakes_stand_in_one_error(tmp_path):
    with pytest.raises(InvalidEngagement) as error:
        settings_of(tmp_path, 'nam = "x"\ncurrency = "X"\ntime_zone = "Y"')
    assert len(str(error.value).splitlines()) == 4
