"""What engines hold differently, made one: frames in memory, missing values, time zones, money on its way to pandas."""

from typing import Any

import narwhals as nw
import pyarrow as pa

from retention_kit.errors import InvalidTable

_NO_MONEY = ("ConversionException", "OutOfRangeException", "ArithmeticException", "NumberFormatException")
"""What DuckDB and Spark raise where a number does not go into a decimal."""


def handed_to_duckdb(frame: nw.DataFrame[Any]) -> nw.LazyFrame[Any]:
    """A frame in memory as a relation of DuckDB; a timestamp with a time zone stays what the clocks of its zone showed.

    Arrow stands between, because DuckDB reads pandas' own arrays by their address and stumbles over views such as
    `frame[::-1]`.
    """
    columns = _arrow_of(frame).select(frame.columns)  # without the index of a pandas frame
    zoned = [name for name, kind in columns.schema.items() if is_zoned(kind)]
    local = columns.with_columns(nw.col(*zoned).dt.replace_time_zone(None)) if zoned else columns
    handed: nw.LazyFrame[Any] = local.lazy("duckdb")
    return handed


def _arrow_of(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    try:
        table: nw.DataFrame[Any] = nw.from_native(frame.to_arrow())
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InvalidTable(
            f"The values of a column are not all of one kind ({error}): give it one, for example with astype(str)."
        ) from error
    return table


def is_zoned(kind: Any) -> bool:
    """Whether a column holds timestamps that count from one moment everywhere, and so have no date of their own."""
    return isinstance(kind, nw.Datetime) and kind.time_zone is not None


def check_has_own_date(name: str, kind: Any) -> None:
    """Refuse timestamps of DuckDB or Spark whose date would be that of the session's time zone, whatever the shop's.

    Raises:
        InvalidTable: The message says how to give the local date.
    """
    if is_zoned(kind):
        raise InvalidTable(
            f'Column "{name}" holds timestamps with a time zone, of which DuckDB and Spark keep the moment alone: give '
            "the local date, in DuckDB CAST(moment AT TIME ZONE 'Europe/Warsaw' AS DATE), in Spark "
            "to_date(from_utc_timestamp(moment, 'Europe/Warsaw'))."
        )


def with_missing(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """NaN of any column and "" as an id are missing: engines count them as values, NaN even as the largest."""
    schema = frame.collect_schema()
    numbers = [name for name, kind in schema.items() if kind.is_float()]
    ids = [name for name, kind in schema.items() if name.endswith("_id") and kind == nw.String]
    if not numbers and not ids:
        return frame
    return frame.with_columns(
        *(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in numbers),
        *(nw.when(nw.col(name) != "").then(nw.col(name)).alias(name) for name in ids),
    )


def arrow_table(frame: nw.LazyFrame[Any]) -> pa.Table:
    """What an engine has counted, decimals as decimals; money that no decimal holds is refused in words."""
    try:
        table: pa.Table = frame.collect("pyarrow").to_native()
    except Exception as error:
        if not any(name in f"{type(error).__name__} {error}" for name in _NO_MONEY):
            raise
        found = str(error).strip().partition("\n")[0]
        raise InvalidTable(
            f"A number is too large to count, or is none ({found}): an amount of money is a finite number of less than "
            "100,000,000,000,000 with a dot; correct or exclude these rows."
        ) from error
    return table


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals as what pandas counts with: whole ones as integers, money as floats."""
    if not pa.types.is_decimal(column.type):
        return column
    return column.cast(pa.int64() if column.type.scale == 0 else pa.float64())
