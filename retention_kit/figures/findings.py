"""What stands out in a period, in sentences that follow from rules, with the numbers that each rests on."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.exhibit import Exhibit, note
from retention_kit.figures.measures import change_size, interval, measure
from retention_kit.metrics.description import Group
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, Wording, glossary, is_missing

LEAST_P = 0.001
"""Smaller p-values are said to be below it."""

Row = Any
"""A row of `findings`."""


def show_findings(
    findings: pd.DataFrame,
    card: pd.DataFrame | None = None,
    *,
    period: Period,
    topic: Group | None = None,
    wording: Wording = ENGLISH,
) -> Exhibit:
    """Show what stands out: a sentence each, what it rests on beside it; its rows go to `tables/findings.csv`.

    Args:
        findings: The result of `findings`.
        card: The result of `scorecard`, whose headline numbers stand in a sentence above; None for none.
        period: The period of the report: `engagement.period`.
        topic: Show what is of this topic alone, as on its page; None for all.
        wording: The reader's language and currency: `wording_of(engagement)`.
    """
    of_topic = findings.metric.map(lambda name: topic is None or name in _metrics_of(topic))
    shown = findings[of_topic.astype(bool)]
    summary = "" if card is None else _summary(card, period, wording)
    parts = [_paragraph(f"{summary} {_count(shown, period, wording)}".strip())]
    parts.append(_list(_sentences_of(shown[shown.told == "now"], wording), ""))
    began = _sentences_of(shown[shown.told == "since"], wording)
    parts.append(_list(began, wording.gettext("What began earlier")))
    if (shown.told == "held back").any():
        parts.append(note(_held_back(shown[shown.told == "held back"], wording)))
    html = Markup('<section class="rk-findings">{}</section>').format(Markup("").join(parts))
    return Exhibit("findings", html, findings)


OF_COHORTS = ("new_customers", "repeat_within")
"""What findings say of customers followed from their first order."""


def _metrics_of(topic: Group) -> tuple[str, ...]:
    if topic == "cohorts":
        return OF_COHORTS
    return tuple(name for name, metric in glossary.METRICS.items() if metric.group == topic)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _summary(card: pd.DataFrame, period: Period, wording: Wording) -> str:
    """What happened, in one sentence of the headline numbers."""
    now = card[(card.segment == ALL) & (card.period == str(period))].set_index("metric")
    if "buyers" not in now.index:
        return ""
    buyers, revenue = float(now.value["buyers"]), float(now.value["net_revenue"])
    text = wording.ngettext(
        "{period}: {n} customer bought, and revenue was {revenue}.",
        "{period}: {n} customers bought, and revenue was {revenue}.",
        buyers,
    ).format(period=wording.period_name(period), n=wording.number(buyers), revenue=wording.money(revenue))
    if is_missing(float(now.value.get("customer_retention_rate", float("nan")))):
        return text
    opening, kept = (int(now[name]["customer_retention_rate"]) for name in ("denominator", "numerator"))
    stayed = wording.ngettext(
        "Of {opening} customer active at the start, {kept} stayed active.",
        "Of {opening} customers active at the start, {kept} stayed active.",
        opening,
    )
    return f"{text} {stayed.format(opening=wording.number(opening), kept=wording.number(kept))}"


def _count(shown: pd.DataFrame, period: Period, wording: Wording) -> str:
    """How much stands out, or that nothing does."""
    n = len(_grouped(shown[shown.told == "now"]))
    if not n:
        return wording.gettext(
            "{period}: nothing stands out beyond chance, season and how much periods vary anyway."
        ).format(period=wording.period_name(period))
    text = wording.ngettext("{n} thing stands out.", "{n} things stand out.", n)
    return text.format(n=wording.number(n))


def _list(items: list[Markup], head: str) -> Markup:
    if not items:
        return Markup("")
    title = Markup('<p class="rk-label">{}</p>').format(head) if head else Markup("")
    return title + Markup("<ul>{}</ul>").format(Markup("").join(items))


def _grouped(rows: pd.DataFrame) -> list[list[Row]]:
    """The rows of each sentence: what was odd in one period is told together."""
    groups: dict[object, list[Row]] = {}
    for row in rows.itertuples():
        groups.setdefault(row.period if row.kind == "odd" else row.Index, []).append(row)
    return list(groups.values())


def _sentences_of(rows: pd.DataFrame, wording: Wording) -> list[Markup]:
    return [_item(group, wording) for group in _grouped(rows)]


def _item(rows: list[Row], wording: Wording) -> Markup:
    tone = "none" if rows[0].kind in ("odd", "season", "first_seen") else "good" if rows[0].is_good else "bad"
    return Markup('<li data-tone="{}"><p>{}</p><p class="rk-detail">{}</p></li>').format(
        tone, _sentence(rows, wording), " · ".join(_details(rows, wording))
    )


def _sentence(rows: list[Row], wording: Wording) -> str:
    row = rows[0]
    if row.kind == "odd":
        return _odd(rows, wording)
    if row.kind == "shift" and row.metric == "customer_churn_rate":
        return " ".join([_lost(row, wording), *_who_had_brought(row, wording), *_share(row, wording)])
    if row.kind == "shift":
        return " ".join([_shift(row, wording), *_money(row, wording), *_share(row, wording)])
    return _OF_KIND[row.kind](row, wording)


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
    text = wording.gettext("{what}: {value}, {change} a day since {before}, as the season brings ({usual} a year ago).")
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
    if not is_missing(row.share_of_all):
        share = wording.gettext("That is {share} of the change of all customers.")
        yield share.format(share=wording.percent(row.share_of_all, digits=0))


def _details(rows: Iterable[Row], wording: Wording) -> list[str]:
    """The numbers that a sentence rests on."""
    details = []
    for row in (row for row in rows if not is_missing(row.p_adjusted)):
        ends = interval(change_size(row, row.low, wording), change_size(row, row.high, wording), wording)
        details.append(wording.gettext("change, 95%: {interval}").format(interval=ends))
        is_tiny = row.p_adjusted < LEAST_P
        p_value = wording.number(LEAST_P if is_tiny else row.p_adjusted, digits=3)
        sign = "<" if is_tiny else "="
        details.append(wording.gettext("adjusted p {sign} {p_value}").format(sign=sign, p_value=p_value))
    return details


def _held_back(rows: pd.DataFrame, wording: Wording) -> str:
    names = dict.fromkeys(glossary.label(name, wording) for name in rows.metric)
    text = wording.gettext(
        "Held back, since the share of known customers or the days with orders jumped, which moves numbers by itself: "
        "{metrics}."
    )
    return text.format(metrics=", ".join(names))
