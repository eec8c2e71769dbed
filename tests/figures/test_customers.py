"""Figures of the customer base."""

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.customers import plot_customer_flow, plot_rate_history


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
