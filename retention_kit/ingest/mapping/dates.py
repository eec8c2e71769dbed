"""Timestamps written as text: the formats that a column holds, and the local date in the engagement's time zone."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from retention_kit.ingest.mapping.expressions import Expression, Refused
from retention_kit.ingest.settings import TableSettings
from retention_kit.ingest.sql import literal, literals

HEAD = 1000
"""Rows looked at first; the rest of the file is asked only where their formats did not fit every row."""

MOST_SHAPES = 1000

_SHAPE = re.compile(
    r"(?P<date>9{4}(?P<y>[-/.])9{1,2}(?P=y)9{1,2}|9{8}|9{1,2}(?P<d>[-/.])9{1,2}(?P=d)(?P<year>9{4}|99))"
    r"(?:(?P<gap>[ T]|, )9{1,2}:99(?P<seconds>:99(?P<fraction>\.9{1,9})?)?(?P<noon> ?[AP]M)?"
    r"(?P<zone> ?(?:Z|UTC|GMT|[+-]99(?::?99)?))?)?"
)
_ORDERS = {"dmy": "%d{s}%m{s}{y}", "mdy": "%m{s}%d{s}{y}", "ymd": "%y{s}%m{s}%d"}
_DAY_AND_MONTH = r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.]"


@dataclass(frozen=True)
class DateFormats:
    """The strptime formats of a column, by what they say about the time: nothing, local, UTC, with an offset."""

    days: list[str] = field(default_factory=list)
    local: list[str] = field(default_factory=list)
    utc: list[str] = field(default_factory=list)
    offset: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, formats: Iterable[str]) -> "DateFormats":
        """Formats sorted into what they say about the time."""
        found = cls()
        for form in sorted(set(formats), key=lambda form: ("%Y" in form, form)):  # %Y would read "24" as the year 24
            found._kind_of(form).append(form)
        return found

    def _kind_of(self, form: str) -> list[str]:
        if "%z" in form or "%Z" in form:
            return self.offset
        if not re.search(r"%[HIXc]", form):
            return self.days
        return self.utc if form.endswith(("Z", "UTC", "GMT")) else self.local

    def sql(self, text: str, *, zone: str, target: str) -> tuple[str, str]:
        """SQL for the local date of a text without a time, and for the local timestamp of one with; else NULL.

        Args:
            text: An SQL expression of type VARCHAR.
            zone: The time zone of timestamps that name none.
            target: The engagement's time zone.
        """
        parts = (
            in_zone(f"CAST({_parsed(text, self.local)} AS TIMESTAMP)", zone, target) if self.local else None,
            in_zone(f"CAST({_parsed(text, self.utc)} AS TIMESTAMP)", "UTC", target) if self.utc else None,
            f"timezone({literal(target)}, {_parsed_apart(text, self.offset)})" if self.offset else None,
        )
        at = _coalesced([part for part in parts if part], "TIMESTAMP")
        return f"CAST({_parsed(text, self.days)} AS DATE)" if self.days else "NULL::DATE", at

    def is_unread(self, text: str) -> str:
        """SQL that holds where a text fits no format; "24" is no year of four digits."""
        day, at = self.sql(text, zone="UTC", target="UTC")
        return f"coalesce(year(coalesce({day}, CAST({at} AS DATE))) < 100, true)"


def in_zone(timestamp: str, zone: str, target: str) -> str:
    """SQL that turns a wall time of one zone into that of another."""
    return timestamp if zone == target else f"timezone({literal(target)}, timezone({literal(zone)}, {timestamp}))"


def find_formats(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    timestamp: Expression,
    *,
    settings: TableSettings,
    looks_through: bool,
) -> DateFormats:
    """The formats that a column of timestamps holds, in its first rows or, looking through all, anywhere.

    Raises:
        Refused: Day and month cannot be told apart, or both orders occur.
    """
    if settings.date_format:
        return DateFormats.of([settings.date_format])
    text = timestamp.as_text()
    head = _shapes(connection, f"(SELECT {text} AS text FROM {relation} LIMIT {HEAD})", "true")
    order: str = settings.date_order or ""
    if any(_is_short(shape) for shape in head) and not order:
        _check_year_is_told(head)
        order = _order(connection, relation, text)
    known = DateFormats.of(_formats(head, order))
    if not looks_through:
        return known
    rest = _shapes(connection, f"(SELECT {text} AS text FROM {relation})", known.is_unread("text"))
    if any(_is_short(shape) for shape in rest) and not order:
        _check_year_is_told(rest)
        order = _order(connection, relation, text)
    return DateFormats.of(_formats({**head, **rest}, order))


def _shapes(connection: duckdb.DuckDBPyConnection, source: str, condition: str) -> dict[str, str]:
    """The texts of a column with every digit as 9, each with the first text of its shape."""
    rows = connection.execute(
        f"SELECT upper(translate(trim(text), '0123456789', '9999999999')) AS shape, min(trim(text)) FROM {source} "
        f"WHERE text IS NOT NULL AND {condition} GROUP BY shape ORDER BY count(*) DESC, shape LIMIT {MOST_SHAPES}"
    ).fetchall()
    return dict(rows)


def _is_short(shape: str) -> bool:
    match = _SHAPE.fullmatch(shape)
    return bool(match and match["d"])


def _check_year_is_told(shapes: Mapping[str, str]) -> None:
    for shape, example in shapes.items():
        match = _SHAPE.fullmatch(shape)
        if match and match["d"] == "-" and len(match["year"]) == 2:
            raise Refused(
                f'holds "{example}", where the year may come first or last; set date_order = "ymd", "dmy" or "mdy"'
            )


def _order(connection: duckdb.DuckDBPyConnection, relation: str, text: str) -> str:
    first, second = (f"TRY_CAST(regexp_extract(text, {literal(_DAY_AND_MONTH)}, {n}) AS INTEGER)" for n in (1, 2))
    row = connection.execute(
        f"SELECT max({first}), max({second}), min(text) FILTER ({first} > 12), "
        f"min(text) FILTER ({second} > 12), min(text) FROM (SELECT trim({text}) AS text FROM {relation})"
    ).fetchone()
    most_first, most_second, day_first, month_first, example = row or (0, 0, "", "", "")
    if (most_first > 12) != (most_second > 12):
        return "dmy" if most_first > 12 else "mdy"
    if most_first > 12:
        raise Refused(f'has "{day_first}" with the day first and "{month_first}" with the month first; set date_order')
    raise Refused(
        f'holds "{example}", where day and month cannot be told apart: no row has a number above 12; '
        'set date_order = "dmy" or "mdy"'
    )


def _formats(shapes: Iterable[str], order: str) -> Iterable[str]:
    matches = [match for shape in shapes if (match := _SHAPE.fullmatch(shape))]
    return [_day(match, order) + _time(match) for match in matches if order or not match["d"]]


def _day(match: re.Match[str], order: str) -> str:
    if separator := match["y"]:
        return f"%Y{separator}%m{separator}%d"
    if not match["d"]:
        return "%Y%m%d"
    return _ORDERS[order].format(s=match["d"], y="%Y" if len(match["year"]) == 4 else "%y")


def _time(match: re.Match[str]) -> str:
    if match["gap"] is None:
        return ""
    clock = "%I:%M" if match["noon"] else "%H:%M"
    seconds = ":%S" if match["seconds"] else ""
    fraction = (".%n" if len(match["fraction"]) > 7 else ".%f") if match["fraction"] else ""
    noon = "" if match["noon"] is None else match["noon"][:-2] + "%p"
    return f"{match['gap']}{clock}{seconds}{fraction}{noon}{_zone(match['zone'] or '')}"


def _zone(zone: str) -> str:
    gap = " " if zone.startswith(" ") else ""
    name = zone.strip()
    return zone if name in ("", "Z", "UTC", "GMT") else f"{gap}%z"


def _parsed(text: str, formats: list[str]) -> str:
    """The text as it is first, without blanks around it only where that fits: to trim takes longer than to parse."""
    return f"coalesce(try_strptime({text}, {literals(formats)}), try_strptime(trim({text}), {literals(formats)}))"


def _parsed_apart(text: str, formats: list[str]) -> str:
    """One format at a time: from a list with %z DuckDB 2.0 makes 1 March of 30 February."""
    parts = [f"try_strptime(trim({text}), {literal(form)})" for form in formats]
    return f"coalesce({', '.join(parts)})"


def _coalesced(parts: list[str], kind: str) -> str:
    return f"coalesce({', '.join(parts)})" if parts else f"CAST(NULL AS {kind})"
