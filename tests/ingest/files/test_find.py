"""Which files a pattern names, and which it may not."""

import os

import duckdb
import pytest

from retention_kit.errors import InvalidEngagement, InvalidSource
from retention_kit.ingest.files.find import find_files

ROWS = "id,who,when,total\n1,a,2024-05-01,3\n"


@pytest.fixture
def folder(tmp_path):
    shop = tmp_path / "shop"
    (shop / "raw").mkdir(parents=True)
    return shop


def names(patterns, folder, **keys):
    return [file.name for file in find_files(patterns, folder, **keys)]


def test_the_name_of_a_file_that_is_there_is_no_pattern(folder):
    for name in ("o[1].csv", "o1.csv"):
        (folder / "raw" / name).write_text(ROWS)
    assert names(("raw/o[1].csv",), folder) == ["raw/o[1].csv"]
    (folder / "raw" / "o[1].csv").unlink()
    assert names(("raw/o[1].csv",), folder) == ["raw/o1.csv"]


def test_a_file_outside_is_read_only_where_that_is_allowed(folder, tmp_path):
    (tmp_path / "other.csv").write_text(ROWS)
    (folder / "raw" / "link.csv").symlink_to(tmp_path / "other.csv")
    for pattern in ("../other.csv", str(tmp_path / "other.csv"), "raw/link.csv", "raw/*.csv", "../*.csv"):
        with pytest.raises(InvalidSource, match="outside the folder shop; copy it into shop/raw, or set allow_outside"):
            find_files((pattern,), folder)
        assert len(find_files((pattern,), folder, allow_outside=True)) == 1


def test_allow_outside_is_a_key_of_the_table(client, rows, tmp_path):
    (tmp_path / "other.csv").write_text(ROWS)
    assert len(rows(client("", files=["../other.csv"], allow_outside=True), "order_id")) == 1


def test_a_link_within_the_folder_is_a_file(folder):
    (folder / "kept.csv").write_text(ROWS)
    (folder / "raw" / "link.csv").symlink_to(folder / "kept.csv")
    assert names(("raw/*",), folder) == ["raw/link.csv"]


def test_a_link_to_nothing_is_refused(folder):
    (folder / "raw" / "o.csv").write_text(ROWS)
    (folder / "raw" / "p.csv").symlink_to(folder / "gone.csv")
    with pytest.raises(InvalidSource, match=r"names raw/p.csv, a link to .*gone.csv, where nothing is"):
        find_files(("raw/*.csv",), folder)


@pytest.mark.parametrize("pattern", ["raw", "raw/*.csv", "raw/may.csv"])
def test_a_folder_is_refused(folder, pattern):
    (folder / "raw" / "may.csv").mkdir()
    with pytest.raises(InvalidSource, match="which is a folder; name the files in it"):
        find_files((pattern,), folder)


def test_a_pattern_for_everything_passes_folders_over(folder):
    (folder / "raw" / "old").mkdir()
    (folder / "raw" / "old" / "a.csv").write_text(ROWS)
    (folder / "raw" / "b.csv").write_text(ROWS)
    assert names(("raw/**",), folder) == ["raw/b.csv", "raw/old/a.csv"]
    assert names(("raw/*",), folder) == ["raw/b.csv"]


def test_a_pipe_is_refused(folder):
    os.mkfifo(folder / "raw" / "pipe.csv")
    with pytest.raises(InvalidSource, match="neither a file nor a link to one"):
        find_files(("raw/pipe.csv",), folder)


def failing(error):
    def fails(*_, **__):
        raise error

    return fails


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            PermissionError(13, "Permission denied", "orders.csv"),
            "orders.csv: Permission denied; the tables could not be",
        ),
        (OSError(28, "No space left on device"), "No space left on device; .* that the disk has room"),
        (duckdb.IOException('IO Error: failed: {"errno":"28"}'), r"shop/tables: No space left on device; the tables"),
        (OSError(30, "Read-only file system", "tables"), "Read-only file system; .* can be written to"),
    ],
)
@pytest.mark.parametrize("place", ["find_files", "is_fresh", "_read", "_write", "write_manifest"])
def test_what_the_system_refuses_is_one_sentence(client, monkeypatch, error, message, place):
    monkeypatch.setattr(f"retention_kit.ingest.canonical.pipeline.{place}", failing(error))
    with pytest.raises(InvalidSource, match=message):
        client(ROWS)


@pytest.mark.parametrize("name", ["manifest", "stamps"])
@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "7", '{"files": [{}]}', '{"files": 3}', "\ufffd{", '{"files": {"a": 1}}']
)
def test_tables_with_a_damaged_manifest_are_built_anew(client, rows, name, text):
    engagement = client(ROWS)
    (engagement.folder / "tables" / f"{name}.json").write_text(text)
    again = client(ROWS)
    assert len(rows(again, "order_id")) == 1
    assert again.fingerprints()[0]["n_rows"] == 1


@pytest.mark.parametrize("encoding", ["rot13", "base64", "hex", "zlib", "bz2", "undefined", "no-such"])
def test_what_is_no_encoding_of_text_is_refused(client, encoding):
    with pytest.raises(
        InvalidEngagement, match=f'encoding = "{encoding}" is no encoding of text; write one such as utf-8'
    ):
        client(ROWS, encoding=encoding)


def test_an_engagement_that_cannot_be_read_is_one_sentence(client, monkeypatch):
    monkeypatch.setattr("pathlib.Path.read_text", failing(PermissionError(13, "Permission denied")))
    with pytest.raises(
        InvalidEngagement, match=r"shop/engagement.toml: Permission denied; see that the file can be read"
    ):
        client(ROWS)
