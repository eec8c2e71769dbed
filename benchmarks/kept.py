"""Results of long runs, kept in a temporary folder: a run that was stopped goes on where it was."""

import hashlib
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

import retention_kit


def kept(name: str, made: Callable[[], pd.DataFrame], *, of: object) -> pd.DataFrame:
    """A table that was made before, or is made now.

    Args:
        name: What it is called among the results of the same kind.
        made: Makes it.
        of: What its values depend on beside the code.
    """
    mark = hashlib.sha256(f"{_code()} {of!r}".encode()).hexdigest()[:12]
    file = Path(tempfile.gettempdir()) / "retention_kit_demo" / mark / f"{name}.parquet"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made().to_parquet(file)
        print(name, file=sys.stderr, flush=True)
    return pd.read_parquet(file)


@cache
def _code() -> str:
    """A fingerprint of the package and of these scripts: a result is kept for the code that it was found with."""
    files = sorted([*Path(retention_kit.__file__).parent.rglob("*.py"), *Path(__file__).parent.glob("*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
