"""One builder at a time: notebooks that run side by side open the same engagement."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder; wait while another process holds it. The system lets go of it when a process dies.

    On Windows, which locks no folders, two builders may both build; the later one's tables stay.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
