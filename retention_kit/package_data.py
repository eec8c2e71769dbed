"""The package's own tables of columns and words: TOML files beside the modules that use them, read here alone."""

import tomllib
from importlib.resources import files
from typing import Any


def read_data(package: str, name: str) -> dict[str, Any]:
    """What a TOML file of a package holds.

    Example:
        >>> read_data("retention_kit.schema", "tables.toml")["orders"]["grain"]
        'one row per order'
    """
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
