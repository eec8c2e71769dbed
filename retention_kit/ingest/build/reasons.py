"""Which rows stay out of a table though there is nothing wrong with them."""

from retention_kit.ingest.settings import TableSettings
from retention_kit.schema.reasons import AFTER_LAST_DAY, DUPLICATE, TEST


def ruled_out(section: TableSettings) -> list[str]:
    """The reasons for which rows of a section are left out without being faulty."""
    return [*section.leave_out, DUPLICATE, TEST, AFTER_LAST_DAY]
