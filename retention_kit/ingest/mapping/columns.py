"""What the columns of any canonical table mean: each is read by its kind."""

from collections.abc import Callable

from retention_kit.ingest.mapping.derived import fill_orders, fill_responses, read_currency
from retention_kit.ingest.mapping.query import Mapping
from retention_kit.ingest.mapping.values import own
from retention_kit.ingest.settings import Settings, TableSettings
from retention_kit.ingest.sql import MONEY, enum
from retention_kit.schema import CURRENCY, CanonicalTable, Column
from retention_kit.schema.columns import Kind
from retention_kit.schema.reasons import AFTER_LAST_DAY

_TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "money": MONEY,
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}
_ADDERS: dict[Kind, Callable[[Mapping, Column], None]] = {
    "id": Mapping.add_id,
    "text": Mapping.add_text,
    "choice": Mapping.add_choice,
    "money": Mapping.add_number,
    "number": Mapping.add_number,
    "boolean": Mapping.add_boolean,
    "timestamp": Mapping.add_timestamp,
}
ASKS_ORDERS = ("responses", "tickets")
"""Tables whose rows, where they name an order, are of its customer."""

_FURTHER_COLUMNS = {"orders": {"amount": MONEY}, "responses": {"scale_min": "DOUBLE", "scale_max": "DOUBLE"}}
_FURTHER: dict[str, Callable[[Mapping], None]] = {"orders": fill_orders, "responses": fill_responses}


def parsed_columns(table: CanonicalTable, section: TableSettings, engagement: Settings) -> dict[str, str]:
    """The columns of the parsed rows of a table and their types: those that are mapped, and what follows from them."""
    mapped = (column for column in table.columns if column.name in section.columns and _is_kept(column, engagement))
    types = {name: kind for column in mapped for name, kind in _parsed(column).items()}
    if table.name == "orders" and _names_own_people(engagement):
        types |= {"is_test": "BOOLEAN"}
    if table.name in ASKS_ORDERS and "order_id" in types and engagement.tables.orders:
        types |= {"customer_id": "VARCHAR"}
    return (
        types
        | _FURTHER_COLUMNS.get(table.name, {})
        | {column.name: sql for column, sql in attributes(table, section, engagement).items()}
    )


def _names_own_people(engagement: Settings) -> bool:
    customers = engagement.tables.customers
    return bool(engagement.staff) or bool(customers and "is_test" in customers.columns)


def _is_kept(column: Column, engagement: Settings) -> bool:
    """Whether a column says anything: the currency does not where there can be only one."""
    return column != CURRENCY or engagement.tables.fx is not None


def _parsed(column: Column) -> dict[str, str]:
    if column.name == "updated_at":
        return {"updated_at": "TIMESTAMP"}
    if column.kind == "timestamp":
        return {f"{column.stem}_at": "TIMESTAMP", f"{column.stem}_on": "DATE"}
    return {column.name: sql_type(column)}


def sql_type(column: Column) -> str:
    """The type of a column that holds one value."""
    return enum(column.choices) if column.kind == "choice" else _TYPES[column.kind]


def attributes(table: CanonicalTable, section: TableSettings, engagement: Settings) -> dict[Column, str]:
    """The mapped columns beside the canonical ones that are kept: segments, and the rating items of responses."""
    others = [name for name in section.columns if name not in table.names]
    if table.name == "responses":
        return {Column(name, "number", "a rating"): _TYPES["number"] for name in others}
    return {Column(name, "text", "a segment"): _TYPES["text"] for name in others if name in engagement.segments}


def fill(mapping: Mapping) -> None:
    """Add every mapped column of a table to the mapping of one of its files."""
    for column in (*mapping.canonical.columns, *attributes(mapping.canonical, mapping.table, mapping.engagement)):
        _ADDERS[column.kind](mapping, column)
    if further := _FURTHER.get(mapping.canonical.name):
        further(mapping)
    mapping.leave_out()
    _leave_out_late(mapping)
    if CURRENCY.name in mapping.values and CURRENCY in mapping.canonical.columns:
        read_currency(mapping)


def _leave_out_late(mapping: Mapping) -> None:
    """Rows after the last day that the export covers whole belong to no period that can be reported."""
    last_day, stem = mapping.engagement.last_day, mapping.canonical.stem
    if last_day and stem and f"{stem}_on" in mapping.values:
        mapping.checks[AFTER_LAST_DAY] = (f"{own(stem + '_on')} > DATE '{last_day}'", "NULL")
