"""A report is made whole, twice alike, or not at all."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

import retention_kit
from retention_kit.errors import BrokenIdentity, IncompletePeriod, ReportFailed, UnknownEngagement
from retention_kit.report import report


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(bench: SimpleNamespace, project: Path, name: str, *sources: str) -> None:
    cells = [bench.code(source) for source in sources]
    nbformat.write(bench.notebook(name, *cells), project / "notebooks" / f"{name}.ipynb")


def test_a_report_is_seven_pages_and_the_files_beside_them(made: Path, bench: SimpleNamespace) -> None:
    pages = {"index.html", *(f"{name}.html" for name in bench.PAGES if name != "overview")}
    notebooks = {f"notebooks/{name}.ipynb" for name in bench.PAGES}
    tables = {f"tables/{name}_{kind}.csv" for name in bench.PAGES for kind in ("curve", "table")}
    assert set(contents(made)) == pages | notebooks | tables | {"metrics.csv", "manifest.json"}


def test_a_page_without_data_is_not_made_and_the_overview_says_what_was_not_given(
    project: Path, bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbformat.write(bench.usual("nps"), project / "notebooks" / "nps.ipynb")
    monkeypatch.setattr(bench.StandIn, "has", lambda _self, table: table == "responses")
    folder = report("acme", "1998-06", progress=False).parent
    pages = {page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.html")}
    assert set(pages) == {"index.html", "nps.html"}
    assert [name for name, page in pages.items() if "No orders were given." in page] == ["index.html"]
    assert not [name for name, page in pages.items() if "churn.html" in page]


def test_a_report_stands_under_client_and_period(project: Path) -> None:
    assert report("acme", "1998-05", progress=False) == project / "reports/acme/1998-05/index.html"


@pytest.mark.usefixtures("project")
def test_without_a_period_the_last_complete_month_is_reported() -> None:
    assert report("acme", progress=False).parent.name == "1998-06"


@pytest.mark.usefixtures("project")
def test_two_runs_give_the_same_bytes_and_leave_nothing_else() -> None:
    folder = report("acme", "1998-06", progress=False).parent
    first = contents(folder)
    assert contents(report("acme", "1998-06", progress=False).parent) == first
    assert [entry.name for entry in folder.parent.iterdir()] == ["1998-06"]


@pytest.mark.usefixtures("project")
def test_kernels_that_cannot_be_forked_are_started_and_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    forked = contents(report("acme", "1998-06", progress=False).parent)
    monkeypatch.setattr("retention_kit.report.forks.can_fork", lambda: False)
    assert contents(report("acme", "1998-06", progress=False).parent) == forked


def test_executed_notebooks_keep_outputs_and_drop_what_changes(made: Path) -> None:
    executed = nbformat.read(made / "notebooks/overview.ipynb", as_version=4)
    outputs = json.dumps([cell.get("outputs") for cell in executed.cells], ensure_ascii=False)
    assert "acme 1998-06" in outputs
    assert "object at 0x…" in outputs
    assert not re.search("careful|0x[0-9a-f]{6}", outputs)
    assert not re.search(
        "papermill|iopub", json.dumps([executed.metadata, *(cell.metadata for cell in executed.cells)])
    )


def test_the_manifest_says_what_the_report_was_made_from(made: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["period"] == "1998-06"
    assert manifest["as_of"] == "1998-07-01"
    assert manifest["parameters"] == {"client": "acme", "period": "1998-06"}
    assert manifest["raw_files"][0]["n_rows"] == sum(loss["n_rows"] for loss in manifest["losses"])
    assert manifest["packages"]["pandas"]
    assert len(manifest["code"]["package_sha256"]) == 64


@pytest.mark.usefixtures("project")
def test_warnings_of_a_notebook_are_printed_and_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    index = report("acme", "1998-06", progress=False)
    assert "overview.ipynb, cell 8: careful" in capfd.readouterr().err
    assert "careful" not in index.read_text(encoding="utf-8")


def test_kernels_write_nothing_of_their_own_to_the_console(
    project: Path, bench: SimpleNamespace, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("overview", "churn"):
        write(bench, project, name, "1 + 1")
    report("acme", "1998-06", progress=False)
    assert capfd.readouterr() == ("", "")


def test_kernels_run_this_environment_and_open_no_port(
    project: Path, bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = project / "home/kernels/python3"
    bad.mkdir(parents=True)
    (bad / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(project / "home"))
    source = "import sys, ipykernel.kernelapp as app\nkernel = app.IPKernelApp.instance()\n"
    write(bench, project, "churn", source + f"print(sys.executable == {sys.executable!r}, kernel.transport)")
    page = report("acme", "1998-06", progress=False).with_name("churn.html")
    assert "True ipc" in page.read_text(encoding="utf-8")


def test_a_failing_cell_is_named_and_the_earlier_report_stays(project: Path, bench: SimpleNamespace) -> None:
    earlier = contents(report("acme", "1998-06", progress=False).parent)
    write(bench, project, "overview", "\nraise ValueError('first line\\nset margin in engagement.toml')")
    write(bench, project, "churn", "1 + 1", "1 / 0")
    with pytest.raises(ReportFailed) as failure:
        report("acme", "1998-06", progress=False)
    told = str(failure.value)
    assert "overview.ipynb, cell 3 `raise ValueError(" in told
    assert "set margin in engagement.toml" in told
    assert "churn.ipynb, cell 4 `1 / 0`: ZeroDivisionError: division by zero" in told
    assert contents(project / "reports/acme/1998-06") == earlier
    assert [entry.name for entry in (project / "reports/acme").iterdir()] == ["1998-06"]


def test_a_cell_that_takes_too_long_is_named_with_the_remedy(
    project: Path, bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_KIT_TIMEOUT", "1")
    write(bench, project, "churn", "import time\ntime.sleep(60)")
    with pytest.raises(ReportFailed, match=r"churn\.ipynb, cell 3 .*longer than 1 seconds; set RETENTION_KIT_TIMEOUT"):
        report("acme", "1998-06", progress=False)


@pytest.mark.usefixtures("project")
def test_a_timeout_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_KIT_TIMEOUT", "long")
    with pytest.raises(ReportFailed, match="'long', not a whole number of seconds; set it to"):
        report("acme", "1998-06", progress=False)


def test_a_kernel_that_dies_is_named(project: Path, bench: SimpleNamespace) -> None:
    write(bench, project, "churn", "import os\nos._exit(1)")
    with pytest.raises(ReportFailed, match=r"churn\.ipynb, cell 3 `import os`: its kernel died"):
        report("acme", "1998-06", progress=False)


def test_a_parameter_that_a_notebook_lacks_or_invents_stops_the_run_before_any_kernel(
    project: Path, bench: SimpleNamespace
) -> None:
    odd = bench.notebook("churn")
    odd.cells[1].source = 'client = "acme"\nmonth = "1998-06"'
    nbformat.write(odd, project / "notebooks/churn.ipynb")
    with pytest.raises(ReportFailed) as failure:
        report("acme", "1998-06", progress=False)
    assert str(failure.value).splitlines() == [
        "churn.ipynb has no parameter `period`.",
        "churn.ipynb has an unknown parameter `month`.",
        "The cell tagged `parameters` of each notebook must set exactly: client, period.",
    ]
    assert not (project / "reports").exists()


@pytest.mark.usefixtures("project")
def test_an_incomplete_period_is_refused_with_the_last_complete_one() -> None:
    with pytest.raises(IncompletePeriod, match="1998-07 is not complete; the last complete one is 1998-06"):
        report("acme", "1998-07", progress=False)


@pytest.mark.usefixtures("project")
def test_an_unknown_client_is_refused() -> None:
    with pytest.raises(UnknownEngagement, match="Make a folder data/nobody"):
        report("nobody", "1998-06", progress=False)


def test_a_folder_without_notebooks_is_refused(project: Path) -> None:
    (project / "notebooks/overview.ipynb").unlink()
    with pytest.raises(ReportFailed, match=r"No overview\.ipynb in .*run this inside the project's folder"):
        report("acme", "1998-06", progress=False)


def test_a_file_that_is_no_notebook_is_named(project: Path) -> None:
    (project / "notebooks/churn.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ReportFailed, match=r"churn\.ipynb is not a notebook .*save it again"):
        report("acme", "1998-06", progress=False)


def _of_ones_own(bench: SimpleNamespace) -> dict[str, tuple[str, str]]:
    """Notebooks that people save beside the pages: what is in the file, and what is said of it."""
    copy = bench.usual("churn")
    copy.cells[1].source = 'client = "other"\nperiod = "2001-01"'
    edited = bench.usual("churn")
    edited.cells[-1].source += "\n1 / 0"
    sketch, other = nbformat.v4.new_notebook(cells=[bench.code("1 / 0")]), bench.notebook("x", bench.code("1 / 0"))
    other.cells[1].source = 'country = "PL"'
    texts = {
        "Untitled": sketch,
        "churn of another": copy,
        "churn-Copy1": edited,
        "overview-Copy12": edited,
        "pl": other,
    }
    said = {
        "Untitled": "has no cell tagged `parameters` that sets client and period",
        "churn of another": "has the cells of churn.ipynb",
        "churn-Copy1": "a copy of churn.ipynb",
        "overview-Copy12": "a copy of overview.ipynb",
        "pl": "has no cell tagged `parameters` that sets client and period",
    }
    broken = {"empty": ("", "is not a notebook"), "half": ('{"cells": [', "is not a notebook")}
    return {name: (nbformat.writes(text), said[name]) for name, text in texts.items()} | broken


def test_a_notebook_of_ones_own_never_breaks_a_report_and_is_spoken_of(
    project: Path, bench: SimpleNamespace, capfd: pytest.CaptureFixture[str]
) -> None:
    plain = contents(report("acme", "1998-06", progress=False).parent)
    capfd.readouterr()
    notebooks = _of_ones_own(bench)
    for name, (text, _said) in notebooks.items():
        (project / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    assert contents(report("acme", "1998-06", progress=False).parent) == plain
    told = capfd.readouterr().err.splitlines()
    for name, (_text, said) in notebooks.items():
        assert [line for line in told if line.startswith(f"{name}.ipynb is no page of the report: ") and said in line]


def test_a_notebook_of_ones_own_with_the_parameters_is_a_page(project: Path, bench: SimpleNamespace) -> None:
    nbformat.write(bench.usual("suppliers"), project / "notebooks" / "suppliers.ipynb")
    folder = report("acme", "1998-06", progress=False).parent
    assert 'href="suppliers.html"' in (folder / "index.html").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_to_is_named(project: Path) -> None:
    (project / "reports").write_text("a file where the folder would be")
    with pytest.raises(
        ReportFailed, match=r"reports/acme.*: (Not a directory|File exists); .* See that its folder can"
    ):
        report("acme", "1998-06", progress=False)


def test_the_same_metric_with_two_values_breaks_the_run(project: Path, bench: SimpleNamespace) -> None:
    write(bench, project, "overview", bench.cards("rate", "0.25"))
    write(bench, project, "churn", bench.cards("rate", "0.26"))
    with pytest.raises(BrokenIdentity, match=r"value is 0\.25 in overview\.ipynb and 0\.26 in churn\.ipynb"):
        report("acme", "1998-06", progress=False)
    assert not (project / "reports/acme/1998-06").exists()


SLOW_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import conftest
from retention_kit.report import report, run
run.open_engagement = lambda name, data_dir: conftest.StandIn()
run.count_ahead = conftest.nothing_to_count
report("acme", "1998-06", progress=False)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_the_earlier_report_and_the_next_run_clears_up(
    project: Path, bench: SimpleNamespace, made: Path, ending: signal.Signals
) -> None:
    shutil.copytree(made, project / "reports/acme/1998-06")
    earlier = contents(made)
    marker = project / "pid"
    source = f"import os, time, pathlib\npathlib.Path({str(marker)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    write(bench, project, "churn", source)
    words = [sys.executable, "-c", SLOW_RUN, str(Path(__file__).parent)]
    environment = os.environ | {"PYTHONPATH": str(Path(retention_kit.__file__).parents[1])}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE) as run:
        wait_until(lambda: marker.exists() and marker.read_text() != "")
        run.send_signal(ending)
    assert run.returncode != 0
    assert contents(project / "reports/acme/1998-06") == earlier
    kernel = int(marker.read_text())
    wait_until(lambda: not Path(f"/proc/{kernel}").exists())
    write(bench, project, "churn", "1 + 1")
    assert contents(report("acme", "1998-06", progress=False).parent) != earlier
    assert [entry.name for entry in (project / "reports/acme").iterdir()] == ["1998-06"]


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(4800):  # long, for a machine that does other things as well
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen within four minutes.")


@pytest.mark.usefixtures("project")
def test_the_kernels_of_a_run_leave_no_sockets_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = tmp_path / "t"
    places.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))
    report("acme", "1998-06", progress=False)
    assert os.listdir(places) == []  # noqa: PTH208 a list says what is there
