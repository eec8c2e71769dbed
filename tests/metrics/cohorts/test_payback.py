"""When cohorts have paid for their acquisition: by hand, at the edges, and as a law."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.metrics.cohorts.payback import COLUMNS, cohort_payback
from retention_kit.metrics.service.costs import customer_acquisition_cost


def revenue_of(cumulative, *, cohort="2024-01", n=10, until=None):
    """A cohort that has brought so much per customer by each age, seen up to `until`."""
    ages = range(len(cumulative))
    status = ["ok" if until is None or age <= until else "immature" for age in ages]
    return pd.DataFrame({"cohort": cohort, "age": ages, "n_customers": n, "cumulative": cumulative, "status": status})


def costs_of(**months):
    return pd.DataFrame(
        {"period": [f"2024-{month[1:]}" for month in months], "cost": list(months.values())}, dtype=object
    )


def test_a_cohort_has_paid_when_margin_per_customer_reaches_the_cost_of_one():  # C09, O15
    revenue, costs = revenue_of([30.0, 39.0, 45.0]), costs_of(m01=400.0)
    paid = cohort_payback(revenue, costs).iloc[0]
    assert (paid.cac, paid.payback_age, paid.age, paid.brought, paid.status) == (40, 2, 2, 45, "ok")
    half = cohort_payback(revenue, costs, margin=0.5).iloc[0]
    assert (half.brought, half.status) == (22.5, "not_reached")
    assert half.payback_age is pd.NA


def test_paid_to_the_cent_is_paid():
    assert cohort_payback(revenue_of([40.0]), costs_of(m01=400.0)).payback_age.tolist() == [0]


def test_what_is_not_seen_yet_has_not_paid():
    found = cohort_payback(revenue_of([30.0, 50.0], until=0), costs_of(m01=400.0)).iloc[0]
    assert (found.status, found.age, found.brought, found.brought_0) == ("not_reached", 0, 30, 30)
    assert np.isnan(found.brought_3)


def test_the_interval_is_that_of_the_number_of_customers():  # O18
    found = cohort_payback(revenue_of([300.0], n=60), costs_of(m01=12_000.0)).iloc[0]
    assert [round(cost, 2) for cost in (found.cac, found.cac_low, found.cac_high)] == [200, 155.38, 262.09]
    alone = customer_acquisition_cost(pd.DataFrame({"category": ["acquisition"], "amount": [12_000]}), new_customers=60)
    assert [found.cac_low, found.cac_high] == alone[["low", "high"]].iloc[0].tolist()


@pytest.mark.parametrize("costs", [costs_of(m02=400.0), costs_of(m01=0.0), costs_of(m01=-5.0)])
def test_a_cost_that_is_not_known_or_not_above_zero_pays_nothing_back(costs):
    found = cohort_payback(revenue_of([30.0]), costs).iloc[0]
    assert found.status == "no_costs"
    assert found[["cac", "cac_low", "cac_high"]].isna().all()
    assert (found.payback_age is pd.NA, found.brought) == (True, 30)


def test_cohorts_stand_in_their_order_each_with_the_cost_of_its_own_period():
    cohorts = [revenue_of([30.0], cohort=f"2024-{month}", n=n) for month, n in (("03", 5), ("01", 40))]
    found = cohort_payback(pd.concat(cohorts), costs_of(m01=400.0, m03=100.0))
    assert found[["cohort", "cac", "flags"]].to_numpy().tolist() == [["2024-01", 10, ""], ["2024-03", 20, "small_n"]]
    assert list(found) == COLUMNS


def test_no_cohort_gives_no_row():
    assert list(cohort_payback(revenue_of([]), costs_of(m01=1.0))) == COLUMNS


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=8), st.integers(1, 5000), st.integers(1, 50), st.floats(0.05, 1)
)
def test_it_has_paid_at_its_age_and_not_before(amounts, cost, n, margin):
    cumulative = np.cumsum(amounts)
    found = cohort_payback(revenue_of(cumulative, n=n), costs_of(m01=float(cost)), margin=margin).iloc[0]
    has_paid = cumulative * margin >= found.cac
    assert found.status == ("ok" if has_paid.any() else "not_reached")
    if has_paid.any():
        assert found.payback_age == np.argmax(has_paid)
    assert found.cac_low < found.cac < found.cac_high
