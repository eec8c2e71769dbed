"""What all customers together will buy and bring under many draws of the parameters, worked out at once.

Arrays have a row per kind of customer, those alike in frequency, recency and T, and a column per draw.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse, special

from retention_kit.metrics.ltv.fitted_models import FittedModel, Floats, PurchaseModel, SpendModel
from retention_kit.metrics.ltv.interpolation import nodes_of
from retention_kit.metrics.ltv.predictions import by_transformed_series
from retention_kit.metrics.ltv.summary import UNITS_A_MONTH, distinct_ages

Parameters: TypeAlias = dict[str, Floats]

CELLS_AT_ONCE = 1_000_000
"""How many numbers an array may have: draws are taken so many at a time that memory does not grow with customers."""


class Terms(NamedTuple):
    """Horizon, interest a year and margin."""

    months: int
    annual_discount: float
    margin: float

    def ends(self, unit: str) -> Floats:
        """When each month ends, in the unit of time of a purchase model."""
        return np.arange(1, self.months + 1, dtype=float) * UNITS_A_MONTH[unit]

    def worth(self, bought: Floats) -> Floats:
        """How many purchases of today those up to the end of each month, a row per month, are worth together."""
        discounts = (1 + self.annual_discount) ** (-np.arange(1, self.months + 1) / 12)
        monthly = np.diff(bought, axis=0, prepend=0)
        return np.asarray((discounts.reshape(-1, *[1] * (bought.ndim - 1)) * monthly).sum(axis=0))


class _Kinds(NamedTuple):
    """Kinds of customers, each number in a column of its own."""

    x: Floats
    recency: Floats
    age: Floats
    n: Floats
    amount: Floats


class _Ages(NamedTuple):
    """Where expected purchases are worked out, and how they are had of every kind from there."""

    x: Floats
    age: Floats
    weights: sparse.csr_array[Any]
    codes: "np.ndarray[tuple[int], np.dtype[np.int64]]"

    def of_kinds(self, values: Floats) -> Floats:
        return np.asarray((self.weights @ values)[self.codes])


def drawn_totals(draws: Sequence[tuple[PurchaseModel, SpendModel]], groups: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """The totals of `ltv_forecast`, a row per draw, none without customers; those of a refused spend model are missing.

    Args:
        draws: Models of the same kind, that differ in their parameters.
        groups: A row per kind of customer: frequency, recency, T, monetary_value (the mean of them) and n (how many).
        terms: Horizon, interest and margin.
    """
    if not draws or draws[0][0].is_refused or groups.empty:
        return pd.DataFrame()
    first, _spend = draws[0]
    purchases, spend = (_parameters(models) for models in zip(*draws, strict=True))
    kinds, ages = _kinds(groups), _ages(groups, alpha=float(purchases["alpha"].min()))
    at_once = max(CELLS_AT_ONCE // max(len(kinds.x), len(ages.x) * terms.months), 1)
    parts = []
    for start in range(0, len(draws), at_once):
        some = slice(start, start + at_once)
        chosen, amounts = ({name: of[some] for name, of in drawn.items()} for drawn in (purchases, spend))
        lengths = terms.ends(first.unit)[:, None, None]
        bought = by_transformed_series(first.name, chosen, lengths, ages.x, ages.age)
        alive = kinds.n * _alive(first.name, chosen, kinds)
        value = ages.of_kinds(terms.worth(bought)) * _expected_spend(amounts, kinds) * terms.margin
        parts.append(_sums(kinds, alive, ages.of_kinds(bought[-1]), value))
    return pd.concat(parts, ignore_index=True)


def _parameters(models: Sequence[FittedModel]) -> Parameters:
    return {
        name: np.array([np.nan if model.is_refused else model.parameters[name] for model in models])
        for name in models[0].parameters
    }


def _kinds(groups: pd.DataFrame) -> _Kinds:
    columns = groups[["frequency", "recency", "T", "n", "monetary_value"]].to_numpy(float)
    return _Kinds(*np.hsplit(columns, 5))


def _ages(groups: pd.DataFrame, *, alpha: float) -> _Ages:
    codes, pairs = distinct_ages(groups)
    nodes, weights = nodes_of(pairs, alpha=alpha)
    x, age = np.hsplit(nodes[["frequency", "T"]].to_numpy(float), 2)
    return _Ages(x, age, weights, codes)


def _alive(name: str, drawn: Parameters, kinds: _Kinds) -> Floats:
    """`probability_alive` of every kind and draw."""
    r, alpha, a, b = (drawn[parameter] for parameter in ("r", "alpha", "a", "b"))
    chances = np.maximum(kinds.x - 1, 0) if name == "BG/NBD" else kinds.x
    silence = (r + kinds.x) * np.log((alpha + kinds.age) / (alpha + kinds.recency))
    alive = special.expit(-silence - np.log(a / (b + chances)))
    return np.where(kinds.x == 0, 1.0, alive) if name == "BG/NBD" else np.asarray(alive)


def _expected_spend(drawn: Parameters, kinds: _Kinds) -> Floats:
    """`expected_spend` of every kind and draw."""
    p, q, v = (drawn[parameter] for parameter in "pqv")
    is_known = ~np.isnan(kinds.amount)
    x = np.where(is_known, kinds.x, 0)
    own = p * x / (p * x + q - 1)
    return np.asarray((1 - own) * v * p / (q - 1) + own * np.where(is_known, kinds.amount, 0))


def _sums(kinds: _Kinds, alive: Floats, bought: Floats, value: Floats) -> pd.DataFrame:
    """Over all customers: `alive` are those of a kind together, the others are of one of them."""
    total = (alive * value).sum(axis=0)
    return pd.DataFrame(
        {
            "expected_purchases": (alive * bought).sum(axis=0),
            "expected_active_customers": alive.sum(axis=0),
            "expected_active_repeat_customers": alive[kinds.x.ravel() > 0].sum(axis=0),
            "ltv_predicted_total": total,
            "ltv_predicted": total / kinds.n.sum(),
        }
    )
