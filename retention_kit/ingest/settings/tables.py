"""The [tables.*] sections: where the raw rows are and what their columns mean."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from retention_kit.ingest.settings.words import Encoding, Names, TimeZone, nearest
from retention_kit.schema import TABLES, CanonicalTable
from retention_kit.schema.reasons import RESERVED


class Section(BaseModel):
    """Keys that are all known and never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableSettings(Section):
    """One [tables.*] section: where the raw rows are and what their columns mean."""

    source: Literal["csv", "parquet"]
    files: Annotated[Names, Field(min_length=1)]
    allow_outside: bool = False
    skip: Annotated[int, Field(ge=0)] = 0
    comment: Annotated[str, Field(min_length=1)] | None = None
    footer: Annotated[int, Field(ge=0)] = 0
    delimiter: str | None = None
    encoding: Encoding = "utf-8"
    decimal: Literal[".", ","] | None = None
    header: bool = True
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    date_format: str | None = None
    time_zone: TimeZone | None = None
    missing: Names | None = None
    columns: Mapping[str, str]
    leave_out: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.date_order and self.date_format:
            raise ValueError("has both date_order and date_format; keep one")
        if taken := [reason for reason in self.leave_out if reason in RESERVED]:
            raise ValueError(
                f'leave_out.{taken[0]}: "{taken[0]}" has a meaning of its own; give the reason another name'
            )
        if self.delimiter is not None and self.delimiter != "whitespace" and len(self.delimiter) != 1:
            raise ValueError(f'has delimiter = "{self.delimiter}"; write one character, or "whitespace"')
        if self.source == "parquet" and (self.skip or self.comment or self.footer):
            raise ValueError('has skip, comment or footer, which only text has; drop it, or set source = "csv"')
        return self


class OrdersSettings(TableSettings):
    """[tables.orders]."""

    lines: Literal["order_id"] | None = None
    refunds_include_tax: bool = False

    @model_validator(mode="after")
    def _has_one_amount(self) -> Self:
        parts = {"gross", "discount", "refunded"} & set(self.columns)
        if ("amount" in self.columns) == ("gross" in self.columns) or ("amount" in self.columns and parts):
            raise ValueError(
                "columns needs either amount (net of discount and refunds) or gross, with discount and refunded where "
                "there are such; the amount is then gross - discount - refunded"
            )
        return self


class RefundsSettings(TableSettings):
    """[tables.refunds]."""

    refunds_include_tax: bool = False


class Tables(Section):
    """The canonical tables that this engagement has."""

    fx: TableSettings | None = None
    id_map: TableSettings | None = None
    customers: TableSettings | None = None
    orders: OrdersSettings | None = None
    order_items: TableSettings | None = None
    refunds: RefundsSettings | None = None
    subscriptions: TableSettings | None = None
    members: TableSettings | None = None
    events: TableSettings | None = None
    invitations: TableSettings | None = None
    responses: TableSettings | None = None
    tickets: TableSettings | None = None
    coupons: TableSettings | None = None
    ledger: TableSettings | None = None
    messages: TableSettings | None = None
    costs: TableSettings | None = None

    @field_validator("*")
    @classmethod
    def _maps_its_columns(cls, section: TableSettings | None, info: ValidationInfo) -> TableSettings | None:
        if section is not None:
            _check_columns(section.columns, TABLES[str(info.field_name)])
        return section

    @model_validator(mode="after")
    def _takes_refunds_off_once(self) -> Self:
        twice = {"amount", "refunded"} & set(self.orders.columns if self.orders and self.refunds else ())
        if twice:
            raise ValueError(
                f"has refunds both as {min(twice)} of orders and as a table; map gross (and discount) under "
                "[tables.orders.columns] and leave the refunds to [tables.refunds]"
            )
        return self

    @model_validator(mode="after")
    def _knows_tax_of_refunds(self) -> Self:
        if self.refunds_include_tax and not {"tax", "shipping"} & set(self.orders.columns if self.orders else ()):
            raise ValueError(
                "has refunds_include_tax = true, but orders map neither tax nor shipping, so that what the goods were "
                "of a refund is not known; map them under [tables.orders.columns]"
            )
        return self

    @property
    def refunds_include_tax(self) -> bool:
        """Whether refunds are of whole orders, with tax and shipping."""
        return any(section is not None and section.refunds_include_tax for section in (self.orders, self.refunds))

    @property
    def sections(self) -> dict[str, TableSettings]:
        """The sections that are there, in the order in which they are read."""
        found = {name: getattr(self, name) for name in TABLES}
        return {name: section for name, section in found.items() if section is not None}


def _check_columns(columns: Mapping[str, str], table: CanonicalTable) -> None:
    if absent := [name for name in table.required if name not in columns]:
        own_number = len(table.key) == 1 and absent[0] == table.key[0]
        hint = f' ({absent[0]} = "_row" where the export has none)' if own_number else ""
        raise ValueError(f"columns lacks {', '.join(absent)}; write {absent[0]} = the raw column that holds it{hint}")
    for name in columns:
        near = nearest(name, table.names, cutoff=0.8)
        if name not in table.names and (near or not table.takes_attributes):
            there = near or f"; the columns are {', '.join(table.names)}"
            raise ValueError(f"columns.{name} is not a column of the table{there}")
