"""The house style: in every figure, and nowhere else."""

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

from retention_kit.figures.customers import plot_rate_history
from retention_kit.figures.style import house_style, new_axes, number_axis, percent_axis, period_ticks
from retention_kit.wording import ENGLISH

RATE = pd.DataFrame({"period": ["2024-04", "2024-05"], "value": [0.7, 0.8], "low": [0.6, 0.7], "high": [0.8, 0.9]})

FIRST_FIGURE_OF_A_NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
shell.run_cell("import pandas as pd, matplotlib as mpl, matplotlib.pyplot as plt, retention_kit as rk")
shell.run_cell("rate = pd.DataFrame({'period': ['2024-05'], 'value': [0.7], 'low': [0.6], 'high': [0.8]})")
def pictures(cell):
    with capture_output() as captured:
        shell.run_cell(cell)
    return sum('image/png' in output.data for output in captured.outputs)
shell.run_cell("before = dict(mpl.rcParams)")
print(pictures("%s"), pictures("plt.plot([1, 2]);"), pictures("rk.plot_rate_history(rate);"))
shell.run_cell("print(mpl.is_interactive(), plt.get_fignums())")
shell.run_cell("print({name for name in before if before[name] != mpl.rcParams[name]})")
"""


def test_the_style_ends_with_the_figure():
    before = dict(plt.rcParams)
    inside = house_style(lambda: plt.rcParams["svg.hashsalt"])()
    assert inside == "retention_kit"
    assert dict(plt.rcParams) == before


@pytest.mark.parametrize("interactive", [True, False])
def test_a_figure_leaves_the_users_matplotlib_as_it_was(interactive):
    mpl.interactive(interactive)
    with plt.rc_context({"lines.linewidth": 7, "axes.titlelocation": "right"}):
        before, open_before = dict(mpl.rcParams), plt.get_fignums()
        drawn = plot_rate_history(RATE)
        assert dict(mpl.rcParams) == before
        assert mpl.is_interactive() is interactive
        assert plt.get_fignums() == [*open_before, drawn.figure.number]
        assert plt.subplots()[1].plot([1, 2])[0].get_linewidth() == 7
    mpl.interactive(False)


def test_what_is_switched_on_while_a_figure_is_drawn_stays_on():
    """A notebook's backend does so when the first figure loads it."""
    mpl.interactive(False)
    house_style(lambda: mpl.interactive(True))()
    assert mpl.is_interactive()
    mpl.interactive(False)


@pytest.mark.parametrize(
    ("first", "n_pictures"), [("rk.plot_rate_history(rate);", 1), ("rk.show(rate, 'r', plot=rk.plot_rate_history)", 0)]
)
def test_figures_of_the_user_appear_after_the_first_of_ours(first, n_pictures, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    code = FIRST_FIGURE_OF_A_NOTEBOOK % first
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pictures, state, changed = run.stdout.splitlines()
    assert pictures == f"{n_pictures} 1 1"
    assert (state, changed) == ("True []", "{'interactive'}")


def test_a_figure_has_one_title_and_the_user_can_replace_it():
    drawn = plot_rate_history(RATE)
    assert drawn.get_title() == "Share of active customers retained"
    drawn.set_title("Ours")
    assert [drawn.get_title(loc=place) for place in ("left", "center", "right")] == ["", "Ours", ""]


def test_new_axes_are_as_wide_as_a_page():
    figure = house_style(new_axes)(height=2).figure
    assert figure.get_size_inches().tolist() == [8.4, 2]


@pytest.mark.parametrize("own", [False, True])
def test_a_client_s_text_is_no_formula(own):
    @house_style
    def draw(ax):
        ax = new_axes() if ax is None else ax
        ax.set(title="$0-$50", xlabel=r"$\frac$", ylabel="_a^b")
        ax.set_yticks([0, 1], ["$0-$50", r"$50\$"])
        ax.annotate(r"$\oops$", (0, 0))
        return ax

    ax = draw(plt.subplots()[1] if own else None)
    ax.figure.canvas.draw()  # a formula that is none would end here
    assert [text.get_text() for text in ax.get_yticklabels()] == ["$0-$50", r"$50\$"]
    assert not [text for text in ax.findobj(Text) if text.get_parse_math() and "$" in text.get_text()]


def test_axes_are_labelled_in_the_language(ax):
    percent_axis(ax, ENGLISH)
    assert ax.yaxis.get_major_formatter()(0.25) == "25%"
    number_axis(ax, ENGLISH, which="x")
    assert ax.xaxis.get_major_formatter()(-12000) == "−12,000"


@house_style
def plot_rates(rates, *, ax, label=""):
    ax.plot(rates)
    ax.set_ylabel(label)
    percent_axis(ax, ENGLISH)
    return ax


@pytest.mark.parametrize("rates", [[0.02, 0.3], [0.49, 0.99], [0.0, 0.0], [0.1, 1.0]])
def test_an_axis_of_rates_starts_at_0(ax, rates):
    assert plot_rates(rates, ax=ax).get_ylim()[0] == 0
    assert ax.get_ylabel() == ""


@pytest.mark.parametrize(("label", "said"), [("", "Axis starts at 75%"), ("Kept", "Kept\nAxis starts at 75%")])
def test_an_axis_of_high_rates_says_where_it_starts(ax, label, said):
    assert plot_rates([0.77, 0.83], ax=ax, label=label).get_ylim()[0] == 0.75
    assert ax.get_ylabel() == said


def test_an_axis_of_differences_is_left_alone(ax):
    assert plot_rates([-0.1, 0.3], ax=ax).get_ylim()[0] < -0.1


def test_of_many_periods_at_most_twelve_are_named_and_the_last_is_one(ax):
    names = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in range(30)]
    period_ticks(ax, names, ENGLISH)
    shown = [label.get_text() for label in ax.get_xticklabels()]
    assert len(shown) <= 12
    assert shown[-1] == "Jun 2022"
    assert {label.get_ha() for label in ax.get_xticklabels()} == {"right"}
