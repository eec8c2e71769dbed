"""From a client's data and the notebooks to a folder of pages and CSV files."""

from pathlib import Path
from typing import TYPE_CHECKING

from retention_kit.report.forks import fork_server

if TYPE_CHECKING:
    from retention_kit.periods import Period

__all__ = ["report"]


def report(
    client: str | Path,
    period: "str | Period | None" = None,
    *,
    data_dir: str | Path | None = None,
    reports_dir: str | Path | None = None,
    notebooks_dir: str | Path | None = None,
    progress: bool = True,
) -> Path:
    """What happened to a client's customers in a period, as pages that open without a network?

    Builds the tables where raw files changed, runs every notebook side by side, and puts pages, CSV files, executed
    notebooks and the manifest in place together. Two runs on the same inputs give the same bytes.

    Args:
        client: The client's folder under data/, or a path to a folder with an engagement.toml.
        period: The period reported, such as "1998-06"; None for the last complete month.
        data_dir: Where clients' folders are; by default found as `open_engagement` finds them.
        reports_dir: Where reports go; by default `reports` beside the folder of the notebooks.
        notebooks_dir: By default `notebooks` in the working folder or the nearest above it.
        progress: Whether a bar shows the run on stderr; warnings of the notebooks are printed there in any case.

    Returns:
        The path of index.html, in <reports_dir>/<client>/<period>/.

    Raises:
        UnknownEngagement: There is no such client.
        IncompletePeriod: The data do not cover the period whole; the last complete one is named.
        ReportFailed: Parameters do not fit a notebook, or a cell failed; the earlier report is as it was.
        BrokenIdentity: Two pages show the same metric with different numbers.
    """
    with fork_server() as forks:
        from retention_kit.report.run import Folders, made_report  # takes seconds, while the server imports too

        folders = Folders(data_dir, reports_dir, notebooks_dir)
        return made_report(client, period, forks, folders, progress=progress)
