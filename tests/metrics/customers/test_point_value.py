"""What goes with being kept: who is compared with whom, by hand; what holds for any orders, as laws."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retention_kit.metrics.customers.kept_and_lapsed import ALIKE_IN
from retention_kit.metrics.customers.point_value import ADJUSTMENTS, retention_point_value
from tests.examples import days_by_customer

WINDOW = 60
START = date(2023, 4, 3)  # 365 days and one window before
END = START + timedelta(days=WINDOW)
AS_OF = END + timedelta(days=365)
ADJUSTED = [name for name in ADJUSTMENTS if name != "nothing"]


def day(offset):
    """So many days after the start."""
    return START + timedelta(days=offset)


def customers(name, n, *days, brings=(0,)):
    """`n` customers with purchases of 1 on days after the start, who bring what is said, in turn, a year later."""
    bought = [(f"{name}{number}", day(each), 1) for number in range(n) for each in days]
    later = [(f"{name}{number}", END, brings[number % len(brings)]) for number in range(n)]
    return [*bought, *(row for row in later if row[2])]


def compared(*groups, n_active=100, as_of=AS_OF, **options):
    orders = pd.DataFrame([row for group in groups for row in group], columns=["customer_id", "ordered_on", "amount"])
    orders["ordered_on"] = pd.to_datetime(orders.ordered_on)
    found = retention_point_value(orders, as_of=as_of, window=WINDOW, n_active=n_active, **options)
    return found.set_index("adjusted_for")


# By hand


def test_a_point_is_one_in_a_hundred_of_those_active_times_the_difference():
    found = compared(customers("k", 20, -9, 9, brings=(50,)), customers("l", 20, -9, brings=(20,)), n_active=700)
    assert found.loc["nothing", ["value", "per_kept", "per_lapsed"]].tolist() == [210, 50, 20]
    assert found.loc["range", ["low", "high", "n_kept", "n_lapsed", "n"]].tolist() == [210, 210, 20, 20, 40]
    assert np.isnan(found.value["range"])


def test_who_lapsed_and_came_back_is_counted():
    found = compared(customers("k", 20, -9, 9, brings=(50,)), customers("l", 20, -9, brings=(20, 0, 0, 0)))
    assert found.came_back["nothing"] == found.came_back["range"] == 0.25


def test_margin_is_a_share_of_all_money():
    groups = customers("k", 20, -9, 9, brings=(50, 60)), customers("l", 20, -9, brings=(20, 10))
    money = ["value", "low", "high", "per_kept", "per_lapsed"]
    whole, part = compared(*groups), compared(*groups, margin=0.4)
    pd.testing.assert_frame_equal(part[money], whole[money] * 0.4)
    assert (part.margin == 0.4).all()


@pytest.mark.parametrize(
    ("days", "group"),
    [
        ((-1,), "n_lapsed"), ((-WINDOW,), "n_lapsed"), ((-WINDOW - 1,), None), ((0,), None), ((-1, 0), "n_kept"),
        ((-1, WINDOW - 1), "n_kept"), ((-WINDOW, 9), "n_kept"), ((-WINDOW - 1, 9), None),
    ],
)  # fmt: skip
def test_who_is_active_at_the_start_and_who_is_kept(days, group):
    """Bought in the window before the start; kept if in the window from it on."""
    others = customers("k", 20, -9, 9, brings=(50,)), customers("l", 20, -9, brings=(20,))
    row = compared(*others, customers("x", 5, *days, brings=(30,))).loc["nothing"]
    assert row[["n_kept", "n_lapsed"]].to_dict() == {
        name: 25 if name == group else 20 for name in ("n_kept", "n_lapsed")
    }


def test_revenue_counts_for_365_days_from_the_end_on():
    late = [(f"k{n}", END + timedelta(days=364), 7) for n in range(20)]
    too_late = [(f"k{n}", AS_OF, 9) for n in range(20)]
    groups = customers("k", 20, -9, 9, WINDOW - 1, brings=(50,)), customers("l", 20, -9), late, too_late
    assert compared(*groups).per_kept["nothing"] == 57


def times(n):
    """So many purchase days, the last of them the day before the start."""
    return tuple(range(-n, 0))


@pytest.mark.parametrize(
    ("alike_in", "days", "others", "is_alike"),
    [
        *(("n_purchases", times(n), times(m), True) for n, m in [(3, 4), (5, 8), (9, 16), (17, 40)]),
        *(("n_purchases", times(n), times(n + 1), False) for n in (1, 2, 4, 8, 16)),
        *(("purchase_rate", (-n, -1), (-m, -1), True) for n, m in [(2, 15), (16, 30), (31, 60), (61, 120), (121, 900)]),
        *(("purchase_rate", (-n, -1), (-n - 1, -1), False) for n in (15, 30, 60, 120)),
        ("purchase_rate", (-1,), (-900, -1), False),
        ("purchase_rate", (-30, -29, -1), (-60, -30, -1), False),
        *(("days_since_purchase", (-n,), (-m,), True) for n, m in [(1, 20), (21, 40), (41, 60)]),
        *(("days_since_purchase", (-n,), (-n - 1,), False) for n in (20, 40)),
    ],
)
def test_who_is_alike(alike_in, days, others, is_alike):
    """Purchase days double from class to class, as does the rate: of two in n days 60 / n a window of 60."""
    found = compared(customers("k", 20, *days, 9), customers("l", 20, *others))
    assert found.comparable[alike_in] == float(is_alike)


def test_customers_are_compared_with_those_who_had_bought_as_often():
    """Of those who bought once a tenth was kept, of the others nine tenths, and being kept makes no difference."""
    often = (-9, -8, -7, -6)
    groups = (
        customers("a", 10, -9, 9, brings=(10,)), customers("b", 90, -9, brings=(10,)),
        customers("c", 90, *often, 9, brings=(110,)), customers("d", 10, *often, brings=(110,)),
    )  # fmt: skip
    found = compared(*groups)
    assert found.value["nothing"] == pytest.approx(80)
    assert found.value["n_purchases"] == 0


def test_strata_count_as_those_who_lapsed_are_spread_over_them():
    """In one stratum 30 lapsed, and being kept goes with 40 more; in the other 10, and it goes with 100 more."""
    groups = (
        customers("a", 20, -9, 9, brings=(50, 70)), customers("b", 30, -9, brings=(10, 30)),
        customers("c", 5, -9, -8, 9, brings=(200,)), customers("d", 10, -9, -8, brings=(100,)),
    )  # fmt: skip
    row = compared(*groups).loc["n_purchases"]
    value = 0.75 * 40 + 0.25 * 100
    kept = 0.75**2 * (100 * 20 / 19) / 20
    lapsed = (0.75 * ((40 - value) ** 2 + 100 * 30 / 29) + 0.25 * (100 - value) ** 2) / 40
    assert row[["value", "low", "high"]].tolist() == pytest.approx(
        [value, *(value + z * np.sqrt(kept + lapsed) for z in (-1.959964, 1.959964))]
    )
    assert row[["per_kept", "per_lapsed"]].tolist() == pytest.approx([0.75 * 60 + 0.25 * 200, 0.75 * 20 + 0.25 * 100])


def test_the_range_is_from_the_lowest_to_the_highest_end_of_the_adjusted():
    groups = (
        customers("a", 20, -9, 9, brings=(50, 70)), customers("b", 30, -50, brings=(10, 30)),
        customers("c", 25, -50, -49, -9, 9, brings=(200, 90)), customers("d", 20, -49, -9, brings=(100, 10)),
        customers("e", 20, -50, 9, brings=(40,)), customers("f", 20, -9, brings=(40,)),
        customers("g", 20, -50, -9, 9, brings=(40,)),
    )  # fmt: skip
    found = compared(*groups)
    made = found.loc[ADJUSTED][found.loc[ADJUSTED].status == "ok"]
    assert found.loc["range", ["low", "high"]].tolist() == [made.low.min(), made.high.max()]
    assert found.n["range"] == made.n.min()


def test_fewer_than_five_of_a_group_are_not_comparable():
    rare = customers("c", 4, -9, -8, 9, brings=(200,)), customers("d", 9, -9, -8, brings=(100,))
    found = compared(customers("a", 20, -9, 9, brings=(50,)), customers("b", 30, -9, brings=(10,)), *rare)
    assert found.loc["n_purchases", ["n_kept", "n_lapsed", "n"]].tolist() == [20, 30, 50]
    assert found.comparable["n_purchases"] == 30 / 39


def test_without_half_of_a_group_comparable_there_is_no_range():
    groups = customers("a", 20, -9, 9, brings=(50,)), customers("b", 9, -9), customers("c", 10, -9, -8)
    found = compared(*groups)
    assert found.status.to_dict() == {
        "nothing": "ok", "n_purchases": "refused:not_comparable", "purchase_rate": "refused:not_comparable",
        "days_since_purchase": "ok", "all_three": "refused:not_comparable", "range": "refused:not_comparable",
    }  # fmt: skip
    assert found.comparable["n_purchases"] == 9 / 19
    assert found.loc["range", ["value", "low", "high"]].isna().all()


def test_all_three_may_be_too_much_to_ask():
    """Alike in each, and nobody in all: then the range is that of the three."""
    groups = (
        customers("a", 20, -9, 9, brings=(50,)), customers("b", 20, -50, -49, 9, brings=(60,)),
        customers("c", 20, -50, brings=(10,)), customers("d", 20, -30, -9, brings=(20,)),
    )  # fmt: skip
    found = compared(*groups)
    assert found.status["all_three"] == "refused:not_comparable"
    assert (found.status[list(ALIKE_IN)] == "ok").all()
    assert found.loc["range", ["status", "high"]].tolist() == ["ok", found.high[list(ALIKE_IN)].max()]


@pytest.mark.parametrize(
    ("n_kept", "n_lapsed", "status"),
    [(9, 20, "refused:too_few_lapsed"), (20, 9, "refused:too_few_lapsed"), (10, 10, "ok")],
)
def test_below_ten_of_a_group_nothing_is_said(n_kept, n_lapsed, status):
    found = compared(customers("k", n_kept, -9, 9, brings=(50,)), customers("l", n_lapsed, -9))
    assert set(found.status) == {status}
    assert found.value.notna().sum() == (5 if status == "ok" else 0)


def test_it_is_association_and_small_groups_say_so():
    few = compared(customers("k", 29, -9, 9, brings=(50,)), customers("l", 30, -9))
    many = compared(customers("k", 30, -9, 9, brings=(50,)), customers("l", 30, -9))
    assert (set(few["flags"]), set(many["flags"])) == ({"association small_n"}, {"association"})


def test_orders_without_amounts_are_refused_and_a_year_without_orders_is_not():
    groups = customers("k", 20, -9, 9, brings=(np.nan,)), customers("l", 20, -9)
    assert set(compared(*groups).status) == {"refused:no_amounts"}
    nothing = compared(customers("k", 20, -9, 9), customers("l", 20, -9))
    assert nothing.loc["range", ["status", "low", "high"]].tolist() == ["ok", 0, 0]


@pytest.mark.parametrize(("reach", "status"), [(WINDOW, "ok"), (WINDOW - 1, "refused:short_follow_up")])
def test_truncated_data_must_reach_back_to_a_window_before_the_start(reach, status):
    groups = customers("k", 20, -9, 9, brings=(50,)), customers("l", 20, -9)
    assert compared(*groups, history_from=day(-reach)).status["range"] == status


def test_where_nobody_was_active_so_long_ago_nothing_can_be_said():
    found = compared(customers("k", 20, 9, brings=(50,)))
    assert set(found.status) == {"refused:short_follow_up"}
    assert found.n.sum() == 0


# By law


@st.composite
def shops(draw):
    """Ten clones of each of up to eight customers, so that any group is large enough."""
    offsets = st.lists(st.integers(-150, WINDOW + 380), min_size=1, max_size=8)
    people = draw(st.lists(st.tuples(offsets, st.integers(1, 90)), min_size=1, max_size=8))
    rows = [
        (f"c{place}-{clone}", pd.Timestamp(day(each)), float(amount))
        for place, (days, amount) in enumerate(people)
        for clone in range(10)
        for each in days
    ]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_on", "amount"])


@given(shops())
def test_unadjusted_it_is_the_difference_of_two_means(orders):
    spent = orders[(orders.ordered_on >= pd.Timestamp(END)) & (orders.ordered_on < pd.Timestamp(AS_OF))]
    brought = spent.groupby("customer_id").amount.sum()
    active = {c: days for c, days in days_by_customer(orders).items() if any(day(-WINDOW) <= d < START for d in days)}
    kept = [c for c, days in active.items() if any(START <= d < END for d in days)]
    lapsed = [c for c in active if c not in kept]
    assume(kept and lapsed)
    expected = brought.reindex(kept).fillna(0).mean() - brought.reindex(lapsed).fillna(0).mean()
    row = retention_point_value(orders, as_of=AS_OF, window=WINDOW, n_active=100).iloc[0]
    assert row[["n_kept", "n_lapsed"]].tolist() == [len(kept), len(lapsed)]
    assert row.value == pytest.approx(expected)


@given(shops(), st.integers(0, 10_000), st.sampled_from([2, 10]))
def test_it_grows_with_prices_and_with_the_customers_it_is_of(orders, n_active, factor):
    money = ["value", "low", "high"]
    found = retention_point_value(orders, as_of=AS_OF, window=WINDOW, n_active=100)
    dearer = retention_point_value(
        orders.assign(amount=orders.amount * factor), as_of=AS_OF, window=WINDOW, n_active=n_active
    )
    np.testing.assert_allclose(dearer[money], found[money] * factor * n_active / 100, rtol=1e-9, atol=1e-6)


@given(shops())
def test_no_comparison_counts_more_customers_than_there_are_and_the_range_holds_them_all(orders):
    found = retention_point_value(orders, as_of=AS_OF, window=WINDOW, n_active=100).set_index("adjusted_for")
    assert (found.n <= found.n["nothing"]).all()
    assert found.comparable.between(0, 1).all()
    made = found.loc[ADJUSTED][found.loc[ADJUSTED].status == "ok"]
    if found.status["range"] == "ok":
        assert (made.low >= found.low["range"]).all()
        assert (made.high <= found.high["range"]).all()
