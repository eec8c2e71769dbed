"""What a report was made from: enough to make it again, and no clock."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from retention_kit import __version__
from retention_kit.engagement import Engagement
from retention_kit.package_data import fingerprint

CODE = ("**/*.py", "**/*.toml", "**/*.j2", "**/*.css", "**/*.mplstyle")
"""What decides the pages."""


def provenance(engagement: Engagement, *, parameters: Mapping[str, str], notebooks: Iterable[Path]) -> dict[str, Any]:
    """Period, as_of, code, packages, parameters, raw files and losses of a report.

    Args:
        engagement: The engagement as it stood at the end of the period.
        parameters: What the notebooks were given.
        notebooks: The files of the notebooks that are its pages; their code is part of the report's code.

    Returns:
        Plain values for JSON. Raw files are the whole files, with days after `as_of` if they hold any: this is the
        one part of a report that later data change.
    """
    return {
        "client": engagement.name,
        "name": engagement.settings.name,
        "period": str(engagement.period),
        "as_of": engagement.as_of.isoformat(),
        "parameters": dict(parameters),
        "code": {
            "retention_kit": __version__,
            "package_sha256": fingerprint(*CODE),
            "notebooks_sha256": _sha256(notebooks),
        },
        "python": platform.python_version(),
        "packages": package_versions(),
        "raw_files": engagement.fingerprints(),
        "losses": json.loads(engagement.losses().to_json(orient="records")),
    }


def write_manifest(made_from: Mapping[str, Any], folder: Path) -> None:
    """Write manifest.json."""
    text = json.dumps(made_from, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def package_versions() -> dict[str, str]:
    """The version of every package in this environment."""
    return {one.name.lower(): one.version for one in sorted(metadata.distributions(), key=lambda one: one.name.lower())}


def _sha256(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
