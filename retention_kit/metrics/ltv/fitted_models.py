"""A fitted purchase model and a fitted spend model: parameters, how sure they are, or why there are none."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from typing import Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
PurchaseModelName: TypeAlias = Literal["BG/NBD", "MBG/NBD"]

OK = "ok"


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """Parameters of a model, or in `status` why there are none.

    Attributes:
        parameters: By name; missing where no model was fitted.
        standard_errors: By name.
        log_likelihood: On the scale of the papers: summed over customers, time and money as they came.
        n_customers: Customers the model was fitted on.
        status: "ok" or "refused:<reason>".
        flags: What to know beside an "ok", such as `value_frequency_dependent`.
        log_covariance: Covariance of the logarithms of the parameters.
    """

    parameters: dict[str, float]
    standard_errors: dict[str, float] = field(default_factory=dict)
    log_likelihood: float = math.nan
    n_customers: int = 0
    status: str = OK
    flags: str = ""
    log_covariance: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def is_refused(self) -> bool:
        """Whether there is nothing to forecast with."""
        return self.status != OK

    def draws(self, n: int, *, seed: int) -> Iterator[Self]:
        """Up to n models that the data could as well have given: parameters drawn around the optimum, in logarithms.

        Draws that would be refused are passed over. A refused model gives itself, one put together by hand none.
        """
        if self.is_refused:
            return repeat(self, n)
        if self.log_covariance is None:
            return iter(())
        optimum = np.log(list(self.parameters.values()))
        spread = np.random.default_rng(seed).multivariate_normal(
            np.zeros(len(optimum)), self.log_covariance, size=4 * n, method="cholesky"
        )
        drawn = (
            replace(self, parameters=dict(zip(self.parameters, row, strict=True)))
            for row in np.exp(optimum + spread).tolist()
        )
        return islice((model for model in drawn if not model.is_refused), n)


@dataclass(frozen=True, kw_only=True)
class PurchaseModel(FittedModel):
    """How often customers buy and when they stop: r, alpha (in `unit`), a and b.

    In BG/NBD a customer can stop after a repeat purchase only, in MBG/NBD after the first purchase too.
    """

    name: PurchaseModelName = "BG/NBD"
    unit: str = "week"


@dataclass(frozen=True, kw_only=True)
class SpendModel(FittedModel):
    """What customers spend on a purchase: Gamma-Gamma with p, q and v (money). Refused where q <= 1: it has no mean.

    Example:
        >>> SpendModel(parameters={"p": 6, "q": 0.9, "v": 15}).status
        'refused:q_le_1'
    """

    name: Literal["Gamma-Gamma"] = "Gamma-Gamma"

    def __post_init__(self) -> None:
        if self.parameters["q"] <= 1:
            object.__setattr__(self, "status", "refused:q_le_1")
