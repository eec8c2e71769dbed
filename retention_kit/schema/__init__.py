"""The canonical tables as data: what each holds, what one row is, which rows belong together.

They stand in `tables.toml`. Settings, readers, `retention-kit check` and data/README.md all follow what stands there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from retention_kit.package_data import read_data
from retention_kit.schema.columns import CanonicalTable, Column, Kind

_COMMON = "common"
"""The section of the columns that several tables have alike, and what such a table writes in place of one."""

_TABLE = ("grain", "columns"), ("key", "dated_by", "takes_attributes")
_COLUMN = ("kind", "meaning"), ("required", "may_be_empty", "refers_to", "choices", "default", "least")
"""The keys that a section, and a column, must have and may have."""


def canonical_tables(sections: Mapping[str, Any]) -> dict[str, CanonicalTable]:
    """The tables that the sections of tables.toml describe, by name, in their order.

    Raises:
        ValueError: A key or a kind is not known, or a key is lacking; the message lists every case.
    """
    if faults := list(_faults(sections)):
        raise ValueError("\n".join(["tables.toml describes no tables:", *faults]))
    common = sections[_COMMON]["columns"]
    return {name: _table(name, section, common) for name, section in sections.items() if name != _COMMON}


def _table(name: str, section: Mapping[str, Any], common: Mapping[str, Any]) -> CanonicalTable:
    described = {key: common[key] if column == _COMMON else column for key, column in section["columns"].items()}
    return CanonicalTable(
        name,
        grain=section["grain"],
        key=tuple(section.get("key", ())),
        dated_by=section.get("dated_by"),
        columns=tuple(_column(key, column) for key, column in described.items()),
        takes_attributes=section.get("takes_attributes", False),
    )


def _column(name: str, described: Mapping[str, Any]) -> Column:
    is_required = described.get("required", False)
    return Column(
        name,
        kind=described["kind"],
        meaning=described["meaning"],
        is_required=is_required,
        may_be_empty=described.get("may_be_empty", not is_required),
        choices=tuple(described.get("choices", ())),
        default=_as_sql(described.get("default")),
        refers_to=described.get("refers_to"),
        least=described.get("least"),
    )


def _as_sql(value: str | bool | float | None) -> str | None:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return None if value is None else str(value).lower()


def _faults(sections: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the sections from describing tables, a sentence each."""
    common = sections[_COMMON]["columns"]
    for table, section in sections.items():
        if table != _COMMON:
            yield from _faults_of_keys(f"[{table}]", section, *_TABLE)
        for name, column in section.get("columns", {}).items():
            place = f"[{table}.columns] {name}"
            if isinstance(column, dict):
                yield from _faults_of_keys(place, column, *_COLUMN)
                if column.get("kind", "text") not in get_args(Kind):
                    yield f'{place}: there is no kind "{column["kind"]}"; the kinds are {", ".join(get_args(Kind))}'
            elif column != _COMMON or name not in common:
                yield f'{place} = "{column}": write {{ kind = ..., meaning = ... }}; common are {", ".join(common)}'


def _faults_of_keys(place: str, found: Mapping[str, Any], must: Sequence[str], may: Sequence[str]) -> Iterator[str]:
    yield from (f"{place}: lacks {key}" for key in must if key not in found)
    unknown = (key for key in found if key not in (*must, *may))
    yield from (f'{place}: there is no key "{key}"; the keys are {", ".join((*must, *may))}' for key in unknown)


TABLES: dict[str, CanonicalTable] = canonical_tables(read_data("retention_kit.schema", "tables.toml"))
"""Every canonical table by name, in the order in which they are read."""

CURRENCY = TABLES["orders"].column("currency")
"""The column that says what money a row is in."""

SCALES: dict[str, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""The lowest and the highest answer to each type of question where the answers name none."""

__all__ = ["CURRENCY", "SCALES", "TABLES", "CanonicalTable", "Column", "canonical_tables"]
