"""Figures of the customer base."""

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.customers import plot_customer_flow, plot_rate_by_segment, plot_rate_history


@pytest.fixture
def flow():
    return pd.DataFrame(
        {
            "period": ["2024-04", "2024-05"],
            "opening": [10, 12],
            "new": [5, 3],
            "reactivated": [1, 2],
            "churned": [4, 6],
            "closing": [12, 11],
            "new_or_returning": [6, 5],
        }
    )


def heights(ax):
    return [round(bar.get_height()) for bar in ax.patches]


def test_who_came_is_above_the_line_and_who_left_below_it(flow, ax):
    assert plot_customer_flow(flow, ax=ax) is ax
    assert heights(ax) == [5, 3, 1, 2, -4, -6]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["New", "Won back", "Lost"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Apr 2024", "May 2024"]


def test_where_new_cannot_be_told_from_returning_one_bar_stands_for_both(flow, ax):
    untold = flow.assign(new=[np.nan, 3], reactivated=[np.nan, 2])
    plot_customer_flow(untold, ax=ax)
    assert heights(ax) == [0, 3, 0, 2, 6, 0, -4, -6]
    assert "New or won back" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_flow_of_nobody_says_so(flow, ax):
    plot_customer_flow(flow.assign(opening=0, closing=0), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["Nobody was active in these periods."]


def test_a_period_without_a_rate_is_a_gap_in_the_line(ax):
    rate = pd.DataFrame({"period": ["2024-03", "2024-04", "2024-05"], "value": [0.7, np.nan, 0.8]})
    assert plot_rate_history(rate.assign(low=rate.value - 0.1, high=rate.value + 0.1), ax=ax) is ax
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False, True, False]


def test_no_rate_in_any_period_says_why(ax):
    rate = pd.DataFrame({"period": ["2024-03"], "value": [np.nan], "low": [np.nan], "high": [np.nan]})
    plot_rate_history(rate, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["There is no period with customers at its start."]


def rates_of(**sizes):
    """Two months of the rates of all customers and of segments of so many customers."""
    rows = [
        (f"2024-0{month}", segment, n, share - 0.05, share, share + 0.05)
        for segment, n in {"(all)": 999, **sizes}.items()
        for month, share in ((4, 0.8), (5, 0.7))
    ]
    return pd.DataFrame(rows, columns=["period", "segment", "n", "low", "value", "high"])


def titles(ax):
    return [small.get_title(loc="left") for small in ax.child_axes]


def test_each_segment_has_a_picture_with_all_customers_behind(ax):
    assert plot_rate_by_segment(rates_of(**{"country=PL": 60, "country=UA": 90}), ax=ax) is ax
    assert titles(ax) == ["Ukraine  (90)", "Poland  (60)"]
    assert ax.get_title() == "Share of active customers retained, by segment"
    assert [line.get_ydata().tolist() for line in ax.child_axes[0].lines] == [[0.8, 0.7], [0.8, 0.7]]


def test_of_many_segments_the_six_largest_are_drawn_and_that_is_said(ax):
    plot_rate_by_segment(rates_of(**{f"city={place}": 100 - place for place in range(14)}), ax=ax)
    assert titles(ax) == [f"city: {place}  ({100 - place})" for place in range(6)]
    assert ax.get_title() == "Share of active customers retained, the largest 6 of 14 segments"


def test_all_pictures_have_one_scale_and_say_where_it_begins(ax):
    plot_rate_by_segment(rates_of(**{"country=PL": 60, "country=UA": 90}), ax=ax)
    assert [small.get_ylim() for small in ax.child_axes] == [pytest.approx((0.6, 0.87))] * 2
    assert ax.texts[0].get_text() == "The scale begins at 60%, not at 0."


def test_a_scale_from_zero_needs_no_word(ax):
    rates = rates_of(**{"country=PL": 60})
    plot_rate_by_segment(rates.assign(low=0.1), ax=ax)
    assert ax.child_axes[0].get_ylim()[0] == 0
    assert not ax.texts


def test_customers_without_segments_say_so(ax):
    plot_rate_by_segment(rates_of(), ax=ax)
    assert ax.texts[0].get_text() == "The customers are not divided into segments."
