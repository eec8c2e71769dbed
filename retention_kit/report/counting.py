"""What the pages of a report will show is counted before they run: each number once, whatever page shows it."""

import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nbformat import NotebookNode

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import forget
from retention_kit.pages.ahead import TOPICS, count_topic
from retention_kit.report.execute import Conditions

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
    shown, forks = sorted(_named_in(notebooks)), conditions.forks
    if engagement.settings.spark_tables:
        forget(engagement)  # nobody knows whether the cluster's copy has changed

    def count(topic: str) -> None:
        if forks is None or engagement.settings.engine == "spark":
            with suppress(Exception):
                count_topic(engagement, topic, shown)
        else:
            names = (str(engagement.folder), str(engagement.period), topic, *shown)
            with suppress(RuntimeError):  # the server has ended, which the first kernel says
                forks.call(WORK, *names, environment=conditions.environment, seconds=conditions.timeout)
        on_topic()

    with ThreadPoolExecutor(1 if forks is None or engagement.settings.engine == "spark" else os.cpu_count()) as pool:
        try:
            list(pool.map(count, TOPICS))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            if forks is not None:
                forks.close()  # and with it what is being counted
            raise


def _named_in(notebooks: Mapping[str, NotebookNode]) -> set[str]:
    """Every name in quotes in the code of notebooks: those of panels are among them."""
    sources = (cell.source for notebook in notebooks.values() for cell in notebook.cells if cell.cell_type == "code")
    return {name for source in sources for name in re.findall(r"""["'](\w+)["']""", source)}
