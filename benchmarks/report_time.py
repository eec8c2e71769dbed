"""Time of one whole report, beside the same notebooks run by plain papermill and nbconvert one after the other.

`python benchmarks/report_time.py` reports 1998-06 of CDNOW both ways from built tables, nothing counted before, and
prints the ratio.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measured import Measured, measured

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


def forget(client: str) -> None:
    """What was counted before is counted anew."""
    shutil.rmtree(ROOT / "data" / client / "tables" / "facts", ignore_errors=True)


def ours(client: str, period: str, folder: Path) -> Measured:
    """One command: every page, index, CSV and manifest."""
    forget(client)
    command = [PYTHON, "-m", "retention_kit", "report", client, period, "--reports-dir", str(folder)]
    return measured(command, timeout=600, cwd=ROOT)


def one_after_the_other(client: str, period: str, folder: Path) -> list[Measured]:
    """Two commands per notebook: its pages without index, CSV and manifest."""
    runs = []
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        executed = str(folder / notebook.name)
        parameters = ["-p", "client", client, "-p", "period", period]
        papermill = [PYTHON, "-m", "papermill", str(notebook), executed, *parameters]
        nbconvert = [PYTHON, "-m", "jupyter", "nbconvert", "--to", "html", executed]
        forget(client)
        runs += [measured(command, timeout=600, cwd=ROOT) for command in (papermill, nbconvert)]
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", nargs="?", default="cdnow")
    parser.add_argument("period", nargs="?", default="1998-06")
    arguments = parser.parse_args()
    measured([PYTHON, "-m", "retention_kit", "tables", arguments.client], timeout=600, cwd=ROOT)
    with tempfile.TemporaryDirectory() as folder:
        report = ours(arguments.client, arguments.period, Path(folder))
        plain = one_after_the_other(arguments.client, arguments.period, Path(folder))
    if failed := [run.ending for run in (report, *plain) if run.ending]:
        sys.exit("\n".join(failed))
    plain_seconds = sum(run.seconds for run in plain)
    print("| way | commands | seconds |")
    print("| --- | ---: | ---: |")
    print(f"| `retention-kit report {arguments.client} {arguments.period}` | 1 | {report.seconds:.1f} |")
    print(f"| `papermill` and `jupyter nbconvert`, one after the other | {len(plain)} | {plain_seconds:.1f} |")
    print(f"\nratio {report.seconds / plain_seconds:.2f}")


if __name__ == "__main__":
    main()
