"""Kernels of this very environment that open no port."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from retention_kit.report.forks import ALIKE, KERNEL, ForkServer

# A socket's path holds at most 103 bytes on macOS and 107 on Linux; a longer one is cut off and two kernels collide.
SOCKET_PATH_LIMIT = 100

LAUNCHER = (sys.executable, "-m", "ipykernel_launcher")


@dataclass
class Kernels:
    """The kernels of one run: where their sockets lie, what their environment is, which were started."""

    sockets: Path
    environment: Mapping[str, str]
    forks: ForkServer | None
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
