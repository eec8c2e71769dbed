"""Figures of the LTV page."""

import numpy as np
import pandas as pd

from retention_kit.figures.ltv import plot_ltv_by_decile, plot_purchase_fit


def test_customers_counted_stand_beside_those_the_model_expects(ax):
    fit = pd.DataFrame({"frequency": ["0", "1", "2+"], "n_customers": [60, 30, 10], "n_expected": [61.5, 27.5, 11.0]})
    assert plot_purchase_fit(fit.assign(status="ok"), ax=ax) is ax
    assert [bar.get_height() for bar in ax.patches] == [60, 30, 10, 61.5, 27.5, 11.0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "2+"]


def test_a_model_that_was_refused_says_why(ax):
    fit = pd.DataFrame({"frequency": ["0"], "n_customers": [60], "n_expected": [np.nan], "status": ["refused:too_few"]})
    plot_purchase_fit(fit, ax=ax)
    assert ax.texts[0].get_text() == "No model: too few customers."


def test_each_decile_of_the_customers_has_its_share(ax):
    deciles = pd.DataFrame({"decile": range(1, 11), "share": np.linspace(0.19, 0.01, 10), "status": "ok"})
    assert plot_ltv_by_decile(deciles, ax=ax) is ax
    assert [bar.get_height() for bar in ax.patches] == deciles.share.tolist()


def test_shares_of_no_model_say_why(ax):
    deciles = pd.DataFrame({"decile": [1], "share": [np.nan], "status": ["refused:short_history"]})
    plot_ltv_by_decile(deciles, ax=ax)
    assert ax.texts[0].get_text() == "No model: the history is too short."
