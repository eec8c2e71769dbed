"""Totals of many draws at once, against the closed forms of lifetimes at one draw after the other."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.metrics.ltv import drawn_totals as module
from retention_kit.metrics.ltv.drawn_totals import Terms, drawn_totals
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel
from retention_kit.metrics.ltv.forecast import customer_lifetime_value
from retention_kit.metrics.ltv.interpolation import nodes_of
from retention_kit.metrics.ltv.predictions import expected_if_alive, expected_purchases, probability_alive

TERMS = Terms(12, 0.10, 0.4)
MODELS = st.sampled_from(["BG/NBD", "MBG/NBD"])
PARAMETERS = st.fixed_dictionaries(
    {
        "r": st.floats(0.05, 5),
        "alpha": st.floats(0.2, 50),
        "a": st.floats(0.05, 0.95) | st.floats(1.05, 5),
        "b": st.floats(0.1, 10),
    }
)
SPEND = st.fixed_dictionaries({"p": st.floats(0.5, 20), "q": st.floats(1.1, 20), "v": st.floats(1, 100)})


def groups_of(frequencies=(0, 1, 2, 7), n_ages=60):
    """Kinds of customers: at every other age of a frequency, one bought last early and one late."""
    rows = [
        (x, (0.2 if day % 2 else 0.9) * day / 7 if x else 0.0, day / 7, 10.0 + x + day if x else np.nan, 1 + day % 3)
        for x in frequencies
        for day in range(x, x + n_ages * 5, 5)
    ]
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "monetary_value", "n"]).assign(unit="week")


def one_by_one(draws, groups):
    rows = []
    for purchases, spend in draws:
        alive, n = probability_alive(purchases, groups), groups.n
        values = (n * customer_lifetime_value(purchases, spend, groups, margin=TERMS.margin)).sum(skipna=False)
        bought = (n * expected_purchases(purchases, groups, periods=12 * 4.345)).sum()
        active = [(n * alive).sum(), (n * alive)[groups.frequency > 0].sum()]
        rows.append([bought, *active, values, values / n.sum()])
    return np.array(rows)


@given(MODELS, st.lists(st.tuples(PARAMETERS, SPEND), min_size=1, max_size=3))
def test_totals_are_those_of_lifetimes_at_each_draw(name, drawn):
    draws = [(PurchaseModel(name=name, parameters=p), SpendModel(parameters=s)) for p, s in drawn]
    groups = groups_of()
    assert drawn_totals(draws, groups, TERMS).to_numpy() == pytest.approx(one_by_one(draws, groups), rel=1e-9)


def test_a_dropout_alike_in_all_overflows_in_neither():
    parameters = {"r": 0.8, "alpha": 2.0, "a": 300.0, "b": 340.0}
    draws = [(PurchaseModel(parameters=parameters), SpendModel(parameters={"p": 6.0, "q": 4.0, "v": 15.0}))]
    found = drawn_totals(draws, groups_of(), TERMS).to_numpy()
    assert found == pytest.approx(one_by_one(draws, groups_of()), rel=1e-9)


def test_draws_a_few_at_a_time_are_all_draws(monkeypatch):
    parameters, groups = {"r": 0.3, "alpha": 4.0, "a": 0.8, "b": 2.0}, groups_of()
    spend = SpendModel(parameters={"p": 6.0, "q": 4.0, "v": 15.0})
    draws = [(PurchaseModel(parameters=parameters | {"r": r}), spend) for r in (0.2, 0.3, 0.4)]
    together = drawn_totals(draws, groups, TERMS)
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 1)
    pd.testing.assert_frame_equal(drawn_totals(draws, groups, TERMS), together, rtol=1e-12)


@given(MODELS, PARAMETERS, st.floats(0.2, 1))
def test_few_ages_stand_for_all_of_a_frequency(name, parameters, smallest):
    model = PurchaseModel(name=name, parameters=parameters)
    pairs = pd.DataFrame([(x, day / 7) for x in (0, 1, 30) for day in range(0, 3650, 7)], columns=["frequency", "T"])
    pairs = pairs.sample(frac=1, random_state=1, ignore_index=True)
    nodes, weights = nodes_of(pairs, alpha=parameters["alpha"] * smallest)
    at_nodes, everywhere = (expected_if_alive(model, each, periods=[4.345, 52]) for each in (nodes, pairs))
    assert len(nodes) < len(pairs) / 5
    assert pytest.approx(everywhere, rel=1e-8) == (weights @ at_nodes.T).T


def test_a_frequency_of_few_ages_has_no_others():
    pairs = pd.DataFrame({"frequency": [5, 0, 5], "T": [3.0, 9.0, 2.0]})
    nodes, weights = nodes_of(pairs, alpha=4.0)
    assert nodes.to_numpy().tolist() == [[0, 9], [5, 3], [5, 2]]
    assert (weights @ nodes.to_numpy()).tolist() == pairs.to_numpy().tolist()
