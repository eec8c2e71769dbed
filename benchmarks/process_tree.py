"""CPU seconds and memory of a command with everything that it starts, on Linux.

A report forks its kernels from a server that does not wait for them, so the kernel's own accounting, which adds up what
was waited for, leaves them out. Every process of the tree is looked at 20 times a second: what a process used that
nobody will wait for is what it had used when last seen, up to a twentieth of a second a core too little.
"""

import ctypes
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from measured import Measured

LOOKS_A_SECOND = 20
MEMORY_EVERY = 5
"""Looks between two at the memory, whose pages the kernel has to walk."""
TICKS = os.sysconf("SC_CLK_TCK")
ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): who outlives its parent becomes a child of this process, not of init."""
SIGCHLD_BIT = 1 << 16


@dataclass
class _Tree:
    """What was seen of the processes below this one.

    Attributes:
        ticks: CPU of each process that nobody waits for, and of those that it waited for.
        bytes: The most memory that all had at one time, shared pages counted once.
    """

    ticks: dict[int, int] = field(default_factory=dict)
    bytes: int = 0

    def look(self, *, at_memory: bool) -> None:
        stats = {pid: stat for pid in _pids() if (stat := _stat(pid))}
        below = {os.getpid()}
        while found := {pid for pid, (parent, _) in stats.items() if parent in below} - below:
            below |= found
        below.remove(os.getpid())
        for pid in below:
            parent, ticks = stats[pid]
            if parent in below and _ignores_children(parent):
                self.ticks[pid] = ticks
        if at_memory:
            self.bytes = max(self.bytes, sum(map(_proportional_bytes, below)))


def measured_tree(command: list[str], *, timeout: float, cwd: Path, environment: dict[str, str]) -> Measured:
    """Run a command to its end, or stop it after a time; this process may have no other child meanwhile."""
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    tree, start = _Tree(), time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=os.environ | environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    stopper = threading.Timer(timeout, process.kill)
    stopper.start()
    looks = 0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        tree.look(at_memory=looks % MEMORY_EVERY == 0)
        looks += 1
        time.sleep(1 / LOOKS_A_SECOND)
    seconds = time.perf_counter() - start
    stopper.cancel()
    _, status, usage = ended
    process.returncode = code = os.waitstatus_to_exitcode(status)
    cpu_seconds = usage.ru_utime + usage.ru_stime + _orphans(tree) + sum(tree.ticks.values()) / TICKS
    return Measured(seconds, cpu_seconds, tree.bytes / 1e9, "", f"failed: exit code {code}" if code else "")


def _orphans(tree: _Tree) -> float:
    """CPU seconds of those who outlived their parents, exactly, when the last of them has ended."""
    found = 0.0
    while True:
        try:
            pid, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return found
        tree.ticks.pop(pid, None)
        found += usage.ru_utime + usage.ru_stime


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> tuple[int, int] | None:
    """The parent of a process, and the ticks of itself and of those it waited for; None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(map(int, fields[11:15]))


def _ignores_children(pid: int) -> bool:
    """Whether it has the kernel clear away its children, so that what they used is added to nobody's account."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    return any(line.startswith("SigIgn:") and int(line.split()[1], 16) & SIGCHLD_BIT for line in lines)


def _proportional_bytes(pid: int) -> int:
    """Its memory, each page divided among those who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
