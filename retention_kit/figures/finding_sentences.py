"""What each kind of finding says, in a sentence made by rule: whoever reads it needs to know no statistics."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from retention_kit.figures.measures import change_size, measure
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import Wording, glossary, is_missing

Row = Any
"""A row of `findings`."""


def sentence(rows: list[Row], wording: Wording) -> str:
    """What a finding says; of an odd period all that was odd in it."""
    row = rows[0]
    if row.kind == "odd":
        return _odd(rows, wording)
    if row.kind == "shift" and row.metric == "customer_churn_rate":
        said = [_lost(row, wording), *_who_had_brought(row, wording), *_share(row, wording)]
    elif row.kind == "shift":
        said = [_shift(row, wording), *_money(row, wording), *_share(row, wording)]
    else:
        said = [_OF_KIND[row.kind](row, wording)]
    return " ".join([*said, *_beside(row, wording)])


def _beside(row: Row, wording: Wording) -> Iterator[str]:
    """What else a reader must know: the season in what is usual, and what the client's calendar has then."""
    if row.is_seasonal is True and row.kind in ("shift", "since"):
        yield wording.gettext("What is usual takes the season into account.")
    if isinstance(row.event, str) and row.event:
        yield wording.gettext("The calendar has: {event}.").format(event=row.event)


def _lost(row: Row, wording: Wording) -> str:
    """Customers who left: how many, and how many usually do."""
    lost, opening = float(row.numerator), float(row.denominator)
    text = wording.ngettext(
        "{where}: {lost} of {n} active customer became inactive in {period} (last order between {first} and {last}), "
        "usually about {usual}.",
        "{where}: {lost} of {n} active customers became inactive in {period} (last order between {first} and {last}), "
        "usually about {usual}.",
        opening,
    )
    return text.format(
        where=wording.gettext("All customers") if row.segment == ALL else glossary.segment_name(row.segment, wording),
        lost=wording.number(lost),
        n=wording.number(opening),
        period=wording.period_name(Period(row.period)),
        first=wording.day(date.fromisoformat(row.first_day)),
        last=wording.day(date.fromisoformat(row.last_day)),
        usual=wording.number(round(lost - row.beyond)),
    )


def _who_had_brought(row: Row, wording: Wording) -> Iterator[str]:
    """How many more or fewer than usual left, and what the former had brought."""
    n = abs(round(row.beyond))
    if row.beyond < 0:
        fewer = wording.ngettext("That is about {n} fewer than usual.", "That is about {n} fewer than usual.", n)
        yield fewer.format(n=wording.number(n))
    elif is_missing(row.money):
        more = wording.ngettext("That is about {n} more than usual.", "That is about {n} more than usual.", n)
        yield more.format(n=wording.number(n))
    else:
        more = wording.ngettext(
            "That is about {n} more than usual, who had brought {money} in the 12 months before.",
            "That is about {n} more than usual, who had brought {money} in the 12 months before.",
            n,
        )
        yield more.format(n=wording.number(n), money=wording.money(row.money))


def _shift(row: Row, wording: Wording) -> str:
    text = wording.gettext("{what}: {value} in {period}, where {expected} is usual ({change}).")
    return text.format(**_parts(row, wording), period=wording.period_name(Period(row.period)))


def _since(row: Row, wording: Wording) -> str:
    text = wording.gettext("{what}: {value} since {since}, before that {expected} ({change}).")
    return text.format(**_parts(row, wording), since=wording.period_name(Period(row.since)))


def _gone(row: Row, wording: Wording) -> str:
    text = wording.ngettext(
        "{where}: nobody bought in {period}, usually about {n} customer, for {money}.",
        "{where}: nobody bought in {period}, usually about {n} customers, for {money}.",
        round(row.expected),
    )
    return text.format(
        where=glossary.segment_name(row.segment, wording),
        period=wording.period_name(Period(row.period)),
        n=wording.number(round(row.expected)),
        money=wording.money(abs(row.money)),
    )


def _one_order(row: Row, wording: Wording) -> str:
    text = wording.gettext("One order of {money} is {share} of the revenue of {period}.")
    return text.format(
        money=wording.money(row.money),
        share=wording.percent(row.money / row.value, digits=0),
        period=wording.period_name(Period(row.period)),
    )


def _met(row: Row, wording: Wording) -> str:
    return wording.gettext("{what}: {value}, target {expected} met.").format(**_parts(row, wording))


def _missed(row: Row, wording: Wording) -> str:
    return wording.gettext("{what}: {value}, target {expected} missed.").format(**_parts(row, wording))


def _first_seen(row: Row, wording: Wording) -> str:
    text = wording.ngettext(
        "{where}: {n} customer bought; nobody had before.",
        "{where}: {n} customers bought; nobody had before.",
        row.value,
    )
    return text.format(where=glossary.segment_name(row.segment, wording), n=wording.number(row.value))


def _season(row: Row, wording: Wording) -> str:
    """What the season brings: told so that nobody takes it for more."""
    text = wording.gettext(
        "{what}: {value}. The daily average is {change} against {before}, as the season brings ({usual} a year ago)."
    )
    return text.format(
        what=_what(row, wording),
        value=measure(row.value, glossary.METRICS[row.metric].unit, wording),
        change=change_size(row, row.change, wording),
        before=wording.period_name(Period(row.period).previous()),
        usual=change_size(row, row.expected, wording),
    )


def _drift(row: Row, wording: Wording) -> str:
    if glossary.METRICS[row.metric].compared in ("total", "count"):
        text = wording.gettext(
            "{what}: {value} a month over the last six months, {expected} in the same months a year earlier ({change})."
        )
    else:
        text = wording.gettext(
            "{what}: {value} over the last six months, {expected} in the same months a year earlier ({change})."
        )
    return text.format(**_parts(row, wording))


_OF_KIND = {
    "since": _since,
    "drift": _drift,
    "season": _season,
    "first_seen": _first_seen,
    "gone": _gone,
    "one_order": _one_order,
    "met": _met,
    "missed": _missed,
}


def _odd(rows: list[Row], wording: Wording) -> str:
    """What was out of the ordinary in the period before, and is over."""
    each = wording.gettext("{what} {value} (usually {expected})")
    listed = "; ".join(each.format(**_parts(row, wording)) for row in rows)
    text = wording.gettext("{period} was out of the ordinary, and that is over: {listed}.")
    return text.format(period=wording.period_name(Period(rows[0].period)), listed=listed)


def _parts(row: Row, wording: Wording) -> dict[str, str]:
    unit = glossary.METRICS[row.metric].unit
    return {
        "what": _what(row, wording),
        "value": measure(row.value, unit, wording),
        "expected": measure(row.expected, unit, wording),
        "change": change_size(row, row.change, wording),
    }


def _what(row: Row, wording: Wording) -> str:
    """The metric, and the segment that it is of."""
    label = glossary.label(row.metric, wording, Period(row.period).unit)
    return label if row.segment == ALL else f"{label}, {glossary.segment_name(row.segment, wording)}"


def _money(row: Row, wording: Wording) -> Iterator[str]:
    if is_missing(row.money) or row.metric == "net_revenue":
        return
    if row.money > 0:
        text = wording.gettext("That is {money} more than usual.")
    else:
        text = wording.gettext("That is {money} less than usual.")
    yield text.format(money=wording.money(abs(row.money)))


def _share(row: Row, wording: Wording) -> Iterator[str]:
    """How much of the change of all customers is of the segment."""
    if not is_missing(row.share_of_all) and row.share_of_all >= 1:
        yield wording.gettext("That is the whole change of all customers.")
    elif not is_missing(row.share_of_all):
        share = wording.gettext("That is {share} of the change of all customers.")
        yield share.format(share=wording.percent(row.share_of_all, digits=0))


def doubt(row: Row, wording: Wording) -> str:
    """What of the data of a period is in doubt."""
    parts = {
        "period": wording.period_name(Period(row.period)),
        "value": wording.percent(row.value),
        "usual": wording.percent(row.expected),
    }
    if row.kind == "known_customers":
        text = wording.gettext(
            "{period}: {value} of the orders have a known customer, usually {usual}. Numbers of customers move by that "
            "alone."
        )
    else:
        text = wording.gettext(
            "{period}: {value} of the days have orders, usually {usual}. Is a part of the data missing? Every number "
            "moves by that alone."
        )
    return text.format(**parts)
