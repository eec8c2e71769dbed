"""Few ages at which a smooth function is worked out, in place of every age of the customers."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.polynomial import chebyshev
from scipy import sparse

from retention_kit.metrics.ltv.fitted_models import Floats

ERROR = 1e-15
"""What interpolation may be off by, but for a factor that the parameters bring: 1e-9 at the worst."""


def nodes_of(pairs: pd.DataFrame, *, alpha: float) -> tuple[pd.DataFrame, sparse.csr_array[Any]]:
    """The pairs of frequency and T at which to work out what a customer will buy, and how the others follow from them.

    What is expected of a living customer has its singularities at T <= -alpha: as a function of log(alpha + T) it is
    analytic up to π from the real axis. A polynomial through n Chebyshev nodes of an interval of length L is then off
    by about exp(-n ρ), sinh(ρ) = 2π / L, so that some 20 ages stand for any number of them.

    Args:
        pairs: The pairs of `distinct_ages`: frequency, T.
        alpha: The smallest alpha of all models.

    Returns:
        The nodes (frequency, T), and the matrix that makes the values of the pairs of those of the nodes. A frequency
        with few ages has these as its nodes.

    Reference: Trefethen 2013, Approximation Theory and Approximation Practice, theorem 8.2.
    """
    order, nodes, blocks = [], [], []
    for frequency, ages in pairs.groupby("frequency")["T"]:
        at, block = _between(ages.to_numpy(float), alpha)
        order.append(ages.index.to_numpy())
        nodes.append(pd.DataFrame({"frequency": frequency, "T": at}))
        blocks.append(block)
    weights = sparse.csr_array(sparse.block_diag(blocks, format="csr"))
    return pd.concat(nodes, ignore_index=True), weights[np.argsort(np.concatenate(order))]


def _between(ages: Floats, alpha: float) -> tuple[Floats, Floats]:
    """The nodes of ages, and the weights of each node at each age."""
    places = np.log(alpha + ages)
    low, high = places.min(), places.max()
    n = len(ages)
    if high > low:
        n = math.ceil(-math.log(ERROR) / math.asinh(2 * math.pi / (high - low)))
    if n >= len(ages):
        return ages, np.eye(len(ages))
    on_unit = chebyshev.chebpts1(n)
    at_nodes, at_ages = (
        chebyshev.chebvander(each, n - 1) for each in (on_unit, (2 * places - low - high) / (high - low))
    )
    weights = np.einsum("ij,kj->ik", at_ages * np.where(np.arange(n), 2 / n, 1 / n), at_nodes)
    return np.exp((low + high + (high - low) * on_unit) / 2) - alpha, weights
