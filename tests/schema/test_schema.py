"""The canonical tables as data, and their description for people."""

import tomllib
from pathlib import Path

import pytest

from retention_kit.ingest.settings.tables import Tables
from retention_kit.schema import CURRENCY, TABLES, canonical_tables

README = Path(__file__).parents[2] / "data" / "README.md"
EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@EVERY_TABLE
def test_readme_describes_every_table_column_by_column(table):
    assert described(table) in README.read_text(encoding="utf-8")


def described(table):
    key = " and ".join(f"`{name}`" for name in table.key)
    head = f"**{table.name}**: {table.grain}."
    head += f" Rows are told apart by {key}." if key else ""
    head += f" Dated by `{table.dated_by}`." if table.dated_by else ""
    rows = "\n".join(f"| `{column.name}` | {column.kind} | {meaning(column)} |" for column in table.columns)
    return f"{head}\n\n| column | kind | meaning |\n| --- | --- | --- |\n{rows}\n"


def meaning(column):
    words = ", ".join(f"`{word}`" for word in column.choices)
    usual = (column.default or "").strip("'")
    rules = {
        "required": column.is_required,
        f"one of {words}": column.choices,
        f"`{usual}` where it is not given": usual,
        f"must be found in {column.refers_to}": column.refers_to,
        f"at least {column.least}": column.least is not None,
        "not kept": column.name == "updated_at",
    }
    return "; ".join([column.meaning, *(rule for rule, holds in rules.items() if holds)])


@EVERY_TABLE
def test_keys_dates_and_defaults_name_columns_and_words_of_the_table(table):
    assert {*table.key, *filter(None, [table.dated_by])} <= set(table.names)
    for column in table.columns:
        assert column.default is None or not column.choices or column.default.strip("'") in column.choices


def test_every_table_has_a_section():
    assert set(Tables.model_fields) == set(TABLES)


# A section as somebody writes it who adds a table

COMMON = """
    [common.columns]
    updated_at = { kind = "timestamp", meaning = "when the row was last changed" }
"""
RETURNS = """
    [returns]
    grain = "one row per parcel that came back"
    key = ["return_id"]
    dated_by = "returned_at"

    [returns.columns]
    return_id = { kind = "id", required = true, meaning = "the parcel" }
    order_id = { kind = "id", required = true, may_be_empty = true, refers_to = "orders", meaning = "the order" }
    returned_at = { kind = "timestamp", required = true, meaning = "when it came" }
    state = { kind = "choice", choices = ["whole", "broken"], default = "whole", meaning = "how it came" }
    pieces = { kind = "number", default = 1, least = 0, meaning = "how many" }
    is_paid = { kind = "boolean", default = false, meaning = "whether the shop paid for it" }
    updated_at = "common"
"""


def read(text):
    return canonical_tables(tomllib.loads(COMMON + text))


def test_a_section_becomes_a_table():
    table = read(RETURNS)["returns"]
    assert (table.grain, table.key, table.dated_by, table.takes_attributes) == (
        *("one row per parcel that came back", ("return_id",), "returned_at"),
        False,
    )
    assert table.names == ("return_id", "order_id", "returned_at", "state", "pieces", "is_paid", "updated_at")
    assert table.required == ("return_id", "order_id", "returned_at")
    assert [column.name for column in table.columns if not column.may_be_empty] == ["return_id", "returned_at"]
    assert [table.column(name).default for name in ("state", "pieces", "is_paid")] == ["'whole'", "1", "false"]
    assert (table.column("state").choices, table.column("pieces").least) == (("whole", "broken"), 0)


def test_tables_come_in_the_order_of_their_sections_and_the_common_columns_are_none():
    assert list(read(RETURNS + RETURNS.replace("returns", "again"))) == ["returns", "again"]


def test_a_common_column_is_the_same_in_every_table_that_has_it():
    tables = [TABLES[name] for name in ("orders", "refunds", "subscriptions", "costs")]
    assert {table.column("currency") for table in tables} == {CURRENCY}
    assert TABLES["fx"].column("currency") != CURRENCY


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        (
            "dated_by",
            "dated",
            r'\[returns\]: there is no key "dated"; the keys are grain, columns, key, dated_by, takes',
        ),
        ("grain", "grian", r"\[returns\]: lacks grain"),
        (
            '"boolean"',
            '"truth"',
            r'\[returns.columns\] is_paid: there is no kind "truth"; the kinds are id, text, choice',
        ),
        (
            "least = 0",
            "lest = 0",
            r'\[returns.columns\] pieces: there is no key "lest"; the keys are kind, meaning, req',
        ),
        (', meaning = "how many"', "", r"\[returns.columns\] pieces: lacks meaning"),
        ("updated_at =", "currency =", r'\[returns.columns\] currency = "common": write .*; common are updated_at'),
        ('updated_at = "common"', 'updated_at = "usual"', r'updated_at = "usual": write'),
    ],
)
def test_what_a_section_cannot_say_is_refused_with_what_it_can(written, instead, complaint):
    with pytest.raises(ValueError, match=complaint):
        read(RETURNS.replace(written, instead))


def test_all_faults_of_the_file_are_told_at_once():
    with pytest.raises(ValueError, match=r'lacks grain\n.*no key "grian".*\n.*pieces: lacks kind'):
        read(RETURNS.replace("grain", "grian").replace('kind = "number", ', ""))
