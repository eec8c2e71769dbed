"""What a notebook shows: cards, a table or a figure, with the numbers behind it for the report to collect."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, cast

import matplotlib.pyplot as plt
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retention_kit.figures.style import OF_SEGMENTS, STYLE
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import glossary, texts
from retention_kit.wording.glossary import Kind
from retention_kit.wording.texts import _

MIME = "application/vnd.retention-kit.exhibit+json"
MOST_ROWS = 40

Plot = Callable[[pd.DataFrame], Axes]
"""A figure: a metric's result in, the Axes out."""


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


def _csv(data: pd.DataFrame) -> str:
    # 15 digits give every decimal back as it was written; 17 would print 0.1 + 0.2 as it is stored.
    return str(data.to_csv(index=False, lineterminator="\n", float_format="%.15g"))


def show(
    result: pd.DataFrame,
    name: str,
    *,
    plot: Plot | None = None,
    columns: list[str] | None = None,
    absent: pd.DataFrame | None = None,
) -> Exhibit:
    """Show a metric's result as a figure, a table or both; all its numbers go to `tables/<name>.csv` of the report.

    Args:
        result: The result of a metric.
        name: The name of the CSV file.
        plot: A `plot_*` function; without it a table is shown.
        columns: The columns of the table, in this order; all of them by default, none beside a figure.
        absent: The result of `engagement.missing`: where a table is missing, what to add is said instead.

    Returns:
        An object that JupyterLab displays and that the report's page prints.

    Example:
        >>> flow = pd.DataFrame({"period": ["2024-05"], "opening": [1204]})
        >>> "1,204" in show(flow, "customer_flow").html
        True
    """
    if absent is not None and len(absent):
        return Exhibit(name, Markup('<p class="rk-note">{}</p>').format(absent.message.iloc[0]), result)
    whole = result if plot in OF_SEGMENTS else _of_all_customers(result)
    figure = _figure(plot, whole) if plot else Markup("")
    shown = whole[columns] if columns else whole
    table = html_table(shown, {}, name=name) if columns or not plot else Markup("")
    return Exhibit(name, figure + table, result)


def html_table(rows: pd.DataFrame, kinds: dict[str, Kind], *, name: str = "", most: int | None = MOST_ROWS) -> Markup:
    """Rows as an escaped HTML table, each column written in its own way; the last 40 of a long table, or so many."""
    if rows.empty:
        return Markup('<p class="rk-note">{}</p>').format(_("There are no rows to show."))
    columns = {str(column): kinds.get(str(column)) or glossary.column_kind(str(column), table=name) for column in rows}
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_numeric(kind), glossary.column_label(column, table=name))
        for column, kind in columns.items()
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<td{}>{}</td>").format(_numeric(kind), _cell(value, kind))
                for value, kind in zip(row, columns.values(), strict=True)
            )
        )
        for row in rows.tail(most or len(rows)).itertuples(index=False)
    )
    cut = _("The last {n} of {all} rows.").format(n=most, all=texts.number(len(rows)))
    note = Markup('<p class="rk-note">{}</p>').format(cut) if most and len(rows) > most else Markup("")
    table = Markup('<table class="rk-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(heads, body)
    return note + table


def _numeric(kind: str) -> Markup:
    return (
        Markup("")
        if kind in ("text", "period", "segment", "status", "reason", "word", "words", "wave")
        else Markup(' class="num"')
    )


def _cell(value: Any, kind: Kind) -> str:
    writers: dict[Kind, Callable[[Any], str]] = {
        "count": texts.number,
        "number": lambda x: texts.number(x, digits=0 if float(x).is_integer() else 3),
        "ratio": texts.percent,
        "money": texts.money,
        "days": texts.number,
        "points": texts.points,
        "pp": lambda x: _("{difference} pp").format(difference=texts.number(100 * x, digits=1)),
        "period": lambda text: texts.period_name(Period(text)),
        "wave": texts.wave_name,
        "segment": glossary.segment_name,
        "status": glossary.status_text,
        "reason": glossary.reason_text,
        "word": glossary.word,
        "words": lambda text: " + ".join(map(glossary.word, text.split(" + "))),
        "text": str,
        "figures": str,
    }
    return texts.MISSING if pd.isna(value) else writers[kind](value)


def _figure(plot: Plot, result: pd.DataFrame) -> Markup:
    axes = plot(result)
    title = axes.get_title(loc="left") or axes.get_title()
    axes.set_title("", loc="left")  # the caption says it, where it can be read aloud and translated
    source = b64encode(_svg(axes)).decode()
    return Markup('<figure class="rk-figure"><figcaption>{}</figcaption><img alt="{}" src="{}"></figure>').format(
        title, title, f"data:image/svg+xml;base64,{source}"
    )


def _svg(axes: Axes) -> bytes:
    buffer, figure = BytesIO(), cast("Figure", axes.figure)
    with plt.style.context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    return buffer.getvalue()
