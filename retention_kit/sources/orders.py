"""What the columns of `orders` mean, and which rows of an export cannot be orders."""

from retention_kit.settings import Settings
from retention_kit.sources.mapping import MONEY, Mapping, own
from retention_kit.sources.sql import literal

_COLUMNS = {
    "order_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "ordered_at": "TIMESTAMP",
    "ordered_on": "DATE",
    "updated_at": "TIMESTAMP",
    "currency": "VARCHAR",
    "status": "VARCHAR",
    "is_test": "BOOLEAN",
    "gross": MONEY,
    "discount": MONEY,
    "refunded": MONEY,
    "amount": MONEY,
}


def parsed_columns(engagement: Settings) -> dict[str, str]:
    """The columns of parsed orders, the segments behind the rest."""
    return {**_COLUMNS, **dict.fromkeys(engagement.segments, "VARCHAR")}


def fill(mapping: Mapping) -> None:
    """Add the columns of orders to a mapping."""
    mapping.add_id("order_id")
    mapping.add_id("customer_id", is_needed=False)
    mapping.add_moment("ordered_at", day="ordered_on")
    mapping.add_moment("updated_at")
    _add_money(mapping)
    _add_currency(mapping)
    _add_status(mapping)
    _add_test(mapping)
    for segment in mapping.engagement.segments:
        mapping.add_text(segment)


def _add_money(mapping: Mapping) -> None:
    mapping.add_money("gross", is_needed=True)
    for part in ("discount", "refunded"):
        mapping.add_money(part, is_needed=False)
        if part in mapping.table.columns:
            mapping.values[part] = f"coalesce({mapping.values[part]}, 0)"  # an empty cell: nothing was taken off
            mapping.checks[f"{part} is below nought"] = (f"{own(part)} < 0", own(part))
    mapping.add_money("amount", is_needed=True)
    if "amount" not in mapping.table.columns:
        less = " - ".join(f"coalesce({own(part)}, 0)" for part in ("discount", "refunded"))
        mapping.values["amount"] = f"CAST({own('gross')} - {less} AS {MONEY})"


def _add_currency(mapping: Mapping) -> None:
    wanted = mapping.engagement.currency
    mapping.add_text("currency")
    mapping.values["currency"] = f"coalesce(upper({mapping.values['currency']}), {literal(wanted)})"
    if "currency" in mapping.table.columns:
        found = f"""'"' || {own("currency")} || '"'"""
        mapping.checks[f"currency is not {wanted}"] = (f"{own('currency')} <> {literal(wanted)}", found)


def _add_status(mapping: Mapping) -> None:
    mapping.add_text("status")
    raw = mapping.values["status"]
    mapping.values["status"] = (
        f"CASE lower(coalesce({raw}, 'completed')) WHEN 'completed' THEN 'completed' "
        "WHEN 'cancelled' THEN 'cancelled' WHEN 'canceled' THEN 'cancelled' END"
    )
    found = f"""'"' || {raw} || '"'"""
    mapping.checks["status is neither completed nor cancelled"] = (f"{own('status')} IS NULL", found)


def _add_test(mapping: Mapping) -> None:
    read = mapping.read("is_test")
    if read is None:
        mapping.values["is_test"] = "false"
        return
    mapping.values["is_test"] = f"CASE WHEN {read.is_empty()} THEN false ELSE TRY_CAST({read.sql} AS BOOLEAN) END"
    mapping.checks["is_test is neither true nor false"] = (f"{own('is_test')} IS NULL", read.found())
