"""Figures of drivers, themes and behaviour: they draw the numbers they are given, and say why where there are none."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.survey_drivers import (
    plot_driver_importance,
    plot_importance_performance,
    plot_nps_behaviour,
    plot_nps_themes,
)
from retention_kit.metrics.surveys.drivers import COLUMNS, nps_drivers
from retention_kit.metrics.surveys.outcomes import BEHAVIOUR_COLUMNS, nps_behaviour
from retention_kit.metrics.surveys.themes import THEME_COLUMNS, nps_themes
from retention_kit.wording import ENGLISH
from retention_kit.wording.glossary import segment_name, word
from tests.examples import orders_of

AS_OF = date(2024, 6, 1)
RANDOM = np.random.default_rng(1)
RATINGS = pd.DataFrame(RANDOM.integers(1, 6, (150, 4)), columns=["speed", "price", "choice", "n_contacts"])
DRIVERS = nps_drivers(
    RATINGS.assign(score=4 * RATINGS.speed + 2 * RATINGS.price + RATINGS.choice),
    drivers=list(RATINGS),
    scales={"speed": (1, 5), "price": (1, 5), "choice": (1, 5)},
)
TOO_FEW = nps_drivers(RATINGS.head(9).assign(score=9), drivers=list(RATINGS))
ANSWERS = pd.DataFrame(
    {
        "customer_id": [f"c{number}" for number in range(12)],
        "score": [9] * 6 + [2] * 6,
        "answered_on": pd.to_datetime(["2024-01-01"] * 12),
        "comment": ["Good price"] * 5 + ["Late delivery"] * 7,
    }
)
ORDERS = orders_of("\n".join(f"c{number} 2024-02-01" for number in range(5)))


def names_beside(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_drivers_stand_by_importance_with_their_intervals(ax):
    assert plot_driver_importance(DRIVERS, ax=ax) is ax
    assert ax.lines[0].get_xdata().tolist() == DRIVERS.importance.tolist()
    assert names_beside(ax) == [word(name, ENGLISH) for name in ("speed", "price", "choice", "n_contacts")]
    assert ax.yaxis_inverted()


def test_only_what_has_a_scale_stands_by_performance_with_lines_at_the_means(ax):
    assert plot_importance_performance(DRIVERS, ax=ax) is ax
    shown = DRIVERS[DRIVERS.is_scaled]
    assert ax.lines[0].get_xdata().tolist() == shown.performance.tolist()
    assert ax.lines[0].get_ydata().tolist() == shown.importance.tolist()
    assert [label.get_text() for label in ax.texts] == ["speed", "price", "choice"]
    upright, level = ax.lines[-2:]
    assert upright.get_xdata()[0] == shown.performance.mean()
    assert level.get_ydata()[0] == shown.importance.mean()


def test_too_few_answers_for_drivers(ax):
    plot_driver_importance(TOO_FEW, ax=ax)
    assert ax.texts[0].get_text() == "There are too few answers to tell what is associated with the score."


@pytest.mark.parametrize("plot", [plot_driver_importance, plot_importance_performance])
@pytest.mark.parametrize(
    ("drivers", "why"),
    [
        (DRIVERS[:0], "There are fewer than three ratings and facts to compare."),
        (DRIVERS[:2], "There are fewer than three ratings and facts to compare."),
        (
            DRIVERS.assign(status=["ok", "ok", "refused:constant", "refused:constant"]),
            "Fewer than three ratings and facts differ between the answers.",
        ),
    ],
)
def test_importance_is_drawn_of_three_or_more(plot, drivers, why, ax):
    plot(drivers, ax=ax)
    assert [text.get_text() for text in ax.texts] == [why]


def test_a_figure_says_over_which_answers_it_is(ax):
    days = {"first_day": date(2023, 1, 2), "last_day": date(2024, 5, 31)}
    plot_driver_importance(DRIVERS.assign(**days), ax=ax)
    assert ax.get_xlabel().endswith("\n150 answers, 2 January 2023 to 31 May 2024")
    plot_nps_themes(nps_themes(ANSWERS).assign(**days), ax=ax)
    assert ax.get_xlabel().endswith("\n12 answers, 2 January 2023 to 31 May 2024")


@pytest.mark.parametrize("n", [0, 2])
def test_fewer_than_three_items_with_a_scale(ax, n):
    plot_importance_performance(DRIVERS.assign(is_scaled=[True] * n + [False] * (4 - n)), ax=ax)
    assert ax.texts[0].get_text() == "There are fewer than three ratings with a scale to compare."


def test_each_theme_has_its_comments_and_its_score(ax):
    themes = nps_themes(ANSWERS)
    assert plot_nps_themes(themes, ax=ax) is ax
    assert names_beside(ax) == [f"{word('delivery', ENGLISH)}  (7)", f"{word('price', ENGLISH)}  (5)"]
    assert [label.get_text() for label in ax.texts] == ["NPS −71", "NPS 100"]
    assert [bar.get_width() for bar in ax.patches] == [7 / 12, 5 / 12]


def test_no_theme_has_five_comments(ax):
    plot_nps_themes(nps_themes(ANSWERS.head(4)), ax=ax)
    assert ax.texts[0].get_text() == "No topic has five comments."


def test_each_group_has_its_points_and_each_horizon_its_customers(ax):
    behaviour = nps_behaviour(ANSWERS, ORDERS, as_of=AS_OF, horizons=[30, 90])
    assert plot_nps_behaviour(behaviour, ax=ax) is ax
    assert [label.get_text() for label in ax.get_xticklabels()] == ["30\n6 · 0 · 6", "90\n6 · 0 · 6"]
    assert ax.get_ylim() == (0, 1)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [segment_name(group, ENGLISH) for group in ("promoter", "passive", "detractor")]
    drawn = {container.get_label(): container.lines[0].get_ydata().tolist() for container in ax.containers}
    promoters = behaviour[behaviour.group == "promoter"].value.tolist()
    assert drawn[segment_name("promoter", ENGLISH)] == promoters == [0, 5 / 6]


@pytest.mark.parametrize(
    ("plot", "columns"),
    [
        (plot_driver_importance, COLUMNS),
        (plot_importance_performance, COLUMNS),
        (plot_nps_themes, THEME_COLUMNS),
        (plot_nps_behaviour, BEHAVIOUR_COLUMNS),
    ],
)
def test_a_table_without_rows_is_nothing_to_draw(ax, plot, columns):
    assert plot(pd.DataFrame(columns=columns), ax=ax) is ax
    assert len(ax.texts) == 1
    assert not ax.axison


def test_no_answer_is_old_enough(ax):
    plot_nps_behaviour(nps_behaviour(ANSWERS, ORDERS, as_of=date(2024, 1, 2)), ax=ax)
    assert ax.texts[0].get_text() == "No answer is old enough to see what came after it."
