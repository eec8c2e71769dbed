"""From raw exports to the canonical tables: read, parse, count what was lost, write parquet.

Everything row by row happens in DuckDB's SQL; Python decides what the SQL says and puts mistakes into words.
"""
