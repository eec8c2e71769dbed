"""The raw files that engagement.toml names."""

import codecs
import difflib
import glob
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from retention_kit.errors import InvalidSource

PACKAGE = "package:"
FILE = "engagement.toml"


@dataclass(frozen=True)
class RawFile:
    """A raw file: its name as a reader of messages knows it, and where it is."""

    name: str
    path: Path

    def fingerprint(self) -> dict[str, str | int]:
        """What tells this file from any other: name, sha256, n_bytes."""
        return {"name": self.name, "sha256": self.sha256(), "n_bytes": self.path.stat().st_size}

    def sha256(self) -> str:
        """The fingerprint of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the file but a byte-order mark and blanks."""
        with self.path.open("rb") as file:
            is_blank = not file.read(3).removeprefix(codecs.BOM_UTF8).strip()
            return is_blank and all(not piece.strip() for piece in iter(lambda: file.read(65536), b""))

    @property
    def stamp(self) -> list[int]:
        """Size and time of change: while they stay, the bytes are taken to stay."""
        stat = self.path.stat()
        return [stat.st_size, stat.st_mtime_ns]


def find_files(patterns: tuple[str, ...], folder: Path, *, allow_outside: bool = False) -> list[RawFile]:
    """The files that the patterns name, each once, in the order of the patterns and then of their names.

    Args:
        patterns: Paths or globs relative to the folder; `package:name/path` is a file inside an installed package. The
            name of a file that is there is no pattern, whatever signs it holds.
        folder: The engagement's folder.
        allow_outside: Whether a file may lie outside the folder.

    Raises:
        InvalidSource: A pattern names no file, a folder, a link to nothing, or a file outside the folder.
    """
    found = [file for pattern in patterns for file in _matches(pattern, folder, allow_outside=allow_outside)]
    return list({file.path: file for file in found}.values())


def _matches(pattern: str, folder: Path, *, allow_outside: bool) -> list[RawFile]:
    if pattern.startswith(PACKAGE):
        return [RawFile(pattern, _inside_package(pattern.removeprefix(PACKAGE)))]
    names = [pattern]
    if not (folder / pattern).is_file():
        names = sorted(glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207 (Path.glob: no absolute ones)
    is_any = Path(pattern).name in ("*", "**")  # asks for whatever is there, folders too
    files = [name for name in names if not (is_any and (folder / name).is_dir())]
    where = f"{folder.name}/{FILE}"
    if not files:
        raise InvalidSource(f'{where}: no file matches files = "{pattern}"; {_there(pattern, folder)}')
    for name in files:
        _check_file(folder / name, f'{where}: files = "{pattern}" names {name}', folder, allow_outside=allow_outside)
    return [RawFile(Path(name).as_posix(), folder / name) for name in files]


def _check_file(path: Path, named: str, folder: Path, *, allow_outside: bool) -> None:
    if path.is_dir():
        raise InvalidSource(f'{named}, which is a folder; name the files in it, for example "{path.name}/*.csv".')
    if not path.exists():
        raise InvalidSource(
            f"{named}, a link to {path.readlink()}, where nothing is; put the export there, or drop it."
        )
    if not path.is_file():
        raise InvalidSource(f"{named}, which is neither a file nor a link to one; name the export itself.")
    if not allow_outside and not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidSource(
            f"{named}, which lies outside the folder {folder.name}; copy it into {folder.name}/raw, or set "
            "allow_outside = true in the table's section."
        )


def _inside_package(name: str) -> Path:
    package, _, inside = name.partition("/")
    spec = importlib.util.find_spec(package)  # locates the package without importing it
    if spec is None or not spec.submodule_search_locations:
        raise InvalidSource(f'"{PACKAGE}{name}": no package "{package}" is installed; install it, or copy the file.')
    path = Path(spec.submodule_search_locations[0], inside)
    if not path.is_file():
        raise InvalidSource(f'"{PACKAGE}{name}": package "{package}" is installed but holds no file "{inside}".')
    return path


def _there(pattern: str, folder: Path) -> str:
    there = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.parts[len(folder.parts)] not in ("tables", FILE)
    )
    near = difflib.get_close_matches(pattern, there, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    listed = ", ".join(there[:10]) if there else "nothing"
    return f"beside engagement.toml there is {listed}. Put the export there, or correct the name."
