"""What the columns of a table are called, and how they are written."""

from typing import Literal

from retention_kit.periods import Unit
from retention_kit.wording.texts import marked as m
from retention_kit.wording.texts import marked_in as mi

Kind = Literal[
    "text", "figures", "points", "count", "ratio", "pp", "money", "days", "number", "period", "wave", "segment",
    "status", "reason", "word", "words",
]  # fmt: skip
"""How a column is written; "figures" is a text of numbers already written, "word" one of `WORDS`, "words" several of
them joined by " + ", "pp" a difference of shares in percentage points, "wave" the name of a survey's wave, mostly a
month."""

COLUMNS: dict[str, tuple[str, Kind]] = {
    "period": (m("Period"), "period"),
    "cohort": (m("First order"), "period"),
    "segment": (m("Segment"), "segment"),
    "table": (m("Table"), "word"),
    "reason": (m("Outcome"), "reason"),
    "n_rows": (m("Rows"), "count"),
    "opening": (m("At the start"), "count"),
    "new": (mi("customers", "New"), "count"),
    "reactivated": (m("Won back"), "count"),
    "churned": (mi("customers", "Lost"), "count"),
    "new_lost": (m("Gained and lost within the period"), "count"),
    "closing": (m("At the end"), "count"),
    "new_or_returning": (m("New or won back"), "count"),
    "lapsed": (m("Lapsed before the period"), "count"),
    "age": (m("Age"), "number"),
    "n_customers": (m("Number of customers"), "count"),
    "n_orders": (m("Number of orders"), "count"),
    "n_expected": (m("Expected by the model"), "count"),
    "n_purchases": (m("Purchases made"), "number"),
    "n": (m("n"), "count"),
    "frequency": (m("Repeat purchases"), "text"),
    "revenue": (m("Revenue"), "money"),
    "value": (m("Value"), "ratio"),
    "low": (mi("interval", "95% from"), "ratio"),
    "high": (mi("interval", "to"), "ratio"),
    "status": (m("Status"), "status"),
    "model": (m("Model"), "text"),
    "parameter": (m("Parameter"), "word"),
    "unit": (m("Unit"), "word"),
    "decile": (m("Decile"), "number"),
    "expected_purchases": (m("Expected purchases"), "count"),
    "value_per_customer": (m("Value per customer"), "money"),
    "share": (m("Share"), "ratio"),
    "quantile": (m("Share of repeat purchases"), "ratio"),
    "identity": (m("Cross-check"), "text"),
    "n_checked": (m("Pairs compared"), "count"),
    "message": (m("What to do"), "text"),
    "wave": (m("Wave"), "wave"),
    "promoters": (m("Promoters"), "ratio"),
    "passives": (m("Passives"), "ratio"),
    "detractors": (m("Detractors"), "ratio"),
    "nps": (m("NPS"), "points"),
    "plain": (m("NPS, unweighted"), "points"),
    "nps_low": (mi("interval", "95% from"), "points"),
    "nps_high": (mi("interval", "to"), "points"),
    "by": (m("Weighted by"), "text"),
    "largest_gap": (m("Largest difference in a share"), "pp"),
    "survey_id": (m("Survey"), "text"),
    "type": (m("Question"), "word"),
    "mean": (m("Mean"), "number"),
    "mean_rescaled": (m("Mean, 0 to 1"), "number"),
    "lang": (m("Language"), "text"),
    "driver": (m("Rating or fact"), "words"),
    "importance": (m("Importance"), "ratio"),
    "performance": (m("Mean"), "number"),
    "correlation": (m("Correlation"), "number"),
    "theme": (m("Theme"), "word"),
    "n_comments": (m("Comments"), "count"),
    "comment": (m("Comment"), "text"),
    "score": (m("Score"), "number"),
    "group": (m("Group"), "segment"),
    "horizon_days": (m("Days after the answer"), "count"),
    "retained": (m("Bought again"), "count"),
    "repeat_rate": (m("Bought at least twice"), "ratio"),
    "adjustment": (m("Comparison of promoters and detractors"), "word"),
    "n_detractors": (m("Detractors"), "count"),
    "n_again": (m("Answered again"), "count"),
    "item": (m("Setting"), "text"),
    "detail": ("", "text"),
}

OF_UNIT: dict[str, dict[Unit, str]] = {
    "period": {"week": m("Week"), "month": m("Month"), "quarter": m("Quarter"), "year": m("Year")},
    "new_lost": {
        "week": m("Gained and lost within the week"),
        "month": m("Gained and lost within the month"),
        "quarter": m("Gained and lost within the quarter"),
        "year": m("Gained and lost within the year"),
    },
}
"""What a column is called where the unit of its periods is known."""

VALUES: dict[str, tuple[str, Kind]] = {
    "ltv_parameters": (m("Value"), "number"),
    "rfm_segments": (m("Share of customers"), "ratio"),
    "time_between_orders": (m("Days"), "days"),
    "nps_distribution": (m("Share of answers"), "ratio"),
    "satisfaction": (m("Share of top answers"), "ratio"),
    "nps_weighted": (m("NPS"), "points"),
    "nps_behaviour": (m("Share who bought again"), "ratio"),
    "nps_difference": (m("Promoters minus detractors"), "pp"),
    "nps_point_value": (m("Revenue per customer and point"), "money"),
    "nps_recovery": (m("Then gave 7 or more"), "ratio"),
}
"""What the column `value` is called in the table of a name, and how it and its interval are written there."""

ESTIMATED = ("value", "low", "high")
"""A value and its interval."""
