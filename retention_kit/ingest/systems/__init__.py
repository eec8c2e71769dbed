"""The systems whose exports are known: one description each."""
