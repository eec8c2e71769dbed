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

REFUND_ABOVE_ORDER = "refund_above_order"
"""Noted: more was paid back than the goods of the order were worth; the rest takes nothing off."""
EQUAL_LINES = "lines_of_equal_amount"
"""Noted: the lines of nearly all orders carry equal amounts, and were summed; each may be the total of its order."""
STRANGER = "customer_not_in_customers"
"""Noted: the customer of the order is in no row of the client's own table of customers."""
