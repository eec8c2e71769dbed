"""What to add where a page lacks a table."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.pages.wording import wording_of


def missing_table(engagement: Engagement, table: str) -> pd.DataFrame:
    """What to add for a table that is not there: one row with table and message; no row where it is there."""
    message = (
        wording_of(engagement)
        .gettext(
            "The table `{table}` is missing. Put the export into {folder}/raw/ and name it in a section "
            "[tables.{table}] of {folder}/engagement.toml."
        )
        .format(table=table, folder=engagement.folder.name)
    )
    rows = [] if engagement.has(table) else [(table, message)]
    return pd.DataFrame(rows, columns=["table", "message"])
