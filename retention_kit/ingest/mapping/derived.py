"""What tables say beside their columns: what an order brought, the scale of an answer, a currency that can be used."""

from dataclasses import replace

from retention_kit.ingest.mapping.query import Mapping
from retention_kit.ingest.mapping.values import own
from retention_kit.ingest.sql import MONEY, literal
from retention_kit.schema import CURRENCY, SCALES

_LEADING = r"^\s*(\d{1,3})\s*(?:[-–—=:.(]|\p{L})"
"""The number in front of "10 - Extremely likely", "0 = not at all", "5 stars"."""


def fill_orders(mapping: Mapping) -> None:
    """Add to a mapping of orders what they brought.

    A blank discount or refund took nothing off.
    """
    parts = [part for part in ("discount", "refunded") if part in mapping.values]
    for part in parts:
        mapping.values[part] = f"coalesce({mapping.values[part]}, CAST(0 AS {MONEY}))"
    for whole in ("gross", "amount"):
        if whole in mapping.values:
            mapping.checks[f"{whole} is missing"] = (f"{own(whole)} IS NULL", "NULL")
    if "amount" not in mapping.table.columns:
        less = "".join(f" - {own(part)}" for part in parts)
        mapping.values["amount"] = f"CAST({own('gross')}{less} AS {MONEY})"


def fill_responses(mapping: Mapping) -> None:
    """Read scores with words behind them, and hold every score against its scale."""
    if (read := mapping.read("score")) is not None and read.kind == "VARCHAR":
        leading = f"TRY_CAST(regexp_extract({read.sql}, '{_LEADING}', 1) AS DOUBLE)"
        mapping.values["score"] = f"coalesce({mapping.values['score']}, {leading})"
    kind = own("type") if "type" in mapping.values else "'nps'"
    for place, name in enumerate(("scale_min", "scale_max")):
        usual = " ".join(f"WHEN '{key}' THEN {ends[place]}" for key, ends in SCALES.items())
        column = replace(mapping.canonical.column(name), default=f"CASE {kind} {usual} END")
        mapping.values[name] = f"CAST({column.default} AS DOUBLE)"
        mapping.add_number(column)
    outside = f"{own('score')} < {own('scale_min')} OR {own('score')} > {own('scale_max')}"
    mapping.checks["score is outside the scale"] = (outside, own("score"))
    between = f"{kind} = 'nps' AND {own('score')} <> floor({own('score')})"
    mapping.checks["score is not a whole number"] = (between, own("score"))


def read_currency(mapping: Mapping) -> None:
    """Read the code of a currency; without rates there is one: a row that names another is rejected, none is kept."""
    base, code = literal(mapping.engagement.currency), f"upper({mapping.values.pop(CURRENCY.name)})"
    read = mapping.read(CURRENCY.name)
    if mapping.engagement.tables.fx:
        mapping.values[CURRENCY.name] = code
    elif read is not None:
        foreign = f"{read.as_text()} <> {base} AND {code} <> {base}"
        mapping.checks[f"currency is not {mapping.engagement.currency}"] = (foreign, f"""'"' || {code} || '"'""")
