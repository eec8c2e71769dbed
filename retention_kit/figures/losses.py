"""What became of the raw rows, table by table."""

import pandas as pd

from retention_kit.figures.exhibit import Exhibit, html_table
from retention_kit.wording.glossary import Kind, reason_text, word
from retention_kit.wording.texts import _, number

IN_COLUMNS = ("kept", "unmatched", "duplicate")
"""What has a column of its own; other reasons are named in the last one."""


def show_losses(losses: pd.DataFrame) -> Exhibit:
    """Show the result of `engagement.losses()`: one row per table; every reason with its rows is in the CSV file.

    Example:
        >>> losses = pd.DataFrame({"table": ["orders"] * 2, "reason": ["kept", "duplicate"], "n_rows": [1204, 7]})
        >>> show_losses(losses).html.striptags()
        'TableRows readKeptUsed in partDuplicatesOther reasonsorders1,2111,20407'
    """
    rows = [_row(str(table), own) for table, own in losses.groupby("table", sort=False)]
    counts = [_("Rows read"), _("Kept"), _("Used in part"), _("Duplicates")]
    kinds: dict[str, Kind] = dict.fromkeys(counts, "count")
    return Exhibit("losses", html_table(pd.DataFrame(rows), kinds), losses)


def _row(table: str, own: pd.DataFrame) -> dict[str, object]:
    counts = own.set_index("reason").n_rows
    others = [f"{reason_text(str(reason))}: {number(n)}" for reason, n in counts.items() if reason not in IN_COLUMNS]
    return {
        _("Table"): word(table),
        _("Rows read"): counts.sum(),
        _("Kept"): counts.get("kept", 0),
        _("Used in part"): counts.get("unmatched", 0),
        _("Duplicates"): counts.get("duplicate", 0),
        _("Other reasons"): "; ".join(others),
    }
