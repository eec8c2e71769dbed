"""A folder that changes as a whole or not at all, and in one run at a time: tables, reports."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retention_kit.errors import ReportFailed

if sys.platform != "win32":
    import fcntl


@contextmanager
def replacement(target: Path, *, waits: bool = False) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends well and put something into it.

    Whatever ends the block early, even a killed process, leaves `target` as it was; what a killed process left
    behind is cleared away by the next one. Windows locks no folders: there one run at a time is left to the user.

    Args:
        target: The folder to make or replace.
        waits: Whether to wait while another run fills the same folder, and not to refuse.

    Raises:
        ReportFailed: Another run is filling the same folder.
    """
    fresh, former = target.with_name(f".{target.name}.partial"), target.with_name(f".{target.name}.former")
    lock = _lock(fresh, target, waits=waits)
    try:
        _restore(target, former)
        _empty(fresh)
        try:
            yield fresh
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        if any(fresh.iterdir()):
            _swap(fresh, target, former)
        else:
            fresh.rmdir()
    finally:
        _restore(target, former)
        if lock is not None:  # the system lets go of it, too, when a process dies
            os.close(lock)


@contextmanager
def in_a_sentence(target: Path) -> Iterator[None]:
    """What the system refuses is said in a sentence: a folder that cannot be written to, a full disk.

    Raises:
        ReportFailed: The message names the place, what the system said and what to do.
    """
    try:
        yield
    except OSError as error:
        raise ReportFailed(
            f"{error.filename or target}: {error.strerror or error}; {target} stays as it was. See that its folder can "
            "be written to, and that the disk has room."
        ) from None


def _lock(fresh: Path, target: Path, *, waits: bool) -> int | None:
    """Make the folder and lock it; None where the system locks no folders."""
    while True:
        fresh.mkdir(parents=True, exist_ok=True)
        if sys.platform == "win32":
            return None
        lock = os.open(fresh, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            if _is_still(fresh, lock):
                return lock
        except BlockingIOError:
            pass
        os.close(lock)
        if not waits:
            raise ReportFailed(
                f"{target} is being written by another run; wait for it to end, then start this one again."
            )


def _is_still(folder: Path, lock: int) -> bool:
    """Whether the folder locked is there; before it was, the other run may have moved it into place or cleared it."""
    try:
        return os.path.samestat(os.fstat(lock), folder.stat())
    except FileNotFoundError:
        return False


def _swap(fresh: Path, target: Path, former: Path) -> None:
    if target.exists():
        target.rename(former)
    fresh.rename(target)


def _restore(target: Path, former: Path) -> None:
    if former.exists() and not target.exists():
        former.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
