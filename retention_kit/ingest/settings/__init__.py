"""engagement.toml as a frozen model: every key checked, every mistake named with the nearest valid key."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from retention_kit.errors import InvalidEngagement
from retention_kit.ingest.settings.tables import OrdersSettings, RefundsSettings, Section, Tables, TableSettings
from retention_kit.ingest.settings.targets import Calendar, Target, check_targets_agree
from retention_kit.ingest.settings.words import Currency, Language, Names, TimeZone, nearest
from retention_kit.schema import TABLES
from retention_kit.tables import CALENDAR

__all__ = ["OrdersSettings", "Settings", "TableSettings", "read_settings"]

RESERVED_COLUMNS = {"is_purchase", "n_orders", "segment", "unmatched", "rate", "reason", "found", "noted"} | {
    name
    for table in TABLES.values()
    if table.name != "costs"
    for name in (
        *(kept for column in table.columns for kept in column.kept_as),
        *(f"{stem}_{part}" for stem in (table.stem, "first_ordered", "known") for part in CALENDAR),
    )
}
"""What no segment can be called, since a canonical table has such a column; costs know no customers."""


class Demo(Section):
    """[demo]: what a synthetic client's raw files are made from, where they are not there."""

    n_customers: Annotated[int, Field(gt=0)]
    until: date
    seed: Annotated[int, Field(ge=0)]


class Settings(Section):
    """Everything that engagement.toml says."""

    name: str
    language: Language = "en"
    currency: Currency
    time_zone: TimeZone
    first_day: date | None = None
    last_day: date | None = None
    is_history_complete: bool = False
    churn_window: Annotated[int, Field(gt=0)] = 365
    count_zero_value: bool = False
    max_rejected: Annotated[float, Field(ge=0, le=1)] = 0.01
    segments: Names = ()
    staff: Names = ()
    missing: Names | None = None
    margin: Annotated[float, Field(gt=0, le=1)] = 1.0
    annual_discount: Annotated[float, Field(ge=0, lt=1)] = 0.10
    horizon_months: Annotated[int, Field(gt=0)] = 12
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str | None = None
    spark_tables: str | None = None
    ratings: Mapping[str, Annotated[tuple[float, float], Strict(False)]] = Field(default_factory=dict)
    themes: Mapping[str, Mapping[str, Names]] | None = None
    targets: Annotated[tuple[Target, ...], Strict(False)] = ()
    calendar: Calendar = Field(default_factory=dict)
    demo: Demo | None = None
    tables: Tables = Tables()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.engine == "spark" and not self.spark_master:
            raise ValueError('engine = "spark" needs spark_master, for example "spark://host:7077" or "local[2]"')
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError(f"first_day {self.first_day} is after last_day {self.last_day}")
        for segment in self.segments:
            self._check_segment(segment)
        check_targets_agree(self.targets, self.segments)
        return self

    def _check_segment(self, segment: str) -> None:
        tables = [table for table in (self.tables.orders, self.tables.customers) if table]
        if segment in RESERVED_COLUMNS:
            raise ValueError(f'segments holds "{segment}", which is a column of its own; give the segment another name')
        mapped = {name for table in tables for name in table.columns}
        if segment not in mapped:
            raise ValueError(
                f'segments holds "{segment}", which no table maps{nearest(segment, mapped)}; '
                f'add {segment} = "..." under [tables.orders.columns] or [tables.customers.columns]'
            )


def read_settings(file: Path) -> Settings:
    """What an engagement.toml says, checked.

    Raises:
        InvalidEngagement: The file is no TOML, a key is unknown or a value cannot be used; every mistake is named.
    """
    where = f"{file.parent.name}/{file.name}"
    try:
        return Settings.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InvalidEngagement(f"{where}: {error.strerror}; see that the file can be read.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidEngagement(f"{where} is not TOML: {error}. Texts go in quotes, days as 2024-05-31.") from None
    except ValidationError as error:
        raise InvalidEngagement("\n".join(f"{where}: {line}" for line in _complaints(error))) from None


KEY = "[key]"
"""What pydantic puts behind a key that is wrong itself."""


def _complaints(error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        parts = (part for part in detail["loc"] if part != KEY)
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in parts)  # entries count from one
        yield f"{_complaint(detail, key)}."


def _complaint(detail: ErrorDetails, key: str) -> str:
    match detail["type"]:
        case "extra_forbidden":
            keys = tuple(_section_at(detail["loc"][:-1]).model_fields)
            return f"{key} is not a key{nearest(str(detail['loc'][-1]), keys) or '; the keys are ' + ', '.join(keys)}"
        case "missing":
            return f"{key} is missing; add it"
        case "value_error" if not isinstance(detail["input"], str) or detail["loc"][-1] == KEY:
            return f"{key} {detail['ctx']['error']}".strip()
        case "value_error":
            return f'{key} = "{detail["input"]}" {detail["ctx"]["error"]}'
        case _:
            return f"{key} = {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _section_at(loc: tuple[int | str, ...]) -> type[BaseModel]:
    match loc:
        case ():
            return Settings
        case ("tables",):
            return Tables
        case ("demo",):
            return Demo
        case ("targets", _):
            return Target
        case ("tables", "orders"):
            return OrdersSettings
        case ("tables", "refunds"):
            return RefundsSettings
        case _:
            return TableSettings
