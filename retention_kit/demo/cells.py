"""How the client's systems write moments, money and truths into their exports."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.demo.timeline import Moments, Truths

ZONE = "Europe/Warsaw"

Cells = list[str]
"""The texts of one column."""


def utc_of(moments: Moments) -> Moments:
    """The same moments on the clock of Greenwich; missing ones stay missing."""
    local = pd.DatetimeIndex(moments).tz_localize(ZONE)
    return local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")


def local(moments: Moments) -> Cells:
    """2024-03-30 23:40:12, by Warsaw's clock."""
    return [text.replace("T", " ") for text in _iso(moments)]


def utc(moments: Moments) -> Cells:
    """2024-03-30 22:40:12, by Greenwich's clock, without saying so."""
    return local(utc_of(moments))


def zulu(moments: Moments) -> Cells:
    """2024-03-30T22:40:12Z."""
    return [f"{text}Z" if text else "" for text in _iso(utc_of(moments))]


def with_offset(moments: Moments, is_ahead: Truths) -> Cells:
    """2024-03-30 23:40:12 +0100, by Warsaw's clock, or by Kyiv's, which is an hour ahead of it."""
    hours = (moments - utc_of(moments)).astype("timedelta64[h]").astype(np.int64) + is_ahead
    wall = local(moments + is_ahead * np.timedelta64(3600, "s"))
    return [f"{text} +{hour:02d}00" for text, hour in zip(wall, hours.tolist(), strict=True)]


def dotted(moments: Moments) -> Cells:
    """30.03.2024 23:40."""
    return [f"{text[8:10]}.{text[5:7]}.{text[:4]} {text[11:16]}" if text else "" for text in _iso(moments)]


def dotted_days(moments: Moments) -> Cells:
    """30.03.2024."""
    return [text[:10] for text in dotted(moments)]


def _iso(moments: Moments) -> Cells:
    texts: Cells = np.datetime_as_string(moments, unit="s").tolist()
    return ["" if text == "NaT" else text for text in texts]


def money(values: "Iterable[float]", *, decimal: str = ".", places: int = 2) -> Cells:
    """1299.00, or 1299,00."""
    return [f"{value:.{places}f}".replace(".", decimal) for value in np.asarray(values, float).tolist()]


def whole(values: "Iterable[float]") -> Cells:
    """7; nothing where there is none."""
    return ["" if value != value else str(int(value)) for value in np.asarray(values, float).tolist()]


def words(values: "pd.Series[Any] | npt.NDArray[Any]") -> Cells:
    """Texts; nothing where there is none."""
    texts: Cells = pd.Series(values, dtype="str").fillna("").tolist()
    return texts


def truths(values: "Iterable[bool]", *, yes: str = "true", no: str = "false") -> Cells:
    """The words of a system for true and false."""
    return [yes if value else no for value in np.asarray(values, bool).tolist()]
