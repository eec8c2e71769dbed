"""A process that has imported what a notebook needs; forked, it becomes a kernel or does other work, when asked to.

Run as a script, so that it imports what it is told to alone, it reads requests from stdin, one JSON object a line, and
answers each with the process id of the fork.
"""

import ctypes
import json
import os
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module

PR_SET_PDEATHSIG = 1
"""Of Linux's prctl(2): which signal a process gets when its parent ends."""


def serve(modules: Sequence[str]) -> None:
    """Import the modules, then fork a process for every request, until the run that asks ends."""
    # A kernel sets it too, but after these imports.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a process that ends leaves nothing behind
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries on import, and of Python that threads do not live through a fork
        for module in modules:
            import_module(module)
        request = _request_of_a_fork()
    if request:
        _work(**json.loads(request))


def _request_of_a_fork() -> str:
    """In a forked process what it was asked to be; in the server nothing, once the run that asks has ended."""
    for request in sys.stdin:
        if not (pid := os.fork()):
            return request
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    return ""


def _work(function: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    """Do what the process was forked for: call a function, named as `module:name`, with some texts."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the server, and so with the run
    os.setsid()  # signals for it reach it and what it starts alone
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    module, _colon, name = function.partition(":")
    getattr(import_module(module), name)(*arguments)


def run_kernel(*arguments: str) -> None:
    """Be a kernel of Jupyter until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


if __name__ == "__main__":
    serve(sys.argv[1:])
