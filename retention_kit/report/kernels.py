"""Kernels of this very environment that open no port."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

# A socket's path holds at most 103 bytes on macOS and 107 on Linux; a longer one is cut off and two kernels collide.
SOCKET_PATH_LIMIT = 100

ALIKE = {"PYTHONHASHSEED": "0"}
"""What orders sets alike in every run."""
NEEDED = (
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "seaborn",
    "lifetimes",
    "retention_kit.pages.ahead",
    "retention_kit.pages.exhibits",
    "retention_kit.pages.scorecard",
    "retention_kit.figures.cards",
)
"""What a kernel has imported when it is forked."""
KERNEL = "__main__:run_kernel"
"""What a forked process calls to become a kernel."""
LAUNCHER = (sys.executable, "-m", "ipykernel_launcher")


@dataclass
class Kernels:
    """The kernels of one run: where their sockets lie, what their environment is, which were started."""

    sockets: Path
    environment: Mapping[str, str]
    forks: "ForkServer | None"
    started: list[KernelManager] = field(default_factory=list)

    def manager_class(self, name: str) -> type[KernelManager]:
        """The class from which nbclient makes the kernel of the notebook `name`.

        A `python3` kernelspec in the user's home, which Jupyter would prefer, is not looked at: the kernel runs
        `sys.executable`. Each kernel has sockets of its own, since kernels started at once would share the default.
        """
        kernels = self
        spec = KernelSpec(
            argv=[*LAUNCHER, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            env=dict(self.environment),
        )

        class NotebookKernel(AsyncKernelManager):
            def __init__(self, **options: object) -> None:
                stem = kernels.sockets / name
                super().__init__(transport="ipc", ip=str(stem), connection_file=f"{stem}.json", **options)
                if kernels.forks is not None:
                    self.provisioner = ForkedKernel(kernels.forks, kernel_id=name, kernel_spec=spec, parent=self)
                kernels.started.append(self)

            @property
            def kernel_spec(self) -> KernelSpec:
                return spec

        return NotebookKernel

    def kill(self) -> None:
        """End every kernel at once: a run that is given up waits for none of them."""
        for manager in self.started:
            if manager.has_kernel and (pid := getattr(manager.provisioner, "pid", None)):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)


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

    def call(self, function: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Call a function in a process of its own, and wait until it has ended, however it does."""
        pid = self.fork(function, arguments, {**os.environ, **environment, **ALIKE}, str(Path.cwd()))
        with suppress(ProcessLookupError):  # it has ended already
            process = os.pidfd_open(pid)
            try:
                select.select([process], [], [])
            finally:
                os.close(process)

    def close(self) -> None:
        """End the server; what still runs of its forks ends with it."""
        self._process.kill()
        self._process.communicate()


class ForkedKernel(LocalProvisioner):
    """A kernel forked from a server, for Jupyter to wait for and to signal as it does one that it has started."""

    def __init__(self, forks: ForkServer, **options: Any) -> None:
        super().__init__(**options)
        self._forks = forks

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel instead of starting the command."""
        arguments, folder = cmd[len(LAUNCHER) :], str(kwargs.get("cwd") or Path.cwd())
        pid = await asyncio.to_thread(self._forks.fork, KERNEL, arguments, kwargs["env"], folder)
        self.process = cast("Any", _Forked(pid))  # Jupyter's types want a process that we have started
        self.pid, self.pgid, self.cwd = pid, pid, folder
        return self.connection_info


class _Forked:
    """What Jupyter asks of a process, of one whose parent is another: it is reaped there, with no exit code for us."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            self.send_signal(0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        return 0  # asked for once poll has said that it has ended

    def send_signal(self, signum: int) -> None:
        os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def can_fork() -> bool:
    """Whether kernels are forked: on Linux, since libraries of macOS do not live through a fork."""
    return sys.platform == "linux"


@contextmanager
def fork_server() -> Iterator[ForkServer | None]:
    """A server to fork processes from, which imports while the run does what comes before; None where none can be."""
    server = ForkServer() if can_fork() else None
    try:
        yield server
    finally:
        if server is not None:
            server.close()


@contextmanager
def private_kernels(environment: Mapping[str, str], forks: ForkServer | None) -> Iterator[Kernels]:
    """Kernels that talk through sockets in a folder only this user may enter.

    Args:
        environment: Variables that the kernels have beside those of this process.
        forks: What they are forked from; else each is started.
    """
    longest = f"{tempfile.gettempdir()}/rk-12345678/{'n' * 32}-5"
    place = None if len(longest) <= SOCKET_PATH_LIMIT else "/tmp"  # noqa: S108 mkdtemp makes a private folder there
    with tempfile.TemporaryDirectory(prefix="rk-", dir=place) as folder:
        kernels = Kernels(Path(folder), {**environment, **ALIKE}, forks)
        try:
            yield kernels
        except BaseException:
            kernels.kill()
            raise
