"""What a report was made from: enough to make it again, and no clock."""

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import retention_kit
from retention_kit.engagement import Engagement


def provenance(engagement: Engagement, *, parameters: Mapping[str, str], notebooks: Path) -> dict[str, Any]:
    """Period, as_of, code, packages, parameters, raw files and losses of a report.

    Args:
        engagement: The engagement as it stood at the end of the period.
        parameters: What the notebooks were given.
        notebooks: The folder of the notebooks; their code is part of the report's code.

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
            "retention_kit": retention_kit.__version__,
            "package_sha256": _tree_sha256(Path(retention_kit.__file__).parent, "*.py", "*.toml", "*.j2", "*.css"),
            "notebooks_sha256": _tree_sha256(notebooks, "*.ipynb"),
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


def _tree_sha256(folder: Path, *patterns: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in folder.rglob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
