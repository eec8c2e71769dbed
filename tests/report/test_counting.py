"""What the pages of a report will show is counted before they run, where it is best counted."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nbformat
import pytest

from retention_kit.engagement import Engagement
from retention_kit.pages.ahead import TOPICS
from retention_kit.report import counting
from retention_kit.report.counting import WORK, count_ahead
from retention_kit.report.execute import Conditions
from retention_kit.report.forks import ForkServer

NOTEBOOKS = {
    "overview": nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "rk.exhibit(engagement, \"order_history\")\nrk.exhibit(engagement, 'identities')"
            ),
            nbformat.v4.new_markdown_cell('Here we say "nps" of it.'),
        ]
    )
}


class Forks:
    """A server that notes what it is asked to fork."""

    def __init__(self) -> None:
        self.called: list[tuple[str, ...]] = []

    def call(self, function: str, *arguments: str, environment: Mapping[str, str], seconds: int) -> None:
        assert (function, environment, seconds) == (WORK, {"RETENTION_KIT_DATA": "data"}, 60)
        self.called.append(arguments)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The topics counted in this process."""
    topics: list[str] = []
    monkeypatch.setattr(counting, "count_topic", lambda _engagement, topic, _shown: topics.append(topic))
    return topics


def counted(engine: str, forks: Forks | None, on_topic: Callable[[], None] = lambda: None) -> None:
    settings = SimpleNamespace(engine=engine, spark_tables=None)
    engagement: Any = SimpleNamespace(settings=settings, folder=Path("data/acme"), period="2024-05")
    conditions = Conditions({}, {"RETENTION_KIT_DATA": "data"}, 60, cast("ForkServer | None", forks))
    count_ahead(cast("Engagement", engagement), NOTEBOOKS, conditions, on_topic=on_topic)


def test_each_topic_is_counted_in_a_process_of_its_own_with_the_panels_that_are_named(here: list[str]) -> None:
    forks = Forks()
    counted("duckdb", forks)
    assert {arguments[2] for arguments in forks.called} == set(TOPICS)
    assert {arguments[:2] + arguments[3:] for arguments in forks.called} == {
        ("data/acme", "2024-05", "identities", "order_history")
    }
    assert here == []


@pytest.mark.parametrize(("engine", "forks"), [("spark", Forks()), ("duckdb", None)])
def test_on_spark_and_where_nothing_can_be_forked_this_process_counts(
    here: list[str], engine: str, forks: Forks | None
) -> None:
    counted(engine, forks)
    assert here == list(TOPICS)
    assert forks is None or forks.called == []


def test_what_fails_is_left_to_the_page_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_asked: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(counting, "count_topic", fails)
    done: list[int] = []
    counted("spark", None, on_topic=lambda: done.append(1))
    assert len(done) == len(TOPICS)
