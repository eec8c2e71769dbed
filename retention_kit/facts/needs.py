"""What an engagement has of what a metric or a panel is made from."""

from collections.abc import Iterable

from retention_kit.engagement import Engagement
from retention_kit.schema import TABLES


def is_there(engagement: Engagement, need: str) -> bool:
    """Whether engagement.toml maps a `table` or `table.column`, or sets a key to other than its default."""
    table, _dot, column = need.partition(".")
    if table not in TABLES:
        settings = engagement.settings
        default = type(settings).model_fields[table].get_default(call_default_factory=True)
        return bool(getattr(settings, table) != default)
    section = engagement.settings.tables.sections.get(table)
    return section is not None and (not column or column in section.columns)


def missing(engagement: Engagement, needs: Iterable[str]) -> list[str]:
    """Which of the needs an engagement does not meet; `a or b` is met by either."""
    return [need for need in needs if not any(is_there(engagement, one) for one in need.split(" or "))]
