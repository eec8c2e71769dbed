"""What a notebook shows: cards, a table or a figure, with the numbers behind it for the report to collect."""

import inspect
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from markupsafe import Markup

from retention_kit.figures import cells
from retention_kit.figures.alternative import alternative
from retention_kit.figures.csv_text import csv_text
from retention_kit.figures.drawn import drawn_by, excerpt_of
from retention_kit.figures.marks import listed
from retention_kit.figures.numbers_of_figure import below, table_of
from retention_kit.figures.picture import Plot, picture
from retention_kit.figures.style import OF_SEGMENTS
from retention_kit.periods import Period, Unit
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, Wording, glossary
from retention_kit.wording.glossary import Kind

MIME = "application/vnd.retention-kit.exhibit+json"
MOST_ROWS = 40


@dataclass(frozen=True)
class Exhibit:
    """HTML for the reader and, under `name`, the numbers for the report's CSV files."""

    name: str
    html: Markup
    data: pd.DataFrame
    kind: Literal["table", "metrics"] = "table"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        numbers = {"name": self.name, "kind": self.kind, "csv": csv_text(self.data)}
        return {"text/html": str(self.html), "text/plain": repr(self), MIME: numbers}

    def __repr__(self) -> str:
        return f"<Exhibit {self.name}: {len(self.data)} rows>"


def _of_all_customers(result: pd.DataFrame) -> pd.DataFrame:
    """The rows a page shows of a result by segment: those of all customers; the CSV file has every segment."""
    is_all = result["segment"] == ALL if "segment" in result else pd.Series(data=False, index=result.index)
    return result[is_all].reset_index(drop=True) if is_all.any() else result


def show(
    result: pd.DataFrame,
    name: str,
    *,
    plot: Plot | None = None,
    columns: list[str] | None = None,
    title: str = "",
    wording: Wording = ENGLISH,
) -> Exhibit:
    """Show a metric's result as a table or a figure; all its numbers go to `tables/<name>.csv` of the report.

    A figure has an alternative text with its numbers, what a reader must know of them below it, and its table folded
    under it.

    Args:
        result: The result of a metric.
        name: The name of the CSV file.
        plot: A `plot_*` function; without it a table is shown.
        columns: The columns of the table, in this order; by default all, under a figure those that the glossary names.
        title: What the numbers are of, for those who do not see them; by default the title of the figure, or the heads
            of the columns.
        wording: The reader's language and currency: `wording_of(engagement)`.

    Returns:
        An object that JupyterLab displays and that the report's page prints.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "opening": [1204]})
        >>> "1,204" in show(flow, "customer_flow").html
        True
    """
    rows = result if plot and inspect.unwrap(plot) in OF_SEGMENTS else _of_all_customers(result)
    if plot:
        return Exhibit(name, _figure(plot, rows, columns, name=name, wording=wording), result)
    shown = rows[columns] if columns else rows
    return Exhibit(name, html_table(shown, {}, name=name, title=title, wording=wording), result)


def _figure(plot: Plot, rows: pd.DataFrame, columns: list[str] | None, *, name: str, wording: Wording) -> Markup:
    """A figure, what is said below it, and its numbers, folded."""
    drawn = picture(plot, rows, wording)
    if drawn.why_nothing:
        return note(drawn.why_nothing)
    shown, cuts = excerpt_of(plot, rows)
    told = alternative(drawn.title, shown, drawn_by(plot), table=name, wording=wording)
    source = f"data:image/svg+xml;base64,{b64encode(drawn.svg).decode()}"
    figure = Markup('<figure class="rk-figure"><figcaption>{}</figcaption>{}{}</figure>').format(
        drawn.title,
        scrolled(Markup('<img alt="{}" src="{}">').format(told, source), drawn.title),
        below(shown, cuts, name=name, wording=wording),
    )
    table, kinds = table_of(shown, drawn_by(plot), columns, name=name, most=MOST_ROWS)
    numbers = html_table(table, kinds, name=name, title=drawn.title, wording=wording)
    return figure + listed(plot, rows, wording) + folded(wording.gettext("The numbers of this figure"), numbers)


def folded(head: str, content: Markup) -> Markup:
    """What a reader opens who wants to see it."""
    return Markup('<details class="rk-numbers"><summary>{}</summary>{}</details>').format(head, content)


def scrolled(content: Markup, title: str) -> Markup:
    """What may be wider than a screen, in a frame that the keyboard can reach and scroll."""
    return Markup('<div class="rk-scroll" role="group" tabindex="0" aria-label="{}">{}</div>').format(title, content)


def note(text: str) -> Markup:
    """A sentence in place of numbers, or above them."""
    return Markup('<p class="rk-note">{}</p>').format(text)


def html_table(
    rows: pd.DataFrame,
    kinds: dict[str, Kind],
    *,
    name: str = "",
    title: str = "",
    most: int | None = MOST_ROWS,
    wording: Wording = ENGLISH,
) -> Markup:
    """Rows as an escaped HTML table, each column written in its own way; the last 40 of a long table, or so many.

    Args:
        rows: The rows.
        kinds: How columns are written; by default as the glossary says of the table.
        name: The name of the table, and of its CSV file.
        title: What the table is called for those who do not see it; by default the heads of its columns.
        most: So many rows are shown; None for all.
        wording: The reader's language and currency.
    """
    if rows.empty:
        return note(wording.gettext("There are no rows to show."))
    unit = _unit_of(rows)
    columns = {str(column): kinds.get(str(column)) or glossary.column_kind(str(column), table=name) for column in rows}
    labels = {column: glossary.column_label(column, wording, table=name, unit=unit) for column in columns}
    heads = (
        Markup('<th scope="col"{}>{}</th>').format(_numeric(kind), labels[column]) for column, kind in columns.items()
    )
    body = (_row(row, list(columns.values()), wording) for row in rows.tail(most or len(rows)).itertuples(index=False))
    table = Markup('<table class="rk-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        Markup("").join(heads), Markup("").join(body)
    )
    return _cut(len(rows), most, name, wording) + scrolled(table, title or ", ".join(labels.values()))


def _row(row: tuple[Any, ...], kinds: list[Kind], wording: Wording) -> Markup:
    written = ((kind, cells.written(value, kind, wording)) for value, kind in zip(row, kinds, strict=True))
    parts = (Markup("<td{}>{}</td>").format(_numeric(kind), _isolated(text, kind)) for kind, text in written)
    return Markup("<tr>{}</tr>").format(Markup("").join(parts))


def _cut(n_rows: int, most: int | None, name: str, wording: Wording) -> Markup:
    """What is said above a table that is longer than what is shown of it."""
    if most is None or n_rows <= most:
        return Markup("")
    text = wording.ngettext("The last {n} of {all} row.", "The last {n} of {all} rows.", n_rows)
    if name:
        text = wording.ngettext(
            "The last {n} of {all} row; all are in tables/{name}.csv.",
            "The last {n} of {all} rows; all are in tables/{name}.csv.",
            n_rows,
        )
    return note(text.format(n=wording.number(most), all=wording.number(n_rows), name=name))


def _unit_of(rows: pd.DataFrame) -> Unit | None:
    """The unit of the periods in a table, where it has any and they are of one."""
    units = {Period(str(text)).unit for text in rows["period"].dropna().unique()} if "period" in rows else set()
    return units.pop() if len(units) == 1 else None


def _numeric(kind: Kind) -> Markup:
    return Markup("") if kind in cells.WORDS else Markup(' class="num"')


def _isolated(text: str, kind: Kind) -> Markup | str:
    """Words keep their own direction, whatever the client's data are written in."""
    return Markup("<bdi>{}</bdi>").format(text) if kind in cells.WORDS else text
