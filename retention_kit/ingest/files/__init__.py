"""Raw files as relations that DuckDB reads."""
