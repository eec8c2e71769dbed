"""What becomes of rows by the readers' own rules; no condition of engagement.toml can be called so."""

DUPLICATE = "duplicate"
"""An identical row, or an older version of one."""
TEST = "test"
"""A row of the client's own people."""
AFTER_LAST_DAY = "after last_day"
"""Dated after the last day that the export covers whole: of no period that can be reported."""
UNMATCHED = "unmatched"
"""Kept, but apart: the customer or the order it speaks of is in no table."""
KEPT = "kept"

RESERVED = (KEPT, DUPLICATE, TEST, UNMATCHED, AFTER_LAST_DAY)
