"""Orders with their refunds, purchase occasions and customers, ready to be written."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.ingest.build.orders import PARTS, is_as_read
from retention_kit.ingest.build.reading import Reading
from retention_kit.ingest.build.write import Output, day, join_segments, segments_of
from retention_kit.ingest.mapping.mapping import MONEY
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import literal
from retention_kit.tables import NONE


def orders_output(orders: Reading, refunds: Reading | None) -> Output:
    """The orders; refunds that found no order stand as orders of nobody that take money away."""
    settings = orders.engagement
    parts = [part for part in PARTS if part in orders.columns or (part == "refunded" and refunds is not None)]
    parts += ["delivery_days"] if "delivery_days" in orders.columns else []
    segments = "".join(
        f", CASE WHEN customer_id IS NULL THEN coalesce(o.{name}, {literal(NONE)}) ELSE segments.{name} END AS {name}"
        for name in segments_of(settings)
    )
    rows = (
        f"SELECT order_id, customer_id, ordered_at, ordered_on, {day('ordered_on')} AS ordered_day, currency, status, "
        f"is_test, {', '.join(parts)}, is_purchase{segments} FROM kept_orders AS o{join_segments(settings)}"
    )
    if refunds is not None:
        rows += f" UNION ALL BY NAME ({_unlinked(settings)})"
    is_sorted = bool(settings.segments) or not is_as_read(orders, refunds)
    return Output("orders", rows, key="ordered_day, order_id" if is_sorted else None)


def _unlinked(settings: Settings) -> str:
    segments = "".join(f", {literal(NONE)} AS {name}" for name in segments_of(settings))
    return (
        f"SELECT order_id, ordered_at, ordered_on, {day('ordered_on')} AS ordered_day, "
        f"{literal(settings.currency)} AS currency, "
        f"'completed' AS status, false AS is_test, amount, false AS is_purchase{segments} FROM "
        "(SELECT 'refund ' || refund_id AS order_id, refunded_at AS ordered_at, refunded_on AS ordered_on, "
        f"CAST(-amount AS {MONEY}) AS amount FROM parsed_refunds WHERE reason IS NULL AND unmatched IS NOT NULL)"
    )


def occasions_output(settings: Settings) -> Output:
    """One row per customer and day with a purchase.

    The purchases lie sorted: the last of each customer and day is told by its successor, and the running number and sum
    there, less those at the last one before, are what the day brought.
    """
    running = (
        "SELECT customer_id, ordered_on, row_number() OVER () AS n, "
        "sum(amount) OVER (ROWS UNBOUNDED PRECEDING) AS paid, "
        "lead(customer_id, 1, '') OVER () AS next_id, lead(ordered_on) OVER () AS next_on FROM purchases"
    )
    merged = (
        "SELECT customer_id, ordered_on, CAST(n - lag(n, 1, 0) OVER () AS BIGINT) AS n_orders, "
        f"CAST(paid - lag(paid, 1, 0) OVER () AS {MONEY}) AS amount FROM ({running}) "
        "WHERE customer_id <> next_id OR ordered_on <> next_on"
    )
    rows = (
        f"SELECT customer_id, ordered_on, {day('ordered_on')} AS ordered_day, n_orders, amount{_names(settings)} "
        f"FROM ({merged}){join_segments(settings)}"
    )
    return Output("occasions", rows, key="customer_id, ordered_day" if settings.segments else None)


def customers_output(settings: Settings, *, seen: bool) -> Output:
    """The known customers: since when the client knows them, when they first bought, their segments.

    Args:
        settings: What engagement.toml says.
        seen: Whether the customers' export says since when the client knows them.
    """
    columns = [f"{stem}_on, {day(f'{stem}_on')} AS {stem}_day" for stem in ("known", "first_ordered")]
    joined = join_segments(settings)
    if seen:
        columns += [f"first_seen_at, first_seen_on, {day('first_seen_on')} AS first_seen_day"]
        first_seen = "SELECT customer_id, first_seen_at, first_seen_on FROM parsed_customers WHERE reason IS NULL"
        joined += f" LEFT JOIN ({first_seen}) USING (customer_id)"
    rows = f"SELECT customer_id, {', '.join(columns)}{_names(settings)} FROM known_customers{joined}"
    return Output("customers", rows, key="customer_id" if joined else None)  # sorted already


def _names(settings: Settings) -> str:
    return "".join(f", {name}" for name in segments_of(settings))
