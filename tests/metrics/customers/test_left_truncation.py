"""The left edge by hand, and as a law: cut-off data, with what the client knows, count as the whole ones do."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.customers.flow import FLOW, customer_flow
from retention_kit.metrics.customers.left_truncation import acquired_since, with_earlier_purchases
from retention_kit.metrics.loyalty.repeat_purchase import (
    existing_customer_share,
    repeat_within,
    returning_customer_rate,
)
from retention_kit.metrics.orders.history import order_history
from retention_kit.periods import Period
from retention_kit.tables import collected, lazy, occasions
from tests.examples import any_orders, days_by_customer, orders_of

MARCH, APRIL, MAY = (Period(f"2024-{month}") for month in ("03", "04", "05"))
CUT = date(2024, 2, 1)
WINDOW = 29


def people(**first_seen):
    return pd.DataFrame({"customer_id": list(first_seen), "first_seen_on": pd.to_datetime(list(first_seen.values()))})


def customers_kept(orders, **options):
    kept = acquired_since(orders, first_day=CUT, window=WINDOW, **options)
    return collected(lazy(kept).select("customer_id").unique(), "customer_id").customer_id.tolist()


def cut_off(orders):
    """The orders since CUT, and since when the client has known who bought at all."""
    since = orders[orders.ordered_on >= pd.Timestamp(CUT)]
    first = {customer: str(days[0]) for customer, days in days_by_customer(orders).items()}
    return since, people(**first)


# By hand


def test_who_was_known_before_the_data_comes_back_and_is_not_new():
    orders = orders_of("old 2024-04-05\nnew 2024-04-05")
    known = with_earlier_purchases(orders, people(old="2019-03-08", new="2024-04-05"), first_day=CUT)
    flow = customer_flow(known, since=APRIL, until=APRIL, window=WINDOW, history_from=CUT).iloc[0]
    assert flow[["new", "reactivated", "closing"]].tolist() == [1, 1, 2]


def test_who_only_registered_is_no_customer():
    orders = orders_of("old 2024-04-05\nnew 2024-04-05")
    buyers, leads = people(old="2019-03-08", new="2024-04-05"), people(lead="2020-01-01", other="2021-01-01")
    with_leads, without = (
        collected(lazy(with_earlier_purchases(orders, seen, first_day=CUT)), "customer_id", "ordered_day")
        for seen in (pd.concat([buyers, leads]), buyers)
    )
    pd.testing.assert_frame_equal(with_leads, without)


def test_an_earlier_purchase_stands_in_the_segment_of_its_customer():
    orders = orders_of("\n".join(f"c{n} 2024-04-05" for n in range(10))).assign(country=["PL"] * 5 + ["UA"] * 5)
    seen = people(**{f"c{n}": "2019-03-08" if n < 5 else "2024-04-05" for n in range(10)})
    known = with_earlier_purchases(orders, seen, first_day=CUT)
    shares = existing_customer_share(known, period=APRIL, by="country").set_index("segment").value
    assert shares.to_dict() == {"PL": 1, "UA": 0}


def test_who_was_first_seen_on_the_first_day_of_the_data_is_not_known_before_it():
    orders = orders_of("a 2024-02-01\nb 2024-02-01")
    seen = people(a="2024-02-01", b="2024-01-31")
    assert customers_kept(orders, customers=seen) == ["a"]
    known = with_earlier_purchases(orders, seen, first_day=CUT)
    assert existing_customer_share(known, period=Period("2024-02")).value.tolist() == [0.5]


def test_revenue_of_who_was_known_before_is_that_of_an_existing_customer():
    orders = orders_of("old 2024-04-05 30\nnew 2024-04-05 10\n- 2024-04-06 5")
    known = with_earlier_purchases(orders, people(old="2019-03-08", new="2024-04-05"), first_day=CUT)
    history = order_history(known, since=APRIL, until=APRIL).iloc[0]
    assert history[["revenue", "revenue_existing", "revenue_first", "revenue_unknown"]].tolist() == [45, 30, 10, 5]


def test_where_nothing_is_known_of_a_customer_one_window_must_have_passed():
    orders = orders_of("early 2024-02-29\nlate 2024-03-01\nseen 2024-02-02")
    assert customers_kept(orders) == ["late"]
    assert customers_kept(orders, customers=people(early=None, seen="2024-02-02")) == ["late", "seen"]


def test_who_was_registered_after_a_first_purchase_is_one_of_whom_nothing_is_known():
    assert customers_kept(orders_of("guest 2024-02-05"), customers=people(guest="2024-03-01")) == []


def test_a_customer_who_stands_twice_in_the_table_has_each_purchase_once():
    twice = pd.concat([people(a="2024-03-05"), people(a="2024-03-06")])
    kept = acquired_since(orders_of("a 2024-03-05"), first_day=CUT, window=WINDOW, customers=twice)
    assert len(collected(lazy(kept))) == 1


def test_what_is_kept_of_a_customer_are_all_purchases_and_all_columns():
    orders = orders_of("a 2024-03-05\na 2024-03-05\na 2024-04-05 0\nold 2024-02-05").assign(country="PL")
    kept = collected(lazy(acquired_since(orders, first_day=CUT, window=WINDOW)), "order_id")
    assert kept.order_id.tolist() == ["o1", "o2"]
    assert kept.country.tolist() == ["PL", "PL"]


@pytest.mark.parametrize("table", [orders_of, lambda text: occasions(orders_of(text))])
def test_both_take_orders_and_occasions(table):
    bought, seen = table("a 2024-03-05\nold 2024-03-05"), people(a="2024-03-05", old="2020-01-01")
    assert customers_kept(bought, customers=seen) == ["a"]
    known = with_earlier_purchases(bought, seen, first_day=CUT)
    assert returning_customer_rate(known, period=MARCH).value.tolist() == [0.5]


# By law


@settings(max_examples=10)
@given(any_orders(), st.sampled_from([1, 7, WINDOW]))
def test_cut_off_data_make_the_flow_of_the_whole(orders, window):
    since, seen = cut_off(orders)
    known = with_earlier_purchases(since, seen, first_day=CUT)
    flows = [
        customer_flow(table, since=MARCH, until=MAY, window=window, history_from=day)
        for table, day in ((known, CUT), (orders, CUT - timedelta(window)))
    ]
    pd.testing.assert_frame_equal(*(flow[[*FLOW, "new_or_returning"]] for flow in flows))  # lapses are not all seen


@settings(max_examples=10)
@given(any_orders())
def test_cut_off_data_tell_returning_and_existing_customers_as_the_whole_does(orders):
    since, seen = cut_off(orders)
    known = with_earlier_purchases(since, seen, first_day=CUT)
    for rate in (existing_customer_share, returning_customer_rate):
        pd.testing.assert_frame_equal(rate(known, period=APRIL), rate(orders, period=APRIL))


@settings(max_examples=10)
@given(any_orders())
def test_whoever_is_kept_began_where_the_whole_says(orders):
    since, seen = cut_off(orders)
    kept = acquired_since(since, first_day=CUT, window=WINDOW, customers=seen)
    began = {customer for customer, days in days_by_customer(orders).items() if days[0] >= CUT}
    of_them = orders[orders.customer_id.isin(began)]
    pd.testing.assert_frame_equal(*(cohort_retention(table, until=MAY) for table in (kept, of_them)))
    pd.testing.assert_frame_equal(*(repeat_within(table, as_of=MAY.end, days=20) for table in (kept, of_them)))


# By complaint


def test_a_table_of_customers_says_since_when_each_is_known():
    orders, nameless = orders_of("a 2024-03-05"), pd.DataFrame({"customer_id": ["a"]})
    with pytest.raises(InvalidTable, match='no column "first_seen_on"; it has "customer_id"'):
        with_earlier_purchases(orders, nameless, first_day=CUT)
    with pytest.raises(InvalidTable, match='no column "first_seen_on"'):
        acquired_since(orders, first_day=CUT, window=WINDOW, customers=nameless)
