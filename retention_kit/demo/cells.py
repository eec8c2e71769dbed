"""How the client's systems write timestamps, money and booleans into their exports."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from retention_kit.demo.timeline import Booleans, Timestamps

ZONE = "Europe/Warsaw"

Cells = list[str]
"""The texts of one column."""


def utc_of(timestamps: Timestamps) -> Timestamps:
    """The same timestamps on the clock of Greenwich; missing ones stay missing."""
    local = pd.DatetimeIndex(timestamps).tz_localize(ZONE)
    return local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")


def local(timestamps: Timestamps) -> Cells:
    """2024-03-30 23:40:12, by Warsaw's clock."""
    return [text.replace("T", " ") for text in _iso(timestamps)]


def utc(timestamps: Timestamps) -> Cells:
    """2024-03-30 22:40:12, by Greenwich's clock, without saying so."""
    return local(utc_of(timestamps))


def zulu(timestamps: Timestamps) -> Cells:
    """2024-03-30T22:40:12Z."""
    return [f"{text}Z" if text else "" for text in _iso(utc_of(timestamps))]


def with_offset(timestamps: Timestamps, is_ahead: Booleans) -> Cells:
    """2024-03-30 23:40:12 +0100, by Warsaw's clock, or by Kyiv's, which is an hour ahead of it."""
    hours = (timestamps - utc_of(timestamps)).astype("timedelta64[h]").astype(np.int64) + is_ahead
    wall = local(timestamps + is_ahead * np.timedelta64(3600, "s"))
    return [f"{text} +{hour:02d}00" for text, hour in zip(wall, hours.tolist(), strict=True)]


def dotted(timestamps: Timestamps) -> Cells:
    """30.03.2024 23:40."""
    return [f"{text[8:10]}.{text[5:7]}.{text[:4]} {text[11:16]}" if text else "" for text in _iso(timestamps)]


def dotted_days(timestamps: Timestamps) -> Cells:
    """30.03.2024."""
    return [text[:10] for text in dotted(timestamps)]


def _iso(timestamps: Timestamps) -> Cells:
    texts: Cells = np.datetime_as_string(timestamps, unit="s").tolist()
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


def booleans(values: "Iterable[bool]", *, yes: str = "true", no: str = "false") -> Cells:
    """The words of a system for true and false."""
    return [yes if value else no for value in np.asarray(values, bool).tolist()]
