"""One builder at a time: notebooks that run side by side open the same engagement."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock on a file; wait while another process holds it. The system lets go of it when a process dies."""
    with file.open("w") as handle:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
