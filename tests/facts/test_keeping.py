"""What is kept of an engagement is what was counted, and is counted anew where anything behind it is another."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.facts import keeping
from retention_kit.facts.keeping import forget, kept, once
from retention_kit.pages.ahead import TOPICS, count_topic
from retention_kit.pages.exhibits import PANELS

counted: list[str] = []


@kept
def numbers(engagement: Engagement, by: str | None = None) -> pd.DataFrame:
    """A fact that says how often it was counted."""
    counted.append(engagement.name)
    return pd.DataFrame({"by": [by], "n": [len(counted)]})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = rk.make_demo(tmp_path_factory.mktemp("data"), n_customers=600)
    rk.open_engagement(folder).close()
    return folder


@pytest.fixture
def client(built: Path, tmp_path: Path) -> Path:
    counted.clear()
    return shutil.copytree(built, tmp_path / "shop")


def opened(client: Path) -> Engagement:
    return rk.open_engagement(client).at("2024-05")


def shorten(client: Path) -> None:
    """Take a row off a raw file of the client."""
    file = client / "raw" / "orders_pl.csv"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))


def files(client: Path) -> list[Path]:
    return sorted((client / "tables" / "facts").rglob("*.parquet"))


def test_who_asks_again_is_given_what_was_counted(client: Path) -> None:
    first = numbers(opened(client))
    assert numbers(opened(client)).equals(first)
    assert counted == ["shop"]


def test_what_is_asked_for_otherwise_is_counted_by_itself(client: Path) -> None:
    engagement = opened(client)
    assert [numbers(engagement, by).n.item() for by in (None, "a b", "a-b", None)] == [1, 2, 3, 1]


@pytest.mark.parametrize("change", ["period", "settings", "raw file", "code"])
def test_it_is_counted_anew_where_anything_behind_it_changed(
    client: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers(opened(client))
    period, settings = "2024-05", client / "engagement.toml"
    match change:
        case "period":
            period = "2024-04"
        case "settings":
            settings.write_text(settings.read_text(encoding="utf-8").replace("churn_window = 90", "churn_window = 80"))
        case "raw file":
            shorten(client)
        case "code":
            monkeypatch.setattr(keeping, "CODE", "other")
    numbers(rk.open_engagement(client).at(period))
    assert len(counted) == 2


def test_of_a_period_the_facts_of_one_state_are_kept(client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers(opened(client))
    monkeypatch.setattr(keeping, "CODE", "other")
    numbers(opened(client))
    assert len(files(client)) == 1


def test_where_nothing_can_be_kept_it_is_counted_all_the_same(client: Path) -> None:
    (client / "tables" / "facts").write_text("in the way")
    assert [numbers(opened(client)).n.item() for _ in range(2)] == [1, 2]


def test_a_table_that_somebody_edits_stays_as_it_was_counted(client: Path) -> None:
    engagement = opened(client)
    for _again in range(2):
        edited = numbers(engagement)
        edited["n"] = 99
    assert numbers(engagement).n.item() == 1
    assert numbers(opened(client)).n.item() == 1


def test_of_tables_built_anew_since_it_was_opened_nothing_is_kept_or_read(client: Path) -> None:
    before = opened(client)
    shorten(client)
    after = opened(client)
    assert [numbers(engagement).n.item() for engagement in (before, after, opened(client))] == [1, 2, 2]


@pytest.mark.parametrize("cut", [50, -50])
def test_a_damaged_file_is_counted_anew(client: Path, cut: int) -> None:
    numbers(opened(client))
    (kept_file,) = files(client)
    kept_file.write_bytes(kept_file.read_bytes()[:cut])
    assert numbers(opened(client)).n.item() == 2


def test_forgotten_facts_are_counted_anew(client: Path) -> None:
    numbers(opened(client))
    forget(opened(client))
    assert numbers(opened(client)).n.item() == 2


def test_once_counts_for_an_engagement_as_it_stands(client: Path) -> None:
    asked: list[str] = []

    @once
    def count(engagement: Engagement) -> int:
        asked.append(str(engagement.period))
        return len(asked)

    engagement = opened(client)
    assert [count(engagement), count(engagement), count(engagement.at("2024-04"))] == [1, 1, 2]


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_kept_is_what_was_counted(built: Path, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the type of every column: a page reads it as if it had counted it."""
    tables: dict[str, pd.DataFrame] = {}
    monkeypatch.setattr(keeping, "_write", lambda table, file: tables.setdefault(str(file), table))
    monkeypatch.setattr(keeping, "_read", lambda _file: None)
    count_topic(opened(built), topic, list(PANELS))
    monkeypatch.undo()
    assert tables
    for name, table in tables.items():
        file = Path(name).with_name("written.parquet")
        file.parent.mkdir(parents=True, exist_ok=True)
        keeping._write(table, file)
        found = keeping._read(file)
        assert found is not None, f"{name} cannot be kept"
        pd.testing.assert_frame_equal(found, table.infer_objects(), check_exact=True)
        file.unlink()
