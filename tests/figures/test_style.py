"""The house style: in every figure, and nowhere else."""

import matplotlib.pyplot as plt

from retention_kit.figures.style import house_style, new_axes, number_axis, percent_axis, period_ticks


def test_the_style_ends_with_the_figure():
    before = dict(plt.rcParams)
    inside = house_style(lambda: plt.rcParams["svg.hashsalt"])()
    assert inside == "retention_kit"
    assert dict(plt.rcParams) == before


def test_new_axes_are_as_wide_as_a_page():
    figure = house_style(new_axes)(height=2).figure
    assert figure.get_size_inches().tolist() == [8.4, 2]


def test_axes_are_labelled_in_the_language(ax):
    percent_axis(ax)
    assert ax.yaxis.get_major_formatter()(0.25) == "25%"
    number_axis(ax)
    assert ax.yaxis.get_major_formatter()(12000) == "12,000"


def test_of_many_periods_at_most_twelve_are_named_and_the_last_is_one(ax):
    names = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in range(30)]
    period_ticks(ax, names)
    shown = [label.get_text() for label in ax.get_xticklabels()]
    assert len(shown) <= 12
    assert shown[-1] == "Jun 2022"
    assert {label.get_ha() for label in ax.get_xticklabels()} == {"right"}
