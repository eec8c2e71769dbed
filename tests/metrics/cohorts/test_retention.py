"""Cohorts by hand, and against the purchase days of each customer counted in plain Python."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidPeriod, InvalidTable
from retention_kit.metrics.cohorts.by_days import bracket_retention, elapsed_retention
from retention_kit.metrics.cohorts.payback import payback_age
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.periods import Period, periods
from tests.examples import any_orders, days_by_customer, hall_interval, orders_of

JANUARY, MARCH, APRIL = Period("2024-01"), Period("2024-03"), Period("2024-04")
FOUR_CUSTOMERS = orders_of(
    "A 2024-01-10\nA 2024-02-10\nA 2024-03-10\nB 2024-01-20\nB 2024-03-20\nC 2024-02-05\nC 2024-03-05\nD 2024-03-15"
)
LOOK_AHEADS = st.sampled_from([0, 1, 2, None])


def triangle(cells, value="value"):
    """Rows of cohorts, columns of ages; None where nothing is to be seen yet."""
    wide = cells.pivot(index="cohort", columns="age", values=value).astype(object)
    return wide.where(wide.notna(), None).to_numpy().tolist()


def value_at(cells, age):
    return cells[cells.age == age].value.item()


# By hand


def test_a_cell_whose_time_has_not_come_is_missing_and_not_zero():  # C01
    cells = cohort_retention(FOUR_CUSTOMERS, until=MARCH)
    assert triangle(cells) == [[1, 0.5, 1], [1, 1, None], [1, None, None]]
    assert cells[cells.cohort == "2024-02"].status.tolist() == ["ok", "ok", "immature"]
    assert cells.n_customers.tolist() == [2, 2, 2, 1, 1, 1, 1, 1, 1]


def test_customers_of_a_month_are_those_of_all_cohorts_in_it():  # C02
    assert actives_by_period(cohort_retention(FOUR_CUSTOMERS, until=MARCH)) == [2, 2, 4]


def actives_by_period(cells):
    seen = cells[cells.status == "ok"]
    places = seen.cohort.map(lambda text: Period(text).ordinal) + seen.age
    return seen.groupby(places).n_retained.sum().tolist()


def test_who_bought_on_the_day_or_ever_after():  # C04
    cells = cohort_retention(FOUR_CUSTOMERS, until=MARCH, look_ahead=None)
    assert triangle(cells)[0] == [1, 1, 1]
    assert triangle(cohort_retention(FOUR_CUSTOMERS, until=MARCH))[0] == [1, 0.5, 1]


def test_looking_ahead_takes_time_that_must_be_over():
    cells = cohort_retention(FOUR_CUSTOMERS, until=MARCH, look_ahead=1)
    assert triangle(cells) == [[1, 1, None], [1, None, None], [None, None, None]]


def test_a_period_in_which_the_data_end_is_missing_and_its_own_cohort_incomplete():  # C05
    cells = cohort_retention(FOUR_CUSTOMERS, until=MARCH, as_of=date(2024, 3, 15))
    assert triangle(cells)[:2] == [[1, 0.5, None], [1, None, None]]
    assert set(cells[cells.cohort == "2024-03"].status) <= {"incomplete"}
    young = cohort_retention(FOUR_CUSTOMERS, until=MARCH, as_of=date(2024, 3, 16))
    assert young[young.cohort == "2024-03"].status.tolist() == ["incomplete"] * 3
    assert young[young.cohort == "2024-03"].n_retained.isna().all()


def test_brackets_of_days_hold_both_their_ends():  # C06
    frame = orders_of("a 2024-01-01\na 2024-01-06\na 2024-01-13\nb 2024-02-01\nb 2024-03-03")
    cells = bracket_retention(frame, until=Period("2024-02"), as_of=date(2024, 6, 1))
    assert triangle(cells) == [[1, 1, 1], [1, 0, 0]]
    assert cells[["first_day", "last_day"]].to_numpy().tolist()[:3] == [[0, 0], [1, 7], [8, 30]]


@pytest.mark.parametrize(
    ("day", "row"), [("2024-01-08", [1, 1, 0]), ("2024-01-09", [1, 0, 1]), ("2024-01-31", [1, 0, 1])]
)
def test_a_day_is_in_one_bracket(day, row):
    cells = bracket_retention(orders_of(f"a 2024-01-01\na {day}"), until=JANUARY, as_of=date(2024, 6, 1))
    assert triangle(cells) == [row]


def test_a_bracket_waits_for_the_last_day_of_the_youngest_customer():
    frame = orders_of("a 2024-01-31")
    ends = [date(2024, 3, 1), date(2024, 3, 2)]  # day 30 of a customer of 31 January is 1 March
    found = [bracket_retention(frame, until=JANUARY, as_of=end).status.tolist() for end in ends]
    assert found == [["ok", "ok", "immature"], ["ok", "ok", "ok"]]


def test_a_calendar_day_is_not_24_hours():  # C07
    frame = orders_of("a 2024-01-01T20:00\na 2024-01-02T06:00")
    frame["ordered_at"] = frame.ordered_on
    by_calendar = bracket_retention(frame, brackets=[(0, 0), (1, 1)], until=JANUARY, as_of=date(2024, 6, 1))
    by_hours = elapsed_retention(frame, days=1, until=JANUARY, as_of=date(2024, 6, 1))
    assert (value_at(by_calendar, 1), value_at(by_hours, 1)) == (1, 0)


@pytest.mark.parametrize(
    ("moment", "came_back"), [("2024-01-02T19:45:29", 0), ("2024-01-02T19:45:30", 1), ("2024-01-02T20:00", 1)]
)
def test_24_hours_are_over_to_the_second(moment, came_back):
    frame = orders_of(f"a 2024-01-01T19:45:30\na {moment}")
    frame["ordered_at"] = frame.ordered_on
    cells = elapsed_retention(frame, days=1, until=JANUARY, as_of=date(2024, 6, 1))
    assert value_at(cells, 1) == came_back


def test_an_order_without_a_time_is_of_the_midnight_of_its_day():
    frame = orders_of("a 2024-01-01\na 2024-01-02").assign(ordered_at=pd.to_datetime(["2024-01-01T20:00", None]))
    assert value_at(elapsed_retention(frame, days=1, until=JANUARY, as_of=date(2024, 6, 1)), 0) == 1


def test_a_calendar_month_is_not_30_days():  # C08
    frame = orders_of("a 2024-01-31\na 2024-02-01")
    by_calendar = cohort_retention(frame, until=APRIL)
    by_days = elapsed_retention(frame, days=30, until=JANUARY, as_of=date(2024, 6, 1))
    assert (value_at(by_calendar, 1), value_at(by_days, 1)) == (1, 0)


def test_a_span_of_days_begins_with_its_first_day():
    frame = orders_of("a 2024-01-01\na 2024-01-31\nb 2024-01-01\nb 2024-01-30")
    cells = elapsed_retention(frame, days=30, until=JANUARY, as_of=date(2024, 6, 1))
    assert [value_at(cells, 0), value_at(cells, 1)] == [1, 0.5]


def test_a_span_of_days_waits_for_the_youngest_customer():
    ends = [date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 31), date(2024, 4, 1)]
    found = [elapsed_retention(orders_of("a 2024-01-31"), days=30, until=JANUARY, as_of=end) for end in ends]
    assert [cells.status.tolist() for cells in found] == [["immature"], ["ok"], ["ok"], ["ok", "ok"]]


def test_revenue_of_a_cohort_adds_up_and_pays_back():  # C09
    ten = [f"c{n} 2024-01-{n + 1:02} 30" for n in range(10)]
    later = [f"c{n} 2024-02-01 {amount}" for n, amount in ((0, 40), (1, 50))] + ["c0 2024-03-01 60"]
    cells = cohort_revenue(orders_of("\n".join(ten + later)), until=MARCH)
    assert cells.revenue.tolist() == [300, 90, 60]
    assert cells.cumulative.tolist() == [30, 39, 45]
    assert payback_age(cells.cumulative, acquisition_cost=40) == 2
    assert payback_age(cells.cumulative, acquisition_cost=40, margin=0.5) is None
    assert payback_age(cells.cumulative, acquisition_cost=39) == 1


def test_the_interval_of_revenue_per_customer_counts_those_who_brought_nothing():
    amounts = [5 * n for n in range(1, 11)]
    lines = [f"c{n} 2024-01-05 10\nc{n} 2024-02-05 {amount}" for n, amount in enumerate(amounts)]
    frame = orders_of("\n".join([*lines, "d 2024-01-09 10", "e 2024-01-09 10"]))
    cells = cohort_revenue(frame, until=Period("2024-02"))
    found = cells[cells.age == 1].iloc[0]
    assert [found.low, found.high] == pytest.approx(hall_interval([*amounts, 0, 0], [1] * 12))


def test_a_cohort_that_brought_less_than_nothing_is_not_cut_off_at_nothing():
    lines = [f"c{n} 2024-01-05 10\nc{n} 2024-02-05 {amount}" for n, amount in enumerate([1] * 11 + [-500])]
    occasions = orders_of("\n".join(lines)).assign(is_purchase=True)
    found = cohort_revenue(occasions, until=Period("2024-02")).iloc[1]
    assert [found.low, found.high] == pytest.approx(hall_interval([1] * 11 + [-500], [1] * 12))
    assert found.low < 0


def test_customers_of_a_cohort_who_all_brought_the_same_or_nothing_have_no_interval():  # Z3
    cells = cohort_revenue(orders_of("\n".join(f"c{n} 2024-01-05 0.1" for n in range(30))), until=Period("2024-02"))
    assert cells["value"].tolist() == [0.1, 0]
    assert cells[["low", "high"]].isna().all(axis=None)
    assert cells["flags"].tolist() == ["no_variation"] * 2


def test_fewer_than_ten_customers_have_no_interval_of_revenue():
    for n, known in ((9, False), (10, True)):
        frame = orders_of("\n".join(f"c{place} 2024-01-05 {place + 1}" for place in range(n)))
        assert cohort_revenue(frame, until=JANUARY).low.notna().item() == known


def test_weeks_quarters_and_years_are_cohorts_too():
    frame = orders_of("a 2023-12-31\na 2024-01-01\nb 2024-03-31")
    ages = {unit: cohort_retention(frame, by=unit, until=until) for unit, until in LAST.items()}
    assert [value_at(ages[unit][ages[unit].cohort == first], 1) for unit, first in FIRST.items()] == [1, 1, 1]


FIRST = {"week": "2023-W52", "quarter": "2023Q4", "year": "2023"}
LAST = {"week": Period("2024-W02"), "quarter": Period("2024Q2"), "year": Period("2024")}


def test_no_customers_make_no_cohorts():
    nobody = orders_of("- 2024-01-05")
    for table in (
        cohort_retention(nobody, until=MARCH),
        cohort_revenue(nobody, until=MARCH),
        elapsed_retention(nobody, until=MARCH),
        bracket_retention(nobody, until=MARCH),
    ):
        assert table.empty


# By law


@settings(max_examples=10)
@given(any_orders(), LOOK_AHEADS)
def test_the_triangle_is_that_of_the_purchase_days(frame, look_ahead):
    cells = cohort_retention(frame, until=APRIL, look_ahead=look_ahead)
    assert triangle(cells, "n_retained") == triangle_by_sets(frame, periods(JANUARY, APRIL), look_ahead)


def triangle_by_sets(frame, named, look_ahead):
    """The definition of a cell, word for word: who of a cohort bought in the period of the age, or so much later."""
    bought = [
        {Period.of(day, "month") for day in days if day < named[-1].end} for days in days_by_customer(frame).values()
    ]
    cohorts = sorted({min(months) for months in bought if months})
    ages = range(named[-1] - cohorts[0] + 1) if cohorts else []
    last = named[-1] - named[0] if look_ahead is None else look_ahead
    ahead = 0 if look_ahead is None else look_ahead

    def cell(cohort, age):
        if cohort + age + ahead > named[-1]:
            return None
        counted = set(periods(cohort + age, cohort + age + last))
        return sum(min(months) == cohort and bool(months & counted) for months in bought if months)

    return [[cell(cohort, age) for age in ages] for cohort in cohorts]


@settings(max_examples=10)
@given(any_orders())
def test_the_cohorts_of_a_month_are_its_customers(frame):  # I8
    days = {(c, day.year, day.month) for c, list_ in days_by_customer(frame).items() for day in list_}
    active = [sum(month == m for _c, _year, month in days) for m in range(1, 5)]
    cells = cohort_retention(frame, until=APRIL)
    assert sum(actives_by_period(cells)) == sum(active)
    assert [n for n in actives_by_period(cells) if n] == [n for n in active if n]


@settings(max_examples=10)
@given(any_orders())
def test_who_bought_then_or_after_never_grows_and_never_falls_below_who_bought_then(frame):
    unbounded = cohort_retention(frame, until=APRIL, look_ahead=None)
    bounded = cohort_retention(frame, until=APRIL)
    seen = unbounded[unbounded.status == "ok"]
    assert (seen.groupby("cohort").n_retained.diff().fillna(0) <= 0).all()
    assert (unbounded.n_retained.fillna(0) >= bounded.n_retained.fillna(0)).all()


@settings(max_examples=10)
@given(any_orders(), LOOK_AHEADS)
def test_a_cell_lies_in_its_interval_and_has_one_or_none(frame, look_ahead):
    cells = cohort_retention(frame, until=APRIL, look_ahead=look_ahead)
    seen, unseen = cells[cells.status == "ok"], cells[cells.status != "ok"]
    assert ((seen.low <= seen.value) & (seen.value <= seen.high) & (seen.low >= 0) & (seen.high <= 1)).all()
    assert unseen[["value", "low", "high", "n_retained"]].isna().all(axis=None)


@settings(max_examples=10)
@given(any_orders())
def test_the_revenue_of_all_cells_is_that_of_all_known_customers(frame):  # I8
    known = frame[frame.customer_id.notna() & (frame.ordered_on.dt.date < APRIL.end)]
    cells = cohort_revenue(frame, until=APRIL)
    assert cells.revenue.sum() == known.amount.sum()
    seen = cells[cells.status == "ok"]
    assert (seen.value * seen.n_customers.astype(float)).tolist() == pytest.approx(seen.revenue.tolist())


@settings(max_examples=10)
@given(any_orders(), st.sampled_from([1, 7, 30]))
def test_spans_of_days_are_those_of_the_purchase_days(frame, days):
    as_of = date(2024, 6, 15)
    cells = elapsed_retention(frame, days=days, until=APRIL, as_of=as_of)
    by_age = {row[:2]: row[2] for row in cells[["cohort", "age", "n_retained"]].itertuples(index=False)}
    for (cohort, age), n in by_age.items():
        end = Period(cohort).end - timedelta(1) + timedelta(days * (age + 1))
        expected = sum(
            Period.of(first, "month") == Period(cohort)
            and any((day - first).days // days == age for day in [first, *later])
            for first, *later in days_by_customer(frame).values()
        )
        assert (pd.isna(n) and end >= as_of) or n == expected


# By complaint


@pytest.mark.parametrize("cohorts", [cohort_retention, cohort_revenue, elapsed_retention, bracket_retention])
def test_cohorts_end_with_a_period_of_their_own_unit(cohorts):
    with pytest.raises(InvalidPeriod, match='Cohorts by week cannot end with "2024-03", which is a month: name a week'):
        cohorts(FOUR_CUSTOMERS, by="week", until=MARCH)


@pytest.mark.parametrize("cohorts", [cohort_retention, cohort_revenue, elapsed_retention, bracket_retention])
def test_cohorts_need_customers(cohorts):
    with pytest.raises(InvalidTable, match='no column "customer_id"'):
        cohorts(FOUR_CUSTOMERS.drop(columns="customer_id"), until=MARCH)


@pytest.mark.parametrize("cost", [0, -5])
def test_a_cost_of_nothing_cannot_be_paid_back(cost):
    with pytest.raises(InvalidTable, match=f"An acquisition cost of {cost} cannot be paid back"):
        payback_age([10], acquisition_cost=cost)


def test_revenue_of_unknown_amounts_is_missing_and_without_a_column_of_money_refused():
    frame = orders_of("a 2024-01-05 nan\na 2024-02-05 30\nb 2024-01-09 nan")
    cells = cohort_revenue(frame, until=Period("2024-02"))
    assert cells.status.tolist() == ["refused:no_amounts", "ok"]
    assert cells.revenue.isna().tolist() == [True, False]
    with pytest.raises(InvalidTable, match="no money: add a column `amount`"):
        cohort_revenue(frame.drop(columns="amount"), until=MARCH)
