"""What figures of time are marked with: events on their days, targets at their values, nothing over one another."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from retention_kit.figures.customers import plot_rate_history
from retention_kit.figures.exhibit import show
from retention_kit.figures.loyalty import plot_rfm_segments
from retention_kit.figures.marks import Marks, TargetLine, draw_marks, listed, marked, period_edges, wave_edges
from retention_kit.wording import ENGLISH

YEAR = pd.DataFrame({"period": [f"2024-{month:02}" for month in range(1, 13)], "value": 0.8, "low": 0.7, "high": 0.9})


@pytest.fixture
def year(ax):
    return plot_rate_history(YEAR, ax=ax)


def drawn(ax, marks):
    """The places of the lines that marks add, the texts on the axes, and what is listed below."""
    before = len(ax.lines)
    draw_marks(ax, period_edges(YEAR), marks)
    below = listed(marked(plot_rate_history, marks), YEAR, ENGLISH)
    return [line.get_xdata()[0] for line in ax.lines[before:]], [text.get_text() for text in ax.texts], below


def test_an_event_stands_where_its_day_lies_in_its_period(year):
    events = {date(2024, 12, 31): "last", date(2024, 1, 1): "first", date(2024, 4, 16): "middle"}
    places, numbers, below = drawn(year, Marks(events))
    assert places == pytest.approx([-0.5, 3.0, 11.5 - 1 / 31])
    assert numbers == ["1", "2", "3"]
    assert below.striptags() == "1. 1 January 2024: first2. 16 April 2024: middle3. 31 December 2024: last"


def test_what_lies_outside_the_figure_is_not_named(year):
    outside = {date(2023, 12, 31): "before", date(2025, 1, 1): "after"}
    assert drawn(year, Marks(outside)) == ([], [], "")


def test_numbers_of_events_that_are_near_each_other_are_one(year):
    events = {date(2024, 3, 1) + timedelta(days=day): f"event {day}" for day in range(0, 60, 2)}
    places, numbers, below = drawn(year, Marks(events | {date(2024, 9, 1): "alone"}))
    assert len(places) == below.count("<li>") == 31
    shown = [tuple(map(int, number.split("–"))) for number in numbers]
    assert [first for first, *_last in shown[1:]] == [numbers[-1] + 1 for *_first, numbers[-1] in shown[:-1]]
    year.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in year.texts]
    assert not [1 for one, other in pairwise(boxes) if one.overlaps(other)]


def test_a_target_is_a_line_within_the_axes_and_its_label_beside_them(year):
    targets = (TargetLine(0.99, "Target: 99%", "at least <99%>"), TargetLine(0.8, "Target: 80%", "at least 80%"))
    before = len(year.lines)
    *_drawn, below = drawn(year, Marks(targets=targets))
    assert [line.get_ydata()[0] for line in year.lines[before:]] == [0.99, 0.8]
    assert year.get_ylim()[0] < 0.8 < 0.99 < year.get_ylim()[1]
    assert sorted(text.get_text() for text in year.texts) == ["Target: 80%", "Target: 99%"]
    assert below == '<ul class="rk-marks"><li>at least &lt;99%&gt;</li><li>at least 80%</li></ul>'


def test_labels_of_targets_near_each_other_do_not_overlap(year):
    targets = tuple(TargetLine(0.8 + n / 1000, f"Target {n}", "") for n in range(4))
    drawn(year, Marks(targets=targets))
    year.figure.canvas.draw()
    heights = sorted(text.get_window_extent().y0 for text in year.texts)
    assert min(upper - lower for lower, upper in pairwise(heights)) >= 11


def test_a_figure_without_numbers_is_not_marked(ax):
    empty = YEAR.assign(value=float("nan"))
    marks = Marks({date(2024, 5, 1): "Sale"}, (TargetLine(0.9, "Target: 90%", "at least 90%"),))
    draw = marked(plot_rate_history, marks)
    assert len(draw(empty, ax=ax, wording=ENGLISH).texts) == 1
    assert "Sale" not in show(empty, "empty", plot=draw).html


def test_of_cohorts_every_period_from_the_first_to_the_last_has_its_place():
    cells = pd.DataFrame({"cohort": ["2024-03", "2024-01", "2024-01"], "age": [0, 0, 1]})
    assert period_edges(cells) == [date(2024, month, 1) for month in (1, 2, 3, 4)]
    assert period_edges(cells.head(0)) == []


def test_of_waves_an_event_stands_before_the_first_that_ended_after_it():
    trend = pd.DataFrame({"wave": ["b", "a", "b"], "last_day": [19722, 19700, 19800], "n_waves": [1, 1, 3]})
    assert wave_edges(trend) == [date(2023, 12, 9), date(2023, 12, 10), date(2024, 1, 1)]


def test_only_figures_of_time_are_marked():
    marks = Marks({date(2024, 5, 1): "Sale"})
    assert marked(plot_rfm_segments, marks) is plot_rfm_segments
    assert "1. 1 May 2024: <bdi>Sale</bdi>" in show(YEAR, "rate", plot=marked(plot_rate_history, marks)).html
