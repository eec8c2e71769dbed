"""What a canonical table is made of: columns of a kind, a grain, a key, relations to other tables."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "choice", "timestamp", "money", "number", "boolean"]
"""How a column's values are read and kept.

id: text; never a number. choice: one of a few words. timestamp: a day, or a wall time of a day, kept as `<stem>_at`
(missing where only the day is known), `<stem>_on` and `<stem>_day`. money: DECIMAL(18,4) in the engagement's currency.
"""


@dataclass(frozen=True)
class Column:
    """A column of a canonical table.

    Attributes:
        name: What it is called in engagement.toml.
        kind: How it is read.
        meaning: What it says, in a sentence for data/README.md.
        is_required: The table cannot be read without it.
        may_be_empty: A row is kept without a value.
        choices: The words that a choice knows.
        default: The value of a row that has none, as SQL; NULL where that is None.
        refers_to: The table in which a value must be found.
        least: The smallest number allowed.
    """

    name: str
    kind: Kind
    meaning: str
    is_required: bool = False
    may_be_empty: bool = True
    choices: tuple[str, ...] = ()
    default: str | None = None
    refers_to: Literal["customers", "orders"] | None = None
    least: float | None = None

    @property
    def stem(self) -> str:
        """What the columns of a timestamp begin with: `answered` of `answered_at`."""
        return self.name.removesuffix("_at")

    @property
    def kept_as(self) -> tuple[str, ...]:
        """The columns of the canonical table that hold it, the calendar of the table's own timestamp aside."""
        if self.kind != "timestamp":
            return (self.name,)
        return (f"{self.stem}_at", f"{self.stem}_on", f"{self.stem}_day")


@dataclass(frozen=True)
class CanonicalTable:
    """A canonical table.

    Attributes:
        name: As in engagement.toml's [tables.<name>].
        grain: What one row is.
        key: The columns that tell rows apart; of rows alike in them the one last updated is kept. Without a key every
            row counts.
        dated_by: The timestamp at which a row comes to be; None where a row is of no time.
        columns: In their order.
        takes_attributes: Whether other columns may be mapped beside these.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    dated_by: str | None
    columns: tuple[Column, ...]
    takes_attributes: bool = False

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """What may be mapped in engagement.toml."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """What must be mapped."""
        return tuple(column.name for column in self.columns if column.is_required)

    @property
    def stem(self) -> str | None:
        """What the calendar columns of the table begin with."""
        return None if self.dated_by is None else self.column(self.dated_by).stem

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns whose values must be found in another table."""
        return tuple(column for column in self.columns if column.refers_to)
