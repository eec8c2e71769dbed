"""Notebooks run side by side, one kernel each; what fails is named by notebook, cell and error."""

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError, strip_color
from papermill.execute import execute_notebook

from retention_kit.errors import ReportFailed
from retention_kit.report.forks import ForkServer
from retention_kit.report.kernels import Kernels, private_kernels
from retention_kit.report.notebooks import is_warning

INJECTED = "injected-parameters"

TIMEOUT_VARIABLE = "RETENTION_KIT_TIMEOUT"
DEFAULT_TIMEOUT = 1200


@dataclass(frozen=True)
class Conditions:
    """What every notebook of a run is given: parameters, environment, the seconds a cell may take, and its kernel."""

    parameters: Mapping[str, str]
    environment: Mapping[str, str]
    timeout: int = DEFAULT_TIMEOUT
    forks: ForkServer | None = None


def cell_timeout() -> int:
    """Seconds that a cell may take: RETENTION_KIT_TIMEOUT where it is set, else 20 minutes.

    Raises:
        ReportFailed: The variable holds something else than whole seconds.
    """
    text = os.environ.get(TIMEOUT_VARIABLE, str(DEFAULT_TIMEOUT))
    if not text.isdecimal() or int(text) == 0:
        raise ReportFailed(f"{TIMEOUT_VARIABLE} is {text!r}, not a whole number of seconds; set it to 3600, say.")
    return int(text)


def run_notebooks(
    notebooks: Mapping[str, NotebookNode], conditions: Conditions, *, on_cell: Callable[[], None]
) -> dict[str, NotebookNode]:
    """Execute notebooks side by side, as many at once as there are processors.

    Args:
        notebooks: By name; they are not changed.
        conditions: The same for all.
        on_cell: Called at the start of each cell, from any thread.

    Returns:
        The executed notebooks by name, in the same order.

    Raises:
        ReportFailed: Cells failed, took too long or lost their kernel; every notebook that did is named.
    """
    at_once = max(1, min(len(notebooks), os.cpu_count() or 1))
    with ThreadPoolExecutor(at_once) as pool, private_kernels(conditions.environment, conditions.forks) as kernels:
        runs = {name: _Run(name, notebook, on_cell) for name, notebook in notebooks.items()}
        futures = {name: pool.submit(run.execute, kernels, conditions) for name, run in runs.items()}
        try:
            return _results(futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _results(futures: Mapping[str, Future[NotebookNode]]) -> dict[str, NotebookNode]:
    failures = [str(error) for future in futures.values() if isinstance(error := future.exception(), ReportFailed)]
    if failures:
        raise ReportFailed("\n".join(failures))
    return {name: future.result() for name, future in futures.items()}


def warnings_of(notebook: NotebookNode) -> list[str]:
    """What the cells of an executed notebook wrote to stderr, one text per cell, with the cell's number."""
    written = [cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
    return [
        f"cell {number}: " + "".join(output.text for output in cell.outputs if is_warning(output)).strip()
        for number, cell in enumerate(written, start=1)
        if cell.cell_type == "code" and any(is_warning(output) for output in cell.outputs)
    ]


class _Run:
    """One notebook under way: which cell it has reached."""

    def __init__(self, name: str, notebook: NotebookNode, on_cell: Callable[[], None]) -> None:
        self.name, self.notebook, self.on_cell = name, notebook, on_cell
        self.cell: NotebookNode | None = None

    def execute(self, kernels: Kernels, conditions: Conditions) -> NotebookNode:
        try:
            # jupyter_core makes each thread a loop and leaves it open; the runner cancels what is pending in it.
            with asyncio.Runner(loop_factory=ensure_event_loop) as runner:
                runner.get_loop()
                return self._execute(kernels, conditions)
        except PapermillExecutionError as error:
            problem = f"{error.ename}: {strip_color(error.evalue).strip()}"
        except CellTimeoutError:
            problem = f"it took longer than {conditions.timeout} seconds; set {TIMEOUT_VARIABLE} to allow more."
        except DeadKernelError:
            problem = "its kernel died, most often for want of memory; close other programs or use a bigger machine."
        except RuntimeError as error:
            problem = f"its kernel did not start ({error}); try again with fewer programs running."
        raise ReportFailed(f"{self.name}.ipynb, {self._place()}: {problem}")

    def _execute(self, kernels: Kernels, conditions: Conditions) -> NotebookNode:
        executed: NotebookNode = execute_notebook(
            self.notebook,
            None,
            dict(conditions.parameters),
            kernel_name="python3",
            progress_bar=False,
            autosave_cell_every=0,
            execution_timeout=conditions.timeout,
            kernel_manager_class=kernels.manager_class(self.name),
            on_cell_start=self._start,
            record_timing=False,
            coalesce_streams=True,
            shutdown_kernel="immediate",
        )
        return executed

    def _start(self, cell: NotebookNode, **_position: object) -> None:
        self.cell = cell
        self.on_cell()

    def _place(self) -> str:
        if self.cell is None:
            return "before its first cell"
        # Counted in the notebook as its author sees it, without the cell that papermill adds.
        ids = [cell.id for cell in self.notebook.cells]
        number = f"cell {ids.index(self.cell.id) + 1}" if self.cell.id in ids else "the parameters set by the report"
        lines = [line for line in self.cell.source.splitlines() if line.strip()]
        return f"{number} `{lines[0].strip()}`" if lines else number
