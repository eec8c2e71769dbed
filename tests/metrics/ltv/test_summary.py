"""The purchase summary by hand, against CDNOW and as identities of any table of orders."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidArgument, InvalidPeriod, InvalidTable
from retention_kit.metrics.loyalty.rfm import rfm_scores
from retention_kit.metrics.ltv.formulas import ltv_historic
from retention_kit.metrics.ltv.summary import calibration_split, distinct_ages, purchase_summary
from tests.examples import lists_of_any_size
from tests.reference import cdnow_ltv as published

DAY_0 = date(2024, 1, 1)


def orders_on(*days, amounts=None, customer_id="a"):
    return pd.DataFrame(
        {
            "customer_id": customer_id,
            "ordered_on": pd.to_datetime([DAY_0 + timedelta(day) for day in days]),
            "amount": amounts or [10.0] * len(days),
        }
    )


def after(day):
    """The data hold this day, and it is the last."""
    return DAY_0 + timedelta(day + 1)


# By hand


def test_orders_of_one_day_are_one_purchase_and_the_first_is_not_in_the_value():  # V08
    summary = purchase_summary(orders_on(0, 0, 10, 30, amounts=[10, 5, 20, 40]), as_of=after(50), unit="day")
    assert summary.loc[0, ["frequency", "recency", "T", "monetary_value"]].tolist() == [2, 30, 50, 30]


def test_two_orders_of_a_repeat_day_are_one_purchase_of_their_sum():
    summary = purchase_summary(orders_on(0, 10, 10, amounts=[10, 20, 5]), as_of=after(10), unit="day")
    assert summary.loc[0, ["frequency", "recency", "T", "monetary_value"]].tolist() == [1, 10, 10, 25]


def test_a_week_is_seven_days():
    summary = purchase_summary(orders_on(0, 21), as_of=after(35))
    assert summary.loc[0, ["recency", "T", "unit"]].tolist() == [3, 5, "week"]


def test_who_bought_once_has_no_monetary_value():
    summary = purchase_summary(orders_on(3), as_of=after(10), unit="day")
    assert summary.loc[0, ["frequency", "recency", "T"]].tolist() == [0, 0, 7]
    assert np.isnan(summary.monetary_value.item())


def test_the_day_of_as_of_itself_is_not_known_yet():
    summary = purchase_summary(orders_on(0, 10), as_of=DAY_0 + timedelta(10), unit="day")
    assert summary.loc[0, ["frequency", "T"]].tolist() == [0, 9]


def test_refunded_orders_and_orders_of_nobody_are_no_purchases():
    orders = pd.concat([orders_on(0, 10, amounts=[10, 0]), orders_on(20, customer_id=None)])
    summary = purchase_summary(orders, as_of=after(30), unit="day")
    assert summary[["customer_id", "frequency"]].to_numpy().tolist() == [["a", 0]]


def test_no_orders_give_no_customers():
    summary = purchase_summary(orders_on(0), as_of=DAY_0)
    assert summary.empty
    assert list(summary) == ["customer_id", "frequency", "recency", "T", "monetary_value", "unit"]


def test_what_came_after_the_calibration_is_held_out():  # V14
    split = calibration_split(orders_on(0, 10, 40, 70), calibrated_until=after(50), as_of=after(80), unit="day")
    columns = ["frequency", "recency", "T", "n_holdout", "duration"]
    assert split.loc[0, columns].tolist() == [2, 40, 50, 1, 30]


def test_who_first_bought_after_the_calibration_is_not_forecast():  # V15
    orders = pd.concat([orders_on(0), orders_on(60, customer_id="b")])
    split = calibration_split(orders, calibrated_until=after(50), as_of=after(80), unit="day")
    assert split[["customer_id", "n_holdout"]].to_numpy().tolist() == [["a", 0]]


def test_the_borders_of_the_hold_out_time():
    split = calibration_split(orders_on(0, 50, 51, 80, 81), calibrated_until=after(50), as_of=after(80), unit="day")
    assert split.loc[0, ["frequency", "n_holdout"]].tolist() == [1, 2]


# By the book


@pytest.fixture(scope="module")
def cdnow():
    return purchase_summary(published.sample_orders(), as_of=published.CALIBRATED_UNTIL)


def test_cdnow_gives_the_frequencies_of_the_2005_paper(cdnow):
    assert cdnow["frequency"].clip(upper=7).value_counts().sort_index().tolist() == published.FREQUENCIES
    assert cdnow["frequency"].sum() == published.N_REPEAT_PURCHASES
    assert len(cdnow) == published.N_CUSTOMERS


def test_cdnow_gives_the_summary_of_the_documentation(cdnow):
    expected = published.rounded_summary()
    names = ["frequency", "recency", "T"]
    pd.testing.assert_frame_equal(cdnow[names].round(2), expected[names], check_dtype=False)
    known = expected["frequency"] > 0
    assert (cdnow["monetary_value"][known] - expected["monetary_value"][known]).abs().max() < 0.006


# By law


@st.composite
def purchase_tables(draw):
    rows = st.tuples(st.sampled_from("abcd"), st.integers(0, 60), st.integers(1, 10_000))
    found = draw(lists_of_any_size(rows, min_size=1, max_size=25))
    return pd.concat([orders_on(day, amounts=[cents / 100], customer_id=name) for name, day, cents in found])


@settings(max_examples=10)
@given(purchase_tables(), st.integers(0, 70))
def test_purchases_and_money_of_the_summary_are_those_of_the_orders(orders, last_day):
    known = orders[orders["ordered_on"] <= pd.Timestamp(DAY_0 + timedelta(last_day))]
    days = known.groupby(["customer_id", "ordered_on"])["amount"].sum()
    summary = purchase_summary(orders, as_of=after(last_day), unit="day")
    assert (summary["frequency"] + 1).sum() == len(days)
    assert (summary["recency"] <= summary["T"]).all()
    assert summary["monetary_value"].isna().equals(summary["frequency"] == 0)
    repeat_money = (summary["frequency"] * summary["monetary_value"].fillna(0)).sum()
    assert repeat_money == pytest.approx(days.sum() - days.groupby("customer_id").first().sum())


@settings(max_examples=10)
@given(purchase_tables(), st.integers(0, 70))
def test_a_later_day_makes_everybody_older_and_nothing_else(orders, wait):
    now, later = (purchase_summary(orders, as_of=after(60 + days), unit="day") for days in (0, wait))
    pd.testing.assert_frame_equal(later.assign(T=later["T"] - wait), now)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_every_customer_has_the_age_that_stands_for_it(rows):
    summary = pd.DataFrame(rows, columns=["frequency", "T"], dtype=float)
    codes, pairs = distinct_ages(summary)
    assert not pairs.duplicated().any()
    pd.testing.assert_frame_equal(pairs.loc[codes].reset_index(drop=True), summary)


# By complaint


def test_another_unit_is_refused():
    with pytest.raises(InvalidArgument, match=r'unit = .month. is none of its values: give "week" or "day"'):
        purchase_summary(orders_on(0), as_of=after(1), unit="month")


def test_a_table_without_customers_is_refused():
    with pytest.raises(InvalidTable, match='no column "customer_id"'):
        purchase_summary(orders_on(0).drop(columns="customer_id"), as_of=after(1))


def test_an_empty_hold_out_time_is_refused():
    with pytest.raises(InvalidPeriod, match="Nothing is held out"):
        calibration_split(orders_on(0), calibrated_until=after(1), as_of=after(1))


def test_a_purchase_of_unknown_amount_counts_and_has_no_part_in_the_value():
    summary = purchase_summary(orders_on(0, 10, 20, 30, amounts=[5, None, 20, 40]), as_of=after(50), unit="day")
    assert summary[["frequency", "monetary_value"]].to_numpy().tolist() == [[3, 30]]
    unknown = purchase_summary(orders_on(0, 10, amounts=[None, None]), as_of=after(50), unit="day")
    assert unknown["monetary_value"].isna().all()


@pytest.mark.parametrize(
    ("amounts", "value"),
    [
        ([None, 10, None], 10),
        ([5, None, None], np.nan),
        ([None, 10, 20], 15),
        ([99_999_999_999_999, 1, None], 1),
        ([1, 99_999_999_999_999, None], 99_999_999_999_999),
        ([-99_999_999_999_999, 0.0001, -0.0003], -0.0001),
    ],
)
def test_the_first_purchase_is_left_out_whatever_is_known_of_it(amounts, value):
    orders = orders_on(0, 5, 9, amounts=amounts).assign(is_purchase=True)
    summary = purchase_summary(orders, as_of=after(50), unit="day")
    assert summary.monetary_value.tolist() == pytest.approx([value], nan_ok=True)
    assert summary.frequency.tolist() == [2]


@pytest.mark.parametrize("counted", [purchase_summary, rfm_scores, ltv_historic])
def test_a_table_without_money_is_refused_by_what_needs_it(counted):
    with pytest.raises(InvalidTable, match="no money: add a column `amount`"):
        counted(orders_on(0).drop(columns="amount"), as_of=after(1))
