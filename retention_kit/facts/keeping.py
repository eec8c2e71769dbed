"""What was counted of an engagement is kept: in memory, and in files beside its tables, for whoever asks again."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd
import pyarrow as pa

from retention_kit.engagement import Engagement
from retention_kit.package_data import fingerprint

T = TypeVar("T")
P = ParamSpec("P")

LIBRARIES = ("duckdb", "lifetimes", "narwhals", "numpy", "pandas", "pyarrow", "pyspark", "scipy")
"""What decides a number besides our own code."""


def once(count: Callable[Concatenate[Engagement, P], T]) -> Callable[Concatenate[Engagement, P], T]:
    """Count once for an engagement as it stands, and what else is asked for, however often that is."""
    counted: WeakKeyDictionary[Engagement, dict[tuple[Any, ...], T]] = WeakKeyDictionary()

    @wraps(count)
    def remembered(engagement: Engagement, /, *asked: P.args, **named: P.kwargs) -> T:
        of_engagement, key = counted.setdefault(engagement, {}), (*asked, *named.items())
        if key not in of_engagement:
            of_engagement[key] = count(engagement, *asked, **named)
        return of_engagement[key]

    return remembered


def kept(
    count: Callable[Concatenate[Engagement, P], pd.DataFrame],
) -> Callable[Concatenate[Engagement, P], pd.DataFrame]:
    """Count once for the tables, the settings and the code as they are, whichever process asks.

    What is kept holds no words of a language, so that a translation mended shows at once.
    """

    @once
    @wraps(count)
    def fact(engagement: Engagement, /, *asked: P.args, **named: P.kwargs) -> pd.DataFrame:
        file = _file(engagement, f"{count.__module__.rpartition('.')[2]}.{count.__name__}", (*asked, *named.items()))
        found = _read(file)
        if found is None:
            found = count(engagement, *asked, **named)
            _write(found, file)
        return found

    return fact


def _file(engagement: Engagement, name: str, asked: tuple[Any, ...]) -> Path:
    stem = "-".join([name, *(re.sub(r"\W+", "_", str(one)) for one in asked)])
    exact = hashlib.sha256(repr(asked).encode()).hexdigest()[:8]  # of other signs a name keeps nothing
    return _folder(engagement) / f"{stem}.{exact}.parquet"


@once
def _folder(engagement: Engagement) -> Path:
    """Where facts are kept of an engagement as it stands: beside its tables, with which they go."""
    tables = engagement.folder / "tables"
    made_from = [(tables / "manifest.json").read_text(encoding="utf-8"), engagement.settings.model_dump_json(), _code()]
    key = hashlib.sha256("\n".join(made_from).encode()).hexdigest()[:16]
    return tables / "facts" / str(engagement.period or engagement.as_of) / key


@cache
def _code() -> str:
    """What tells this code from any other that might count otherwise."""
    return fingerprint("**/*.py", "**/*.toml", libraries=LIBRARIES)


def _read(file: Path) -> pd.DataFrame | None:
    """What was kept; nothing where it was not, or cannot be read."""
    try:
        return pd.read_parquet(file)
    except (OSError, pa.ArrowInvalid):
        return None


def _write(table: pd.DataFrame, file: Path) -> None:
    """Keep a result for others, as a whole or not at all; where that cannot be, they count for themselves."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    with suppress(OSError, pa.ArrowInvalid, pa.ArrowTypeError):
        if not file.parent.exists():
            shutil.rmtree(file.parent.parent, ignore_errors=True)  # of this period, from other tables or other code
            file.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(partial)
        partial.replace(file)
