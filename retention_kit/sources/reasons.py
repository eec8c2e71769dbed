"""Which rows stay out of a table though there is nothing wrong with them."""

from retention_kit.canonical.reasons import AFTER_LAST_DAY, DUPLICATE, TEST
from retention_kit.settings import TableSettings


def ruled_out(section: TableSettings) -> list[str]:
    """The reasons for which rows of a section are left out without being faulty."""
    return [*section.leave_out, DUPLICATE, TEST, AFTER_LAST_DAY]
