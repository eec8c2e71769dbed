"""What a reader reads: numbers, money, dates and words of the language spoken, and shares that add up."""

import math
from datetime import date

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.periods import Period
from retention_kit.wording import texts
from retention_kit.wording.texts import MISSING, speak


@pytest.fixture
def polish():
    speak("pl", currency="PLN")
    yield
    speak("en", currency="USD")


# By hand


def test_thirds_in_whole_percents_add_up_to_a_hundred():  # X03
    assert [texts.percent(share, digits=0) for share in texts.shares([1, 1, 1])] == ["34%", "33%", "33%"]


def test_the_largest_remainder_is_rounded_up_first():
    assert texts.shares([41.6, 41.5, 16.9]) == [0.42, 0.41, 0.17]


def test_shares_of_nothing_are_missing():
    assert all(math.isnan(share) for share in texts.shares([0, 0]))
    assert texts.shares([]) == []


def test_half_a_percent_is_rounded_as_it_is_written_not_as_it_is_stored():
    assert texts.percent(0.145, digits=0) == "14%"
    assert texts.percent(0.285, digits=0) == "28%"
    assert texts.number(2.675, digits=2) == "2.68"


@pytest.mark.parametrize("write", [texts.number, texts.percent, texts.money])
@pytest.mark.parametrize("missing", [None, float("nan")])
def test_what_is_missing_is_a_dash_and_never_a_zero(write, missing):
    assert write(missing) == MISSING
    assert write(0.0) != MISSING


def test_what_is_nought_as_it_is_shown_has_no_minus_sign():
    assert (texts.number(-0.03, digits=1), texts.percent(-1e-5), texts.points(-0.4)) == ("0.0", "0.0%", "0")
    assert (texts.number(-0.06, digits=1), texts.points(-0.6)) == ("-0.1", "−1")


def test_money_is_in_whole_units_from_a_thousand_on():
    assert [texts.money(amount) for amount in (999.994, 1000.4, -1500.5)] == ["$999.99", "$1,000", "-$1,500"]
    assert texts.money(1000.4, digits=2) == "$1,000.40"


@pytest.mark.usefixtures("polish")
def test_another_language_writes_numbers_money_and_dates_its_own_way():
    assert texts.number(1234567.5, digits=1) == "1\xa0234\xa0567,5"
    assert texts.percent(0.123) == "12,3%"
    assert texts.money(35.9) == "35,90\xa0zł"
    assert texts.day(date(1998, 6, 30)) == "30 czerwca 1998"
    assert texts.language() == "pl"


@pytest.mark.usefixtures("polish")
def test_a_month_that_stands_alone_is_in_the_nominative():
    assert texts.period_name(Period("2024-05")) == "maj 2024"


def test_every_kind_of_period_has_a_name():
    names = [texts.period_name(Period(text)) for text in ("2024-05", "2024Q2", "2024-W20", "2024")]
    assert names == ["May 2024", "2nd quarter 2024", "2024-W20", "2024"]


def test_a_text_is_looked_up_in_the_catalogue_of_the_language(tmp_path):
    catalogue = Catalog(locale="pl")
    catalogue.add("Revenue", "Przychód")
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "retention_kit.mo").open("wb") as file:
        write_mo(file, catalogue)
    speak("pl", directory=tmp_path)
    spoken = [texts._("Revenue"), texts._("Orders"), texts._("")]
    speak("en")
    assert spoken == ["Przychód", "Orders", ""]


# By law


@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(0, 2))
def test_rounded_shares_add_up_and_are_within_a_step_of_the_exact_ones(values, digits):
    step = 10 ** -(digits + 2)
    shares = texts.shares(values, digits=digits)
    assert sum(shares) == pytest.approx(1)
    assert all(abs(share - value / sum(values)) < step for share, value in zip(shares, values, strict=True))


@given(st.lists(st.integers(0, 50), min_size=1).filter(any))
def test_of_two_values_the_larger_never_has_the_smaller_share(values):
    shares = dict(sorted(zip(values, texts.shares(values), strict=True), reverse=True))  # the least of equal values
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
