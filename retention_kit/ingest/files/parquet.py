"""Parquet files: typed columns, as they are."""

import duckdb

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files.find import RawFile
from retention_kit.ingest.files.raw import RawTable
from retention_kit.ingest.sql import file_name


def read_parquet(connection: duckdb.DuckDBPyConnection, file: RawFile) -> RawTable:
    """A parquet file with the types it has.

    Raises:
        InvalidSource: The file is no parquet.
    """
    sql = f"read_parquet({file_name(file.path)}, hive_partitioning=false)"
    try:
        columns = connection.execute(f"DESCRIBE FROM {sql}").fetchall()
    except duckdb.Error as error:
        raise InvalidSource(f"{file.name} is not a parquet file: {str(error).splitlines()[0]}.") from None
    return RawTable(file.name, sql, {name: kind for name, kind, *_ in columns})
