"""A report's folder changes as a whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retention_kit.errors import ReportFailed


@contextmanager
def replacement(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends well.

    Whatever ends the block early, even a killed process, leaves `target` as it was; what a killed process left
    behind is cleared away by the next one.

    Args:
        target: The folder to make or replace.

    Raises:
        ReportFailed: Another process is filling the same folder.
    """
    fresh, former = target.with_name(f".{target.name}.partial"), target.with_name(f".{target.name}.former")
    fresh.mkdir(parents=True, exist_ok=True)
    with _locked(fresh, target):
        _restore(target, former)
        _empty(fresh)
        try:
            yield fresh
            _swap(fresh, target, former)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            _restore(target, former)


@contextmanager
def _locked(folder: Path, target: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between opening and locking, the other run may have moved the folder into place: then it is no longer ours.
        if not folder.exists() or not os.path.samestat(os.fstat(lock), folder.stat()):
            raise BlockingIOError
        yield
    except BlockingIOError:
        raise ReportFailed(
            f"{target} is being written by another run; wait for it to end, then start this one again."
        ) from None
    finally:
        os.close(lock)


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
