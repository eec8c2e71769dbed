"""Periods by hand, as laws of the calendar, and the texts that name none."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidPeriod
from retention_kit.periods import UNITS, Period, day_number, day_of, periods

DAYS = st.dates(date(1950, 1, 10), date(2150, 1, 1))
ANY_UNIT = st.sampled_from(UNITS)
ANY_PERIOD = st.builds(Period.of, DAYS, ANY_UNIT)

# By hand


@pytest.mark.parametrize(
    ("text", "unit", "start", "end", "n_days"),
    [
        ("2024-02", "month", date(2024, 2, 1), date(2024, 3, 1), 29),
        ("2023-02", "month", date(2023, 2, 1), date(2023, 3, 1), 28),
        ("2024-12", "month", date(2024, 12, 1), date(2025, 1, 1), 31),
        ("2024Q1", "quarter", date(2024, 1, 1), date(2024, 4, 1), 91),
        ("2023Q4", "quarter", date(2023, 10, 1), date(2024, 1, 1), 92),
        ("2020-W53", "week", date(2020, 12, 28), date(2021, 1, 4), 7),
        ("2024", "year", date(2024, 1, 1), date(2025, 1, 1), 366),
    ],
)
def test_a_period_runs_from_its_first_day_to_the_day_after_its_last(text, unit, start, end, n_days):
    period = Period(text)
    assert (period.unit, period.start, period.end, period.n_days) == (unit, start, end, n_days)


def test_ordinals_are_the_integers_of_the_canonical_tables():
    ordinals = [Period(text).ordinal for text in ("2024-05", "2024Q2", "2024", "1970-W01", "1970-W02")]
    assert ordinals == [2024 * 12 + 4, 2024 * 4 + 1, 2024, 0, 1]


def test_the_last_midnight_of_march_belongs_to_april():  # O11
    assert Period.of(datetime(2024, 4, 1, 0, 0).date(), "month") == Period("2024-04")  # noqa: DTZ001 - local wall time


def test_a_day_of_23_hours_is_one_day():  # O10
    assert day_number(date(2024, 3, 31)) - day_number(date(2024, 3, 30)) == 1


def test_a_month_is_complete_once_its_last_day_is_held_whole():  # O12
    complete = [Period.last_complete(day, "month") for day in (date(2024, 4, 20), date(2024, 4, 30), date(2024, 5, 1))]
    assert [str(period) for period in complete] == ["2024-03", "2024-03", "2024-04"]


def test_the_same_period_a_year_ago():
    assert [str(Period(text).year_ago()) for text in ("2024-05", "2024Q2", "2024-W20", "2024")] == [
        "2023-05",
        "2023Q2",
        "2023-W20",
        "2023",
    ]


def test_a_quarter_may_be_written_with_a_hyphen():
    assert str(Period("2024-Q2")) == "2024Q2"


def test_both_ends_are_in_a_list_of_periods_and_none_where_the_last_is_before_the_first():
    assert [str(period) for period in periods(Period("2023-12"), Period("2024-01"))] == ["2023-12", "2024-01"]
    assert periods(Period("2024-02"), Period("2024-01")) == []


def test_periods_are_keys_and_print_what_makes_them_anew():
    assert {Period("2024-05"): 1}[Period("2024-05")] == 1
    assert repr(Period("2024-05")) == "Period('2024-05')"


# By law


@given(ANY_PERIOD)
def test_the_text_gives_the_period_back(period):
    assert Period(str(period)) == period


@given(ANY_PERIOD)
def test_each_period_begins_where_the_one_before_it_ends(period):
    assert period.previous().end == period.start
    assert period.next().start == period.end
    assert period.next().previous() == period


@given(DAYS, ANY_UNIT)
def test_a_day_lies_in_its_period_and_in_no_other(day, unit):
    period = Period.of(day, unit)
    assert period.start <= day < period.end
    assert Period.of(period.start, unit) == period == Period.of(period.end - timedelta(days=1), unit)


@given(ANY_PERIOD, st.integers(-40, 40))
def test_what_was_added_is_the_distance(period, n):
    assert (period + n) - period == n
    assert (period + n) - n == period
    assert ((period + n) > period) == (n > 0)


@given(DAYS)
def test_weeks_are_those_of_iso_8601(day):
    year, week, _weekday = day.isocalendar()
    assert str(Period.of(day, "week")) == f"{year}-W{week:02}"


@given(DAYS)
def test_a_day_number_gives_its_day_back(day):
    assert day_of(day_number(day)) == day
    assert day_number(date(1970, 1, 1)) == 0


@given(ANY_PERIOD)
def test_the_length_of_a_period_is_that_of_its_day_numbers(period):
    assert (period.start_day, period.end_day) == (day_number(period.start), day_number(period.end))
    assert period.n_days == (period.end - period.start).days


# By complaint


@pytest.mark.parametrize("text", ["May 2024", "2024-5", "2024-05-01", "24-05", "2024Q5", "", "2024-W1"])
def test_a_text_that_names_no_period_is_refused_with_the_forms_that_do(text):
    with pytest.raises(InvalidPeriod, match=f'"{text}" is not a period: write a month as 2024-05'):
        Period(text)


@pytest.mark.parametrize(("text", "unit"), [("2024-13", "month"), ("2024-00", "month"), ("2023-W53", "week")])
def test_a_month_or_week_that_the_calendar_lacks_is_refused(text, unit):
    with pytest.raises(InvalidPeriod, match=f'"{text}" is not a {unit} of the calendar'):
        Period(text)


def test_periods_of_different_units_do_not_compare():
    with pytest.raises(
        InvalidPeriod, match="2024-05 is a month and 2024Q2 a quarter: only periods of one unit compare"
    ):
        assert Period("2024-05") < Period("2024Q2")
    with pytest.raises(InvalidPeriod, match="only periods of one unit compare"):
        assert Period("2024-05") - Period("2024")
