"""Where the clients' folders are."""

import difflib
import os
from pathlib import Path

from retention_kit.errors import UnknownEngagement

FILE = "engagement.toml"
DATA_VARIABLE = "RETENTION_KIT_DATA"


def find_client(name_or_path: str | Path, data_dir: str | Path | None = None) -> Path:
    """The folder of a client.

    Args:
        name_or_path: The name of a folder among the clients' folders, or the path of one that has an engagement.toml.
        data_dir: Where the clients' folders are; otherwise $RETENTION_KIT_DATA, or data/ here or in a folder above.

    Raises:
        UnknownEngagement: There is none; the message lists the clients there are, and the nearest.
    """
    path = Path(name_or_path)
    roots = _data_folders(data_dir)
    if len(path.parts) == 1 and not path.is_absolute():
        for root in roots:
            if (root / path / FILE).is_file():
                return (root / path).resolve()
    if (path / FILE).is_file():
        return path.resolve()
    raise UnknownEngagement(_unknown(path, roots))


def _data_folders(data_dir: str | Path | None) -> list[Path]:
    if data_dir is not None:
        return [Path(data_dir)]
    if named := os.environ.get(DATA_VARIABLE):
        return [Path(named)]
    return [folder / "data" for folder in (Path.cwd(), *Path.cwd().parents)]


def _unknown(path: Path, roots: list[Path]) -> str:
    clients = sorted({file.parent.name for root in roots for file in root.glob(f"*/{FILE}")})
    if not clients:
        where = roots[0] if len(roots) == 1 else "data/ of this folder or one above"
        return (
            f'There is no engagement "{path}": no folder with {FILE} in {where}. '
            f"Run from the project's folder, or set {DATA_VARIABLE} to the folder that holds the clients' folders."
        )
    near = difflib.get_close_matches(path.name, clients, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'There is no engagement "{path}"; there is {", ".join(clients)}.{hint}'
