"""What of a result a figure draws."""

import pandas as pd
import pytest

from retention_kit.figures.drawn import Cut, Drawn, drawn_by, draws, excerpt, excerpt_of
from retention_kit.figures.style import house_style, of_segments

RESULT = pd.DataFrame({"cohort": ["a", "a", "b", "b", "c"], "age": [0, 1, 0, 1, 0], "value": [1, 2, 3, 4, 5]})


def test_a_plot_is_given_the_rows_that_it_draws():
    plot = excerpt(cohort=-2, age=1)(lambda rows: rows)
    assert excerpt_of(plot, RESULT)[0].value.tolist() == [3, 5]
    seen = excerpt(cohort=-2, age=1)(lambda rows, *, times: rows.value.tolist() * times)
    assert seen(RESULT, times=2) == [3, 5, 3, 5]


def test_what_is_cut_off_is_counted_and_what_is_whole_is_not():
    plot = excerpt(cohort=-2, age=2)(lambda rows: rows)
    assert excerpt_of(plot, RESULT)[1] == [Cut("cohort", 2, 3, is_last=True)]
    assert excerpt_of(lambda rows: rows, RESULT)[1] == []


def test_what_a_plot_draws_is_known_whatever_stands_around_it():
    @of_segments
    @house_style
    @draws("share", names=("decile",))
    def plot(rows):
        return rows

    assert drawn_by(excerpt(decile=3)(plot)) == drawn_by(plot) == Drawn(("share",), ("decile",))
    assert drawn_by(lambda rows: rows) == Drawn()


@pytest.mark.parametrize(
    ("rows", "names", "values"),
    [
        (RESULT, ["cohort", "age"], ["value"]),
        (RESULT[RESULT.age == 0], ["cohort"], ["value"]),
        (RESULT.drop(columns="value").assign(n_customers=1, is_new=True), ["cohort", "age"], ["n_customers"]),
        (RESULT[:1], ["cohort"], ["value"]),
        (pd.DataFrame({"cohort": ["a", "a"], "value": [1, 1]}), ["cohort"], ["value"]),
    ],
)
def test_a_plot_that_says_nothing_draws_the_value_by_the_columns_that_tell_it_apart(rows, names, values):
    assert (Drawn().names_in(rows), Drawn().values_in(rows)) == (names, values)
