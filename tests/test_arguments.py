"""The door of the metrics: what is accepted in several forms, and what is refused with the words that help."""

import inspect
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest

import retention_kit as rk
from retention_kit import metrics
from retention_kit.errors import InvalidArgument, InvalidPeriod, InvalidTable
from retention_kit.tables import Tabular
from tests.examples import orders_of

TOPICS = [getattr(metrics, topic) for topic in metrics.__all__]
FUNCTIONS = {
    name: getattr(topic, name) for topic in TOPICS for name in topic.__all__ if inspect.isfunction(getattr(topic, name))
}
ORDERS = orders_of("a 2024-05-02\na 2024-05-20\nb 2024-05-07")
MAY = rk.Period("2024-05")


class Strange:
    """Nothing that any metric takes."""


def good(name, annotation):
    """An argument that passes the door."""
    kinds = get_args(annotation)
    by_name = {
        "flow": pd.DataFrame({"period": ["2024-05"], "segment": ["(all)"]}),
        "retention": pd.DataFrame(columns=["cohort", "age", "n_customers", "n_retained", "status"]),
        "summary": pd.DataFrame({"frequency": [0]}),
        "scores": pd.DataFrame(columns=["segment", "n_orders", "monetary"]),
    }
    if name in by_name:
        return by_name[name]
    if set(get_args(Tabular)) <= set(kinds):
        return ORDERS
    if get_origin(annotation) is Literal:
        return kinds[0]
    return GOOD.get(get_origin(annotation) or annotation, MAY if rk.Period in kinds else [])


GOOD = {
    rk.Period: MAY,
    date: date(2024, 6, 1),
    int: 1,
    float: 0.5,
    str: "x",
    pd.DataFrame: ORDERS,
    Mapping: {},
    rk.statistics.Events: rk.statistics.Events(1, 2, 31),
    rk.ltv.PurchaseModel: rk.ltv.PurchaseModel(parameters={"r": 1, "alpha": 1, "a": 1, "b": 2}),
    rk.ltv.SpendModel: rk.ltv.SpendModel(parameters={"p": 6, "q": 4, "v": 15}),
}

WRONG = [
    pytest.param(metric, name, id=f"{metric.__name__}({name})")
    for metric in FUNCTIONS.values()
    for name in inspect.signature(metric).parameters
]


@pytest.mark.parametrize(("metric", "name"), WRONG)
def test_every_argument_of_every_metric_that_is_nothing_it_takes_is_refused(metric, name):
    given = {
        other: good(other, parameter.annotation)
        for other, parameter in inspect.signature(metric).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    given[name] = Strange()
    with pytest.raises(rk.RetentionKitError, match=name):
        metric(**given)


@pytest.mark.parametrize("period", ["2024-05", MAY, pd.Period("2024-05", "M")])
def test_a_period_is_taken_as_period_text_and_that_of_pandas(period):
    assert rk.average_order_value(ORDERS, period=period).denominator.item() == 3


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (pd.Period("2024-05-08", "W"), "2024-W19"),
        (pd.Period("2024Q2", "Q"), "2024Q2"),
        (pd.Period("2024", "Y"), "2024"),
    ],
)
def test_periods_of_pandas_of_every_unit_are_those_of_the_calendar(period, expected):
    found, named = (rk.average_order_value(ORDERS, period=each) for each in (period, rk.Period(expected)))
    pd.testing.assert_frame_equal(found, named)


@pytest.mark.parametrize(
    "day",
    [
        "2024-05-20",
        date(2024, 5, 20),
        datetime(2024, 5, 20, 8, tzinfo=UTC),
        pd.Timestamp("2024-05-20"),
        np.datetime64("2024-05-20"),
    ],
)
def test_a_day_is_taken_as_date_text_and_timestamp(day):
    assert rk.ltv_historic(ORDERS, as_of=day)["value"].tolist() == [10, 10]


@pytest.mark.parametrize("day", ["20.05.2024", "tomorrow", pd.NaT, 7, None])
def test_what_names_no_day_is_refused_with_one_that_does(day):
    with pytest.raises(InvalidPeriod, match=r"as_of = .* is no day: give date"):
        rk.ltv_historic(ORDERS, as_of=day)


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        (lambda: rk.repeat_purchase_rate(ORDERS, period=MAY, repeat_on="order"), '"occasions" or "orders"'),
        (lambda: rk.nps(ORDERS, period=MAY, kind="Transactional"), '"relational" or "transactional"'),
        (lambda: rk.cohort_retention(ORDERS, until=MAY, by="months"), '"week" or "month" or "quarter" or "year"'),
        (lambda: rk.rfm_scores(ORDERS, as_of="2024-06-01", method="quintile"), '"minrank" or "ntile"'),
    ],
)
def test_a_misspelt_choice_is_refused_with_those_there_are(wrong, allowed):
    with pytest.raises(InvalidArgument, match=f"none of its values: give {allowed}"):
        wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rk.customer_flow(ORDERS, since=MAY, until=MAY, window=-1),
        lambda: rk.loyalty.repeat_within(ORDERS, as_of="2024-06-01", days=-30),
        lambda: rk.ltv.ltv_formula(order_value=1, orders_a_year=1, churn_a_year=1.2),
        lambda: rk.customers.annual_rate(1.5),
        lambda: rk.ltv_historic(ORDERS, as_of="2024-06-01", margin=float("nan")),
        lambda: rk.surveys.nps_behaviour(ORDERS, ORDERS, as_of="2024-06-01", horizons=[90, -1]),
    ],
)
def test_a_number_that_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidArgument, match="give a"):
        wrong()


def test_a_table_where_a_result_is_wanted_says_which_function_comes_first():
    with pytest.raises(InvalidTable, match=r"flow must be the result of customer_flow.*call customer_flow first"):
        rk.customer_churn_rate(ORDERS)
    with pytest.raises(InvalidTable, match="call purchase_summary first"):
        rk.fit_purchases(ORDERS)


@pytest.mark.parametrize("text", ["9999-12", "0000-01", "0001", "9999-W52"])
def test_a_period_at_the_end_of_the_calendar_is_refused(text):
    with pytest.raises(InvalidPeriod, match="between 1000 and 8999"):
        rk.Period(text)


def test_a_breakdown_by_a_column_that_is_absent_is_refused():
    with pytest.raises(InvalidTable, match='no column "colour"'):
        rk.orders.refunded_orders_rate(ORDERS, period=MAY, by="colour")


# Breakdowns

MANY = orders_of("\n".join(f"c{n} 2024-05-{n % 27 + 1:02} {n + 1}\nc{n} 2024-05-{n % 27 + 2:02}" for n in range(24)))
GROUPS = ["x" if n % 4 < 2 else "y" for n in range(48)]
BROKEN_DOWN = {
    "average_order_value": lambda frame, by: rk.average_order_value(frame, period=MAY, by=by),
    "order_totals": lambda frame, by: rk.orders.order_totals(frame, period=MAY, by=by),
    "repeat_purchase_rate": lambda frame, by: rk.repeat_purchase_rate(frame, period=MAY, by=by),
    "repeat_within": lambda frame, by: rk.loyalty.repeat_within(frame, as_of="2024-07-01", days=20, by=by),
    "time_between_orders": lambda frame, by: rk.time_between_orders(frame, period=MAY, by=by),
    "customer_flow": lambda frame, by: rk.customer_flow(frame, since=MAY, until=MAY, window=30, by=by),
}
NAMES = ["hit", "n_times", "segment", "value", "denominator", "first_day", "n_later", "gap", "n", "purchased", "number"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("metric", BROKEN_DOWN.values(), ids=BROKEN_DOWN.keys())
def test_a_column_to_break_down_by_may_have_any_name(metric, name):
    expected = metric(MANY.assign(shop=GROUPS), "shop")
    assert set(expected.segment) == {"x", "y"}
    pd.testing.assert_frame_equal(metric(MANY.assign(**{name: GROUPS}), name), expected)


@pytest.mark.parametrize("metric", BROKEN_DOWN.values(), ids=BROKEN_DOWN.keys())
def test_segments_named_like_ours_stay_apart_from_them(metric):
    own = MANY.assign(shop=["(other)" if group == "x" else "(all)" for group in GROUPS])
    assert set(metric(own, "shop").segment) == {'"(other)"', '"(all)"'}
