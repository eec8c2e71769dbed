"""Whether tables are still those of the raw files, the mapping and the reader, by fingerprints in `manifest.json`."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from retention_kit.ingest.canonical.file_contents import Content
from retention_kit.ingest.files.find import RawFile
from retention_kit.ingest.settings import Settings
from retention_kit.package_data import fingerprint

Files = dict[str, list[RawFile]]
Fingerprints = dict[str, list[dict[str, str | int]]]

_READER = (
    *(f"{room}/**/*.{kind}" for room in ("ingest", "schema") for kind in ("py", "toml")),
    *("package_data.py", "periods.py", "personal_data.py", "tables.py"),
)
"""The code, and the data beside it, that decide what the tables hold."""


@cache
def reader_fingerprint() -> str:
    """What tells this reader from any other that might give other tables: its code, and the version of DuckDB."""
    return fingerprint(*_READER, libraries=["duckdb"])


def is_fresh(tables: Path, settings: Settings, files: Files) -> bool:
    """Whether the tables are those that a build would give now; a damaged manifest says nothing of them."""
    try:
        manifest: dict[str, Any] = json.loads((tables / "manifest.json").read_text(encoding="utf-8"))
        stamps: dict[str, list[int]] = json.loads((tables / "stamps.json").read_text(encoding="utf-8"))
        known = {f"{entry['table']}: {entry['name']}": entry["sha256"] for entry in manifest["files"]}
        found = (manifest["reader"], manifest["mapping"])
        stamped = {key: stamps[key] for key in known}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    raw = {_key(name, file): file for name, listed in files.items() for file in listed}
    if found != (reader_fingerprint(), _mapping_fingerprint(settings)) or raw.keys() != known.keys():
        return False
    return all(file.stamp == stamped[key] or file.sha256() == known[key] for key, file in raw.items())


def write_stamps(files: Files, folder: Path) -> None:
    """Write what the raw files look like before they are read: size and time of change."""
    _write({_key(name, file): file.stamp for name, listed in files.items() for file in listed}, folder / "stamps.json")


def fingerprints_of(files: Files) -> Fingerprints:
    """For each table what tells its raw files from others."""
    return {name: [file.fingerprint() for file in listed] for name, listed in files.items()}


def write_manifest(
    settings: Settings, fingerprints: Fingerprints, contents: Mapping[str, list[Content]], folder: Path
) -> None:
    """Write what the tables were built from.

    Args:
        settings: What engagement.toml says.
        fingerprints: For each table those of its raw files.
        contents: For each table what its files gave, file by file.
        folder: Where the tables are.
    """
    manifest = {
        "reader": reader_fingerprint(),
        "mapping": _mapping_fingerprint(settings),
        "files": [
            {"table": name, **fingerprint, **content}
            for name, listed in fingerprints.items()
            for fingerprint, content in zip(listed, contents[name], strict=True)
        ],
    }
    _write(manifest, folder / "manifest.json")


def _mapping_fingerprint(settings: Settings) -> str:
    """The part of the settings that the tables depend on."""
    used = settings.model_dump(
        mode="json",
        include={
            "currency", "time_zone", "last_day", "count_zero_value", "max_rejected", "missing", "segments",
            "staff", "tables"
        },
    )  # fmt: skip
    return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()


def _key(table: str, file: RawFile) -> str:
    return f"{table}: {file.name}"


def _write(content: Mapping[str, Any], file: Path) -> None:
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
