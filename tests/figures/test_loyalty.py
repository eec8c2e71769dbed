"""Figures of the loyalty page."""

from datetime import date

from retention_kit.figures.loyalty import plot_repeat_by_order_number, plot_rfm_grid, plot_rfm_segments
from retention_kit.metrics.loyalty.repeat_purchase import repeat_by_order_number
from retention_kit.metrics.loyalty.rfm import rfm_grid, rfm_scores, rfm_segments
from tests.examples import orders_of

AS_OF = date(2024, 6, 1)
ORDERS = orders_of("\n".join(["a 2024-05-01", "a 2024-05-02", *(f"{customer} 2024-05-03" for customer in "bcdef")]))


def test_each_step_says_how_many_made_it(ax):
    steps = repeat_by_order_number(ORDERS, as_of=AS_OF)
    assert plot_repeat_by_order_number(steps, ax=ax) is ax
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1\n6", "2\n1"]
    assert ax.lines[0].get_ydata().tolist() == steps.value.tolist()
    assert ax.get_ylim() == (0, 1)


def test_nobody_is_known_from_the_first_purchase_on(ax):
    plot_repeat_by_order_number(repeat_by_order_number(ORDERS, as_of=date(2024, 1, 1)), ax=ax)
    assert ax.texts[0].get_text() == "There are no customers whose first purchase is known."


def test_every_segment_has_its_name_and_its_customers(ax):
    segments = rfm_segments(rfm_scores(ORDERS, as_of=AS_OF))
    assert plot_rfm_segments(segments, ax=ax) is ax
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 10
    assert {"New customers  (5)", "Potential loyalists  (1)", "Can't lose them  (0)"} <= set(names)


def test_nobody_has_bought_in_the_last_year(ax):
    plot_rfm_segments(rfm_segments(rfm_scores(ORDERS, as_of=date(2026, 1, 1))), ax=ax)
    assert ax.texts[0].get_text() == "Nobody has bought in the last year."


def test_every_pair_of_the_grid_has_its_customers_and_its_name(ax):
    grid = rfm_grid(rfm_scores(ORDERS, as_of=AS_OF))
    assert plot_rfm_grid(grid, ax=ax) is ax
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert len(texts) == 50
    assert (texts[0.5, 4.62], texts[0.5, 4.28]) == ("5", "New customers")
    assert (texts[4.5, 0.62], texts[4.5, 0.28]) == ("0", "Can't lose them")


def test_an_empty_grid_says_why(ax):
    plot_rfm_grid(rfm_grid(rfm_scores(ORDERS, as_of=date(2026, 1, 1))), ax=ax)
    assert ax.texts[0].get_text() == "Nobody has bought in the last year."
