"""What a notebook shows: cards, a table or a figure, with the numbers behind it for the report to collect."""

import inspect
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, Protocol, cast

import matplotlib.pyplot as plt
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas.api.types import is_numeric_dtype

from retention_kit.figures.marks import listed
from retention_kit.figures.style import OF_SEGMENTS, in_house_style
from retention_kit.periods import Period, Unit
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, MISSING, Wording, glossary
from retention_kit.wording.glossary import Kind

MIME = "application/vnd.retention-kit.exhibit+json"
MOST_ROWS = 40


class Plot(Protocol):
    """A `plot_*` function, or one of your own: a metric's result in, the Axes out."""

    def __call__(self, result: pd.DataFrame, /, *, wording: Wording) -> Axes:
        """Draw a result."""


@dataclass(frozen=True)
class Exhibit:
    """HTML for the reader and, under `name`, the numbers for the report's CSV files."""

    name: str
    html: Markup
    data: pd.DataFrame
    kind: Literal["table", "metrics"] = "table"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        numbers = {"name": self.name, "kind": self.kind, "csv": _csv(self.data)}
        return {"text/html": str(self.html), "text/plain": repr(self), MIME: numbers}

    def __repr__(self) -> str:
        return f"<Exhibit {self.name}: {len(self.data)} rows>"


def _of_all_customers(result: pd.DataFrame) -> pd.DataFrame:
    """The rows a page shows of a result by segment: those of all customers; the CSV file has every segment."""
    is_all = result["segment"] == ALL if "segment" in result else pd.Series(data=False, index=result.index)
    return result[is_all].reset_index(drop=True) if is_all.any() else result


RUN_BY_SPREADSHEETS = re.compile(r"[=@\t\n]|[+-](?!\d*\.?\d*\Z)")
"""How a text begins that a spreadsheet takes for a formula; a number with a sign is none."""


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run, with the sign before it that makes it text there; line ends are of one kind.

    A lone CR would be written without quotes, and read as the end of the row.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if RUN_BY_SPREADSHEETS.match(text) else text


def _csv(data: pd.DataFrame) -> str:
    texts = {str(name): data[name].map(_harmless) for name in data if not is_numeric_dtype(data[name])}
    data = data.assign(**texts).rename(columns=_harmless)
    # 15 digits give every decimal back as it was written; 17 would print 0.1 + 0.2 as it is stored.
    return str(data.to_csv(index=False, lineterminator="\n", float_format="%.15g"))


def show(
    result: pd.DataFrame,
    name: str,
    *,
    plot: Plot | None = None,
    columns: list[str] | None = None,
    absent: str = "",
    wording: Wording = ENGLISH,
) -> Exhibit:
    """Show a metric's result as a figure, a table or both; all its numbers go to `tables/<name>.csv` of the report.

    Args:
        result: The result of a metric.
        name: The name of the CSV file.
        plot: A `plot_*` function; without it a table is shown.
        columns: The columns of the table, in this order; all of them by default, none beside a figure.
        absent: What was not given, in a sentence that is shown instead; nothing where all is there.
        wording: The reader's language and currency: `wording_of(engagement)`.

    Returns:
        An object that JupyterLab displays and that the report's page prints.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "opening": [1204]})
        >>> "1,204" in show(flow, "customer_flow").html
        True
    """
    if absent:
        return Exhibit(name, note(absent), result)
    whole = result if plot and inspect.unwrap(plot) in OF_SEGMENTS else _of_all_customers(result)
    figure = _figure(plot, whole, wording) if plot else Markup("")
    shown = whole[columns] if columns else whole
    table = html_table(shown, {}, name=name, wording=wording) if columns or not plot else Markup("")
    return Exhibit(name, figure + table, result)


def note(text: str) -> Markup:
    """A sentence in place of numbers, or above them."""
    return Markup('<p class="rk-note">{}</p>').format(text)


def html_table(
    rows: pd.DataFrame,
    kinds: dict[str, Kind],
    *,
    name: str = "",
    most: int | None = MOST_ROWS,
    wording: Wording = ENGLISH,
) -> Markup:
    """Rows as an escaped HTML table, each column written in its own way; the last 40 of a long table, or so many."""
    if rows.empty:
        return note(wording.gettext("There are no rows to show."))
    unit = _unit_of(rows)
    columns = {str(column): kinds.get(str(column)) or glossary.column_kind(str(column), table=name) for column in rows}
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            _numeric(kind), glossary.column_label(column, wording, table=name, unit=unit)
        )
        for column, kind in columns.items()
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<td{}>{}</td>").format(_numeric(kind), _isolated(_cell(value, kind, wording), kind))
                for value, kind in zip(row, columns.values(), strict=True)
            )
        )
        for row in rows.tail(most or len(rows)).itertuples(index=False)
    )
    table = Markup('<table class="rk-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(heads, body)
    return _cut(len(rows), most, wording) + table


def _cut(n_rows: int, most: int | None, wording: Wording) -> Markup:
    """What is said above a table that is longer than what is shown of it."""
    if most is None or n_rows <= most:
        return Markup("")
    text = wording.ngettext("The last {n} of {all} row.", "The last {n} of {all} rows.", n_rows)
    return note(text.format(n=wording.number(most), all=wording.number(n_rows)))


def _unit_of(rows: pd.DataFrame) -> Unit | None:
    """The unit of the periods in a table, where it has any and they are of one."""
    units = {Period(str(text)).unit for text in rows["period"].dropna().unique()} if "period" in rows else set()
    return units.pop() if len(units) == 1 else None


def _numeric(kind: str) -> Markup:
    return (
        Markup("")
        if kind in ("text", "period", "segment", "status", "reason", "word", "words", "wave")
        else Markup(' class="num"')
    )


def _cell(value: Any, kind: Kind, wording: Wording) -> str:
    writers: dict[Kind, Callable[[Any], str]] = {
        "count": wording.number,
        "number": lambda x: wording.number(x, digits=0 if float(x).is_integer() else 3),
        "ratio": wording.percent,
        "money": wording.money,
        "days": wording.number,
        "points": wording.number,
        "pp": lambda x: wording.gettext("{difference} pp").format(difference=wording.number(100 * x, digits=1)),
        "period": lambda text: wording.period_name(Period(text)),
        "wave": wording.wave_name,
        "segment": lambda text: glossary.segment_name(text, wording),
        "status": lambda text: glossary.status_text(text, wording),
        "reason": lambda text: glossary.reason_text(text, wording),
        "word": lambda text: glossary.word(text, wording),
        "words": lambda text: glossary.words(text, wording),
        "text": str,
        "figures": str,
    }
    return MISSING if pd.isna(value) else writers[kind](value)


def _isolated(text: str, kind: Kind) -> Markup | str:
    """Words keep their own direction, whatever the client's data are written in."""
    return text if _numeric(kind) else Markup("<bdi>{}</bdi>").format(text)


def _figure(plot: Plot, result: pd.DataFrame, wording: Wording) -> Markup:
    with _closing_new_figures():
        axes = plot(result, wording=wording)
        below = listed(plot, result, wording) if axes.axison else Markup("")
        title = axes.get_title()
        axes.title.set_text("")  # the caption says it, where it can be read aloud and translated
        source = b64encode(_svg(axes)).decode()
        axes.title.set_text(title)
    figure = Markup('<figure class="rk-figure"><figcaption>{}</figcaption><img alt="{}" src="{}"></figure>')
    return figure.format(title, title, f"data:image/svg+xml;base64,{source}") + below


@contextmanager
def _closing_new_figures() -> Iterator[None]:
    """Close the figures made in the block; those that a user has open stay."""
    before = set(plt.get_fignums())
    try:
        yield
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _svg(axes: Axes) -> bytes:
    buffer, figure = BytesIO(), cast("Figure", axes.figure)
    with in_house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
