"""What the pages of a report will show is counted before they run: each number once, whatever page shows it."""

import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import cast

from nbformat import NotebookNode

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import forget
from retention_kit.pages.ahead import TOPICS, count_topic
from retention_kit.report.execute import Conditions
from retention_kit.report.forks import ForkServer

WORK = "retention_kit.pages.ahead:count_topic_of"
"""What a forked process calls to count a topic."""


def count_ahead(
    engagement: Engagement,
    notebooks: Mapping[str, NotebookNode],
    conditions: Conditions,
    *,
    on_topic: Callable[[], None],
) -> None:
    """Count what notebooks will show, topics side by side where processes can be forked.

    On Spark this process counts, in one session, and no kernel needs another. What fails, or takes longer than a cell
    may, is left to the page that shows it, whose cell is then named.

    Args:
        engagement: The engagement as it stood at the end of the period.
        notebooks: The pages by name.
        conditions: What every notebook of the run is given; without forks topics are counted here, one by one.
        on_topic: Called after each topic, from any thread.
    """
    shown = sorted(_named_in(notebooks))
    if engagement.settings.spark_tables:
        forget(engagement)  # nobody knows whether the cluster's copy has changed
    if conditions.forks is not None and engagement.settings.engine != "spark":
        _side_by_side(engagement, shown, conditions, on_topic)
        return
    for topic in TOPICS:
        with suppress(Exception):
            count_topic(engagement, topic, shown)
        on_topic()


def _side_by_side(
    engagement: Engagement, shown: list[str], conditions: Conditions, on_topic: Callable[[], None]
) -> None:
    forks, client, period = cast("ForkServer", conditions.forks), str(engagement.folder), str(engagement.period)

    def count(topic: str) -> None:
        with suppress(RuntimeError):  # the server has ended, which the first kernel says
            names = (client, period, topic, *shown)
            forks.call(WORK, *names, environment=conditions.environment, seconds=conditions.timeout)
        on_topic()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            list(pool.map(count, TOPICS))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            forks.close()  # and with it what is being counted
            raise


def _named_in(notebooks: Mapping[str, NotebookNode]) -> set[str]:
    """Every name in quotes in the code of notebooks: those of panels are among them."""
    sources = (cell.source for notebook in notebooks.values() for cell in notebook.cells if cell.cell_type == "code")
    return {name for source in sources for name in re.findall(r"""["'](\w+)["']""", source)}
