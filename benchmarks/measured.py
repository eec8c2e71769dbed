"""How long a command takes and how much memory it holds at most, seen from outside."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run of a command.

    Attributes:
        seconds: From its start to its end, the start of Python included.
        cpu_seconds: Of all its threads and of the children it waited for, in user mode and in the kernel.
        gigabytes: Peak resident memory of the process.
        output: What it printed; empty where it failed.
        ending: "" or, in words, why it did not end well.
    """

    seconds: float
    cpu_seconds: float
    gigabytes: float
    output: str
    ending: str


def measured(command: list[str], *, timeout: float, cwd: Path | None = None) -> Measured:
    """Run a command to its end, or stop it after a time."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    stopper = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
    stopper.start()
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    output = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)  # what this one process used, not all children so far
    stopper.cancel()
    process.returncode = code = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    used = seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6
    if code and seconds >= timeout:
        return Measured(*used, "", f"stopped after {timeout:.0f} s")
    last_words = (errors[0].strip().splitlines() or [f"exit code {code}"])[-1]
    return Measured(*used, output if not code else "", f"failed: {last_words}" if code else "")
