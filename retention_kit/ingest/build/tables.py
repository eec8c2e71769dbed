"""Raw files to `tables/`: rebuilt when a raw file, the mapping or the reader changed, and replaced as a whole."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from retention_kit.errors import BrokenIdentity
from retention_kit.ingest.build.currencies import check_currency, convert, spread_rates
from retention_kit.ingest.build.customers import (
    WITH_CUSTOMERS,
    find_known_customers,
    find_own_people,
    leave_out_own_people,
    mark_unmatched,
    replace_ids,
    resolve_ids,
)
from retention_kit.ingest.build.duplicates import leave_out_repeats
from retention_kit.ingest.build.locks import locked
from retention_kit.ingest.build.orders import attribute, find_purchases, keep_orders
from retention_kit.ingest.build.reading import Reading
from retention_kit.ingest.build.rejected import check_rejected, write_examples, write_rejected
from retention_kit.ingest.build.responses import check_scales, hide_personal_data
from retention_kit.ingest.build.write import Output, table_output, write_all, write_losses
from retention_kit.ingest.build.write_orders import customers_output, occasions_output, orders_output
from retention_kit.ingest.files.find import RawFile, find_files
from retention_kit.ingest.mapping.columns import fill, parsed_columns
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import literal
from retention_kit.schema import TABLES

READER_VERSION = 3
"""Raised whenever the same raw files would give other tables: then every client's tables are built anew."""

MEMORY = "1400MB"
"""What DuckDB may hold before it spills to disk; a build stays under 2 GB whatever the size of the export."""

BESIDE = ".tables-"
"""What the folders are called in which tables are built before they take their place."""

Manifest = dict[str, Any]
Files = dict[str, list[RawFile]]


def build_tables(settings: Settings, folder: Path) -> Path:
    """The folder of the canonical tables, built anew where they are out of date.

    Args:
        settings: What the engagement's engagement.toml says.
        folder: The engagement's folder.

    Returns:
        `folder/tables`.

    Raises:
        InvalidSource: A raw file cannot be used; the tables stay as they were.
    """
    files = {name: find_files(section.files, folder) for name, section in settings.tables.sections.items()}
    tables = folder / "tables"
    if _is_fresh(tables, settings, files):
        return tables
    with locked(folder):
        if not _is_fresh(tables, settings, files):  # another process may have built them in the meantime
            _build(settings, files, tables)
    return tables


def _mapping_key(settings: Settings) -> str:
    """The part of the settings that the tables depend on, as a fingerprint."""
    used = settings.model_dump(
        mode="json",
        include={
            "currency", "time_zone", "last_day", "count_zero_value", "max_rejected", "segments", "staff", "tables"
        },
    )  # fmt: skip
    return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()


def _is_fresh(tables: Path, settings: Settings, files: Files) -> bool:
    try:
        manifest: Manifest = json.loads((tables / "manifest.json").read_text(encoding="utf-8"))
        stamps: dict[str, list[int]] = json.loads((tables / "stamps.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    raw = {_key(name, file): file for name, listed in files.items() for file in listed}
    known = {f"{entry['table']}: {entry['name']}": entry["sha256"] for entry in manifest["files"]}
    if (
        manifest["reader"] != READER_VERSION
        or manifest["mapping"] != _mapping_key(settings)
        or raw.keys() != known.keys()
    ):
        return False
    return all(file.stamp == stamps.get(key) or file.sha256() == known[key] for key, file in raw.items())


def _key(table: str, file: RawFile) -> str:
    return f"{table}: {file.name}"


def _build(settings: Settings, files: Files, tables: Path) -> None:
    for litter in tables.parent.glob(f"{BESIDE}*"):  # of a build that was killed: a living one would hold the lock
        shutil.rmtree(litter, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=tables.parent, prefix=BESIDE) as temporary:
        new = Path(temporary, "tables")
        new.mkdir()
        stamps = {_key(name, file): file.stamp for name, listed in files.items() for file in listed}
        with ThreadPoolExecutor(1) as beside, _work_database(Path(temporary)) as (connection, work):
            fingerprints = beside.submit(_fingerprints, files)
            readings = _read(connection, settings, files, work)
            _write(connection, settings, readings, new)
        manifest = _manifest(settings, readings, fingerprints.result())
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        (new / "stamps.json").write_text(json.dumps(stamps, indent=1) + "\n", encoding="utf-8")
        _swap(new, tables, old=Path(temporary, "old"))


@contextmanager
def _work_database(temporary: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    work = temporary / "work"
    work.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = {literal(MEMORY)}; SET temp_directory = {literal(work)}")
        connection.execute("SET TimeZone = 'UTC'")
        yield connection, work
    shutil.rmtree(work)


def _read(connection: duckdb.DuckDBPyConnection, settings: Settings, files: Files, work: Path) -> list[Reading]:
    find_own_people(connection, settings)
    readings: list[Reading] = []
    sections = settings.tables.sections
    for name, section in sections.items():
        columns = parsed_columns(TABLES[name], section, settings)
        reading = Reading(connection, TABLES[name], section, settings, columns)
        reading.read(files[name], fill, work=work)
        check_currency(reading)
        check_rejected(reading)
        _settle(reading)
        readings.append(reading)
    _relate(connection, readings, sections)
    return readings


def _relate(connection: duckdb.DuckDBPyConnection, readings: list[Reading], tables: Collection[str]) -> None:
    """Which rows belong together: refunds to orders, orders and all else to customers."""
    by_name = {reading.name: reading for reading in readings}
    refunds = by_name.get("refunds")
    if refunds:
        mark_unmatched(refunds, tables)
    for reading in readings:
        convert(reading)
    if orders := by_name.get("orders"):
        keep_orders(orders, refunds)
        find_purchases(connection)
    find_known_customers(connection, readings)
    for reading in readings:
        mark_unmatched(reading, tables)


def _settle(reading: Reading) -> None:
    """What a table says becomes what is so: ids that count, rows of customers alone, each of them once."""
    replace_ids(reading)
    leave_out_own_people(reading)
    leave_out_repeats(reading)
    match reading.name:
        case "fx":
            spread_rates(reading.connection, reading)
        case "id_map":
            resolve_ids(reading.connection, reading)
        case "responses":
            check_scales(reading)
            hide_personal_data(reading)


def _write(connection: duckdb.DuckDBPyConnection, settings: Settings, readings: list[Reading], folder: Path) -> None:
    if settings.segments:
        attribute(connection, settings, readings)
    write_all(connection, _outputs(settings, readings), folder)
    losses = " UNION ALL ".join(f'SELECT {literal(each.name)} AS "table", * FROM {each.reasons()}' for each in readings)
    nothing = 'SELECT NULL::VARCHAR AS "table", NULL::VARCHAR AS reason, NULL::DATE AS dated_on, 0 AS n_rows LIMIT 0'
    write_losses(connection, f"({losses or nothing})", folder)
    for reading in readings:
        write_rejected(reading, folder / "rejected" / f"{reading.name}.parquet")
        write_examples(reading, folder / "examples" / f"{reading.name}.parquet")
        _check_all_accounted(reading, folder)


def _outputs(settings: Settings, readings: list[Reading]) -> Iterator[Output]:
    tables = {reading.name: reading for reading in readings}
    customers = tables.get("customers")
    if orders := tables.get("orders"):
        yield orders_output(orders, tables.get("refunds"))
        yield occasions_output(settings)
    if set(WITH_CUSTOMERS) & set(tables):
        seen = bool(customers and "first_seen_on" in customers.columns)
        yield customers_output(settings, seen=seen)
    for name, reading in tables.items():
        if name not in ("orders", "customers"):
            yield table_output(reading)


def _check_all_accounted(reading: Reading, folder: Path) -> None:
    """Every raw row read ended in exactly one place.

    Raises:
        BrokenIdentity: Rows read are not rows kept plus rows left out.
    """
    query = (
        f"SELECT sum(n_rows) FROM read_parquet({literal(folder / 'losses.parquet')}) WHERE \"table\" = '{reading.name}'"
    )
    n_read, n_accounted = sum(reading.n_rows), reading.number(query)
    if n_read != n_accounted:
        raise BrokenIdentity(f"{reading.name}: {n_read:,} rows read, but {n_accounted:,} kept or left out by reason.")


def _fingerprints(files: Files) -> dict[str, list[dict[str, str | int]]]:
    return {name: [file.fingerprint() for file in listed] for name, listed in files.items()}


def _manifest(
    settings: Settings, readings: list[Reading], fingerprints: dict[str, list[dict[str, str | int]]]
) -> Manifest:
    return {
        "reader": READER_VERSION,
        "mapping": _mapping_key(settings),
        "files": [
            {"table": reading.name, **fingerprint, "n_rows": n_rows}
            for reading in readings
            for fingerprint, n_rows in zip(fingerprints[reading.name], reading.n_rows, strict=True)
        ],
    }


def _swap(new: Path, tables: Path, *, old: Path) -> None:
    if tables.exists():
        tables.rename(old)
    new.rename(tables)
