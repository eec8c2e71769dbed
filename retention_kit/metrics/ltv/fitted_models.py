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


@dataclass(frozen=True, kw_only=True, repr=False)
class FittedModel:
    """Parameters of a model, or in `status` why there are none.

    Attributes:
        name: The name of the model.
        unit: What alpha (time) or v (money) is counted in.
        parameters: By name; missing where no model was fitted.
        standard_errors: By name.
        log_likelihood: On the scale of the papers: summed over customers, time and money as they came.
        n_customers: Customers the model was fitted on.
        status: "ok" or "refused:<reason>".
        flags: What to know beside an "ok", such as `value_frequency_dependent`.
        log_covariance: Covariance of the logarithms of the parameters.
    """

    name: str
    unit: str
    parameters: dict[str, float]
    standard_errors: dict[str, float] = field(default_factory=dict)
    log_likelihood: float = math.nan
    n_customers: int = 0
    status: str = OK
    flags: str = ""
    log_covariance: Floats | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """The model on one line, as an analyst quotes it: "se" is the standard error."""
        title = f"{self.name} of {self.n_customers:,} customers"
        if self.is_refused:
            return f"{title}: {self.status}"
        errors = {name: f" (se {_short(error, 3)})" for name, error in self.standard_errors.items()}
        fitted = [f"{name} = {_short(value, 4)}{errors.get(name, '')}" for name, value in self.parameters.items()]
        told = [f"log-likelihood {self.log_likelihood:,.1f}", *filter(None, [self.flags])]
        return "; ".join([f"{title}, unit {self.unit}: {', '.join(fitted)}", *told])

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


def _short(value: float, digits: int) -> str:
    """So many digits that count, never a power of ten."""
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")


@dataclass(frozen=True, kw_only=True, repr=False)
class PurchaseModel(FittedModel):
    """How often customers buy and when they stop: r, alpha (in `unit`), a and b.

    In BG/NBD a customer can stop after a repeat purchase only, in MBG/NBD after the first purchase too.

    Example:
        >>> PurchaseModel(
        ...     parameters={"r": 0.24259, "alpha": 4.41353, "a": 0.79292, "b": 2.42576}, n_customers=2357,
        ...     standard_errors={"r": 0.01257, "alpha": 0.37822, "a": 0.18572, "b": 0.70534}, log_likelihood=-9582.43)
        BG/NBD of 2,357 customers, unit week: r = 0.2426 (se 0.0126), alpha = 4.414 (se 0.378), a = 0.7929 (se 0.186),
        b = 2.426 (se 0.705); log-likelihood -9,582.4
    """

    name: PurchaseModelName = "BG/NBD"
    unit: str = "week"


@dataclass(frozen=True, kw_only=True, repr=False)
class SpendModel(FittedModel):
    """What customers spend on a purchase: Gamma-Gamma with p, q and v (money). Refused where q <= 1: it has no mean.

    Example:
        >>> SpendModel(parameters={"p": 6, "q": 0.9, "v": 15}, n_customers=946)
        Gamma-Gamma of 946 customers: refused:q_le_1
        >>> parameters = {"p": 6.25, "q": 3.74, "v": 15441.2}
        >>> SpendModel(parameters=parameters, n_customers=946, log_likelihood=-4058, flags="value_frequency_dependent")
        Gamma-Gamma of 946 customers, unit money: p = 6.25, q = 3.74, v = 15440;
        log-likelihood -4,058.0; value_frequency_dependent
    """

    name: Literal["Gamma-Gamma"] = "Gamma-Gamma"
    unit: str = "money"

    def __post_init__(self) -> None:
        if self.parameters["q"] <= 1:
            object.__setattr__(self, "status", "refused:q_le_1")
