"""Kernels of this very environment that open no port."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager

# A socket's path holds at most 103 bytes on macOS and 107 on Linux; a longer one is cut off and two kernels collide.
SOCKET_PATH_LIMIT = 100


@dataclass
class Kernels:
    """The kernels of one run: where their sockets lie, what their environment is, which were started."""

    sockets: Path
    environment: Mapping[str, str]
    started: list[KernelManager] = field(default_factory=list)

    def manager_class(self, name: str) -> type[KernelManager]:
        """The class from which nbclient makes the kernel of the notebook `name`.

        A `python3` kernelspec in the user's home, which Jupyter would prefer, is not looked at: the kernel runs
        `sys.executable`. Each kernel has sockets of its own, since kernels started at once would share the default.
        """
        kernels = self
        spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            env=dict(self.environment),
        )

        class NotebookKernel(AsyncKernelManager):
            def __init__(self, **options: object) -> None:
                stem = kernels.sockets / name
                super().__init__(transport="ipc", ip=str(stem), connection_file=f"{stem}.json", **options)
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


@contextmanager
def private_kernels(environment: Mapping[str, str]) -> Iterator[Kernels]:
    """Kernels that talk through sockets in a folder only this user may enter.

    Args:
        environment: Variables that the kernels have beside those of this process.
    """
    longest = f"{tempfile.gettempdir()}/rk-12345678/{'n' * 32}-5"
    place = None if len(longest) <= SOCKET_PATH_LIMIT else "/tmp"  # noqa: S108 mkdtemp makes a private folder there
    with tempfile.TemporaryDirectory(prefix="rk-", dir=place) as folder:
        kernels = Kernels(Path(folder), environment)
        try:
            yield kernels
        except BaseException:
            kernels.kill()
            raise
