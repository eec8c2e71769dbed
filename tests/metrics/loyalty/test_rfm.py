"""RFM by hand, as laws of any table of orders, and against numpy."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.metrics.loyalty.rfm import GRID, SEGMENTS, rfm_grid, rfm_scores, rfm_segments
from retention_kit.tables import collected, lazy
from tests.examples import any_orders, days_by_customer, lists_of_any_size, orders_of

AS_OF = date(2024, 6, 1)
TEN_CUSTOMERS = [1, 1, 1, 1, 1, 1, 2, 2, 3, 10]


def scored(frame, **options):
    return collected(lazy(rfm_scores(frame, as_of=AS_OF, **options)), "customer_id")


def often(*times):
    """Customers c00, c01, ... who bought on so many days."""
    days = [AS_OF - timedelta(days=ago) for ago in range(1, 1 + max(times))]
    return orders_of("\n".join(f"c{n:02} {day}" for n, time in enumerate(times) for day in days[:time]))


def ago(*days):
    return orders_of("\n".join(f"c{n:02} {AS_OF - timedelta(days=day)}" for n, day in enumerate(days)))


# By hand


def test_equal_values_have_equal_scores():  # L07
    assert scored(often(*TEN_CUSTOMERS), fewest=10).f.tolist() == [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]


def test_groups_of_one_size_tear_equal_values_apart():  # L07
    assert scored(often(*TEN_CUSTOMERS), fewest=10, method="ntile").f.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_every_cell_of_the_grid_has_one_name():  # L08
    sizes = {name: len(cells) for name, cells in GRID.items()}
    assert sizes == {
        "hibernating": 4,
        "at_risk": 4,
        "cant_lose_them": 2,
        "about_to_sleep": 2,
        "need_attention": 1,
        "loyal_customers": 4,
        "promising": 1,
        "new_customers": 1,
        "potential_loyalists": 4,
        "champions": 2,
    }
    assert sorted(cell for cells in GRID.values() for cell in cells) == [
        f"{r}{f}" for r in range(1, 6) for f in range(1, 6)
    ]


def test_recency_by_fixed_cuts():  # L09
    table = scored(ago(12, 45, 100, 200, 400), method="thresholds", window=500)
    assert table.recency.tolist() == [12, 45, 100, 200, 400]
    assert table.r.tolist() == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("days", "score"), [(30, 5), (31, 4), (60, 4), (61, 3), (120, 3), (121, 2), (240, 2), (241, 1)]
)
def test_a_cut_belongs_to_the_better_score(days, score):
    assert scored(ago(days), method="thresholds").r.item() == score


def test_frequency_by_fixed_cuts():
    assert scored(often(1, 2, 3, 4, 5, 6), method="thresholds").f.tolist() == [1, 2, 3, 4, 4, 5]


def test_each_score_has_the_name_of_its_cell():
    table = scored(often(6, 1).assign(amount=range(7)), method="thresholds")
    assert table.segment.tolist() == ["champions", "new_customers"]
    late = scored(ago(300, 300, 100), method="thresholds")
    assert late.segment.tolist() == ["hibernating", "hibernating", "about_to_sleep"]


def test_only_purchases_of_the_window_before_the_day_count():
    frame = orders_of(
        f"a {AS_OF - timedelta(365)} 5\na {AS_OF - timedelta(366)} 7\na {AS_OF} 9\nb {AS_OF - timedelta(366)}"
    )
    table = scored(frame)
    assert table[["customer_id", "recency", "frequency", "monetary"]].to_numpy().tolist() == [["a", 365, 1, 5]]


def test_two_orders_of_a_day_are_one_purchase_of_their_sum():
    table = scored(orders_of("a 2024-05-30 5\na 2024-05-30 7"))
    assert table[["frequency", "n_orders", "monetary"]].iloc[0].tolist() == [1, 2, 12]


@pytest.mark.parametrize(("n", "scale"), [(49, "fixed"), (50, "quintiles")])
def test_fewer_than_fifty_customers_have_no_quintiles(n, scale):
    table = scored(often(*(1 + place % 5 for place in range(n))))
    assert set(table.scale) == {scale}
    assert table.m.notna().all() == (scale == "quintiles")


@pytest.mark.parametrize(("once", "scale"), [(30, "quintiles"), (31, "quintiles, fixed frequency")])
def test_frequency_has_fixed_cuts_where_more_than_sixty_percent_bought_least_often(once, scale):
    table = scored(often(*[1] * once, *[2] * (50 - once)))
    assert set(table.scale) == {scale}
    if scale != "quintiles":
        assert set(table.f[table.frequency == 2]) == {2}


def test_the_later_and_the_dearer_the_better():
    frame = ago(*range(1, 51)).assign(amount=range(1, 51))
    table = scored(frame).set_index("recency")
    assert (table.r[1], table.r[50]) == (5, 1)
    assert (table.m[1], table.m[50]) == (1, 5)


def test_segments_have_their_customers_orders_revenue_and_share():
    late = "\n".join(f"{customer} 2023-08-01 10" for customer in "bcdef")
    frame = orders_of(f"a 2024-05-30 5\na 2024-05-30 7\n{late}")
    table = rfm_segments(rfm_scores(frame, as_of=AS_OF)).set_index("segment")
    assert list(table.index) == list(SEGMENTS)
    assert table.loc["new_customers", ["n_customers", "n_orders", "revenue"]].tolist() == [1, 2, 12]
    assert table.loc["hibernating", ["n_customers", "n_orders", "revenue"]].tolist() == [5, 5, 50]
    assert table.value["hibernating"] == pytest.approx(5 / 6)
    assert table.n_customers["champions"] == 0


def test_the_grid_has_every_pair_with_its_customers_and_what_they_brought():
    grid = rfm_grid(rfm_scores(orders_of("a 2024-05-30 5\na 2024-05-30 7\nb 2023-08-01 10"), as_of=AS_OF))
    assert grid[["r", "f"]].to_numpy().tolist() == [[r, f] for r in range(1, 6) for f in range(1, 6)]
    there = grid[grid.n_customers > 0].set_index("segment")
    assert there.loc["new_customers", ["r", "f", "n_customers", "n_orders", "revenue"]].tolist() == [5, 1, 1, 2, 12]
    assert there.loc["hibernating", ["r", "f", "n_customers", "n_orders", "revenue"]].tolist() == [1, 1, 1, 1, 10]
    assert grid.value.sum() == 1


def test_nobody_in_the_window_leaves_an_empty_grid_without_a_share():
    grid = rfm_grid(rfm_scores(ago(800), as_of=AS_OF))
    assert (len(grid), grid.n_customers.sum(), set(grid.scale)) == (25, 0, {"fixed"})
    assert grid.value.isna().all()


@pytest.mark.parametrize(("method", "has_interval"), [("minrank", False), ("ntile", False), ("thresholds", True)])
def test_a_share_by_fifths_has_no_interval(method, has_interval):
    orders = orders_of("\n".join(f"c{n} 2024-{month:02}-05" for n in range(60) for month in range(1, n % 5 + 2)))
    segments = rfm_segments(rfm_scores(orders, as_of=date(2024, 6, 1), method=method))
    assert segments[["low", "high"]].notna().all(axis=None) == has_interval
    assert segments[["low", "high"]].isna().all(axis=None) != has_interval
    assert segments.value.sum() == pytest.approx(1)


def test_nobody_in_the_window_leaves_empty_segments_without_a_share():
    table = rfm_segments(rfm_scores(ago(800), as_of=AS_OF))
    assert table.n_customers.tolist() == [0] * 10
    assert set(table.status) == {"no_denominator"}


# By law

TIMES = lists_of_any_size(st.integers(1, 9), min_size=1, max_size=30)


@settings(max_examples=10)
@given(TIMES)
def test_scores_by_rank_are_those_of_numpy(times):
    values = np.array(times)
    ranks = (values[:, None] > values).sum(axis=1)  # how many are smaller: the lowest rank of equals, less one
    table = scored(often(*times), fewest=1)
    expected = 1 + ranks * 5 // len(times)
    if set(table.scale) == {"quintiles"}:
        assert table.f.tolist() == expected.tolist()


@settings(max_examples=10)
@given(st.integers(1, 30))
def test_groups_of_one_size_are_those_of_sql(n):
    table = scored(ago(*range(n, 0, -1)), fewest=1, method="ntile")
    assert table.r.tolist() == [tile + 1 for tile, part in enumerate(np.array_split(range(n), 5)) for _ in part]


@settings(max_examples=10)
@given(any_orders(), st.sampled_from(["minrank", "ntile", "thresholds"]))
def test_every_customer_is_in_one_segment(frame, method):  # I13
    scores = rfm_scores(frame, as_of=AS_OF, method=method, fewest=5)
    table = collected(lazy(scores), "customer_id")
    assert table.customer_id.tolist() == sorted(days_by_customer(frame))
    assert table[["r", "f"]].isin(range(1, 6)).all(axis=None)
    assert [f"{row.r}{row.f}" in GRID[row.segment] for row in table.itertuples()] == [True] * len(table)
    grid = rfm_grid(scores)
    assert grid[["n_customers", "n_orders", "revenue"]].sum().tolist() == [
        *(len(table), table.n_orders.sum(), table.monetary.sum())
    ]
    sizes = grid.groupby("segment").n_customers.sum()
    assert rfm_segments(scores).set_index("segment").n_customers.to_dict() == sizes.to_dict()
    totals = rfm_segments(scores)[["n_customers", "n_orders", "revenue"]].sum().tolist()
    assert totals == [len(table), table.n_orders.sum(), table.monetary.sum()]


@settings(max_examples=10)
@given(any_orders())
def test_recency_frequency_and_money_are_those_of_the_purchase_days(frame):
    days = days_by_customer(frame)
    table = scored(frame)
    assert table.recency.tolist() == [(AS_OF - days[customer][-1]).days for customer in table.customer_id]
    assert table.frequency.tolist() == [len(days[customer]) for customer in table.customer_id]
    assert table.monetary.sum() == frame.amount[frame.customer_id.notna()].sum()


def test_the_names_do_not_depend_on_the_order_of_the_rows():
    frame = often(*TEN_CUSTOMERS)
    pd.testing.assert_frame_equal(scored(frame, fewest=10), scored(frame.sample(frac=1, random_state=1), fewest=10))
