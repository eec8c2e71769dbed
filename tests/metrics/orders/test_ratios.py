"""Orders and money by hand, as laws of any table, and against numpy."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.orders import ratios as metrics
from retention_kit.metrics.orders.changes import order_changes, revenue_decomposition
from retention_kit.metrics.orders.totals import order_totals
from retention_kit.periods import Period
from tests.examples import any_orders, hall_interval, orders_of

FEBRUARY, MARCH, APRIL = Period("2024-02"), Period("2024-03"), Period("2024-04")
THREE_CUSTOMERS = (
    "A 2024-03-01 100\nA 2024-03-31 50\nB 2024-03-10 30\nC 2024-03-02 20\nC 2024-03-02 20\nC 2024-03-09 20"
)
FACTORS = st.fixed_dictionaries(
    {"customers": st.integers(1, 10**5), "frequency": st.floats(1, 20), "aov": st.floats(0.01, 10**4)}
)


@pytest.fixture
def four_orders():
    """A refund in part, a refund in full, a coupon of 100 %, an order without either; each of its own customer."""
    frame = orders_of("a 2024-03-02\nb 2024-03-03\nc 2024-03-04\nd 2024-03-05").drop(columns="amount")
    return frame.assign(gross=[100, 50, 0, 80], refunded=[30, 50, 0, 0])


def value_of(metric, frame, **options):
    return metric(frame, period=MARCH, **options).value.item()


MONEY = st.one_of(st.decimals("0.01", "1000000000", places=2), st.sampled_from([Decimal("0.01"), Decimal("1e9")]))


# By hand


def test_order_value_frequency_and_revenue_per_customer():  # O01
    frame = orders_of(THREE_CUSTOMERS)
    assert value_of(metrics.average_order_value, frame) == 40
    assert value_of(metrics.purchase_frequency, frame) == 2
    assert value_of(metrics.revenue_per_customer, frame) == 80


def test_an_order_refunded_in_full_or_free_is_no_order(four_orders):  # O02
    found = metrics.average_order_value(four_orders, period=MARCH).iloc[0]
    assert (found.value, found.numerator, found.denominator) == (75, 150, 2)
    assert four_orders.gross.sum() / len(four_orders) == 57.5


def test_refunds_by_amount_and_by_order(four_orders):  # O19
    assert round(value_of(metrics.refund_rate, four_orders), 4) == 0.3478
    assert value_of(metrics.refunded_orders_rate, four_orders) == 0.5


def test_a_table_that_knows_nothing_of_refunds_has_no_refund_rate():
    told = orders_of("a 2024-03-01 10\nb 2024-03-02 1")
    for rate in (metrics.refund_rate, metrics.refunded_orders_rate):
        assert rate(told, period=MARCH).status.item() == "no_denominator"


def test_a_negative_order_stands_in_revenue_and_in_no_customer_metric():
    frame = orders_of("a 2024-03-01 100\nb 2024-03-02 60\na 2024-03-20 -20")
    found = metrics.order_metrics(frame, period=MARCH).set_index("metric").value
    assert found[["net_revenue", "orders", "buyers"]].tolist() == [140, 2, 2]
    assert found[["average_order_value", "revenue_per_customer"]].tolist() == [80, 80]


def test_one_buyer_in_the_earlier_period_tells_nothing_of_a_change():
    buyers = "\n".join(f"c{n} 2024-03-0{1 + n % 9} {50 + n % 5}" for n in range(50))
    change = order_changes(orders_of(f"x 2024-02-01 100\n{buyers}"), period=MARCH, base=FEBRUARY)
    assert pd.isna(change["average_order_value"].low)


def test_an_order_value_is_not_the_mean_of_the_customers_means():  # O17
    frame = orders_of("A 2024-03-01 100\nA 2024-03-02 100\nA 2024-03-03 100\nB 2024-03-04 10")
    assert value_of(metrics.average_order_value, frame) == 77.5
    assert frame.groupby("customer_id").amount.mean().mean() == 55


def test_a_period_begins_with_its_first_midnight_and_ends_before_the_next_ones():  # O11
    frame = orders_of("a 2024-02-29T23:59:59 1\na 2024-03-01T00:00 2\na 2024-03-31T23:59:59 4\na 2024-04-01T00:00 8")
    revenue = [order_totals(frame, period=period).revenue.item() for period in (FEBRUARY, MARCH, APRIL)]
    assert revenue == [1, 6, 8]


def test_tests_and_cancelled_orders_are_left_out_of_money_and_counts():
    frame = orders_of("a 2024-03-01 10\na 2024-03-02 20\na 2024-03-03 40").assign(
        is_test=[False, True, False], status=["completed", "completed", "cancelled"]
    )
    totals = order_totals(frame, period=MARCH).iloc[0]
    assert (totals.revenue, totals.n_orders, totals.gross) == (10, 1, 10)


def test_orders_without_a_customer_are_in_revenue_and_in_no_customer_metric():  # O04
    known = [f"c{number} 2024-03-02 20" for number in range(8)]
    frame = orders_of("\n".join([*known, "- 2024-03-02 20", "- 2024-03-05 20"]))
    totals = order_totals(frame, period=MARCH).iloc[0]
    assert totals[["revenue", "n_orders", "n_customers", "n_without_customer"]].tolist() == [200, 10, 8, 2]
    assert totals[["revenue_without_customer", "id_coverage_orders", "id_coverage_revenue"]].tolist() == [40, 0.8, 0.8]
    assert value_of(metrics.purchase_frequency, frame) == 1
    assert value_of(metrics.revenue_per_customer, frame) == 20
    assert metrics.average_order_value(frame, period=MARCH).denominator.item() == 10


def test_totals_count_what_is_no_purchase_beside(four_orders):  # O02
    totals = order_totals(four_orders, period=MARCH).iloc[0]
    columns = ["revenue", "n_orders", "n_customers", "n_zero_value", "n_refunded", "gross", "refunded"]
    assert totals[columns].tolist() == [150, 2, 2, 2, 2, 230, 80]


def test_a_negative_order_without_its_order_stays_in_revenue_alone():
    totals = order_totals(orders_of("a 2024-03-01 100\na 2024-03-09 -30"), period=MARCH).iloc[0]
    assert totals[["revenue", "n_orders", "n_customers"]].tolist() == [70, 1, 1]


@pytest.mark.parametrize(
    "metric", [metrics.average_order_value, metrics.purchase_frequency, metrics.revenue_per_customer]
)
def test_a_period_without_orders_has_no_ratio(metric):
    found = metric(orders_of("a 2024-02-01"), period=MARCH)
    assert found.status.tolist() == ["no_denominator"]
    assert found.value.isna().all()


def test_the_totals_of_a_period_without_orders_are_zero_and_the_coverage_missing():
    totals = order_totals(orders_of("a 2024-02-01"), period=MARCH).iloc[0]
    assert totals[["revenue", "n_orders", "n_customers", "n_without_customer"]].tolist() == [0, 0, 0, 0]
    assert totals[["id_coverage_orders", "id_coverage_revenue"]].isna().all()


def test_where_a_change_of_revenue_came_from():  # O16
    current = pd.DataFrame({"customers": [110], "frequency": [1.9], "aov": [42]})
    base = pd.DataFrame({"customers": [100], "frequency": [2], "aov": [40]})
    effects = revenue_decomposition(current, base).iloc[0]
    assert effects.round(2).tolist() == [798.98, -429.99, 409.01, 778.0]


def test_a_change_from_or_to_nothing_has_no_parts():
    some, nothing = (pd.DataFrame({"customers": [n], "frequency": [1.0], "aov": [10.0]}) for n in (5, 0))
    for current, base in ((some, nothing), (nothing, some)):
        assert revenue_decomposition(current, base).isna().all(axis=None)


def test_the_same_revenue_of_other_factors_still_has_parts():
    current = pd.DataFrame({"customers": [10], "frequency": [2.0], "aov": [10.0]})
    base = pd.DataFrame({"customers": [20], "frequency": [1.0], "aov": [10.0]})
    effects = revenue_decomposition(current, base).iloc[0]
    assert effects.tolist() == pytest.approx([-200 * np.log(2), 200 * np.log(2), 0, 0])


def test_a_metric_of_both_periods_changed_by_its_difference():
    frame = orders_of("a 2024-02-01 10\nb 2024-02-02 20\na 2024-03-01 40\na 2024-03-02 20")
    changes = order_changes(frame, period=MARCH, base=FEBRUARY)
    assert changes["average_order_value"].value == 15
    assert changes["purchase_frequency"].value == 1
    assert changes["revenue_per_customer"].value == 45
    assert changes["net_revenue"].value == pytest.approx(60 / 31 / (30 / 29) - 1)
    assert changes["orders"].value == pytest.approx(29 / 31 - 1)
    assert changes["buyers"].value == pytest.approx(1 / 31 / (2 / 29) - 1)
    assert np.isnan(changes["average_order_value"].low)  # two customers are too few for an interval


# The interval of what is skewed


ONE_EACH = [20, 22, 25, 28, 30, 33, 36, 41, 47, 60, 95, 240]
SEVERAL = {"amount": [20, 50, 25, 28, 90, 33, 36, 41, 47, 60, 95, 240], "n": [1, 2, 1, 1, 3, 1, 1, 1, 1, 1, 2, 1]}


def test_the_interval_of_an_order_value_leans_to_the_large_orders():  # Z2
    frame = orders_of("\n".join(f"c{n} 2024-03-02 {amount}" for n, amount in enumerate(ONE_EACH)))
    for metric in (metrics.average_order_value, metrics.revenue_per_customer):
        found = metric(frame, period=MARCH).iloc[0]
        assert found[["value", "low", "high"]].astype(float).round(3).tolist() == [56.417, 30.013, 195.374]
        assert found["flags"] == "small_n"


def test_the_interval_of_an_order_value_keeps_the_orders_of_a_customer_together():  # Z2
    lines = [
        f"c{customer} 2024-03-{day + 1:02} {amount / n}"
        for customer, (amount, n) in enumerate(zip(*SEVERAL.values(), strict=True))
        for day in range(n)
    ]
    found = metrics.average_order_value(orders_of("\n".join(lines)), period=MARCH).iloc[0]
    assert found[["value", "low", "high"]].astype(float).round(3).tolist() == [47.812, 27.540, 153.683]


def test_what_every_customer_did_alike_has_no_interval_but_a_flag():  # Z3
    lines = [f"c{n} 2024-03-{day:02} 0.1" for n in range(30) for day in range(1, 2 + n % 3)]
    frame = orders_of("\n".join(lines)).assign(refunded=0)
    for metric, value in ((metrics.average_order_value, 0.1), (metrics.refund_rate, 0)):
        found = metric(frame.assign(gross=frame.amount), period=MARCH).iloc[0]
        assert (found.value, found["flags"]) == (value, "no_variation")
        assert found[["low", "high"]].isna().all()
    assert metrics.purchase_frequency(frame, period=MARCH)["flags"].tolist() == [""]


def test_a_frequency_is_not_below_one_and_a_share_of_refunds_in_zero_to_one():
    lines = [f"c{n} 2024-03-02\n" + f"c{n} 2024-03-03\n" * (n == 0) for n in range(12)]
    frame = orders_of("".join(lines))
    assert metrics.purchase_frequency(frame, period=MARCH).low.item() == 1
    for gross, refunded, end in (([100, *[1] * 12], [100, *[0] * 12], "high"), ([10] * 13, [-1, *[0] * 12], "low")):
        found = metrics.refund_rate(frame.assign(gross=gross, refunded=refunded), period=MARCH)
        assert found[end].item() == (end == "high")


def test_the_rest_of_small_segments_has_the_interval_of_its_own_customers():
    countries = ["PL"] * 30 + ["UA"] * 4 + ["US"] * 4 + ["MT"] * 3
    amounts = [10 + n % 7 for n in range(30)] + [5 * n**2 for n in range(1, 12)]
    frame = orders_of("\n".join(f"c{n} 2024-03-02 {amount}" for n, amount in enumerate(amounts)))
    found = metrics.average_order_value(frame.assign(country=countries), period=MARCH, by="country")
    assert found.segment.tolist() == ["PL", "(other)"]
    for row, each in zip(found.itertuples(), (amounts[:30], amounts[30:]), strict=True):
        assert (row.low, row.high) == pytest.approx(hall_interval(each, [1] * len(each)))


# By law


@settings(max_examples=8)
@given(any_orders())
def test_every_metric_in_one_pass_is_each_metric_alone(frame):
    together = metrics.order_metrics(frame, period=MARCH).set_index("metric")
    for name in metrics.RATIOS:
        alone = getattr(metrics, name)(frame, period=MARCH)
        pd.testing.assert_frame_equal(together.loc[[name]].reset_index(drop=True), alone)


@settings(max_examples=10)
@given(any_orders())
def test_revenue_is_customers_times_frequency_times_order_value(frame):  # I7
    known = frame[frame.customer_id.notna()]
    found = metrics.order_metrics(known, period=MARCH).set_index("metric").value
    if found.orders:
        product = found.buyers * found.purchase_frequency * found.average_order_value
        assert product == pytest.approx(found.net_revenue)
        assert found.purchase_frequency * found.average_order_value == pytest.approx(found.revenue_per_customer)


@settings(max_examples=10)
@given(any_orders())
def test_totals_are_those_counted_in_plain_pandas(frame):
    month = frame[frame.ordered_on.dt.strftime("%Y-%m") == "2024-03"]
    bought, nobody = month[month.amount > 0], month[month.customer_id.isna()]
    expected = {
        "revenue": month.amount.sum(),
        "n_orders": len(bought),
        "n_customers": bought.customer_id.nunique(),
        "n_zero_value": (month.amount == 0).sum(),
        "n_without_customer": bought.customer_id.isna().sum(),
        "revenue_without_customer": nobody.amount.sum(),
    }
    totals = order_totals(frame, period=MARCH).iloc[0]
    assert totals[list(expected)].tolist() == list(expected.values())


@settings(max_examples=10)
@given(any_orders())
def test_segments_add_up_to_the_totals(frame):  # I10
    columns = ["revenue", "n_orders", "n_customers", "n_zero_value", "gross", "revenue_without_customer"]
    parts = order_totals(frame, period=MARCH, by="country")
    assert parts[columns].sum().tolist() == order_totals(frame, period=MARCH)[columns].iloc[0].tolist()
    by_ratio = metrics.average_order_value(frame, period=MARCH, by="country")
    total = metrics.average_order_value(frame, period=MARCH).iloc[0]
    assert by_ratio[["numerator", "denominator", "n"]].sum().tolist() == [total.numerator, total.denominator, total.n]


def test_a_segment_of_few_customers_and_many_orders_has_its_customers():
    few, many = [f"a 2024-03-{day:02}" for day in range(1, 7)], [f"c{n} 2024-03-05" for n in range(6)]
    frame = orders_of("\n".join(few + many)).assign(country=["PL"] * 6 + ["UA"] * 6)
    parts = order_totals(frame, period=MARCH, by="country")
    assert parts[["segment", "n_orders", "n_customers"]].to_numpy().tolist() == [["PL", 6, 1], ["UA", 6, 6]]


@given(FACTORS, FACTORS)
def test_the_parts_of_a_change_of_revenue_add_up(now, before):  # I14
    effects = revenue_decomposition(pd.DataFrame([now]), pd.DataFrame([before])).iloc[0]
    change = np.prod(list(now.values())) - np.prod(list(before.values()))
    assert effects[["customers", "frequency", "aov"]].sum() == pytest.approx(change, rel=1e-6, abs=1e-6)
    assert effects.total == pytest.approx(change, rel=1e-9, abs=1e-9)


@settings(max_examples=10)
@given(any_orders(min_size=1))
def test_a_period_compared_with_itself_has_not_changed(frame):
    found = metrics.order_metrics(frame, period=MARCH).set_index("metric")
    for name, change in order_changes(frame, period=MARCH, base=MARCH).items():
        if found.value[name] > 0:
            assert change.value == pytest.approx(0)
            if name in metrics.RATIOS and found.n[name] >= 10:
                assert [change.low, change.high] == pytest.approx([0, 0], abs=1e-6)


def test_the_interval_of_a_change_keeps_the_orders_of_a_customer_together():
    random = np.random.default_rng(3)
    lines = [
        f"c{customer} 2024-0{month}-{day:02} {random.integers(1, 50) + 3 * customer}"
        for month in (2, 3)
        for customer, day in zip(random.integers(0, 25, 60), random.integers(1, 29, 60), strict=True)
    ]
    frame = orders_of("\n".join(lines))
    change = order_changes(frame, period=MARCH, base=FEBRUARY)["average_order_value"]
    sums = frame.assign(month=frame.ordered_on.dt.month).pivot_table(
        index="customer_id", columns="month", values="amount", aggfunc=["sum", "size"], fill_value=0
    )
    influence = sum(
        sign * (sums["sum"][month] - ratio * sums["size"][month]) / sums["size"][month].sum()
        for month, sign in ((3, 1), (2, -1))
        for ratio in [sums["sum"][month].sum() / sums["size"][month].sum()]
    )
    error = np.sqrt((influence**2).sum() * len(sums) / (len(sums) - 1))
    assert [change.low, change.high] == pytest.approx(
        [change.value - 1.959964 * error, change.value + 1.959964 * error], rel=1e-6
    )


# By complaint


@pytest.mark.parametrize(
    "metric", [metrics.average_order_value, metrics.refund_rate, metrics.order_metrics, order_totals]
)
def test_a_table_without_money_is_refused(metric):
    frame = orders_of("a 2024-03-01").drop(columns="amount")
    with pytest.raises(
        InvalidTable, match="no money: add a column `amount`, or `gross` with `discount` and `refunded`"
    ):
        metric(frame, period=MARCH)


def test_a_decomposition_without_a_factor_is_refused():
    factors = pd.DataFrame({"customers": [1], "aov": [1.0]})
    with pytest.raises(InvalidTable, match='no column "frequency"'):
        revenue_decomposition(factors, factors)


# Money of any size


def test_one_large_order_stops_no_metric():
    frame = orders_of("\n".join([f"c{n} 2024-03-02 20" for n in range(29)] + ["d 2024-03-03 300050.50"]))
    found = metrics.average_order_value(frame, period=MARCH)
    assert (found.value.item(), found.numerator.item()) == (300630.50 / 30, 300630.50)


@settings(max_examples=8)
@given(st.lists(MONEY, min_size=10, max_size=40))
def test_money_of_any_size_is_counted_exactly(amounts):
    frame = pd.DataFrame({"customer_id": range(len(amounts)), "amount": amounts}).assign(
        ordered_on=pd.Timestamp("2024-03-02")
    )
    found = metrics.average_order_value(frame, period=MARCH).iloc[0]
    exact = [Fraction(amount) for amount in amounts]
    assert found.numerator == float(sum(exact))
    assert found.value == float(sum(exact) / len(exact))
    if len(set(exact)) == 1:
        assert "no_variation" in found["flags"]
    else:
        low, high = hall_interval(exact, [1] * len(exact))
        assert [found.low, found.high] == pytest.approx([max(low, 0), high], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("amount", [1e15, float("inf"), float("-inf")])
def test_an_amount_that_no_decimal_holds_is_refused_as_too_large(amount):
    with pytest.raises(InvalidTable, match="too large to count, or is none"):
        metrics.average_order_value(orders_of(f"a 2024-03-02 10\nb 2024-03-02 {amount}"), period=MARCH)


def test_an_order_of_unknown_amount_is_counted_and_is_in_no_ratio_of_money():
    frame = orders_of("a 2024-03-02 10\na 2024-03-03 20\nb 2024-03-04 nan\nb 2024-03-05 60\nc 2024-03-05 nan")
    assert value_of(metrics.average_order_value, frame) == 30
    assert value_of(metrics.revenue_per_customer, frame) == 45
    assert value_of(metrics.purchase_frequency, frame) == pytest.approx(5 / 3)
    assert order_totals(frame, period=MARCH)[["n_orders", "n_without_amount"]].to_numpy().tolist() == [[5, 2]]


@pytest.mark.parametrize("columns", [["customer_id"], ["customer_id", "order_id"]])
def test_orders_that_name_neither_a_customer_nor_themselves_each_stand_alone(columns):
    frame = orders_of("\n".join(["- 2024-03-02 10", "- 2024-03-02 20"] * 10)).drop(columns=columns)
    found = metrics.average_order_value(frame, period=MARCH)
    assert (found.n.item(), found.low.notna().item()) == (20, True)
