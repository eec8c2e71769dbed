"""The glossary as data: every entry is one that the loader and the catalogue know how to take."""

from io import BytesIO
from typing import get_args

import pytest

from retention_kit.package_data import read_data
from retention_kit.periods import Unit
from retention_kit.report.messages import glossary_messages
from retention_kit.wording import ENGLISH
from retention_kit.wording.glossary import COLUMNS, VALUES, WORDS, Kind, word
from retention_kit.wording.texts import in_context

GLOSSARY = read_data("retention_kit.wording", "glossary.toml")
WRITTEN = ("columns", "values")
ENTRIES = [
    pytest.param(section, entry, id=f"{section}.{name}")
    for section, entries in GLOSSARY.items()
    if section != "of_unit"
    for name, entry in entries.items()
]


@pytest.mark.parametrize(("section", "entry"), ENTRIES)
def test_an_entry_is_a_text_or_a_text_in_its_context_or_with_its_kind(section, entry):
    if section in WRITTEN:
        assert {"text", "kind"} <= set(entry) <= {"text", "kind", "context"}
        assert entry["kind"] in get_args(Kind)
    else:
        assert isinstance(entry, str) or set(entry) == {"text", "context"}


def test_a_column_named_by_the_unit_of_its_periods_has_a_name_for_each():
    assert {tuple(names) for names in GLOSSARY["of_unit"].values()} == {get_args(Unit)}
    assert set(GLOSSARY["of_unit"]) <= set(COLUMNS)


def test_a_text_in_a_context_is_shown_without_it_and_keeps_its_kind():
    assert (COLUMNS["low"][1], VALUES["nps_difference"][1]) == ("ratio", "pp")
    assert [word(name, ENGLISH) for name in ("support", "ledger")] == ["support", "points"]
    assert WORDS["support"] == in_context("theme", "support")


def test_the_catalogue_takes_each_text_once_with_its_context():
    glossary = b"""
        [words]
        price = "price"
        support = { text = "support", context = "theme" }
        [columns]
        low = { text = "from", context = "interval", kind = "ratio" }
        text = { text = "Text", kind = "text" }
        detail = { text = "", kind = "text" }
        [of_unit.period]
        week = "Week"
        month = "Month"
    """
    found = [(name, text) for _line, name, text, _comments in glossary_messages(BytesIO(glossary), None, None, None)]
    assert found == [
        (None, "price"),
        ("pgettext", ("theme", "support")),
        ("pgettext", ("interval", "from")),
        (None, "Text"),
        (None, "Week"),
        (None, "Month"),
    ]
