"""What stands below a figure: what was cut off, what a reader must know of its numbers, and its table."""

from collections import Counter
from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.drawn import Cut, Drawn
from retention_kit.tables import ALL
from retention_kit.wording import Wording, glossary
from retention_kit.wording.glossary import COLUMNS, Kind

MARKS = ("status", "flags")


def below(rows: pd.DataFrame, cuts: list[Cut], *, name: str, wording: Wording) -> Markup:
    """What is drawn only in part, and how many of the numbers are missing or flagged, and why."""
    said = [_cut_off(cuts, name, wording)] if cuts else []
    for text, n in _marks(rows, wording).items():
        marked = wording.ngettext("{n} of {all} number: {text}", "{n} of {all} numbers: {text}", len(rows))
        said.append(marked.format(n=wording.number(n), all=wording.number(len(rows)), text=text))
    lines = (Markup("<p>{}</p>").format(line) for line in said)
    return Markup('<div class="rk-below">{}</div>').format(Markup("").join(lines)) if said else Markup("")


def _cut_off(cuts: list[Cut], name: str, wording: Wording) -> str:
    last = wording.gettext("{column}: the last {n} of {all}")
    first = wording.gettext("{column}: the first {n} of {all}")
    parts = [
        (last if cut.is_last else first).format(
            column=glossary.column_label(cut.column, wording, table=name),
            n=wording.number(cut.n),
            all=wording.number(cut.n_all),
        )
        for cut in cuts
    ]
    return "; ".join(parts) + ". " + wording.gettext("All are in tables/{name}.csv.").format(name=name)


def _marks(rows: pd.DataFrame, wording: Wording) -> dict[str, int]:
    """How many rows have each status but that of what is measured, and each flag, in words."""
    statuses, flags = (rows[mark].dropna() if mark in rows else () for mark in MARKS)
    said = [glossary.status_text(status, wording) for status in statuses if status != "ok"]
    said += [glossary.flag_text(flag, wording) for several in flags for flag in several.split()]
    return dict(Counter(said))


def table_of(
    rows: pd.DataFrame, drawn: Drawn, columns: list[str] | None, *, name: str, most: int
) -> tuple[pd.DataFrame, dict[str, Kind]]:
    """The table of a figure, and how its columns are written where the glossary does not know them.

    The columns are those asked for, or those that the glossary names, with status and flags wherever they say anything.
    Two names with more rows than fit, such as cohort and age, become a table of as many columns.
    """
    rows = drawn.rows(rows)
    names = drawn.names_in(rows) if len(rows) else []
    if columns is None and len(names) == 2 and len(rows) > most:
        (value,) = drawn.values_in(rows)[:1]
        return _crossed(rows, names, value, name)
    marks = [mark for mark in MARKS if mark in rows and not rows[mark].isin(("ok", "")).all()]
    empty = set(drawn.values) - set(drawn.values_in(rows))
    named = [column for column in rows if column in COLUMNS and column not in empty and _says_anything(rows[column])]
    return rows[[column for column in columns or named if column not in MARKS] + marks], {}


def _says_anything(column: "pd.Series[Any]") -> bool:
    return bool((column.notna() & (column != ALL)).any())


def _crossed(rows: pd.DataFrame, names: list[str], value: str, table: str) -> tuple[pd.DataFrame, dict[str, Kind]]:
    first, second = names
    crossed = rows[rows[value].notna()].pivot(index=first, columns=second, values=value).reset_index()
    crossed.columns = crossed.columns.map(str)
    return crossed, dict.fromkeys(crossed.columns[1:], glossary.column_kind(value, table=table))
