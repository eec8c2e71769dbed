"""A result as the text of a CSV file."""

import re
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

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


def csv_text(data: pd.DataFrame) -> str:
    """All rows and columns of a result, decimals as they were written, no text that a spreadsheet would run."""
    texts = {str(name): data[name].map(_harmless) for name in data if not is_numeric_dtype(data[name])}
    data = data.assign(**texts).rename(columns=_harmless)
    # 15 digits give every decimal back as it was written; 17 would print 0.1 + 0.2 as it is stored.
    return str(data.to_csv(index=False, lineterminator="\n", float_format="%.15g"))
