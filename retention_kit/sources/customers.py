"""What the columns of `customers` mean."""

from retention_kit.settings import Settings
from retention_kit.sources.mapping import Mapping


def parsed_columns(engagement: Settings) -> dict[str, str]:
    """The columns of parsed customers."""
    return {"customer_id": "VARCHAR", "updated_at": "TIMESTAMP", **dict.fromkeys(engagement.segments, "VARCHAR")}


def fill(mapping: Mapping) -> None:
    """Add the columns of customers to a mapping."""
    mapping.add_id("customer_id")
    mapping.add_moment("updated_at")
    for segment in mapping.engagement.segments:
        mapping.add_text(segment)
