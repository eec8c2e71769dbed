"""Why rows stay out of a table by a rule of the readers', not because they cannot be used."""

from retention_kit.settings import TableSettings

DUPLICATE = "duplicate"
"""An identical row, or an older version of one."""
TEST = "test"
"""A row of the client's own people."""
AFTER_LAST_DAY = "after last_day"
"""Dated after the last day that the export covers whole: of no period that can be reported."""
UNMATCHED = "unmatched"
"""Kept, but apart: the customer or the order it speaks of is in no table."""
KEPT = "kept"


def ruled_out(section: TableSettings) -> list[str]:
    """The reasons for which rows of a section are left out without being faulty."""
    return [*section.leave_out, DUPLICATE, TEST, AFTER_LAST_DAY]
