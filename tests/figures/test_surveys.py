"""Figures of the NPS page."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from retention_kit.figures.style import GAIN, GREY, LOSS
from retention_kit.figures.surveys import plot_nps_distribution, plot_nps_gauge, plot_nps_trend
from retention_kit.metrics.surveys.scores import nps, nps_distribution
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.periods import Period
from tests.surveys import answers_of

MAY = Period("2024-05")


def trend_of(*scores_by_month, **columns):
    months = [answers_of(scores, day=f"2024-{place:02}-15") for place, scores in enumerate(scores_by_month, 1)]
    return nps_trend(pd.concat(months).assign(**columns), until=Period("2024-12"))


def labels(axis_labels):
    return [label.get_text() for label in axis_labels]


def test_each_wave_is_a_point_and_three_waves_a_line(ax):
    trend = trend_of([9] * 30, [9] * 20 + [0] * 10, [0] * 29, [9] * 40)
    assert plot_nps_trend(trend, ax=ax) is ax
    assert labels(ax.get_xticklabels()) == ["Jan 2024", "Feb 2024", "Mar 2024", "Apr 2024"]
    large, small = (container.lines[0] for container in ax.containers)
    assert large.get_xdata().tolist() == [0, 1, 3]
    assert large.get_ydata().tolist() == pytest.approx([100, 100 / 3, 100])
    assert (small.get_xdata().tolist(), small.get_ydata().tolist()) == ([2], [-100])
    assert to_hex(small.get_markerfacecolor()) == "#ffffff"
    line = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert line.get_xdata().tolist() == [2, 3]
    assert line.get_ydata().tolist() == pytest.approx(trend[trend.n_waves == 3]["value"].tolist())
    assert labels(ax.get_legend().get_texts()) == ["3 waves pooled", "Wave", "Fewer than 30 answers"]


def test_answers_about_a_contact_stand_apart_from_those_about_the_relation(ax):
    kinds = [trend_of([9] * 30).assign(kind="relational"), trend_of([0] * 30).assign(kind="transactional")]
    plot_nps_trend(pd.concat(kinds).rename(columns={"value": "nps"}), ax=ax)
    relation, contact = (container.lines[0] for container in ax.containers)
    assert (relation.get_ydata().tolist(), contact.get_ydata().tolist()) == ([100], [-100])
    assert labels(ax.get_legend().get_texts()) == ["Wave", "After a contact"]


def test_waves_of_both_kinds_stand_in_the_order_of_time(ax):
    """A relational wave of spring and one of autumn, and contacts of July between them."""
    relation = answers_of(
        [9] * 60, day=["2024-04-15"] * 30 + ["2024-10-15"] * 30, wave=["spring"] * 30 + ["a wave"] * 30
    )
    contacts = answers_of([0] * 30, day="2024-07-15", wave="July", kind="transactional")
    both = pd.concat([relation.assign(kind="relational"), contacts])
    kinds = [
        nps_trend(both, until=Period("2024-12"), kind=kind).assign(kind=kind)
        for kind in ("relational", "transactional")
    ]
    plot_nps_trend(pd.concat(kinds), ax=ax)
    assert labels(ax.get_xticklabels()) == ["spring", "July", "a wave"]
    relation, contact = (container.lines[0] for container in ax.containers)
    assert (relation.get_xdata().tolist(), contact.get_xdata().tolist()) == ([0, 2], [1])


def test_a_wave_of_both_kinds_stands_where_it_was_last_answered(ax):
    days = {"relational": ["2024-04-15", "2024-05-15"], "transactional": ["2024-06-15", "2024-05-20"]}
    kinds = [nps_trend(answers_of([9, 9], day=day, wave=["x", "y"], kind=kind), until=Period("2024-12"), kind=kind)
             .assign(kind=kind) for kind, day in days.items()]  # fmt: skip
    plot_nps_trend(pd.concat(kinds), ax=ax)
    assert labels(ax.get_xticklabels()) == ["y", "x"]


def test_a_wave_without_a_score_is_a_gap(ax):
    plot_nps_trend(trend_of([9] * 30, [11], [9] * 30), ax=ax)
    assert ax.containers[0].lines[0].get_xdata().tolist() == [0, 2]
    assert len(ax.get_xticks()) == 3


def test_a_lone_answer_has_an_interval_that_reaches_to_it(ax):
    plot_nps_trend(trend_of([9]), ax=ax)
    assert ax.containers[0].lines[0].get_ydata().tolist() == [100]


def test_waves_with_names_of_their_own_keep_them(ax):
    names = [f"wave {number}" for number in range(30)]
    plot_nps_trend(nps_trend(answers_of([9] * 30, wave=names), until=MAY), ax=ax)
    assert len(ax.get_xticks()) <= 12
    assert labels(ax.get_xticklabels())[-1] == sorted(names)[-1]


def test_a_trend_without_answers_says_so(ax):
    plot_nps_trend(nps_trend(answers_of([]), until=MAY), ax=ax)
    assert ax.texts[0].get_text() == "There are no survey answers."


def test_every_score_is_a_bar_of_its_group(ax):
    scores = nps_distribution(answers_of([10, 10, 9, 7, 0]), period=MAY)
    assert plot_nps_distribution(scores, ax=ax) is ax
    assert [round(bar.get_height(), 3) for bar in ax.patches] == scores["value"].round(3).tolist()
    assert [to_hex(ax.patches[place].get_facecolor()) for place in (0, 6, 9, 10)] == [LOSS, LOSS, GAIN, GAIN]
    assert ax.patches[6].get_hatch() != ax.patches[9].get_hatch()
    assert labels(ax.get_legend().get_texts()) == ["Detractors  20%", "Passives  20%", "Promoters  60%"]
    assert "(5 answers)" in ax.get_title()


@pytest.mark.parametrize("plot", [plot_nps_trend, plot_nps_distribution, plot_nps_gauge])
def test_a_table_without_rows_is_nothing_to_draw(ax, plot):
    columns = [
        "wave",
        "n_waves",
        "last_day",
        "kind",
        "segment",
        "score",
        "group",
        "value",
        "low",
        "high",
        "n",
        "status",
    ]
    plot(pd.DataFrame(columns=columns), ax=ax)
    assert ax.texts[0].get_text() == "There are no survey answers."


def test_no_score_to_distribute(ax):
    plot_nps_distribution(nps_distribution(answers_of([]), period=MAY), ax=ax)
    assert ax.texts[0].get_text() == "There are no survey answers."


def test_the_gauge_shows_the_score_on_the_whole_scale(ax):
    answers = answers_of(
        [9] * 30 + [0] * 30 + [9] * 5 + [0] * 4, country=["PL"] * 30 + ["UA"] * 30 + ["US"] * 5 + ["CZ"] * 4
    )
    scores = nps(answers, period=MAY, by="country")
    assert scores.status.tolist() == ["ok", "ok", "ok", "suppressed"]
    assert plot_nps_gauge(scores, ax=ax) is ax
    assert ax.get_xlim() == (-100, 100)
    bars = ax.patches[3:]
    assert [bar.get_width() for bar in bars] == [100, -100, 100]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [GAIN, LOSS, GREY]
    assert labels(ax.get_yticklabels()) == ["PL  (30)", "UA  (30)", "US  (5)"]
    assert [text.get_text() for text in ax.texts] == ["100", "−100", "100"]


def test_a_gauge_of_nobody_says_so(ax):
    plot_nps_gauge(nps(answers_of([]), period=MAY), ax=ax)
    assert ax.texts[0].get_text() == "There are no survey answers."
    assert np.isfinite(ax.get_xlim()).all()
