"""What was counted of an engagement is kept: in memory, and in files beside its tables, for whoever asks again."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from retention_kit.engagement import Engagement, read_manifest
from retention_kit.package_data import fingerprint

T = TypeVar("T")
P = ParamSpec("P")

LIBRARIES = ("duckdb", "lifetimes", "narwhals", "numpy", "pandas", "pyarrow", "pyspark", "scipy")
"""What decides a number besides our own code."""

CODE = fingerprint("**/*.py", "**/*.toml", libraries=LIBRARIES)
"""What tells the code that counts here from any other, as it was when it was imported."""


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

    Everybody is given a table of their own, which they may change. What is kept holds no words of a language, so that a
    translation mended shows at once.
    """

    @once
    @wraps(count)
    def fact(engagement: Engagement, /, *asked: P.args, **named: P.kwargs) -> pd.DataFrame:
        name = f"{count.__module__.rpartition('.')[2]}.{count.__name__}"
        file = _file(engagement, name, (*asked, *named.items()))
        found = _read(file) if file else None
        if found is None:
            found = count(engagement, *asked, **named)
            if file and file == _file(
                engagement, name, (*asked, *named.items())
            ):  # else the tables were built anew meanwhile
                _write(found, file)
        return found

    @wraps(count)
    def given(engagement: Engagement, /, *asked: P.args, **named: P.kwargs) -> pd.DataFrame:
        return fact(engagement, *asked, **named).copy(deep=False)  # pandas copies what is then written to

    return given


def forget(engagement: Engagement) -> None:
    """Let whatever was kept of an engagement as it stands be counted anew."""
    shutil.rmtree(_period_folder(engagement), ignore_errors=True)


def _file(engagement: Engagement, name: str, asked: tuple[Any, ...]) -> Path | None:
    """Where a fact is kept; nowhere while the tables on disk are others than those that the engagement has opened."""
    tables, made_from = engagement.folder / "tables", engagement.made_from
    if made_from is None or made_from != read_manifest(tables):
        return None
    settings = engagement.settings.model_dump_json(exclude={"targets", "calendar"})  # which no fact depends on
    key = hashlib.sha256("\n".join([made_from, settings, CODE]).encode()).hexdigest()[:16]
    stem = "-".join([name, *(re.sub(r"\W+", "_", str(one)) for one in asked)])
    exact = hashlib.sha256(repr(asked).encode()).hexdigest()[:8]  # of other signs a name keeps nothing
    return _period_folder(engagement) / key / f"{stem}.{exact}.parquet"


def _period_folder(engagement: Engagement) -> Path:
    """Beside the tables, with which the facts go."""
    return engagement.folder / "tables" / "facts" / str(engagement.period or engagement.as_of)


def _read(file: Path) -> pd.DataFrame | None:
    """What was kept; nothing where it was not, or the file is damaged in whatever way."""
    with suppress(Exception):
        return pd.read_parquet(file, page_checksum_verification=True)
    return None


def _write(table: pd.DataFrame, file: Path) -> None:
    """Keep a result for others, as a whole or not at all; where that cannot be, they count for themselves."""
    with suppress(Exception):
        if not file.parent.exists():
            shutil.rmtree(file.parent.parent, ignore_errors=True)  # of this period, from other tables or other code
            file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        table.to_parquet(partial, write_page_checksum=True)
        partial.replace(file)
