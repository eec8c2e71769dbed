"""The canonical tables as data: what each holds, what one row is, which rows belong together.

Settings, readers, `retention-kit check` and data/README.md all follow what stands here.
"""

from retention_kit.schema import relations, sales
from retention_kit.schema.columns import CanonicalTable, Column

TABLES: dict[str, CanonicalTable] = {
    table.name: table
    for table in (
        sales.FX,
        sales.ID_MAP,
        sales.CUSTOMERS,
        sales.ORDERS,
        sales.ORDER_ITEMS,
        sales.REFUNDS,
        sales.SUBSCRIPTIONS,
        relations.MEMBERS,
        relations.EVENTS,
        relations.INVITATIONS,
        relations.RESPONSES,
        relations.TICKETS,
        relations.COUPONS,
        relations.LEDGER,
        relations.MESSAGES,
        sales.COSTS,
    )
}
"""Every canonical table by name, in the order in which they are read."""

__all__ = ["TABLES", "CanonicalTable", "Column"]
