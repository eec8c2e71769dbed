"""The metrics on all 69,659 purchases of CDNOW: what was published of them, and identities of every month."""

from datetime import date

import pandas as pd
import pytest

from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.loyalty.repeat_purchase import existing_customer_share, repeat_by_order_number, repeat_within
from retention_kit.metrics.loyalty.rfm import rfm_scores, rfm_segments
from retention_kit.metrics.orders.history import order_history
from retention_kit.metrics.orders.ratios import order_metrics
from retention_kit.periods import Period, periods
from tests.reference import cdnow_master as published

FIRST, LAST = Period("1997-01"), Period("1998-06")
AS_OF = date(1998, 7, 1)


@pytest.fixture(scope="module")
def flow(cdnow):
    return customer_flow(cdnow, since=FIRST, until=LAST, window=180)


@pytest.fixture(scope="module")
def triangle(cdnow):
    cells = cohort_retention(cdnow, until=LAST)
    return cells.pivot(index="cohort", columns="age", values="n_retained")


def test_the_file_is_the_published_one(cdnow):
    assert len(cdnow) == published.N_PURCHASES
    assert cdnow.customer_id.nunique() == published.N_CUSTOMERS
    assert (cdnow.amount == 0).sum() == published.N_WITHOUT_VALUE


def test_the_first_cohort_is_the_published_one(triangle):
    assert triangle.loc["1997-01"].tolist() == published.JANUARY_1997


def test_every_cell_of_the_triangle_is_the_published_one(triangle, reference_data):
    expected = pd.read_csv(reference_data / "cdnow" / "expected_cohorts_master_monthly.csv", index_col="c")
    found = triangle.reindex(expected.index).astype("float64")
    pd.testing.assert_frame_equal(found, expected.set_axis(expected.columns.astype(int), axis=1), check_names=False)
    assert triangle.drop(index=expected.index).empty


def test_customers_with_one_and_with_two_purchases_are_the_published_ones(cdnow):
    step = repeat_by_order_number(cdnow, as_of=AS_OF, repeat_on="orders").iloc[0]
    assert (step.denominator - step.numerator, step.numerator) == (published.ONE_TIME_BUYERS, published.CAME_BACK)
    assert round(100 * step.value, 3) == 49.478


def test_some_of_them_bought_twice_on_one_day_and_never_again(cdnow):
    step = repeat_by_order_number(cdnow, as_of=AS_OF).iloc[0]
    n_days = cdnow.groupby("customer_id").ordered_on.nunique()
    assert step.numerator == (n_days >= 2).sum() == 11_516


def test_who_came_back_within_half_a_year_is_who_did_in_pandas(cdnow):
    first = cdnow.groupby("customer_id").ordered_on.transform("min")
    gap = (cdnow.ordered_on - first).dt.days
    found = repeat_within(cdnow, as_of=AS_OF, days=182).iloc[0]
    assert found.denominator == published.N_CUSTOMERS
    assert found.numerator == cdnow.customer_id[(gap >= 1) & (gap <= 182)].nunique()


def test_identities_of_every_month(flow):
    assert (flow.opening + flow.new + flow.reactivated - flow.churned == flow.closing).all()
    assert flow.closing.tolist()[:-1] == flow.opening.tolist()[1:]
    first_ever = flow.new + flow.new_lost
    assert first_ever.tolist()[:4] == [7846, 8476, 7248, 0]
    assert first_ever.sum() == published.N_CUSTOMERS
    known = flow.lapsed + flow.opening
    assert known.diff()[1:].tolist() == first_ever.tolist()[:-1]


@pytest.mark.parametrize("month", periods(Period("1997-10"), LAST))
def test_who_lapsed_within_a_year_and_came_back_are_those_in_pandas(cdnow, month):
    flow = customer_flow(cdnow, since=month, until=month, window=90).iloc[0]
    start, end = pd.Timestamp(month.start), pd.Timestamp(month.end)
    last_before = cdnow[cdnow.ordered_on < start].groupby("customer_id").ordered_on.max()
    since_lapse = (start - last_before).dt.days - 91
    pool = since_lapse[since_lapse.between(0, 364)]
    bought_last = cdnow[cdnow.ordered_on < end].groupby("customer_id").ordered_on.max()
    is_back = bought_last.reindex(pool.index) >= end - pd.Timedelta(days=90)
    assert [flow.lapsed_recently, flow.reactivated_recently] == [len(pool), is_back.sum()]


def test_the_customers_of_a_month_are_those_of_all_cohorts(cdnow, triangle):
    history = order_history(cdnow, since=FIRST, until=LAST)
    cells = triangle.stack().dropna()
    places = [Period(cohort) + age for cohort, age in cells.index]
    by_month = cells.groupby([str(place) for place in places]).sum()
    assert by_month.tolist() == history.n_customers.tolist()


def test_revenue_is_the_same_by_month_by_cohort_and_in_all(cdnow):
    history, cohorts = order_history(cdnow, since=FIRST, until=LAST), cohort_revenue(cdnow, until=LAST)
    total = round(cdnow.amount.sum(), 2)
    assert (round(history.revenue.sum(), 2), round(cohorts.revenue.sum(), 2)) == (total, total)
    assert history.n_orders.sum() == published.N_PURCHASES


def test_the_parts_of_each_month_agree(cdnow):
    history = order_history(cdnow, since=FIRST, until=LAST).set_index("period")
    for month in (Period("1997-03"), LAST):
        found = order_metrics(cdnow, period=month).set_index("metric").value
        row = history.loc[str(month)]
        assert [found.net_revenue, found.orders, found.buyers] == [row.revenue, row.n_orders, row.n_customers]
        assert found.buyers * found.purchase_frequency * found.average_order_value == pytest.approx(row.revenue)


def test_from_april_on_every_buyer_is_an_existing_customer(cdnow):
    shares = [existing_customer_share(cdnow, period=month).value.item() for month in periods(FIRST, Period("1997-04"))]
    assert (shares[0], shares[3]) == (0, 1)
    assert 0 < shares[1] < shares[2] < 1


def test_every_customer_of_the_last_year_has_one_segment(cdnow):
    segments = rfm_segments(rfm_scores(cdnow, as_of=AS_OF))
    bought = cdnow[cdnow.ordered_on >= "1997-07-01"]
    assert segments.n_customers.sum() == bought.customer_id.nunique()
    assert segments.revenue.sum() == pytest.approx(bought.amount.sum())
