"""engagement.toml as a frozen model: every key checked, every mistake named with the nearest valid key."""

import codecs
import difflib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from retention_kit.errors import InvalidEngagement

ORDER_COLUMNS = (
    "order_id", "customer_id", "ordered_at", "updated_at", "currency", "status", "is_test",
    "gross", "discount", "refunded", "amount",
)  # fmt: skip
"""What [tables.orders.columns] may give; any other name there is an attribute, to break down by."""

CUSTOMER_COLUMNS = ("customer_id", "updated_at")
"""What [tables.customers.columns] may give beside attributes."""

DERIVED_COLUMNS = (
    "ordered_on", "ordered_day", "ordered_week", "ordered_month", "ordered_quarter", "ordered_year", "is_purchase",
    "n_orders", "segment", "first_ordered_on", "first_ordered_day", "first_ordered_week", "first_ordered_month",
    "first_ordered_quarter", "first_ordered_year",
)  # fmt: skip


RESERVED_REASONS = ("kept", "duplicate")
"""What the readers call rows that stay and repeated rows."""


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"is no IANA time zone{_nearest(name, available_timezones())}; write one such as Europe/Kyiv")
    return name


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError("is no encoding; write one such as utf-8, utf-16, cp1251, cp1250, cp1252") from None


def _language(code: str) -> str:
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        raise ValueError("is no language; write a code such as en, pl, uk, be") from None
    return code


def _currency(code: str) -> str:
    if code not in list_currencies():
        raise ValueError(f"is no currency{_nearest(code.upper(), list_currencies())}; write a code such as USD")
    return code


def _nearest(word: str, words: Mapping[str, Any] | set[str] | tuple[str, ...], *, cutoff: float = 0.6) -> str:
    near = difflib.get_close_matches(word, sorted(words), n=1, cutoff=cutoff)
    return f'; did you mean "{near[0]}"?' if near else ""


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Language = Annotated[str, AfterValidator(_language)]
Currency = Annotated[str, AfterValidator(_currency)]
Names = Annotated[tuple[str, ...], Strict(False)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableSettings(_Section):
    """One [tables.*] section: where the raw rows are and what their columns mean."""

    source: Literal["csv", "parquet"]
    files: Annotated[Names, Field(min_length=1)]
    delimiter: str | None = None
    encoding: Encoding = "utf-8"
    decimal: Literal[".", ","] | None = None
    header: bool = True
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    date_format: str | None = None
    time_zone: TimeZone | None = None
    columns: Mapping[str, str]
    leave_out: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.date_order and self.date_format:
            raise ValueError("has both date_order and date_format; keep one")
        if taken := [reason for reason in self.leave_out if reason in RESERVED_REASONS]:
            raise ValueError(
                f'leave_out.{taken[0]}: "{taken[0]}" has a meaning of its own; give the reason another name'
            )
        if self.delimiter is not None and self.delimiter != "whitespace" and len(self.delimiter) != 1:
            raise ValueError(f'has delimiter = "{self.delimiter}"; write one character, or "whitespace"')
        return self


class OrdersSettings(TableSettings):
    """[tables.orders]."""

    lines: Literal["order_id"] | None = None

    @model_validator(mode="after")
    def _is_mapped(self) -> Self:
        _check_columns(self.columns, ORDER_COLUMNS, needed=("order_id", "customer_id", "ordered_at"))
        parts = {"gross", "discount", "refunded"} & set(self.columns)
        if ("amount" in self.columns) == ("gross" in self.columns) or ("amount" in self.columns and parts):
            raise ValueError(
                "columns needs either amount (net of discount and refunds) or gross, with discount and refunded where "
                "there are such; the amount is then gross - discount - refunded"
            )
        return self


class CustomersSettings(TableSettings):
    """[tables.customers]."""

    @model_validator(mode="after")
    def _is_mapped(self) -> Self:
        _check_columns(self.columns, CUSTOMER_COLUMNS, needed=("customer_id",))
        return self


class Tables(_Section):
    """The canonical tables that this engagement has."""

    orders: OrdersSettings | None = None
    customers: CustomersSettings | None = None


class Settings(_Section):
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
    margin: Annotated[float, Field(gt=0, le=1)] = 1.0
    annual_discount: Annotated[float, Field(ge=0, lt=1)] = 0.10
    horizon_months: Annotated[int, Field(gt=0)] = 12
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str | None = None
    tables: Tables = Tables()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.engine == "spark" and not self.spark_master:
            raise ValueError('engine = "spark" needs spark_master, for example "spark://host:7077" or "local[2]"')
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError(f"first_day {self.first_day} is after last_day {self.last_day}")
        for segment in self.segments:
            self._check_segment(segment)
        return self

    def _check_segment(self, segment: str) -> None:
        tables = [table for table in (self.tables.orders, self.tables.customers) if table]
        if segment in (*ORDER_COLUMNS, *DERIVED_COLUMNS):
            raise ValueError(f'segments holds "{segment}", which is a column of its own; give the segment another name')
        mapped = {name for table in tables for name in table.columns}
        if segment not in mapped:
            raise ValueError(
                f'segments holds "{segment}", which no table maps{_nearest(segment, mapped)}; '
                f'add {segment} = "..." under [tables.orders.columns] or [tables.customers.columns]'
            )


def _check_columns(columns: Mapping[str, str], known: tuple[str, ...], *, needed: tuple[str, ...]) -> None:
    if absent := [name for name in needed if name not in columns]:
        hint = ' (order_id = "_row" where the export has none)' if "order_id" in absent else ""
        raise ValueError(f"columns lacks {', '.join(absent)}; write {absent[0]} = the raw column that holds it{hint}")
    for name in columns:
        near = _nearest(name, known, cutoff=0.8)
        if name not in known and near:
            raise ValueError(f"columns.{name} is not a column of the table{near}")


def read_settings(file: Path) -> Settings:
    """What an engagement.toml says, checked.

    Raises:
        InvalidEngagement: The file is no TOML, a key is unknown or a value cannot be used; every mistake is named.
    """
    where = f"{file.parent.name}/{file.name}"
    try:
        return Settings.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidEngagement(f"{where} is not TOML: {error}. Texts go in quotes, days as 2024-05-31.") from None
    except ValidationError as error:
        raise InvalidEngagement("\n".join(f"{where}: {line}" for line in _complaints(error))) from None


def _complaints(error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"])
        yield f"{_complaint(detail, key)}."


def _complaint(detail: ErrorDetails, key: str) -> str:
    match detail["type"]:
        case "extra_forbidden":
            keys = tuple(_section_at(detail["loc"][:-1]).model_fields)
            return f"{key} is not a key{_nearest(str(detail['loc'][-1]), keys) or '; the keys are ' + ', '.join(keys)}"
        case "missing":
            return f"{key} is missing; add it"
        case "value_error" if not isinstance(detail["input"], str):
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
        case ("tables", "orders"):
            return OrdersSettings
        case _:
            return CustomersSettings
