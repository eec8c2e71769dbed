"""Figures of the cohorts page."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from retention_kit.figures.cohorts import (
    SCALE,
    plot_cohort_curve,
    plot_cohort_payback,
    plot_cohort_retention,
    plot_cohort_revenue,
    plot_cohort_revenue_curve,
    plot_retention_by_age,
)
from retention_kit.metrics.cohorts.curve import cohort_curve, cohort_revenue_curve
from retention_kit.metrics.cohorts.payback import cohort_payback
from retention_kit.metrics.cohorts.retention import cohort_retention
from retention_kit.metrics.cohorts.revenue import cohort_revenue
from retention_kit.periods import Period
from tests.examples import orders_of

ORDERS = orders_of("A 2024-01-10\nA 2024-02-10\nB 2024-01-20\nB 2024-03-20\nC 2024-02-05\nD 2024-03-15")
MARCH = Period("2024-03")


@pytest.fixture
def retention():
    return cohort_retention(ORDERS, until=MARCH)


def test_a_cell_not_seen_yet_is_blank_and_one_where_nobody_came_back_is_zero(retention, ax):
    assert plot_cohort_retention(retention, ax=ax) is ax
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["50%", "50%", "0%"]
    drawn = np.ma.filled(ax.collections[0].get_array().astype(float), np.nan).reshape(3, 2)
    assert np.isnan(drawn).tolist() == [[False, False], [False, True], [True, True]]


def test_each_row_names_its_cohort_and_how_many_it_is(retention, ax):
    plot_cohort_retention(retention, ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Jan 2024  (2)", "Feb 2024  (1)", "Mar 2024  (1)"]
    assert ax.get_xlabel() == "Months since first order"


def test_the_scale_is_the_same_for_every_client(retention, ax):
    plot_cohort_retention(retention, ax=ax)
    norm = ax.collections[0].norm
    assert (norm.vmin, norm.vmax) == (SCALE.vmin, SCALE.vmax) == (0, 1)


def luminance(colour):
    """The relative luminance of WCAG 2.2."""
    parts = np.array(to_rgb(colour))
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on_a_dark_screen(colour):
    """What the page's style makes of a colour of a figure: invert(1), hue-rotate(180deg), screen over the paper."""
    turned = [[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]]
    seen = np.clip(turned @ (1 - np.array(to_rgb(colour))), 0, 1)
    return 1 - (1 - seen) * (1 - np.array(to_rgb("#12171d")))


@pytest.mark.parametrize("screen", [to_rgb, on_a_dark_screen])
def test_a_number_is_read_against_its_cell_whatever_it_is(retention, ax, screen):
    plot_cohort_retention(retention, ax=ax)
    (ink,) = {text.get_color() for text in ax.texts if text.get_text()}
    cells = ax.collections[0].cmap(SCALE(np.linspace(0, 1, 101)))
    assert min(contrast(screen(cell[:3]), screen(ink)) for cell in cells) >= 4.5


def test_the_scale_starts_near_white_and_darkens_all_the_way(retention, ax):
    plot_cohort_retention(retention, ax=ax)
    shades = [luminance(colour[:3]) for colour in ax.collections[0].cmap(np.linspace(0, 1, 101))]
    assert shades[0] > 0.9
    assert shades == sorted(shades, reverse=True)


def test_a_bar_says_what_the_colours_mean(retention, ax):
    plot_cohort_retention(retention, ax=ax)
    (bar,) = [axes for axes in ax.figure.axes if axes is not ax]
    ax.figure.canvas.draw()
    assert [label.get_text() for label in bar.get_yticklabels()] == ["0%", "5%", "20%", "50%", "100%"]


def test_the_last_24_cohorts_and_the_first_24_ages_are_drawn(ax):
    orders = orders_of("\n".join(f"c{n} {2021 + n // 12}-{n % 12 + 1:02}-05" for n in range(30)))
    plot_cohort_retention(cohort_retention(orders, until=Period("2023-06")), ax=ax)
    assert ax.collections[0].get_array().size == 24 * 23  # at age 0 everybody has bought
    assert ax.get_yticklabels()[0].get_text() == "Jul 2021  (1)"


def test_cohorts_too_young_to_come_back_say_so(ax):
    plot_cohort_retention(cohort_retention(orders_of("A 2024-03-10"), until=MARCH), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["No cohort is old enough yet to have bought again."]


def test_a_curve_says_how_many_cohorts_are_behind_each_point(ax):
    curve = pd.DataFrame({"age": [0, 1, 2], "n_cohorts": [5, 4, 3], "last_cohort": "2024Q1", "value": [1, 0.3, 0.2]})
    assert plot_cohort_curve(curve.assign(low=0.1, high=0.4), ax=ax) is ax
    assert ax.get_xlabel() == "Quarters since first order (number of cohorts below)"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1\n4", "2\n3"]
    assert ax.lines[0].get_ydata().tolist() == [0.3, 0.2]


def test_no_curve_yet_says_why(ax):
    curve = pd.DataFrame({"age": [0], "n_cohorts": [3], "value": [1.0], "low": [1.0], "high": [1.0]})
    plot_cohort_curve(curve, ax=ax)
    assert ax.texts[0].get_text() == "No curve yet: fewer than 3 cohorts or 30 customers are old enough."


def test_revenue_so_far_is_drawn_only_as_far_as_it_is_seen(ax):
    assert plot_cohort_revenue(cohort_revenue(ORDERS, until=MARCH), ax=ax) is ax
    assert [line.get_ydata().tolist() for line in ax.lines] == [[10, 15, 20], [10, 10], [10]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Jan 2024", "Feb 2024", "Mar 2024"]


def test_no_cohort_through_its_first_period_says_so(ax):
    revenue = cohort_revenue(ORDERS, until=MARCH)
    plot_cohort_revenue(revenue.assign(status="immature"), ax=ax)
    assert ax.texts[0].get_text() == "No cohort has completed its first period."


def drawn(ax):
    """What each line of a figure is called and draws, without the points that are not there."""
    return {line.get_label(): [y for y in line.get_ydata() if not np.isnan(y)] for line in ax.lines}


def test_each_age_has_a_picture_as_far_as_cohorts_have_reached_it(retention, ax):
    cells = retention[retention.age.isin([1, 2])]
    assert plot_retention_by_age(cells, ax=ax) is ax
    assert [small.get_title(loc="left") for small in ax.child_axes] == ["After 1 month", "After 2 months"]
    lines = [small.lines[0].get_ydata().tolist() for small in ax.child_axes]
    assert lines == [[0.5, 0, pytest.approx(np.nan, nan_ok=True)], [0.5, *[pytest.approx(np.nan, nan_ok=True)] * 2]]
    assert {small.get_ylim()[0] for small in ax.child_axes} == {0}


def test_a_month_in_which_nobody_joined_is_a_gap_between_cohorts(ax):
    cells = cohort_retention(orders_of("A 2024-01-10\nA 2024-02-10\nB 2024-03-20"), until=Period("2024-04"))
    plot_retention_by_age(cells[(cells.age == 1) & (cells.status == "ok")], ax=ax)
    assert np.isnan(ax.child_axes[0].lines[0].get_ydata()).tolist() == [False, True, False]


def test_no_cohort_of_the_age_says_so(retention, ax):
    plot_retention_by_age(retention[retention.age > 5], ax=ax)
    assert ax.texts[0].get_text() == "No cohort is old enough yet to have bought again."


def test_the_revenue_of_all_cohorts_is_one_line(ax):
    revenue = cohort_revenue(ORDERS, until=MARCH)
    curve = cohort_revenue_curve(revenue, fewest_cohorts=1, fewest_customers=1)
    assert plot_cohort_revenue_curve(curve, ax=ax) is ax
    assert ax.lines[0].get_ydata().tolist() == curve.value.tolist()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0\n3", "1\n2", "2\n1"]
    assert ax.get_xlabel() == "Months since first order (number of cohorts below)"


@pytest.mark.parametrize(
    ("plot", "metric", "cells"),
    [
        (plot_cohort_curve, cohort_curve, cohort_retention(ORDERS, until=MARCH)),
        (plot_cohort_revenue_curve, cohort_revenue_curve, cohort_revenue(ORDERS, until=MARCH)),
    ],
)
def test_too_few_customers_for_a_curve_say_why(plot, metric, cells, ax):
    plot(metric(cells), ax=ax)
    assert ax.texts[0].get_text() == "No curve yet: fewer than 3 cohorts or 30 customers are old enough."


@pytest.fixture
def payback():
    costs = pd.DataFrame({"period": ["2024-01", "2024-03"], "cost": [24.0, 5.0]})
    return cohort_payback(cohort_revenue(ORDERS, until=MARCH), costs)


def test_cost_and_what_was_brought_are_lines_over_the_cohorts(payback, ax):
    assert plot_cohort_payback(payback, ax=ax) is ax
    lines = drawn(ax)
    assert lines == {"Acquisition cost per customer": [12, 5], "Brought in the first month": [10, 10, 10]}
    assert "Brought up to 3 months after the first order" not in lines  # no cohort is so old


def test_without_a_cost_of_any_cohort_nothing_is_held_against_it(payback, ax):
    plot_cohort_payback(payback.assign(cac=np.nan), ax=ax)
    assert ax.texts[0].get_text() == "Of no cohort is the cost of winning its customers known."
