"""Tiny notebooks and a stand-in client, so that a report is made without data, metrics or figures."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
from playwright.sync_api import Browser, sync_playwright

from retention_kit.errors import IncompletePeriod, UnknownEngagement
from retention_kit.periods import Period

CHROMIUM = Path("/usr/bin/chromium")
PAGES = ("overview", "cohorts", "churn", "loyalty", "nps", "ltv", "method")
HEADER = "metric,segment,period,value,low,high,numerator,denominator,n,unit,status,flags,definition"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="200" viewBox="0 0 480 200">'
    '<path d="M40 20V170H460" fill="none" stroke="#222"/><path d="M40 150L200 80L460 40" fill="none" stroke="#1f6f8b"/>'
    "</svg>"
)


class StandIn:
    """A client with nothing but what a report asks of an engagement."""

    name, folder = "acme", Path("data/acme")
    first_day, last_day = date(1997, 1, 1), date(1998, 6, 30)
    settings = SimpleNamespace(
        name="Acme & Söhne <Ltd>",
        language="en",
        currency="EUR",
        time_zone="Europe/Berlin",
        engine="duckdb",
        spark_tables=None,
        targets=(),
    )

    def __init__(self, period: Period | None = None) -> None:
        self.period = period
        self.as_of = period.end if period else date(1998, 7, 1)

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *_: object) -> None: ...

    def at(self, period: str) -> "StandIn":
        if Period(period).end > self.as_of:
            raise IncompletePeriod(f"{period} is not complete; the last complete one is 1998-06.")
        return StandIn(Period(period))

    def has(self, _table: str) -> bool:
        return True

    def losses(self) -> pd.DataFrame:
        return pd.DataFrame({"table": ["orders"] * 2, "reason": ["kept", "cancelled"], "n_rows": [1204, 7]})

    def fingerprints(self) -> list[dict[str, Any]]:
        return [{"name": "orders.csv", "sha256": "ab" * 32, "n_bytes": 99, "n_rows": 1211}]


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def exhibit(html: str, *, name: str, kind: str, csv: str) -> str:
    bundle = {
        "text/html": html,
        "text/plain": "<Exhibit at 0x7f00aa11bb22>",
        "application/vnd.retention-kit.exhibit+json": {"name": name, "kind": kind, "csv": csv},
    }
    return f"import json\nfrom IPython.display import display\ndisplay(json.loads({json.dumps(bundle)!r}), raw=True)"


def cards(metric: str, value: str = "0.25") -> str:
    row = f"{metric},(all),1998-06,{value},0.2,0.3,25,100,100,share,ok,,buyers of two days or more"
    card = (
        f'<div class="rk-cards"><div class="rk-card" data-verdict="up"><p class="rk-label">{metric}</p>'
        '<p class="rk-value">25.0%</p><p class="rk-detail">n = 100 · 20.0% to 30.0%</p>'
        '<p class="rk-change">+1.2 points on May 1998</p></div></div>'
    )
    return exhibit(card, name="headline", kind="metrics", csv=f"{HEADER}\n{row}\n")


def table(name: str, first: str = "1,204") -> str:
    html = (
        '<table class="rk-table"><thead><tr><th scope="col">Segment</th><th scope="col" class="num">Customers</th></tr>'
        '</thead><tbody><tr><th scope="row">&lt;script&gt;alert(1)&lt;/script&gt;</th>'
        f'<td class="num">{first}</td></tr>'
        '<tr class="total"><th scope="row">Total</th><td class="num">1,204</td></tr></tbody></table>'
    )
    return exhibit(html, name=name, kind="table", csv=f"segment,n_customers\nall,{first.replace(',', '')}\n")


def figure(name: str) -> str:
    address = base64.b64encode(SVG.encode()).decode()
    html = (
        '<figure class="rk-figure"><figcaption>A figure.</figcaption><div class="rk-scroll" tabindex="0">'
        f'<img alt="A line that rises" src="data:image/svg+xml;base64,{address}"></div></figure>'
    )
    return exhibit(html, name=name, kind="table", csv="x,y\n1,2\n")


def notebook(name: str, *cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"# The {name} of customers\n\nWho bought **again**?"),
            code('client = "acme"\nperiod = "1998-06"', "parameters"),
            *cells,
        ]
    )
    for number, cell in enumerate(made.cells):
        cell.id = f"{name}-{number}"
    return made


def usual(name: str) -> nbformat.NotebookNode:
    return notebook(
        name,
        nbformat.v4.new_markdown_cell("## The number\n\nBetween $5 and **$6** was paid."),
        code(cards(f"{name}_rate")),
        nbformat.v4.new_markdown_cell("## Over time"),
        code(figure(f"{name}_curve")),
        code(table(f"{name}_table")),
        code("import sys\nprint(client, period)\nprint('careful', file=sys.stderr)\nobject()"),
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    if not CHROMIUM.exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM}.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


@pytest.fixture(scope="session")
def bench() -> SimpleNamespace:
    """The means to write notebooks in a test."""
    return SimpleNamespace(
        code=code, cards=cards, table=table, figure=figure, notebook=notebook, usual=usual, PAGES=PAGES, StandIn=StandIn
    )


def nothing_to_count(*_asked: object, **_named: object) -> None:
    """The stand-in has no tables."""


@pytest.fixture(scope="session")
def open_stand_in() -> Callable[..., StandIn]:
    def open_engagement(name: str, **_folders: object) -> StandIn:
        if name != "acme":
            raise UnknownEngagement(f"There is no client {name!r}; there is acme. Make a folder data/{name}.")
        return StandIn()

    return open_engagement


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_stand_in: Callable[..., StandIn]) -> Path:
    """A folder with two notebooks and a client, as the working folder."""
    monkeypatch.setattr("retention_kit.report.run.open_engagement", open_stand_in)
    monkeypatch.setattr("retention_kit.report.forks.NEEDED", ("ipykernel.kernelapp",))
    monkeypatch.setattr("retention_kit.report.run.count_ahead", nothing_to_count)
    (tmp_path / "notebooks").mkdir()
    for name in ("overview", "churn"):
        nbformat.write(usual(name), tmp_path / "notebooks" / f"{name}.ipynb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, open_stand_in: Callable[..., StandIn]) -> Path:
    """The folder of a whole report of seven pages, made once."""
    from retention_kit.report import report

    root = tmp_path_factory.mktemp("project")
    (root / "notebooks").mkdir()
    for name in PAGES:
        nbformat.write(usual(name), root / "notebooks" / f"{name}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retention_kit.report.run.open_engagement", open_stand_in)
        patch.setattr("retention_kit.report.forks.NEEDED", ("ipykernel.kernelapp",))
        patch.setattr("retention_kit.report.run.count_ahead", nothing_to_count)
        patch.chdir(root)
        return report("acme", "1998-06", notebooks_dir=root / "notebooks", progress=False).parent
