"""Which driver explains how much variance? Shapley shares of R² over all subsets of drivers, with bootstrap samples."""

from collections.abc import Sequence
from itertools import chain
from math import factorial

import numpy as np

from retention_kit.metrics.statistics.estimates import Floats

N_SAMPLES = 1000
LARGEST_VIF = 5.0
"""A driver whose variance inflation factor is larger is taken together with the drivers it resembles."""

NOTHING = 1e-10
"""A variance of 1 minus itself may leave so much: rounding of binary numbers."""

CELLS = 5_000_000
"""How many counts of resampled rows are kept in memory at once."""


def shares_of_r2(covariances: Floats, sizes: Sequence[int]) -> tuple[Floats, Floats]:
    """How much of R² belongs to each block of drivers, on average over all orders in which they may be entered (LMG)?

    share = sum over subsets S without the block of |S|! (m - |S| - 1)! / m! x (R²(S and the block) - R²(S))
    Takes any number of covariance matrices, stacked, with the drivers block by block and the outcome last, and the
    `sizes` of the m blocks.

    Returns:
        The shares, one row per matrix and one column per block, and R², their sum.

    Reference: Lindeman, Merenda & Gold 1980, p. 119; Groemping 2006, J. Stat. Software 17(1).

    Example:
        >>> shares, r2 = shares_of_r2(np.array([[[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]]]), [1, 1])
        >>> shares.round(2).tolist(), r2.round(2).tolist()
        ([[0.36, 0.09]], [0.45])
    """
    unexplained = _unexplained(covariances, list(sizes))
    r2 = 1 - unexplained / unexplained[0]
    m = len(sizes)
    subsets = np.arange(2**m)
    n_in = np.bitwise_count(subsets)
    weights = np.array([factorial(n) * factorial(m - n - 1) / factorial(m) for n in range(m)])
    shares = np.empty((covariances.shape[0], m))
    for place in range(m):
        bit = 1 << (m - 1 - place)
        without = subsets[(subsets & bit) == 0]
        shares[:, place] = weights[n_in[without]] @ (r2[without | bit] - r2[without])
    return shares, r2[-1]


def _unexplained(covariances: Floats, sizes: list[int]) -> Floats:
    """The outcome's variance left over after each subset of blocks; the first block is the subset's highest bit."""
    if not sizes:
        return covariances[np.newaxis, :, -1, -1]
    first, *others = sizes
    rest = covariances[:, first:, first:]
    return np.concatenate([_unexplained(rest, others), _unexplained(rest - _explained_by(covariances, first), others)])


def _explained_by(covariances: Floats, first: int) -> Floats:
    """What the first drivers explain of the covariances of all the others."""
    across = covariances[:, :first, first:]
    if first == 1:
        own = covariances[:, :1, :1]
        slopes = np.divide(across, own, out=np.zeros_like(across), where=own > NOTHING)
    else:
        slopes = np.linalg.pinv(covariances[:, :first, :first], rcond=NOTHING, hermitian=True) @ across
    explained: Floats = np.swapaxes(across, 1, 2) @ slopes
    return explained


def covariance(rows: Floats) -> Floats:
    """The covariance matrix of columns, as a stack of one."""
    return np.cov(rows, rowvar=False, bias=True)[np.newaxis]


def resampled_covariances(rows: Floats, *, seed: int, n_samples: int = N_SAMPLES) -> Floats:
    """Covariance matrices of respondents drawn with replacement, stacked; the same for the same rows and seed."""
    n, q = rows.shape
    one, other = np.triu_indices(q)
    products = rows[:, one] * rows[:, other]
    generator = np.random.default_rng(seed)
    at_once = max(1, CELLS // n)
    found = np.empty((n_samples, q, q))
    for start in range(0, n_samples, at_once):
        weights = _times_drawn(generator, n, min(at_once, n_samples - start)) / n
        means, squares = weights @ rows, weights @ products
        spread = squares - means[:, one] * means[:, other]
        found[start : start + at_once, one, other] = spread
        found[start : start + at_once, other, one] = spread
    return found


def _times_drawn(generator: np.random.Generator, n: int, n_samples: int) -> Floats:
    drawn = generator.integers(n, size=(n_samples, n)) + n * np.arange(n_samples)[:, np.newaxis]
    return np.bincount(drawn.ravel(), minlength=n * n_samples).reshape(n_samples, n).astype(float)


def collinear_blocks(correlations: Floats) -> list[list[int]]:
    """Drivers in blocks such that none is nearly a sum of drivers of other blocks (VIF of 5 at most).

    While a driver has a larger variance inflation factor against the drivers outside its block, its block joins that of
    the outside driver it correlates with most. From the correlation matrix; gives the places of each block's drivers.

    Example:
        >>> collinear_blocks(np.array([[1, 0.1, 0.95], [0.1, 1, 0.1], [0.95, 0.1, 1]]))
        [[0, 2], [1]]
    """
    blocks = [[place] for place in range(len(correlations))]
    while True:
        inflated = [(vif, place) for place in range(len(correlations)) if (vif := _vif(correlations, place, blocks))]
        worst, place = max(inflated, default=(0.0, 0))
        if worst <= LARGEST_VIF:
            return blocks
        outside = _outside(place, blocks)
        nearest = outside[int(np.argmax(np.abs(correlations[place, outside])))]
        joined = [block for block in blocks if place in block or nearest in block]
        blocks = sorted([block for block in blocks if block not in joined] + [sorted(chain.from_iterable(joined))])


def _outside(place: int, blocks: list[list[int]]) -> list[int]:
    return [other for block in blocks if place not in block for other in block]


def _vif(correlations: Floats, place: int, blocks: list[list[int]]) -> float:
    """1 / (1 - R²) of a driver on the drivers outside its block; 0 where there are none."""
    outside = _outside(place, blocks)
    if not outside:
        return 0.0
    across = correlations[place, outside]
    inverse = np.linalg.pinv(correlations[np.ix_(outside, outside)], rcond=NOTHING, hermitian=True)
    return 1 / max(1 - float(across @ inverse @ across), NOTHING)
