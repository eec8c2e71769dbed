"""One value of a table in the reader's language, by the kind of its column."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from retention_kit.periods import Period
from retention_kit.wording import MISSING, Wording, glossary
from retention_kit.wording.glossary import Kind

WORDS: frozenset[Kind] = frozenset(
    ("text", "period", "segment", "status", "flags", "reason", "word", "words", "wave")
)  # fmt: skip
"""The kinds that are words, not numbers."""


def written(value: Any, kind: Kind, wording: Wording) -> str:
    """A value as its column is written; a dash where it is missing.

    Example:
        >>> from retention_kit.wording import ENGLISH
        >>> written(0.125, "ratio", ENGLISH), written("2024-05", "period", ENGLISH), written(None, "count", ENGLISH)
        ('12.5%', 'May 2024', '–')
    """
    writers: dict[Kind, Callable[[Any], str]] = {
        "count": wording.number,
        "number": lambda x: wording.number(x, digits=0 if float(x).is_integer() else 3),
        "ratio": wording.percent,
        "money": wording.money,
        "days": wording.number,
        "points": wording.number,
        "pp": lambda x: wording.gettext("{difference} pp").format(difference=wording.number(100 * x, digits=1)),
        "period": lambda text: wording.period_name(Period(text)),
        "wave": wording.wave_name,
        "segment": lambda text: glossary.segment_name(text, wording),
        "status": lambda text: glossary.status_text(text, wording),
        "flags": lambda text: "; ".join(glossary.flag_text(flag, wording) for flag in text.split()),
        "reason": lambda text: glossary.reason_text(text, wording),
        "word": lambda text: glossary.word(text, wording),
        "words": lambda text: glossary.words(text, wording),
        "text": str,
        "figures": str,
    }
    return MISSING if pd.isna(value) else writers[kind](value)
