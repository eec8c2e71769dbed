"""A folder for the next client: engagement.toml with every key explained, and a place for the exports."""

import os
import re
import shutil
from pathlib import Path

from retention_kit.errors import InvalidEngagement

TEMPLATE = Path(__file__).parent / "templates" / "client"


def new_client(name: str, *, data_dir: str | Path | None = None) -> Path:
    """Make the folder of a client whose orders come as CSV.

    Args:
        name: What the folder is called: letters, digits, points, hyphens and underscores.
        data_dir: Where the clients' folders are; otherwise $RETENTION_KIT_DATA, or data/ here or in a folder above.

    Returns:
        The folder.

    Raises:
        InvalidEngagement: The name cannot name a folder, or there is such a folder already.
    """
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise InvalidEngagement(
            f"{name!r} cannot name a client's folder; use letters, digits, points, hyphens and underscores."
        )
    folder = _data_folder(data_dir) / name
    if folder.exists():
        raise InvalidEngagement(f"{folder} is there already; choose another name, or edit {folder}/engagement.toml.")
    shutil.copytree(TEMPLATE, folder)
    settings = folder / "engagement.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("{name}", name), encoding="utf-8")
    return folder


def _data_folder(data_dir: str | Path | None) -> Path:
    if given := data_dir or os.environ.get("RETENTION_KIT_DATA"):
        return Path(given)
    here = Path.cwd()
    return next((folder / "data" for folder in (here, *here.parents) if (folder / "data").is_dir()), here / "data")
