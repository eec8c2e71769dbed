"""The customer flow by hand, as identities of any table of orders, and against sets counted in plain Python."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import BrokenIdentity, InvalidPeriod, InvalidTable
from retention_kit.metrics.customers.flow import check_flow, customer_flow, is_active, lapse_date
from retention_kit.metrics.customers.left_truncation import can_tell_new
from retention_kit.metrics.customers.rates import (
    customer_churn_rate,
    customer_retention_rate,
    customer_retention_rate_count,
)
from retention_kit.periods import Period, day_number, periods
from retention_kit.tables import occasions
from tests.examples import COUNTRY, any_orders, days_by_customer, orders_of

JANUARY, MARCH, APRIL, MAY = (Period(f"2024-{month}") for month in ("01", "03", "04", "05"))
WINDOWS = st.sampled_from([1, 7, 30, 45, 90])
LAPSED = {"recently": (0, 364), "0_30": (0, 30), "31_91": (31, 91), "92_182": (92, 182), "183_364": (183, 364)}
MOVES = ["opening", "new", "reactivated", "churned", "new_lost", "closing", "new_or_returning", "lapsed"]


def bought(customers, *days):
    return [f"c{customer} {day}" for customer in customers for day in days]


def flow_of(lines, *, period=APRIL, window):
    orders = orders_of("\n".join(lines))
    return customer_flow(orders, since=period, until=period, window=window).iloc[0]


def flow_by_sets(orders, period, window):
    """The definitions of the flow, word for word, in sets of customers."""
    days = days_by_customer(orders)

    def active(at):
        return {c for c, bought in days.items() if any(at - timedelta(window) <= day < at for day in bought)}

    opening, closing = active(period.start), active(period.end)
    first_ever = {c for c, bought in days.items() if period.start <= bought[0] < period.end}
    known = {c for c, bought in days.items() if bought[0] < period.start}
    new, back = first_ever & closing, closing - opening - first_ever
    moves = [opening, new, back, opening - closing, first_ever - closing, closing, new | back, known - opening]
    return [len(customers) for customers in moves]


def reactivated_by_sets(orders, period, window):
    """Whose last lapse before the start was so many days ago, and who of them is active at the end, by customer."""
    counts = {}
    for name, (first, last) in LAPSED.items():
        lapsed, back = set(), set()
        for customer, days in days_by_customer(orders).items():
            before = [day for day in days if day < period.start]
            if before and first <= (period.start - lapse_date(before[-1], window=window)).days <= last:
                lapsed.add(customer)
                back |= {customer for day in days if is_active(day, on=period.end, window=window)}
        counts |= {f"lapsed_{name}": len(lapsed), f"reactivated_{name}": len(lapsed & back)}
    return counts


# By hand


def test_before_a_window_has_passed_nobody_knows_who_lapsed_unseen():
    """W = 30, data from 1 January: who last bought in December would lapse in January, and nobody has seen it."""
    frame = orders_of("a 2024-01-02\nb 2024-01-03\na 2024-02-20\nc 2024-03-01")
    flow = customer_flow(
        frame, since=Period("2024-01"), until=Period("2024-03"), window=30, history_from=date(2024, 1, 1)
    )
    assert flow.can_lapse.tolist() == [False, True, True]
    rates = customer_churn_rate(flow)
    assert rates.status.tolist() == ["no_opening", "ok", "ok"]
    assert customer_churn_rate(flow.assign(opening=5)).status.tolist() == ["immature", "ok", "ok"]


def test_who_came_back_is_no_new_customer():  # A04, A07
    lines = [
        *bought(range(1, 8), "2024-01-10", "2024-03-15"),
        *bought(range(8, 11), "2024-01-10"),
        *bought([11, 12], "2024-04-05"),
        *bought([21, 22], "2023-06-01", "2024-04-20"),
    ]
    flow = flow_of(lines, window=90)
    assert flow[MOVES[:6]].tolist() == [10, 2, 2, 3, 0, 11]
    assert flow.opening + flow.new + flow.reactivated - flow.churned == flow.closing
    retained = (flow.opening - flow.churned) / flow.opening
    assert (retained, crr_count(flow)) == (0.7, 0.9)
    assert crr_count(flow) - retained == pytest.approx((flow.reactivated - flow.new_lost) / flow.opening)  # A06


def test_who_came_and_went_inside_the_period_was_never_lost_by_it():  # A05, A06, A07
    lines = [
        *bought(range(1, 9), "2024-03-25", "2024-04-25"),
        *bought([9, 10], "2024-03-25"),
        *bought([11, 12, 13], "2024-04-25"),
        *bought([14], "2024-04-05"),
    ]
    flow = flow_of(lines, window=10)
    assert flow[MOVES[:6]].tolist() == [10, 3, 0, 2, 1, 11]
    retained = (flow.opening - flow.churned) / flow.opening
    assert (retained, crr_count(flow)) == (0.8, 0.7)
    assert crr_count(flow) - retained == pytest.approx((flow.reactivated - flow.new_lost) / flow.opening)


def crr_count(flow):
    first_ever = int(flow.new + flow.new_lost)
    return customer_retention_rate_count(
        opening=int(flow.opening), new=first_ever, closing=int(flow.closing)
    ).value.item()


def test_nobody_at_the_start_leaves_no_retention_rate():  # A08
    flow = customer_flow(orders_of("\n".join(bought(range(5), "2024-04-05"))), since=APRIL, until=APRIL, window=90)
    assert flow[MOVES[:6]].iloc[0].tolist() == [0, 5, 0, 0, 0, 5]
    rate = customer_retention_rate(flow)
    assert rate.status.item() == "no_opening"
    assert rate[["value", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("last_order", "expected"),
    [("2024-01-01", False), ("2024-01-02", True), ("2024-03-31", True), ("2024-04-01", False)],  # A20
)
def test_active_is_who_bought_in_the_window_before_the_day(last_order, expected):
    assert is_active(date.fromisoformat(last_order), on=date(2024, 4, 1), window=90) is expected
    flow = flow_of([f"a {last_order}"], window=90)
    assert flow.opening == expected


def test_the_lapse_date_is_the_first_day_that_finds_a_customer_inactive():  # A21
    assert lapse_date(date(2024, 1, 2), window=90) == date(2024, 4, 2)
    assert not is_active(date(2024, 1, 2), on=date(2024, 4, 2), window=90)


def test_who_leaves_and_comes_back_inside_a_period_has_stayed():
    flow = flow_of(bought([1], "2024-03-25", "2024-04-25"), window=10)
    assert flow[["opening", "churned", "reactivated", "closing"]].tolist() == [1, 0, 0, 1]


def test_the_pool_of_the_lapsed():  # A19
    lines = [
        *bought(range(40), "2023-06-01"),
        *bought(range(2), "2023-06-01", "2024-04-20"),
        *bought(range(50, 53), "2024-01-10"),
        *bought(range(60, 62), "2024-03-31"),
    ]
    flow = customer_flow(orders_of("\n".join(lines)), since=APRIL, until=MAY, window=90)
    assert flow.iloc[0][["lapsed", "reactivated", "churned", "new_lost"]].tolist() == [40, 2, 3, 0]
    assert flow.iloc[1].lapsed == 41


@pytest.mark.parametrize(
    ("days", "bucket"),  # Z5: from the lapse to the start
    [
        *((-1, None), (0, "0_30"), (30, "0_30"), (31, "31_91"), (91, "31_91")),
        *((92, "92_182"), (182, "92_182"), (183, "183_364"), (364, "183_364"), (365, None)),
    ],
)
def test_who_lapsed_within_a_year_by_days_since_the_lapse(days, bucket):
    lapse = APRIL.start - timedelta(days)
    last = lapse - timedelta(91)
    assert lapse_date(last, window=90) == lapse
    flow = flow_of([f"a {last}", f"b {last}", "b 2024-04-20"], window=90)
    wanted = dict.fromkeys(LAPSED, 0) | ({"recently": 1, bucket: 1} if bucket else {})
    assert [flow.lapsed, flow.reactivated] == ([2, 1] if days >= 0 else [0, 0])
    assert {name: flow[f"reactivated_{name}"] for name in LAPSED} == wanted
    assert {name: flow[f"lapsed_{name}"] for name in LAPSED} == {name: 2 * n for name, n in wanted.items()}


def test_who_came_back_and_lapsed_again_within_the_period_was_not_won_back():  # Z5
    flow = flow_of(["a 2024-02-01", "a 2024-04-02", "b 2024-02-01", "b 2024-04-02", "b 2024-04-28"], window=10)
    assert flow[["lapsed", "lapsed_recently", "reactivated", "reactivated_recently"]].tolist() == [2, 2, 1, 1]


def test_only_the_last_lapse_counts():  # Z5
    flow = flow_of(["a 2022-01-01", "a 2024-01-01"], window=30)
    assert flow[["lapsed_recently", "lapsed_31_91"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("history_from", "seen"),
    [(None, 365), (date(2023, 1, 1), 365), (date(2023, 1, 2), 364), (date(2024, 1, 1), 0), (date(2024, 3, 1), 0)],
)
def test_a_pool_is_whole_where_the_data_begin_a_year_and_a_window_before(history_from, seen):  # Z5
    orders = orders_of("a 2024-01-05")
    flow = customer_flow(orders, since=APRIL, until=APRIL, window=91, history_from=history_from)
    assert APRIL.start - timedelta(365 + 91) == date(2023, 1, 1)
    assert flow.lapse_days_seen.tolist() == [seen]


def test_orders_after_the_last_period_are_not_looked_at():
    lines = [*bought([1], "2024-03-15", "2024-05-01"), *bought([2], "2024-05-01")]
    assert flow_of(lines, window=30)[MOVES].tolist() == [1, 0, 0, 1, 0, 0, 0, 0]


def test_a_purchase_of_the_day_before_a_period_counts_at_its_start_and_one_of_its_first_day_does_not():
    lines = ["a 2024-03-31", "b 2024-04-01"]
    assert flow_of(lines, window=90)[["opening", "new", "closing"]].tolist() == [1, 1, 2]


def test_no_orders_make_a_flow_of_zeros():
    flow = customer_flow(orders_of("- 2024-04-05"), since=APRIL, until=MAY, window=90)
    assert flow[MOVES].to_numpy().tolist() == [[0] * 8] * 2


def test_the_word_new_waits_for_one_window_of_data():  # A26
    told = [can_tell_new(period, first_day=date(2023, 1, 1), window=90) for period in periods(Period("2023-03"), APRIL)]
    assert told[:2] == [False, True]


def test_until_then_new_and_returning_customers_are_one_number():  # A26
    orders = orders_of("a 2023-01-05\nb 2023-03-20\nc 2023-04-20")
    flow = customer_flow(
        orders, since=Period("2023-03"), until=Period("2023-04"), window=90, history_from=date(2023, 1, 1)
    )
    assert flow[["new", "reactivated", "new_lost"]].isna().all(axis=1).tolist() == [True, False]
    assert flow.new_or_returning.tolist() == [1, 1]


def test_segments_that_never_had_five_customers_are_one():
    lines = bought(range(11), "2024-04-05")
    orders = orders_of("\n".join(lines)).assign(country=["PL"] * 5 + ["UA"] * 4 + ["US"] * 2)
    flow = customer_flow(orders, since=APRIL, until=APRIL, window=90, by="country")
    assert flow[["segment", "new"]].to_numpy().tolist() == [["(other)", 6], ["PL", 5]]


def test_rows_stand_by_period_and_segment():
    orders = orders_of("\n".join(bought(range(10), "2024-03-05"))).assign(country=["UA"] * 5 + ["PL"] * 5)
    flow = customer_flow(orders, since=MARCH, until=APRIL, window=90, by="country")
    assert flow[["period", "segment"]].to_numpy().tolist() == [
        ["2024-03", "PL"],
        ["2024-03", "UA"],
        ["2024-04", "PL"],
        ["2024-04", "UA"],
    ]


# By law


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_the_flow_is_that_of_the_sets(orders, window):
    flow = customer_flow(orders, since=JANUARY, until=MAY, window=window)
    expected = [flow_by_sets(orders, period, window) for period in periods(JANUARY, MAY)]
    assert flow[MOVES].to_numpy().tolist() == expected


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_the_flow_of_quarters_and_weeks_is_that_of_the_sets(orders, window):
    for since, until in ((Period("2024Q1"), Period("2024Q2")), (Period("2024-W09"), Period("2024-W11"))):
        flow = customer_flow(orders, since=since, until=until, window=window)
        assert flow[MOVES].to_numpy().tolist() == [
            flow_by_sets(orders, period, window) for period in periods(since, until)
        ]


@settings(max_examples=10)
@given(any_orders(n_days=800), WINDOWS)
def test_the_pool_of_a_year_is_that_of_each_customer(orders, window):  # Z5
    since, until = Period("2025-02"), Period("2026-03")
    flow = customer_flow(orders, since=since, until=until, window=window)
    for period, (_, row) in zip(periods(since, until), flow.iterrows(), strict=True):
        expected = reactivated_by_sets(orders, period, window)
        assert row[list(expected)].to_dict() == expected


@settings(max_examples=10)
@given(any_orders(n_days=800), WINDOWS)
def test_parts_of_the_pool_add_up_to_it_and_it_to_no_more_than_all_lapsed(orders, window):  # Z5
    flow = customer_flow(orders, since=Period("2024Q1"), until=Period("2026Q1"), window=window)
    for whole in ("lapsed", "reactivated"):
        parts = flow[[f"{whole}_{name}" for name in list(LAPSED)[1:]]].sum(axis=1)
        assert (parts == flow[f"{whole}_recently"]).all()
        assert (flow[f"{whole}_recently"] <= flow[whole]).all()


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_identities_of_the_flow(orders, window):
    flow = customer_flow(orders, since=JANUARY, until=MAY, window=window)
    retained = flow.opening - flow.churned
    by_count = flow.closing - flow.new - flow.new_lost
    assert (flow.opening + flow.new + flow.reactivated - flow.churned == flow.closing).all()  # I1
    assert (by_count - retained == flow.reactivated - flow.new_lost).all()  # I3
    pool = flow.lapsed - flow.reactivated + flow.churned + flow.new_lost
    assert pool.tolist()[:-1] == flow.lapsed.tolist()[1:]  # I4
    assert flow.closing.tolist()[:-1] == flow.opening.tolist()[1:]  # I15
    assert (flow[MOVES] >= 0).all(axis=None)


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_segments_of_one_value_per_customer_add_up_to_the_total(orders, window):  # I10
    segments = customer_flow(orders, since=JANUARY, until=MAY, window=window, by="country")
    total = customer_flow(orders, since=JANUARY, until=MAY, window=window)
    sums = segments.groupby("period")[MOVES].sum().reindex(total.period, fill_value=0)
    assert sums.to_numpy().tolist() == total[MOVES].to_numpy().tolist()


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_a_segment_is_a_shop_of_its_own(orders, window):
    orders = orders[orders.ordered_on < pd.Timestamp(APRIL.end)]  # segments are as large as they were by then
    flow = customer_flow(orders, since=APRIL, until=APRIL, window=window, by="country")
    known = set(orders.country[orders.customer_id.notna() & (orders.amount > 0)])
    sizes = {country: len(days_by_customer(orders[orders.country == country])) for country in known}
    large = sorted(country for country, size in sizes.items() if size >= 5)
    assert [segment for segment in flow.segment if segment in COUNTRY.values()] == large
    for country in large:
        counted = flow[flow.segment == country][MOVES].to_numpy().tolist()
        assert counted == [flow_by_sets(orders[orders.country == country], APRIL, window)]


@settings(max_examples=10)
@given(any_orders(), WINDOWS)
def test_the_flow_of_orders_is_the_flow_of_their_occasions(orders, window):
    flows = [customer_flow(table, since=APRIL, until=MAY, window=window) for table in (orders, occasions(orders))]
    pd.testing.assert_frame_equal(*flows)


@given(st.dates(date(2023, 1, 1), date(2025, 1, 1)), st.integers(0, 400), st.integers(1, 400))
def test_a_customer_is_active_from_the_day_after_the_purchase_until_the_lapse_date(day, later, window):
    on = day + timedelta(later)
    assert is_active(day, on=on, window=window) == (later > 0 and on < lapse_date(day, window=window))
    assert day_number(lapse_date(day, window=window)) == day_number(day) + window + 1


# By complaint


def test_a_flow_backwards_is_refused():
    with pytest.raises(InvalidPeriod, match="from 2024-05 to 2024-04: name the earlier period first"):
        customer_flow(orders_of("a 2024-04-05"), since=MAY, until=APRIL, window=90)


def test_a_flow_from_a_month_to_a_quarter_is_refused():
    with pytest.raises(InvalidPeriod, match="only periods of one unit compare"):
        customer_flow(orders_of("a 2024-04-05"), since=APRIL, until=Period("2024Q2"), window=90)


def test_a_segment_that_is_no_column_is_refused():
    with pytest.raises(InvalidTable, match='no column "country"'):
        customer_flow(orders_of("a 2024-04-05"), since=APRIL, until=APRIL, window=90, by="country")


@pytest.mark.parametrize(
    ("column", "off_by", "identity"),
    [
        ("closing", [0, 1], "I1 opening"),
        ("opening", [0, 1], "I1 opening"),
        ("lapsed", [0, 1], "I4 lapsed"),
        ("new_lost", [1, 0], "I4 lapsed"),
    ],
)
def test_a_flow_that_does_not_add_up_is_not_reported(column, off_by, identity):
    flow = customer_flow(orders_of("a 2024-03-05\nb 2024-05-02"), since=APRIL, until=MAY, window=90)
    broken = flow.assign(**{column: flow[column] + pd.Series(off_by)})
    with pytest.raises(BrokenIdentity, match=rf"{identity}.* in 2024-0[45], \(all\): "):
        check_flow(broken)
