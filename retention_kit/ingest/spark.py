"""Canonical tables on a Spark cluster: where they lie, and the one session that reads them."""

from pathlib import Path
from typing import Any

from retention_kit.errors import InvalidEngagement
from retention_kit.ingest.settings import Settings

ON_ONE_MACHINE = {"spark.sql.shuffle.partitions": "4", "spark.sql.adaptive.enabled": "false"}
"""Of few cores, on which many small tasks cost more than they share."""

QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
"""Pages and bars of Spark's own, at which nobody looks while a report is made."""


def read_table(settings: Settings, folder: Path, name: str) -> Any:
    """A canonical table as a Spark DataFrame, from where engagement.toml says that the cluster finds it.

    Args:
        settings: What the engagement's engagement.toml says.
        folder: The folder of the tables on this machine, where they are read from unless `spark_tables` says otherwise.
        name: The table.

    Raises:
        InvalidEngagement: pyspark is not installed, or the cluster has no such table; the message says what to do.
    """
    session = _session(str(settings.spark_master))
    place = settings.spark_tables or str(folder)
    try:
        if "/" in place:
            return session.read.parquet(f"{place.rstrip('/')}/{name}.parquet")
        return session.table(f"{place}.{name}")
    except Exception as error:
        if type(error).__name__ != "AnalysisException":
            raise
        raise InvalidEngagement(
            f"Spark finds no table {name} in {place} ({str(error).splitlines()[0]}): copy the files of {folder} there, "
            "or correct spark_tables in engagement.toml."
        ) from None


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise InvalidEngagement(
            'engine = "spark" needs pyspark: run pip install "retention-kit[spark]", or set engine = "duckdb".'
        ) from None
    options: dict[str, bool | float | int | str | None] = {"spark.sql.session.timeZone": "UTC", **QUIET}
    if master.startswith("local"):
        options |= ON_ONE_MACHINE
    return SparkSession.builder.master(master).appName("retention-kit").config(map=options).getOrCreate()
