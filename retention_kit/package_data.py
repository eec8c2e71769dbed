"""The package's own files: tables of columns and words, read here alone, and what tells its code from any other."""

import hashlib
import tomllib
from collections.abc import Iterable
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any


def read_data(package: str, name: str) -> dict[str, Any]:
    """What a TOML file of a package holds.

    Example:
        >>> read_data("retention_kit.schema", "tables.toml")["orders"]["grain"]
        'one row per order'
    """
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


def fingerprint(*patterns: str, libraries: Iterable[str] = ()) -> str:
    """What tells these files of the package, and the libraries beside it, from others.

    Example:
        >>> fingerprint("**/*.py") == fingerprint("**/*.py", "**/*.toml")
        False
    """
    package, digest = Path(__file__).parent, hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in package.glob(pattern)}):
        digest.update(f"\n{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    for name in libraries:
        digest.update(f"\n{name} {_version(name)}\n".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "none"
