"""Parsed rows become canonical tables: related, settled, written as a whole."""
