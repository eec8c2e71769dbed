"""What orders say beside their columns: the net amount, and a currency that can be used."""

from retention_kit.ingest.mapping.mapping import MONEY, Mapping, own


def fill(mapping: Mapping) -> None:
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
