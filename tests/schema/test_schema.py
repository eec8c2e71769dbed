"""The canonical tables as data, and their description for people."""

from pathlib import Path

import pytest

from retention_kit.ingest.settings.tables import Tables
from retention_kit.schema import TABLES

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
