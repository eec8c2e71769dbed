"""Orders as they count: lines summed, refunds taken off, and purchases told from the rest."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.ingest.canonical.exchange_rates import currency
from retention_kit.ingest.canonical.notes import note
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.canonical.refunds import settle_negative_orders, take_off
from retention_kit.ingest.mapping.columns import sql_type
from retention_kit.ingest.settings import OrdersSettings, Settings
from retention_kit.ingest.sql import MONEY, identifier, literal
from retention_kit.schema.reasons import EQUAL_LINES, REFUND_ABOVE_ORDER

PARTS = ("gross", "discount", "refunded", "amount", "tax", "shipping", "cogs")
FEWEST_ORDERS = 10
NEARLY_ALL = 0.9
"""Where fewer orders of several lines carry one amount on each, that is chance, or one price for all."""


def keep_orders(orders: Reading, refunds: Reading | None) -> None:
    """Make `kept_orders`: one row per order with every column there is and whether it is a purchase."""
    rows = _rows(orders)
    if _is_of_lines(orders):
        _note_equal_lines(orders, rows)
        rows = _summed(rows, orders.engagement)
    if refunds is not None:
        rows = _paid_back(rows)
    if has_refunds := refunds is not None or "refunded" in orders.columns:
        rows = take_off(rows, includes_tax=orders.engagement.tables.refunds_include_tax)
    least = "amount >= 0" if orders.engagement.count_zero_value else "amount > 0"
    kept = f"SELECT *, (NOT is_test AND status <> 'cancelled' AND {least}) AS is_purchase FROM ({rows})"
    kind = "VIEW" if refunds is None and not _is_of_lines(orders) else "TABLE"
    orders.connection.execute(f"CREATE {kind} read_orders AS {kept}")
    if has_refunds:
        note(orders.connection, "orders", REFUND_ABOVE_ORDER, "read_orders WHERE is_above")
    settle_negative_orders(orders.connection, has_parts="gross" in orders.columns)


def is_as_read(orders: Reading, refunds: Reading | None) -> bool:
    """Whether the kept orders are the rows of the raw files, in their order: nothing was summed or joined."""
    return refunds is None and not _is_of_lines(orders) and not orders.has_table("customer_refunds")


def _is_of_lines(orders: Reading) -> bool:
    return isinstance(orders.settings, OrdersSettings) and orders.settings.lines is not None


def _note_equal_lines(orders: Reading, rows: str) -> None:
    """Note the orders whose lines all carry one amount, where nearly all do: the total of the order on each line?"""
    paid = "coalesce(gross, amount)"
    several = f"SELECT min({paid}) = max({paid}) AS equal FROM ({rows}) GROUP BY order_id HAVING count({paid}) > 1"
    is_usual = f"count(*) >= {FEWEST_ORDERS} AND avg(equal::INT) >= {NEARLY_ALL}"
    orders.connection.execute(
        f"INSERT INTO notes SELECT 'orders', {literal(EQUAL_LINES)}, sum(equal::INT) FROM ({several}) HAVING {is_usual}"
    )


def _rows(orders: Reading) -> str:
    status, segments = orders.table.column("status"), orders.engagement.segments
    columns = {
        "order_id": "order_id",
        "customer_id": "customer_id",
        "ordered_at": "ordered_at",
        "ordered_on": "ordered_on",
        "currency": currency(orders),
        "status": "status" if "status" in orders.columns else f"{status.default}::{sql_type(status)}",
        "is_test": "coalesce(is_test, false)" if "is_test" in orders.columns else "false",
        **{part: part if part in orders.columns else f"CAST(NULL AS {MONEY})" for part in PARTS},
        "delivery_days": "delivery_days" if "delivery_days" in orders.columns else "NULL::DOUBLE",
        **{identifier(name): identifier(name) if name in orders.columns else "NULL::VARCHAR" for name in segments},
    }
    selected = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    return f"SELECT {selected}, rowid AS row FROM {orders.parsed} WHERE reason IS NULL"


def _summed(rows: str, settings: Settings) -> str:
    segments = "".join(f", arg_min({name}, row) AS {name}" for name in map(identifier, settings.segments))
    money = ", ".join(f"CAST(sum({part}) AS {MONEY}) AS {part}" for part in PARTS)
    return (
        "SELECT order_id, max(customer_id) AS customer_id, min(ordered_at) AS ordered_at, "
        "min(ordered_on) AS ordered_on, min(currency) AS currency, min(status) AS status, bool_or(is_test) AS is_test, "
        f"max(delivery_days) AS delivery_days, {money}{segments} FROM ({rows}) GROUP BY order_id"
    )


def _paid_back(rows: str) -> str:
    back = (
        f"SELECT order_id, CAST(sum(amount) AS {MONEY}) AS paid_back FROM parsed_refunds "
        "WHERE reason IS NULL AND unmatched IS NULL GROUP BY order_id"
    )
    return (
        "SELECT o.* EXCLUDE (refunded, amount), coalesce(paid_back, 0) AS refunded, "
        f"CAST(o.amount - coalesce(paid_back, 0) AS {MONEY}) AS amount "
        f"FROM ({rows}) AS o LEFT JOIN ({back}) USING (order_id)"
    )
