"""Retention, churn, growth and reactivation by hand and as laws of any flow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidArgument
from retention_kit.metrics.customers.rates import (
    annual_rate,
    customer_churn_rate,
    customer_growth_rate,
    customer_retention_rate,
    customer_retention_rate_count,
    half_life,
    mean_life,
    net_customer_ratio,
    reactivation_by_time_since_lapse,
    reactivation_rate,
)

CHURN = st.floats(0.001, 0.9)


def flow_of(**counts):
    zeros = dict.fromkeys(["opening", "new", "reactivated", "churned", "new_lost", "closing", "lapsed"], 0)
    return pd.DataFrame([{"period": "2024-05", "segment": "(all)", **zeros, **counts}])


def lapsed_of(lapsed, reactivated, *, seen=365):
    return flow_of(lapsed_recently=lapsed, reactivated_recently=reactivated, lapse_days_seen=seen)


def count_formula(opening, new, closing):
    return customer_retention_rate_count(opening=opening, new=new, closing=closing).iloc[0]


# By hand


def test_the_worked_example_of_the_count_formula():  # A01
    found = count_formula(200, 100, 250)
    assert (found.value, found.status, found["flags"]) == (0.75, "ok", "count_formula")
    assert [round(found.low, 4), round(found.high, 4)] == [0.6857, 0.8049]


def test_a_fall_by_the_printed_formula_is_a_growth():  # A02
    opening, new, closing = 200, 100, 250
    assert 1 - count_formula(opening, new, closing).value == 0.25
    assert customer_growth_rate(flow_of(opening=opening, closing=closing)).value.item() == 0.25
    assert (opening - closing) / opening == -0.25


def test_customers_at_the_end_per_customer_at_the_start():  # A03
    found = net_customer_ratio(flow_of(opening=200, closing=250)).iloc[0]
    assert (found.value, found.numerator, found.denominator) == (1.25, 250, 200)
    assert np.isnan([found.low, found.high]).all()


def test_without_a_new_customer():  # A09
    assert count_formula(50, 0, 45).value == 0.9


@pytest.mark.parametrize(("opening", "new", "closing"), [(100, 60, 50), (100, 0, 120)])  # A10
def test_three_numbers_that_cannot_belong_together_have_no_rate(opening, new, closing):
    found = count_formula(opening, new, closing)
    assert found.status == "inconsistent"
    assert np.isnan([found.value, found.low, found.high]).all()
    assert (found.numerator, found.denominator) == (closing - new, opening)


def test_the_count_formula_without_anybody_at_the_start():  # A08
    assert count_formula(0, 5, 5).status == "no_opening"


@pytest.mark.parametrize(("kept", "status"), [(0, "ok"), (100, "ok"), (-1, "inconsistent"), (101, "inconsistent")])
def test_nobody_and_everybody_kept_are_possible(kept, status):
    assert count_formula(100, 0, kept).status == status


def test_leads_are_no_new_customers():  # A11
    assert count_formula(200, 100, 250).value == 0.75
    assert count_formula(200, 180, 250).value == 0.35


def test_only_those_of_the_start_can_be_lost():  # A24
    flow = flow_of(opening=100, churned=10, new_lost=5)
    assert customer_churn_rate(flow).value.item() == 0.1
    assert customer_retention_rate(flow).value.item() == 0.9
    assert (flow.churned + flow.new_lost).item() / 100 == 0.15


def test_growth_of_the_base():  # O13
    assert customer_growth_rate(flow_of(opening=200, closing=250)).value.item() == 0.25
    nobody = customer_growth_rate(flow_of(opening=0, closing=5)).iloc[0]
    assert (nobody.status, np.isnan(nobody.value)) == ("no_opening", True)


def test_reactivated_of_those_who_lapsed_within_a_year():  # A19, Z5
    found = reactivation_rate(lapsed_of(40, 2).assign(lapsed=90, reactivated=3)).iloc[0]
    assert (found.value, found.numerator, found.denominator) == (0.05, 2, 40)


def test_a_reactivation_rate_without_anybody_lapsed_or_too_early_to_tell_is_missing():
    found = reactivation_rate(pd.concat([lapsed_of(0, 0), lapsed_of(3, np.nan, seen=0)], ignore_index=True))
    assert found.status.tolist() == ["no_denominator", "immature"]
    assert found.value.isna().all()
    assert found["flags"].tolist() == ["", ""]


def test_a_pool_that_the_data_do_not_show_whole_is_flagged():  # Z5
    flows = pd.concat([lapsed_of(40, 2, seen=seen) for seen in (364, 365)] + [lapsed_of(4, 2, seen=7)])
    found = reactivation_rate(flows)
    assert found["flags"].tolist() == ["pool_truncated", "", "pool_truncated small_n"]
    assert found.value.tolist() == [0.05, 0.05, 0.5]


def test_the_parts_of_a_pool_are_flagged_as_far_as_the_data_do_not_show_them():  # Z5
    days = ["0_30", "31_91", "92_182", "183_364"]
    lapsed, back = ({f"{what}_{each}": 100 for each in days} for what in ("lapsed", "reactivated"))
    flow = flow_of(**lapsed, **back, lapse_days_seen=92)
    found = reactivation_by_time_since_lapse(pd.concat([flow, flow.assign(period="2024-06", lapse_days_seen=91)]))
    assert found.period.tolist() == ["2024-05"] * 4 + ["2024-06"] * 4
    assert found.days_since_lapse.tolist() == ["0-30", "31-91", "92-182", "183-364"] * 2
    assert (found["flags"] == "pool_truncated").tolist() == [False, False, True, True, False, True, True, True]


def test_a_churn_of_a_month_in_a_year():  # A17
    assert round(annual_rate(0.05), 4) == 0.4596
    assert annual_rate(0.05, periods_a_year=1) == pytest.approx(0.05)


def test_four_fifths_kept_mean_nothing_without_a_period():  # A25
    assert round(1 - annual_rate(1 - 0.75, periods_a_year=4), 4) == 0.3164
    assert round(1 - annual_rate(1 - 0.80), 4) == 0.0687


def test_half_life_and_mean_life():  # A18
    assert (round(half_life(0.05), 4), mean_life(0.05)) == (13.5134, 20)
    assert (half_life(0), mean_life(0)) == (None, None)
    assert (half_life(1), mean_life(1)) == (None, 1)


# By law


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_retention_and_churn_are_one(kept, lost):  # I2
    flow = flow_of(opening=kept + lost, churned=lost)
    retention, churn = customer_retention_rate(flow).iloc[0], customer_churn_rate(flow).iloc[0]
    if kept + lost:
        assert retention.value + churn.value == pytest.approx(1)
        assert [retention.low, retention.high] == pytest.approx([1 - churn.high, 1 - churn.low])
    else:
        assert (retention.status, churn.status) == ("no_opening", "no_opening")


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_the_ratio_is_one_more_than_the_growth(opening, closing):
    flow = flow_of(opening=opening, closing=closing)
    assert net_customer_ratio(flow).value.item() == pytest.approx(1 + customer_growth_rate(flow).value.item())


@given(CHURN)
def test_after_a_half_life_half_are_left(churn):
    assert (1 - churn) ** half_life(churn) == pytest.approx(0.5)


@given(CHURN, st.integers(1, 12))
def test_the_churn_of_a_year_is_that_of_its_periods_one_after_the_other(churn, periods):
    left = 1.0
    for _ in range(periods):
        left -= left * churn
    assert annual_rate(churn, periods_a_year=periods) == pytest.approx(1 - left)


@given(CHURN)
def test_mean_life_is_the_sum_of_all_who_are_left_at_each_period(churn):
    left = (1 - churn) ** np.arange(40_000)
    assert mean_life(churn) == pytest.approx(left.sum())


# By complaint


@pytest.mark.parametrize("life", [half_life, mean_life])
@pytest.mark.parametrize("churn", [-0.1, 1.5, 5])
def test_a_churn_that_is_no_share_is_refused(life, churn):
    with pytest.raises(InvalidArgument, match=f"A churn of {churn} is no rate: give a share between 0 and 1"):
        life(churn)
