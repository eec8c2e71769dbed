"""The command line: `retention-kit new`, `check`, `report`, `tables`, `lab`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from retention_kit.errors import RetentionKitError

if TYPE_CHECKING:
    import pandas as pd

    from retention_kit.engagement import Engagement

PURPOSE = "Customer-retention reports from a client's own exports."

commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=PURPOSE)

Client = Annotated[str, typer.Argument(help="A folder under data/, or a path to a folder with an engagement.toml.")]
MOST_CHARACTERS = 120
"""So much of a raw row is printed as an example."""

DataFolder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Where the clients' folders are; by default data/ here or in a folder above."),
]
ReportsFolder = Annotated[
    Path | None, typer.Option(file_okay=False, help="Where reports go; by default reports/ beside the notebooks.")
]
NotebooksFolder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="The notebooks; by default notebooks/ here or in the nearest folder above."),
]


@commands.command()
def new(
    client: Annotated[str, typer.Argument(help="What the client's folder is to be called.")],
    data_dir: DataFolder = None,
) -> None:
    """Make a folder for a client whose orders come as CSV, with every key of engagement.toml explained."""
    from retention_kit.report.new_client import new_client

    folder = new_client(client, data_dir=data_dir)
    typer.echo(f"{folder}: put the orders into raw/, edit engagement.toml, then run retention-kit check {client}")


@commands.command("report")
def report_command(
    client: Client,
    period: Annotated[str | None, typer.Argument(help='Such as "1998-06"; by default the last complete month.')] = None,
    data_dir: DataFolder = None,
    reports_dir: ReportsFolder = None,
    notebooks_dir: NotebooksFolder = None,
) -> None:
    """Make the report of a client and a period, and print where it is."""
    # Imported here: papermill takes a second that the other commands need not wait for.
    from retention_kit.report import report

    index = report(client, period, data_dir=data_dir, reports_dir=reports_dir, notebooks_dir=notebooks_dir)
    typer.echo(index)


@commands.command()
def tables(client: Client, data_dir: DataFolder = None) -> None:
    """Build the tables of a client, and print how many rows were kept and lost, by reason."""
    from retention_kit.engagement import open_engagement

    with open_engagement(client, data_dir=data_dir) as engagement:
        losses = engagement.losses()
        typer.echo(f"{engagement.settings.name}: {engagement.first_day} to {engagement.last_day}")
    listing = Table("table", "reason")
    listing.add_column("rows", justify="right")
    for row in losses.itertuples():
        listing.add_row(str(row.table), str(row.reason), f"{row.n_rows:,}")
    Console().print(listing)


@commands.command()
def check(client: Client, data_dir: DataFolder = None) -> None:
    """Say of each table what was read, kept and left out, what looks odd, and what a report can show."""
    from retention_kit.engagement import open_engagement
    from retention_kit.pages.check import first_look
    from retention_kit.pages.target_checks import check_targets

    with open_engagement(client, data_dir=data_dir) as engagement:
        check_targets(engagement)
        typer.echo(f"{engagement.settings.name}: {engagement.first_day} to {engagement.last_day}")
        _say_known_customers(engagement)
        typer.echo("\nLook at this first")
        for sentence in first_look(engagement):
            typer.echo(f"  {sentence}")
        losses = engagement.losses()
        for name in dict.fromkeys(losses.table):
            _say_rows(str(name), losses[losses.table == name], engagement.examples(str(name)))
        _say_what_is_shown(engagement)


def _say_known_customers(engagement: "Engagement") -> None:
    from retention_kit.metrics.orders.totals import id_coverage

    if engagement.has("orders"):
        known = id_coverage(engagement.orders, before=engagement.as_of).iloc[0]
        share, money = known.id_coverage_orders, known.id_coverage_revenue
        typer.echo(f"The customer of {share:.1%} of the orders and of {money:.1%} of their revenue is known.")


def _say_what_is_shown(engagement: "Engagement") -> None:
    from retention_kit.pages.coverage import coverage, forecast_refused, not_shown_yet, pages_shown

    shown, refused = coverage(engagement), forecast_refused(engagement)
    typer.echo("\nThe report")
    typer.echo(f"  has the pages {', '.join(pages_shown(engagement))}" + (f"; ltv has {refused}" if refused else ""))
    typer.echo(f"  shows {shown.is_shown.sum()} of {len(shown)} metrics, tables and figures")
    for missing, rows in shown[~shown.is_shown].groupby("missing", sort=False):
        typer.echo(f"  cannot show {', '.join(rows.what)}: add {missing}")
    if apart := not_shown_yet(engagement):
        typer.echo(f"  does not show {', '.join(apart)} yet: read and checked only")


def _say_rows(name: str, losses: "pd.DataFrame", examples: "pd.DataFrame") -> None:
    reasons = dict(zip(losses.reason, losses.n_rows, strict=True))
    typer.echo(f"\n{name}: {losses.n_rows.sum():,} rows read, {reasons.pop('kept', 0):,} kept")
    for reason, n_rows in reasons.items():
        typer.echo(f"  {n_rows:,} {reason}")
        for row in examples[examples.reason == reason].itertuples():
            found = f" {row.found}" if isinstance(row.found, str) else ""
            typer.echo(f"    {row.file}, line {row.line}:{found} {row.raw[:MOST_CHARACTERS]!r}")


@commands.command()
def lab(notebooks_dir: NotebooksFolder = None) -> None:
    """Open JupyterLab on the project: its notebooks, the clients' data and the reports."""
    from retention_kit.report.notebooks import notebooks_folder

    # Jupyter refuses root unless told, and in a container there is nobody else.
    as_root = ["--allow-root"] if os.geteuid() == 0 else []
    project = notebooks_folder(notebooks_dir).resolve().parent
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(project), *as_root])  # noqa: S606


def app() -> None:
    """Run a command; what goes wrong is said in a sentence, with exit code 1."""
    try:
        commands()
    except RetentionKitError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    app()
