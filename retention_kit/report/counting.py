"""What the pages of a report will show is counted before they run: each number once, whatever page shows it."""

import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nbformat import NotebookNode

from retention_kit.engagement import Engagement
from retention_kit.pages.ahead import TOPICS, count_topic
from retention_kit.report.forks import ForkServer

WORK = "retention_kit.pages.ahead:count_topic_of"
"""What a forked process calls to count a topic."""


def count_ahead(
    engagement: Engagement,
    notebooks: Mapping[str, NotebookNode],
    *,
    forks: ForkServer | None,
    environment: Mapping[str, str],
    on_topic: Callable[[], None],
) -> None:
    """Count what notebooks will show, topics side by side where processes can be forked.

    On Spark this process counts, in one session, and no kernel needs another.

    Args:
        engagement: The engagement as it stood at the end of the period.
        notebooks: The pages by name.
        forks: What processes are forked from; without it topics are counted here, one after the other.
        environment: What makes another process find the same client.
        on_topic: Called after each topic, from any thread.
    """
    shown, is_here = sorted(_named_in(notebooks)), forks is None or engagement.settings.engine == "spark"

    def count(topic: str) -> None:
        if forks is None or is_here:
            with suppress(Exception):  # what fails is left to the page that shows it, whose cell is then named
                count_topic(engagement, topic, shown)
        else:
            names = (str(engagement.folder), str(engagement.period), topic, *shown)
            forks.call(WORK, *names, environment=environment)
        on_topic()

    with ThreadPoolExecutor(1 if is_here else os.cpu_count()) as pool:
        list(pool.map(count, TOPICS))


def _named_in(notebooks: Mapping[str, NotebookNode]) -> set[str]:
    """Every name in quotes in the code of notebooks: those of panels are among them."""
    sources = (cell.source for notebook in notebooks.values() for cell in notebook.cells if cell.cell_type == "code")
    return {name for source in sources for name in re.findall(r"""["'](\w+)["']""", source)}
