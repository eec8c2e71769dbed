"""Raw files to `tables/`: rebuilt when a raw file, the mapping or the reader changed, and replaced as a whole."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import os
import re
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from retention_kit.errors import BrokenIdentity, InvalidSource
from retention_kit.ingest.canonical.customers import (
    find_known_customers,
    find_staff,
    leave_out_staff,
    mark_unmatched,
    note_strangers,
    replace_ids,
    resolve_ids,
    take_customer_of_order,
)
from retention_kit.ingest.canonical.duplicates import check_ids, leave_out_repeats
from retention_kit.ingest.canonical.exchange_rates import check_currency, convert, spread_rates
from retention_kit.ingest.canonical.file_contents import contents_of
from retention_kit.ingest.canonical.freshness import Files, fingerprints_of, is_fresh, write_manifest, write_stamps
from retention_kit.ingest.canonical.notes import begin_notes, write_notes
from retention_kit.ingest.canonical.orders import keep_orders
from retention_kit.ingest.canonical.outputs import outputs
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.ingest.canonical.rejected import check_rejected, write_examples, write_rejected
from retention_kit.ingest.canonical.segments import find_segments, merge_small_values
from retention_kit.ingest.canonical.survey_scales import check_scales, hide_personal_data
from retention_kit.ingest.canonical.write import write_all, write_losses
from retention_kit.ingest.files.find import find_files
from retention_kit.ingest.mapping.columns import fill, parsed_columns
from retention_kit.ingest.settings import Settings
from retention_kit.ingest.sql import connected, file_name, literal
from retention_kit.replacement import replacement
from retention_kit.schema import TABLES

MEMORY = "1400MB"
"""What DuckDB may hold before it spills to disk; a build stays under 2 GB whatever the size of the export."""


def build_tables(settings: Settings, folder: Path) -> Path:
    """The folder of the canonical tables, built anew where they are out of date.

    Args:
        settings: What the engagement's engagement.toml says.
        folder: The engagement's folder.

    Returns:
        `folder/tables`.

    Raises:
        InvalidSource: A raw file cannot be used, or the tables cannot be written; they stay as they were.
    """
    try:
        return _built(settings, folder)
    except OSError as error:
        raise InvalidSource(_beyond_us(str(error.filename or folder), str(error.strerror or error))) from None
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise InvalidSource(_beyond_us(str(folder / "tables"), _in_words(error))) from None
    except duckdb.ConversionException as error:  # each value could be read: what was made of them is too large
        raise InvalidSource(
            f"{folder / 'tables'}: an amount is too large once it is summed or converted ({_in_words(error)}); see the "
            "rates of fx and the lines of the largest orders."
        ) from None


def _in_words(error: duckdb.Error) -> str:
    """What the system said, where DuckDB has but its number."""
    number = re.search(r'"errno":"(\d+)"', str(error))
    return os.strerror(int(number[1])) if number else str(error).splitlines()[0]


def _beyond_us(place: str, what: str) -> str:
    return (
        f"{place}: {what}; the tables could not be built and stay as they were. See that the file can be read, that "
        "the client's folder can be written to, and that the disk has room."
    )


def _built(settings: Settings, folder: Path) -> Path:
    files = {
        name: find_files(section.files, folder, allow_outside=section.allow_outside)
        for name, section in settings.tables.sections.items()
    }
    tables = folder / "tables"
    if not is_fresh(tables, settings, files):
        with replacement(tables, waits=True) as fresh:
            if not is_fresh(tables, settings, files):  # another process may have built them in the meantime
                _build(settings, files, fresh)
    return tables


def _build(settings: Settings, files: Files, folder: Path) -> None:
    write_stamps(files, folder)
    with ThreadPoolExecutor(1) as beside, _work_database(folder) as (connection, work):
        fingerprints = beside.submit(fingerprints_of, files)
        readings = _read(connection, settings, files, work)
        _write(connection, settings, readings, folder)
        contents = {reading.name: contents_of(reading) for reading in readings}
    write_manifest(settings, fingerprints.result(), contents, folder)


@contextmanager
def _work_database(folder: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    work = folder / "work"
    work.mkdir()
    with connected() as connection:
        connection.execute(f"SET memory_limit = {literal(MEMORY)}; SET temp_directory = {literal(work)}")
        connection.execute("SET disabled_optimizers = 'common_subexpressions'")  # it takes parts out of a TRY
        yield connection, work
    shutil.rmtree(work)


def _read(connection: duckdb.DuckDBPyConnection, settings: Settings, files: Files, work: Path) -> list[Reading]:
    find_staff(connection, settings)
    begin_notes(connection)
    readings: list[Reading] = []
    sections = settings.tables.sections
    for name, section in sections.items():
        columns = parsed_columns(TABLES[name], section, settings)
        reading = Reading(connection, TABLES[name], section, settings, columns)
        reading.read(files[name], fill, work=work)
        check_currency(reading)
        check_ids(reading)
        check_rejected(reading)
        _settle(reading)
        readings.append(reading)
    merge_small_values(settings, {reading.name: reading for reading in readings})
    _relate(connection, readings, sections)
    return readings


def _settle(reading: Reading) -> None:
    """What a table says becomes what is so: ids that count, rows of customers alone, each of them once."""
    replace_ids(reading)
    leave_out_staff(reading)
    leave_out_repeats(reading)
    match reading.name:
        case "fx":
            spread_rates(reading)
        case "id_map":
            resolve_ids(reading)
        case "responses":
            check_scales(reading)
            hide_personal_data(reading)


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
        for reading in readings:
            take_customer_of_order(reading)
    find_known_customers(connection, readings)
    note_strangers(connection, by_name)
    for reading in readings:
        mark_unmatched(reading, tables)


def _write(connection: duckdb.DuckDBPyConnection, settings: Settings, readings: list[Reading], folder: Path) -> None:
    tables = {reading.name: reading for reading in readings}
    if settings.segments:
        find_segments(connection, settings, tables)
    write_all(connection, outputs(settings, tables), folder)
    write_losses(connection, readings, folder)
    write_notes(connection, readings, folder)
    for reading in readings:
        write_rejected(reading, folder / "rejected" / f"{reading.name}.parquet")
        write_examples(reading, folder / "examples" / f"{reading.name}.parquet")
        _check_all_accounted(reading, folder)


def _check_all_accounted(reading: Reading, folder: Path) -> None:
    """Every raw row read ended in exactly one place.

    Raises:
        BrokenIdentity: Rows read are not rows kept plus rows left out.
    """
    losses = f"read_parquet({file_name(folder / 'losses.parquet')})"
    n_accounted = reading.number(f"SELECT sum(n_rows) FROM {losses} WHERE \"table\" = '{reading.name}'")
    n_read = sum(reading.n_rows)
    if n_read != n_accounted:
        raise BrokenIdentity(f"{reading.name}: {n_read:,} rows read, but {n_accounted:,} kept or left out by reason.")
