"""Every word and number a reader of a page sees, in the reader's language."""

from retention_kit.wording.texts import ENGLISH, MISSING, Wording, is_missing

__all__ = ["ENGLISH", "MISSING", "Wording", "is_missing"]
