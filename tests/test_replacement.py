"""A folder changes as a whole or not at all, and in one run at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from retention_kit.errors import ReportFailed
from retention_kit.replacement import replacement


def fill(target: Path, text: str) -> None:
    with replacement(target) as fresh:
        (fresh / "page").write_text(text, encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    fill(tmp_path / "1998-06", "old")
    fill(tmp_path / "1998-06", "new")
    assert (tmp_path / "1998-06/page").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["1998-06"]


def test_a_block_that_fails_leaves_the_old_folder_alone(tmp_path: Path) -> None:
    target = tmp_path / "1998-06"
    fill(target, "old")
    with pytest.raises(IsADirectoryError), replacement(target) as fresh:
        fresh.write_text("half", encoding="utf-8")
    assert (target / "page").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["1998-06"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".1998-06.partial"
    (left / "tables").mkdir(parents=True)
    (left / "half").touch()
    fill(tmp_path / "1998-06", "new")
    assert names(tmp_path) == ["1998-06"]
    assert names(tmp_path / "1998-06") == ["page"]


def test_a_report_caught_between_two_names_is_put_back(tmp_path: Path) -> None:
    target = tmp_path / "1998-06"
    fill(target, "old")
    target.rename(tmp_path / ".1998-06.former")
    with pytest.raises(ZeroDivisionError), replacement(target):
        raise ZeroDivisionError
    assert (target / "page").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["1998-06"]


def test_a_block_that_puts_nothing_into_it_leaves_the_old_folder_alone(tmp_path: Path) -> None:
    fill(tmp_path / "tables", "old")
    with replacement(tmp_path / "tables"):
        pass
    assert (tmp_path / "tables/page").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["tables"]


def test_a_run_that_waits_comes_after_the_one_before_it(tmp_path: Path) -> None:
    target, seen = tmp_path / "tables", []

    def wait() -> None:
        with replacement(target, waits=True):
            seen.append((target / "page").read_text(encoding="utf-8"))

    with ThreadPoolExecutor(1) as beside:
        with replacement(target) as fresh:
            waiting = beside.submit(wait)
            sleep(0.2)
            (fresh / "page").write_text("first", encoding="utf-8")
        waiting.result()
    assert seen == ["first"]
    assert names(tmp_path) == ["tables"]


def test_two_runs_of_one_report_at_once_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "1998-06"
    with (
        replacement(target),
        pytest.raises(ReportFailed, match="being written by another run; wait"),
        replacement(target),
    ):
        pytest.fail("The second run got in.")
    fill(target, "after")
