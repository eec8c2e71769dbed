"""When tables are built, and what stays when a build fails."""

import hashlib
import importlib.util
import os
import subprocess
import sys

import pytest

from retention_kit import package_data
from retention_kit.errors import BrokenIdentity, InvalidSource
from retention_kit.ingest.canonical import freshness, pipeline
from retention_kit.ingest.canonical.reading import Reading

RAW = "id,who,when,total\n1,a,2024-05-01,3\n2,b,2024-05-02,4\n"


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "stamps.json")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def builds(monkeypatch):
    counted = []
    real = pipeline._build
    monkeypatch.setattr(pipeline, "_build", lambda *given: (counted.append(1), real(*given)))
    return counted


def test_tables_are_built_once(client, builds):
    client(RAW)
    client(RAW)
    assert len(builds) == 1


def test_a_changed_file_mapping_or_reader_builds_anew(client, builds, monkeypatch):
    client(RAW)
    client(RAW.replace("4", "5"))
    client(RAW.replace("4", "5"), leave_out={"b": "who = 'b'"})
    monkeypatch.setattr(freshness, "reader_fingerprint", lambda: "another")
    client(RAW.replace("4", "5"), leave_out={"b": "who = 'b'"})
    assert len(builds) == 4


def test_settings_that_the_tables_do_not_depend_on_build_nothing(client, builds):
    client(RAW)
    client(RAW, settings={"churn_window": 90, "margin": 0.5})
    assert len(builds) == 1


def test_a_touched_file_with_the_same_bytes_builds_nothing(client, builds):
    engagement = client(RAW)
    os.utime(engagement.folder / "orders.csv", (1, 1))
    client(RAW)
    assert len(builds) == 1


def test_a_failing_build_leaves_the_old_tables_and_no_litter(client):
    engagement = client(RAW)
    before = contents(engagement.folder / "tables")
    with pytest.raises(InvalidSource):
        client(RAW.replace("2024-05-02", "soon"))
    assert contents(engagement.folder / "tables") == before
    there = {path.name for path in engagement.folder.iterdir()}
    assert there == {"engagement.toml", "orders.csv", "tables"}


def test_the_litter_of_a_killed_build_is_swept_by_the_next(client):
    engagement = client(RAW)
    (engagement.folder / ".tables.partial" / "work").mkdir(parents=True)
    client(RAW.replace("4", "5"))
    assert not (engagement.folder / ".tables.partial").exists()


def test_tables_that_a_killed_build_had_put_aside_come_back_without_a_build(client, builds):
    engagement = client(RAW)
    (engagement.folder / "tables").rename(engagement.folder / ".tables.former")
    assert client(RAW).orders.native.aggregate("count(*)").fetchall() == [(2,)]
    assert len(builds) == 1


def test_the_reader_is_told_by_its_code_and_by_that_of_duckdb(monkeypatch):
    told = freshness.reader_fingerprint.__wrapped__
    now = told()
    with monkeypatch.context() as patch:
        patch.setattr(freshness, "_READER", ("ingest/**/*.py",))
        assert told() != now
    with monkeypatch.context() as patch:
        patch.setattr(package_data.metadata, "version", lambda _library: "0")
        assert told() != now
    assert told() == now


def test_the_reader_is_told_by_the_data_beside_its_code(monkeypatch, tmp_path):
    monkeypatch.setattr(package_data, "__file__", str(tmp_path / "package_data.py"))
    (tmp_path / "schema").mkdir()
    told = set()
    for text in ("[orders]", "[refunds]"):
        (tmp_path / "schema" / "tables.toml").write_text(text, encoding="utf-8")
        told.add(freshness.reader_fingerprint.__wrapped__())
    assert len(told) == 2


def test_rows_that_end_nowhere_stop_the_build(client, monkeypatch):
    monkeypatch.setattr(Reading, "reasons", _losing_one(Reading.reasons))
    with pytest.raises(BrokenIdentity, match="orders: 2 rows read, but 1 kept or left out by reason"):
        client(RAW)


def _losing_one(reasons):
    return lambda reading: f"(FROM {reasons(reading)} LIMIT 1)"


def test_the_same_raw_files_give_the_same_bytes(client):
    raw = "id,who,when,total\n" + "".join(f"{n},{n % 977},2024-{n % 12 + 1:02}-15,{n % 89}.5\n" for n in range(300_000))
    engagement = client(raw)
    first = contents(engagement.folder / "tables")
    (engagement.folder / "tables" / "manifest.json").unlink()
    client(raw)
    second = contents(engagement.folder / "tables")
    assert first == second
    tables = {"orders.parquet", "customers.parquet", "occasions.parquet", "losses.parquet", "notes.parquet"}
    assert set(first) == {*tables, "manifest.json"}


def test_a_file_that_is_not_there_lists_what_is(client):
    with pytest.raises(
        InvalidSource, match=r'shop/engagement.toml: no file matches files = "order.csv"; did you mean "orders.csv"'
    ):
        client(RAW, files=["order.csv"])
    with pytest.raises(InvalidSource, match=r"beside engagement.toml there is orders.csv"):
        client(RAW, files=["raw/*.xlsx"])


def test_a_package_or_a_file_inside_it_that_is_not_there_is_named(client):
    with pytest.raises(InvalidSource, match='no package "no_such_package" is installed'):
        client(RAW, files=["package:no_such_package/x.csv"])
    with pytest.raises(InvalidSource, match=r'package "duckdb" is installed but holds no file "x.csv"'):
        client(RAW, files=["package:duckdb/x.csv"])


def test_a_file_inside_a_package_is_read_without_importing_it():
    assert importlib.util.find_spec("lifetimes")
    code = (
        "import sys; from retention_kit.ingest.files.find import find_files; from pathlib import Path; "
        "find_files(('package:lifetimes/datasets/CDNOW_master.txt',), Path()); print('lifetimes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
