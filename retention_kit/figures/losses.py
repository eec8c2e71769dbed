"""What became of the raw rows, table by table."""

import pandas as pd

from retention_kit.figures.exhibit import Exhibit, html_table
from retention_kit.wording import ENGLISH, Wording
from retention_kit.wording.glossary import Kind, reason_text, word

IN_COLUMNS = ("kept", "unmatched", "duplicate")
"""What has a column of its own; other reasons are named in the last one."""


def show_losses(losses: pd.DataFrame, *, wording: Wording = ENGLISH) -> Exhibit:
    """Show the result of `engagement.losses()`: one row per table; every reason with its rows is in the CSV file.

    Example:
        >>> losses = pd.DataFrame({"table": ["orders"] * 2, "reason": ["kept", "duplicate"], "n_rows": [1204, 7]})
        >>> show_losses(losses).html.striptags()
        'TableRows readKeptPartly usedDuplicatesOther reasonsorders1,2111,20407'
    """
    rows = pd.DataFrame([_row(str(table), own, wording) for table, own in losses.groupby("table", sort=False)])
    kinds: dict[str, Kind] = dict.fromkeys(map(str, list(rows)[1:-1]), "count")
    return Exhibit("losses", html_table(rows, kinds, title=wording.gettext("Rows excluded"), wording=wording), losses)


def _row(table: str, own: pd.DataFrame, wording: Wording) -> dict[str, object]:
    counts = own.set_index("reason").n_rows
    others = [
        f"{reason_text(str(reason), wording)}: {wording.number(n)}"
        for reason, n in counts.items()
        if reason not in IN_COLUMNS
    ]
    return {
        wording.gettext("Table"): word(table, wording),
        wording.gettext("Rows read"): counts.sum(),
        wording.gettext("Kept"): counts.get("kept", 0),
        wording.gettext("Partly used"): counts.get("unmatched", 0),
        wording.gettext("Duplicates"): counts.get("duplicate", 0),
        wording.gettext("Other reasons"): "; ".join(others),
    }
