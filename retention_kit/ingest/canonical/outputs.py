"""What is stored of the canonical tables: orders with their refunds, purchase occasions, customers, and all else.

What can be computed from a column of its row is not stored, nor is a column that says nothing: `Engagement.table` adds
both.
"""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from collections.abc import Iterator, Mapping

from retention_kit.ingest.canonical.customers import WITH_CUSTOMERS
from retention_kit.ingest.canonical.duplicates import key_columns
from retention_kit.ingest.canonical.exchange_rates import currency
from retention_kit.ingest.canonical.orders import PARTS, is_as_read
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.canonical.segments import join_segments, segment_columns
from retention_kit.ingest.canonical.write import Output
from retention_kit.ingest.mapping.columns import attributes, sql_type
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import MONEY, day_number, identifier, literal
from retention_kit.schema import CURRENCY, Column
from retention_kit.schema.reasons import UNMATCHED


def outputs(settings: Settings, tables: Mapping[str, Reading]) -> Iterator[Output]:
    """Every table to be written, the largest first.

    Args:
        settings: What engagement.toml says.
        tables: What was read, by table.
    """
    customers = tables.get("customers")
    if orders := tables.get("orders"):
        yield _orders(orders, tables.get("refunds"))
        yield _occasions(settings)
    if set(WITH_CUSTOMERS) & set(tables):
        yield _customers(settings, seen=customers is not None and "first_seen_on" in customers.columns)
    for name, reading in tables.items():
        if name not in ("orders", "customers"):
            yield _table(reading)


def _orders(orders: Reading, refunds: Reading | None) -> Output:
    """The orders; refunds that found no order stand as orders without a customer that take money away."""
    settings = orders.engagement
    has_refunds = refunds is not None or (orders.has_table("customer_refunds") and "gross" in orders.columns)
    parts = [part for part in PARTS if part in orders.columns or (part == "refunded" and has_refunds)]
    parts += ["delivery_days"] if "delivery_days" in orders.columns else []
    columns = [
        *("order_id", "customer_id", "ordered_at", *_dated("ordered"), "currency", "status", "is_test"),
        *(*parts, "is_purchase", *segment_columns(settings, "segments", "own")),
    ]
    rows = f"SELECT {', '.join(columns)} FROM kept_orders AS own{join_segments(settings)}"
    if refunds is not None:
        rows += f" UNION ALL BY NAME ({_unlinked(settings)})"
    is_sorted = bool(settings.segments) or not is_as_read(orders, refunds)
    return Output("orders", rows, key="ordered_day, order_id" if is_sorted else None)


def _unlinked(settings: Settings) -> str:
    columns = [
        *("order_id", "ordered_at", *_dated("ordered"), f"{literal(settings.currency)} AS currency"),
        *("'completed' AS status", "false AS is_test", "amount", "false AS is_purchase", *segment_columns(settings)),
    ]
    return (
        f"SELECT {', '.join(columns)} FROM "
        "(SELECT 'refund ' || refund_id AS order_id, refunded_at AS ordered_at, refunded_on AS ordered_on, "
        f"CAST(-amount AS {MONEY}) AS amount FROM parsed_refunds WHERE reason IS NULL AND unmatched IS NOT NULL)"
    )


def _occasions(settings: Settings) -> Output:
    """One row per customer and day with a purchase."""
    merged = (
        f"SELECT customer_id, ordered_on, count(*) AS n_orders, CAST(sum(amount) AS {MONEY}) AS amount "
        "FROM kept_orders WHERE is_purchase AND customer_id IS NOT NULL GROUP BY customer_id, ordered_on"
    )
    columns = ["customer_id", *_dated("ordered"), "n_orders", "amount", *segment_columns(settings, "segments")]
    rows = f"SELECT {', '.join(columns)} FROM ({merged}){join_segments(settings)}"
    return Output("occasions", rows, key="customer_id, ordered_day")


def _customers(settings: Settings, *, seen: bool) -> Output:
    """The known customers: since when the client knows them, when they first bought, their segments.

    Args:
        settings: What engagement.toml says.
        seen: Whether the customers' export says since when the client knows them.
    """
    columns, joined = ["customer_id", *_dated("known"), *_dated("first_ordered")], join_segments(settings)
    if seen:
        columns += ["first_seen_at", *_dated("first_seen")]
        first_seen = "SELECT customer_id, first_seen_at, first_seen_on FROM parsed_customers WHERE reason IS NULL"
        joined += f" LEFT JOIN ({first_seen}) USING (customer_id)"
    columns += segment_columns(settings, "segments")
    return Output("customers", f"SELECT {', '.join(columns)} FROM known_customers{joined}", key="customer_id")


def _table(reading: Reading) -> Output:
    """The rows of a table that are kept; a row of a customer carries the segments, a line of an order its day."""
    settings = reading.engagement
    columns = [sql for column in reading.table.columns for sql in _kept(reading, column)]
    columns += [identifier(column.name) for column in attributes(reading.table, reading.settings, settings)]
    joined = ""
    if reading.name == "order_items" and reading.has_table("kept_orders"):
        joined += " LEFT JOIN (SELECT order_id, customer_id, ordered_on FROM kept_orders) AS orders USING (order_id)"
        columns += ["customer_id", *_dated("ordered")]
    if "customer_id" in reading.table.names and reading.name != "id_map":
        is_mapped = "customer_id" in reading.columns
        joined += join_segments(settings) if is_mapped else ""
        columns += segment_columns(settings, *(["segments"] if is_mapped else []))
    if reading.table.references:
        columns.append(UNMATCHED)
    query = f"SELECT {', '.join(columns)} FROM {reading.parsed} AS own{joined} WHERE reason IS NULL"
    return Output(reading.name, query, key=", ".join(key_columns(reading)) or "ALL")


def _kept(reading: Reading, column: Column) -> Iterator[str]:
    """SQL for what is stored of a column."""
    is_there = column.name in reading.columns
    if column.name == "updated_at":  # has told the versions apart
        return
    if column.kind == "timestamp":
        if f"{column.stem}_on" in reading.columns:
            yield from (f"{column.stem}_at", *_dated(column.stem))
    elif column == CURRENCY:
        yield f"{currency(reading)} AS currency"
    elif column.name == "wave":  # a survey without waves is one a month
        month = f"strftime({reading.table.stem}_on, '%Y-%m')"
        yield f"coalesce(wave, {month}) AS wave" if is_there else f"{month} AS wave"
    elif is_there:
        yield column.name
    elif column.default:
        yield f"CAST({column.default} AS {sql_type(column)}) AS {column.name}"


def _dated(stem: str) -> tuple[str, str]:
    """SQL for a local date and its day number."""
    return f"{stem}_on", f"{day_number(f'{stem}_on')} AS {stem}_day"
