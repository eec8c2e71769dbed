"""Figures of orders and revenue."""

import pandas as pd
import pytest

from retention_kit.figures.orders import plot_revenue_history
from retention_kit.metrics.orders.history import order_history
from retention_kit.periods import Period
from tests.examples import orders_of

MARCH = Period("2024-03")
ORDERS = "a 2024-02-10 5\na 2024-03-01 10\nb 2024-03-02 20\n- 2024-03-03 40"


def history_of(text):
    return order_history(orders_of(text), since=MARCH, until=MARCH)


def test_the_parts_of_revenue_stand_on_one_another(ax):
    assert plot_revenue_history(history_of(ORDERS), ax=ax) is ax
    assert [(bar.get_y(), bar.get_height()) for bar in ax.patches] == [(0, 10), (10, 20), (30, 40)]


def test_revenue_that_nobody_can_split_stands_as_one(ax):
    history = order_history(orders_of(ORDERS), since=MARCH, until=MARCH, new_customers_known_from=MARCH.next().start)
    plot_revenue_history(history, ax=ax)
    assert [(bar.get_y(), bar.get_height()) for bar in ax.patches if bar.get_height()] == [(0, 30), (30, 40)]
    assert "New or existing customers (not known which)" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(("n_bars", "is_hatched"), [(60, True), (61, False)])
def test_many_bars_have_no_lines_and_edges_that_would_hide_them(ax, n_bars, is_hatched):
    history = pd.concat([history_of(ORDERS)] * n_bars, ignore_index=True)
    plot_revenue_history(history, ax=ax)
    assert {bar.get_hatch() is not None for bar in ax.patches[n_bars : 2 * n_bars]} == {is_hatched}


def test_no_orders_without_a_customer_are_not_in_the_legend(ax):
    plot_revenue_history(history_of("a 2024-02-10 5\na 2024-03-01 10"), ax=ax)
    assert len(ax.get_legend().get_texts()) == 2


def test_no_revenue_says_so(ax):
    plot_revenue_history(history_of("a 2024-02-10 5"), ax=ax)
    assert ax.texts[0].get_text() == "There is no revenue in these periods."
