"""What a reader reads: numbers, money, dates and words, each `Wording` in its own language."""

from datetime import date

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from retention_kit.periods import Period
from retention_kit.wording import ENGLISH, MISSING, Wording
from retention_kit.wording.texts import in_context

POLISH = Wording("pl", "PLN")


@pytest.fixture
def translated(tmp_path):
    """A Polish wording with a few texts in its catalogue."""
    catalogue = Catalog(locale="pl")
    catalogue.add("Revenue", "Przychód")
    catalogue.add("New", "Nowi", context="customers")
    catalogue.add(("{n} day", "{n} days"), ("{n} dzień", "{n} dni", "{n} dnia"))
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "retention_kit.mo").open("wb") as file:
        write_mo(file, catalogue)
    return Wording("pl", "PLN", tmp_path)


def test_half_a_percent_is_rounded_as_it_is_written_not_as_it_is_stored():
    assert ENGLISH.percent(0.145, digits=0) == "14%"
    assert ENGLISH.percent(0.285, digits=0) == "28%"
    assert ENGLISH.number(2.675, digits=2) == "2.68"


@pytest.mark.parametrize("write", [ENGLISH.number, ENGLISH.percent, ENGLISH.money])
@pytest.mark.parametrize("missing", [None, float("nan")])
def test_what_is_missing_is_a_dash_and_never_a_zero(write, missing):
    assert write(missing) == MISSING
    assert write(0.0) != MISSING


def test_what_is_zero_as_it_is_shown_has_no_minus_sign():
    assert (ENGLISH.number(-0.03, digits=1), ENGLISH.percent(-1e-5), ENGLISH.number(-0.4)) == ("0.0", "0.0%", "0")


def test_the_minus_sign_is_one_everywhere():
    assert (ENGLISH.number(-0.6), ENGLISH.percent(-0.25), ENGLISH.money(-1500.5)) == ("−1", "−25.0%", "−$1,500")
    assert (POLISH.number(-0.6), POLISH.percent(-0.25), POLISH.money(-15)) == ("−1", "−25,0%", "−15,00\xa0zł")


def test_money_is_in_whole_units_from_a_thousand_on():
    assert [ENGLISH.money(amount) for amount in (999.994, 1000.4)] == ["$999.99", "$1,000"]
    assert ENGLISH.money(1000.4, digits=2) == "$1,000.40"


def test_another_language_writes_numbers_money_and_dates_its_own_way():
    assert POLISH.number(1234567.5, digits=1) == "1\xa0234\xa0567,5"
    assert POLISH.percent(0.123) == "12,3%"
    assert POLISH.money(35.9) == "35,90\xa0zł"
    assert POLISH.day(date(1998, 6, 30)) == "30 czerwca 1998"
    assert POLISH.tag == "pl"


@pytest.mark.parametrize("language", ["en", "en-US", "en_GB"])
def test_english_dates_are_of_one_kind(language):
    assert Wording(language).day(date(2024, 5, 31)) == "31 May 2024"
    assert Wording(language).tag == language.replace("_", "-")


def test_a_month_that_stands_alone_is_in_the_nominative():
    assert POLISH.period_name(Period("2024-05")) == "maj 2024"


def test_every_kind_of_period_has_a_name():
    names = [ENGLISH.period_name(Period(text)) for text in ("2024-05", "2024Q2", "2024-W20", "2024")]
    assert names == ["May 2024", "2nd quarter 2024", "2024-W20", "2024"]


def test_a_text_is_looked_up_in_the_catalogue_of_the_language(translated):
    assert [translated.gettext(text) for text in ("Revenue", "Orders", "")] == ["Przychód", "Orders", ""]


def test_a_text_in_a_context_is_not_the_same_text_without_it(translated):
    marked = in_context("customers", "New")
    assert [translated.gettext(marked), translated.pgettext("customers", "New")] == ["Nowi", "Nowi"]
    assert [translated.gettext("New"), ENGLISH.gettext(marked)] == ["New", "New"]


def test_a_count_has_the_form_of_its_language(translated):
    forms = [translated.ngettext("{n} day", "{n} days", n) for n in (1, 2, 5)]
    assert forms == ["{n} dzień", "{n} dni", "{n} dnia"]
    assert [ENGLISH.ngettext("{n} day", "{n} days", n) for n in (1, -1, 0, 2)] == ["{n} day"] * 2 + ["{n} days"] * 2


def test_wordings_are_values():
    assert Wording("pl", "PLN") == POLISH
    assert len({POLISH, Wording("pl", "PLN"), ENGLISH, Wording("en", "EUR")}) == 3
