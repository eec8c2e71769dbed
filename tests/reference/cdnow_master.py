"""What is known of all CDNOW customers, and their purchases as they stand in the lifetimes wheel."""

import importlib.util
from pathlib import Path

import pandas as pd

N_PURCHASES, N_CUSTOMERS = 69_659, 23_570
"""Fader & Hardie, "Notes on the CDNOW master data set", brucehardie.com."""

N_WITHOUT_VALUE = 80
"""Purchases of 0.00, counted in the file."""

ONE_TIME_BUYERS, CAME_BACK = 11_908, 11_662
"""Customers with one purchase and with two or more; two on one day are two, and purchases of nothing count."""

JANUARY_1997 = [7846, 1157, 964, 810, 679, 736, 720, 582, 559, 594, 673, 634, 528, 511, 664, 472, 497, 498]
"""Customers of the first cohort who bought in each of the 18 months; made once with SQL and once with pandas."""


def master_orders() -> pd.DataFrame:
    """The 69,659 purchases; those of nothing count, as in every publication."""
    names = ["customer_id", "day", "n_cds", "amount"]
    raw = pd.read_csv(_path(), sep=r"\s+", header=0, names=names, dtype=str)
    return pd.DataFrame(
        {
            "order_id": raw.index.astype(str),
            "customer_id": raw["customer_id"],
            "ordered_on": pd.to_datetime(raw["day"], format="%Y%m%d"),
            "amount": raw["amount"].astype(float),
            "is_purchase": True,
        }
    )


def _path() -> Path:
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "datasets" / "CDNOW_master.txt"
