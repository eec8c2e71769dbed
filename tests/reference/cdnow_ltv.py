"""What was published of lifetime-value models on the CDNOW sample, and the sample itself.

Calibration to 1997-09-30 in weeks (days / 7), same-day purchases merged, purchases of nothing kept.
"""

import importlib.util
from datetime import date
from pathlib import Path

import pandas as pd

CALIBRATED_UNTIL = date(1997, 10, 1)
"""The first day that the papers' calibration does not see."""

N_CUSTOMERS, N_REPEAT_PURCHASES, N_REPEAT_CUSTOMERS = 2357, 2457, 946

FREQUENCIES = [1411, 439, 214, 100, 62, 38, 29, 64]
"""Customers with 0..6 and 7+ repeat purchases. Fader, Hardie & Lee 2005, Marketing Science 24:275, the figure."""

BGNBD = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
BGNBD_LOG_LIKELIHOOD = -9582.4
"""Fader, Hardie & Lee 2005, table 2."""

BGNBD_STANDARD_ERRORS = {"r": 0.012557, "alpha": 0.378221, "a": 0.185719, "b": 0.705345}
"""Documentation of lifetimes 0.11, quickstart, on the rounded summary."""

MBGNBD = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
MBGNBD_LOG_LIKELIHOOD = -9582.14
"""Manual of the R package BTYDplus."""

GAMMA_GAMMA = {"p": 6.25, "q": 3.74, "v": 15.44}
GAMMA_GAMMA_LOG_LIKELIHOOD = -4055.92
"""Fader & Hardie 2013, note 025."""

CUSTOMER = {"frequency": 2, "recency": 30.43, "T": 38.86}
"""The customer of Hardie's spreadsheet ..."""
PURCHASES_IN_39_WEEKS = 1.226
"""... and the purchases expected of that customer in the 39 weeks to come."""
PROBABILITY_ALIVE = 0.7266
"""METRICS V05, computed."""

PURCHASES_OF_A_NEWCOMER = {0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576}
"""Repeat purchases expected of a new customer by week. Hardie's spreadsheet."""

SPEND = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
"""Expected spend of customers 1-10. Fader & Hardie 2013, note 025."""

LIFETIME_VALUES = [36.2785, 4.6375, 8.3441, 8.3441, 8.3441, 283.5236]
"""12 months at 1 % a month, customers 1-6 of the rounded summary. lifetimes with freq="W"; its documentation prints
140.10 for customer 1, which takes the weeks of the model for days."""

VALUE_FREQUENCY_CORRELATION = 0.114
"""METRICS V07, computed."""


def sample_orders() -> pd.DataFrame:
    """The 6,919 purchases of the sample, as they stand in the lifetimes wheel."""
    names = ["master_id", "customer_id", "day", "n_cds", "amount"]
    raw = pd.read_csv(_dataset("CDNOW_sample.txt"), sep=r"\s+", header=None, names=names, dtype=str)
    days = pd.to_datetime(raw["day"], format="%Y%m%d")
    return raw.assign(ordered_on=days, amount=raw["amount"].astype(float), is_purchase=True)


def rounded_summary() -> pd.DataFrame:
    """The purchase summary that the documentation of lifetimes is computed on: weeks to two decimals."""
    raw = pd.read_csv(_dataset("cdnow_customers_summary_with_transactions.csv"))
    raw.columns = ["customer_id", "frequency", "recency", "T", "monetary_value"]
    return raw.assign(unit="week")


def _dataset(name: str) -> Path:
    # lifetimes.datasets cannot be imported: it needs pkg_resources
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets" / name
