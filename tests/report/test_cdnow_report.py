"""The report of CDNOW, with the project's own notebooks: whole, the same every time, blind to what came later."""

import json
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from retention_kit.report import report

DATA = Path(__file__).parents[2] / "data"
PERIOD = "1998-05"
PAGES = ("index", "cohorts", "churn", "loyalty", "ltv", "method")


def engagement(data: Path, *, last_day: str) -> None:
    """CDNOW as a client's folder, its file cut off after a day."""
    folder = data / "cdnow"
    (folder / "raw").mkdir(parents=True)
    source = Path(str(find_spec("lifetimes").origin)).parent / "datasets" / "CDNOW_master.txt"
    header, *lines = source.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if line.split()[-3] <= last_day.replace("-", "").encode()]
    (folder / "raw" / "orders.txt").write_bytes(header + b"".join(kept))
    settings = (DATA / "cdnow" / "engagement.toml").read_text(encoding="utf-8")
    settings = settings.replace("package:lifetimes/datasets/CDNOW_master.txt", "raw/orders.txt")
    (folder / "engagement.toml").write_text(settings.replace("1998-06-30", last_day), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cdnow_report")


def report_of_data_to(last_day: str, folder: Path) -> Path:
    engagement(folder / last_day, last_day=last_day)
    return report(
        "cdnow", PERIOD, data_dir=folder / last_day, reports_dir=folder / f"reports-{last_day}", progress=False
    ).parent


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    return report_of_data_to("1998-06-30", folder)


def test_the_report_is_whole(made: Path) -> None:
    files = set(contents(made))
    assert {f"{page}.html" for page in PAGES} | {"metrics.csv", "manifest.json"} <= files
    assert {
        "cohort_retention.csv",
        "customer_flow.csv",
        "rfm_segments.csv",
        "ltv_parameters.csv",
    } <= {Path(name).name for name in files if name.startswith("tables")}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("cohort_retention", "cohort age n_customers n_retained value low high status"),
        ("customer_flow", "period segment opening new reactivated churned new_lost closing"),
        ("rfm_segments", "segment n_customers n_orders revenue"),
        ("ltv_parameters", "model parameter value unit"),
    ],
)
def test_the_files_of_other_programs_have_their_columns(made: Path, table: str, columns: str) -> None:
    header = pd.read_csv(made / "tables" / f"{table}.csv", nrows=0)
    assert list(header)[: len(columns.split())] == columns.split()


def test_every_metric_has_the_columns_of_the_contract(made: Path) -> None:
    metrics = pd.read_csv(made / "metrics.csv")
    columns = "metric segment period value low high numerator denominator n unit status flags definition"
    assert list(metrics) == columns.split()
    assert not metrics.duplicated(["metric", "segment", "period"]).any()
    assert set(metrics.period) == {"1998-05", "1998-04", "1997-05"}


def test_a_second_run_gives_the_same_bytes_and_what_came_after_the_period_changes_nothing(
    folder: Path, made: Path
) -> None:
    now, then = contents(made), contents(report_of_data_to("1998-05-31", folder))
    manifests = [json.loads(run.pop("manifest.json")) for run in (now, then)]
    assert now == then
    raw_files = [manifest.pop("raw_files") for manifest in manifests]
    assert raw_files[0] != raw_files[1]
    assert manifests[0] == manifests[1]
