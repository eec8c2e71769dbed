"""What it costs to win and to keep a customer, by hand and as a law."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.service.costs import (
    acquisition_costs,
    customer_acquisition_cost,
    customer_retention_cost,
)


def costs_of(**amounts):
    return pd.DataFrame({"category": list(amounts), "amount": list(amounts.values())})


@pytest.fixture
def costs():
    """Media, the pay of sales, loyalty rewards, and rent."""
    return pd.DataFrame(
        {
            "category": ["acquisition", "acquisition", "retention", "other"],
            "amount": [10_000, 2_000, 3_000, 700],
        }
    )


def test_retention_spend_has_no_part_in_the_cost_of_a_new_customer(costs):  # O15
    assert customer_acquisition_cost(costs, new_customers=60).value.item() == 200
    assert customer_retention_cost(costs, retained_customers=150).value.item() == 20
    assert (12_000 + 3_000) / 60 == 250


def test_the_interval_is_that_of_the_count_of_new_customers(costs):  # O18
    found = customer_acquisition_cost(costs, new_customers=60).iloc[0]
    assert [round(x, 2) for x in (found.low, found.high)] == [155.38, 262.09]


def test_nobody_won_or_kept_cost_nothing_that_can_be_told(costs):  # O15
    for found in (
        customer_acquisition_cost(costs, new_customers=0),
        customer_retention_cost(costs, retained_customers=0),
    ):
        assert found.status.item() == "no_denominator"
        assert found[["value", "low", "high"]].isna().all(axis=None)


def test_nothing_spent_is_zero_per_customer():
    found = customer_retention_cost(costs_of(acquisition=5), retained_customers=4).iloc[0]
    assert (found.value, found.numerator, found.denominator, found.status) == (0, 0, 4, "ok")


@given(st.integers(1, 10**6), st.integers(1, 10**5))
def test_the_cost_lies_in_its_interval(cost, new_customers):
    found = customer_acquisition_cost(costs_of(acquisition=cost), new_customers=new_customers).iloc[0]
    assert found.low < found.value < found.high
    assert found.value * new_customers == pytest.approx(cost)
    assert np.isfinite([found.low, found.high]).all()


def test_a_category_that_nobody_knows_is_refused_with_those_that_are():
    with pytest.raises(InvalidTable, match='"marketing" is unknown: use one of acquisition, retention, support, other'):
        customer_acquisition_cost(costs_of(marketing=5), new_customers=1)


@pytest.mark.parametrize("held", [pd.DataFrame, pa.table, lambda columns: duckdb.from_arrow(pa.table(columns))])
def test_costs_are_taken_from_any_kind_of_table(held):
    costs = held({"category": ["acquisition", "retention", "acquisition"], "amount": [70.5, 9.0, 29.5]})
    assert customer_acquisition_cost(costs, new_customers=10).value.item() == 10
    assert customer_retention_cost(costs, retained_customers=3).value.item() == 3


def by_month(rows):
    return pd.DataFrame(rows, columns=["spent_on", "category", "amount"]).assign(
        spent_on=lambda table: pd.to_datetime(table.spent_on)
    )


def test_costs_of_winning_are_summed_by_the_period_that_they_are_of():
    costs = by_month(
        [
            ("2024-01-01", "acquisition", 700.25),
            ("2024-01-31", "acquisition", 99.75),
            ("2024-02-01", "retention", 50),
            ("2024-03-01", "acquisition", 10),
        ]
    )
    assert acquisition_costs(costs).to_numpy().tolist() == [["2024-01", 800], ["2024-03", 10]]
    assert acquisition_costs(costs, by="quarter").to_numpy().tolist() == [["2024Q1", 810]]


def test_costs_by_week_are_refused_since_they_are_of_months():
    with pytest.raises(InvalidTable, match="those of a week are not known: take months"):
        acquisition_costs(by_month([("2024-01-01", "acquisition", 5)]), by="week")


def test_a_category_that_nobody_knows_is_refused_by_period_too():
    with pytest.raises(InvalidTable, match='"marketing" is unknown'):
        acquisition_costs(by_month([("2024-01-01", "marketing", 5)]))
