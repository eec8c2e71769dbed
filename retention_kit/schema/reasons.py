"""What becomes of rows by the readers' own rules; no condition of engagement.toml can be called so."""

DUPLICATE = "duplicate"
"""An identical row, or an older version of one."""
TEST = "test"
"""A row of a staff or test account."""
AFTER_LAST_DAY = "after last_day"
"""Dated after the last day that the export covers whole: of no period that can be reported."""
UNMATCHED = "unmatched"
"""Kept, but apart: the customer or the order it speaks of is in no table."""
KEPT = "kept"

RULED_OUT = (DUPLICATE, TEST, AFTER_LAST_DAY)
"""Why rows stay out of a table though there is nothing wrong with them."""

RESERVED = (KEPT, UNMATCHED, *RULED_OUT)
