"""A process to fork others from, which has imported what they need: started first of all that a report does."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, cast

ALIKE = {"PYTHONHASHSEED": "0"}
"""What orders sets alike in every run."""
NEEDED = (
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_svg",
    "pyarrow.parquet",
    "seaborn",
    "lifetimes",
    "retention_kit.pages.ahead",
    "retention_kit.pages.changes",
    "retention_kit.pages.exhibits",
    "retention_kit.pages.scorecard",
    "retention_kit.figures.cards",
)
"""What a kernel has imported when it is forked."""
KERNEL = "__main__:run_kernel"
"""What a forked process calls to become a kernel."""


class ForkServer:
    """A process from which others are forked, ready at once: importing takes longer than most notebooks run."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("forkserver.py")  # as a module it would import all of its room
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(script), *NEEDED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the run, which then ends it
            env={**os.environ, **ALIKE},
        )
        self._asked, self._answers = cast("tuple[IO[str], IO[str]]", (self._process.stdin, self._process.stdout))
        self._one_at_a_time = Lock()

    def fork(self, function: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> int:
        """The process id of a new process, which calls a function, named as `module:name`, with some texts.

        Raises:
            RuntimeError: The server has ended.
        """
        asked = {"function": function, "arguments": list(arguments), "environment": dict(environment), "folder": folder}
        with self._one_at_a_time, suppress(BrokenPipeError):
            self._asked.write(json.dumps(asked) + "\n")
            self._asked.flush()
            if answer := self._answers.readline():
                return int(answer)
        raise RuntimeError("the process that kernels are forked from has ended")

    def call(self, function: str, *arguments: str, environment: Mapping[str, str], seconds: int) -> None:
        """Call a function in a process of its own, and wait until it has ended, however it does, or for so long."""
        pid = self.fork(function, arguments, {**os.environ, **environment, **ALIKE}, str(Path.cwd()))
        with suppress(ProcessLookupError):  # it has ended already
            process = os.pidfd_open(pid)
            try:
                if not select.select([process], [], [], seconds)[0]:
                    os.kill(pid, signal.SIGKILL)
            finally:
                os.close(process)

    def close(self) -> None:
        """End the server; what still runs of its forks ends with it."""
        self._process.kill()
        self._process.communicate()


def can_fork() -> bool:
    """Whether kernels are forked: on Linux, since libraries of macOS do not live through a fork."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")  # without it nobody can wait for a fork


@contextmanager
def fork_server() -> Iterator[ForkServer | None]:
    """A server to fork processes from, which imports while the run does what comes before; None where none can be."""
    server = ForkServer() if can_fork() else None
    try:
        yield server
    finally:
        if server is not None:
            server.close()
