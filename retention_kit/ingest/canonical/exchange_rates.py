"""Money of several currencies made one, at the rate of the day."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.sql import MONEY, identifier, literal

CURRENCY = "currency"
DAYS_GOOD = 7
"""So long a rate holds where the next days have none of their own: banks quote none on holidays."""

NO_RATE = "no exchange rate"


def currency(reading: Reading) -> str:
    """SQL for the currency of a row, which is the engagement's where it is not given."""
    base = literal(reading.engagement.currency)
    return f"coalesce({CURRENCY}, {base})" if CURRENCY in reading.columns else f"{base}::ENUM({base})"


def spread_rates(fx: Reading) -> None:
    """Make `rates`: one row per currency and day on which a rate holds."""
    fx.connection.execute(
        "CREATE TABLE rates AS SELECT currency, CAST(unnest(generate_series(quoted_on, least(coalesce(next_on - 1, "
        f"quoted_on + {DAYS_GOOD - 1}), quoted_on + {DAYS_GOOD - 1}), INTERVAL 1 DAY)) AS DATE) AS day, rate_to_base "
        "FROM (SELECT upper(currency) AS currency, quoted_on, any_value(rate_to_base) AS rate_to_base, "
        "lead(quoted_on) OVER (PARTITION BY upper(currency) ORDER BY quoted_on) AS next_on "
        f"FROM {fx.parsed} WHERE reason IS NULL GROUP BY upper(currency), quoted_on)"
    )


def check_currency(reading: Reading) -> None:
    """Reject rows of a currency that has no rate on their day; a row that names none is in the engagement's own."""
    if CURRENCY not in reading.columns or reading.name == "fx":
        return
    foreign = f"reason IS NULL AND currency <> {literal(reading.engagement.currency)}"
    rated = f"(currency, {reading.table.stem}_on) IN (SELECT (currency, day) FROM rates)"
    if reading.name == "refunds" and reading.has_column("parsed_orders", "rate"):  # it takes the rate of its order
        orders = "SELECT (order_id, currency) FROM parsed_orders WHERE reason IS NULL"
        rated = f"({rated} OR (order_id, currency) IN ({orders}))"
    reading.connection.execute(
        f"UPDATE {reading.parsed} SET reason = {literal(NO_RATE)}, found = '\"' || currency || '\"' "
        f"WHERE {foreign} AND NOT {rated}"
    )


def convert(reading: Reading) -> None:
    """Turn the money of foreign rows into the engagement's currency, and keep the rate used.

    A refund takes the rate of the order it pays back, so that a full one leaves nothing; in another currency than the
    order's it takes that of its own day.
    """
    money = [
        column.name for column in reading.table.columns if column.kind == "money" and column.name in reading.columns
    ]
    if not money or not reading.has_table("rates"):
        return
    if reading.name == "refunds" and reading.has_table("order_rates"):
        same = "refunds.currency = orders.currency" if "currency" in reading.columns else "true"
        _multiply(reading, money, "order_rates AS orders", f"refunds.order_id = orders.order_id AND {same}")
    if "currency" in reading.columns:
        own_day = f"{reading.name}.{reading.table.stem}_on = rates.day"
        _multiply(reading, money, "rates", f"{reading.name}.currency = rates.currency AND {own_day}")
    if reading.name == "orders":
        reading.connection.execute(
            f"CREATE TABLE order_rates AS SELECT order_id, any_value(currency) AS currency, "
            f"any_value(rate) AS rate_to_base FROM {reading.parsed} WHERE reason IS NULL AND rate IS NOT NULL "
            "GROUP BY order_id"
        )


def _multiply(reading: Reading, money: list[str], rates: str, condition: str) -> None:
    converted = ", ".join(f"{identifier(name)} = CAST({identifier(name)} * rate_to_base AS {MONEY})" for name in money)
    reading.connection.execute(
        f"UPDATE {reading.parsed} AS {reading.name} SET rate = rate_to_base, {converted} FROM {rates} "
        f"WHERE reason IS NULL AND rate IS NULL AND {condition}"
    )
