"""What stands out in a period, in sentences that follow from rules, with the numbers that each rests on."""

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from retention_kit.figures.exhibit import Exhibit, note
from retention_kit.figures.finding_sentences import Row, doubt, sentence
from retention_kit.figures.measures import change_size, interval
from retention_kit.periods import Period
from retention_kit.tables import ALL
from retention_kit.wording import ENGLISH, Wording, glossary, is_missing
from retention_kit.wording.glossary import Group

NEITHER = ("odd", "season", "first_seen", "one_order")
"""What is neither good nor bad by itself."""

LEAST_P = 0.001
"""Smaller p-values are said to be below it."""


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
    count = _short(findings, period, wording) or _count(shown, wording)
    parts = [_paragraph(f"{summary} {count}".strip())]
    parts.append(_list(_sentences_of(shown[shown.told == "now"], wording), ""))
    began = _sentences_of(shown[shown.told == "since"], wording)
    parts.append(_list(began, wording.gettext("What began earlier")))
    parts += [note(doubt(row, wording)) for row in findings[findings.told == "in doubt"].itertuples()]
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


def _count(shown: pd.DataFrame, wording: Wording) -> str:
    """How much stands out, or that nothing does."""
    n = len(_grouped(shown[(shown.told == "now") & (shown.kind != "season")]))  # which was to be expected
    if not n:
        return wording.gettext("Nothing stands out beyond chance, season and how much periods vary anyway.")
    text = wording.ngettext("{n} thing stands out.", "{n} things stand out.", n)
    return text.format(n=wording.number(n))


def _short(findings: pd.DataFrame, period: Period, wording: Wording) -> str:
    """That too little is known for anything to stand out."""
    if findings.empty or findings.told.iloc[0] != "not yet":
        return ""
    if findings.kind.iloc[0] == "long_periods":
        return wording.gettext("What stands out is told in the reports of months and weeks.")
    known, fewest = (int(findings[name].iloc[0]) for name in ("value", "expected"))
    text = wording.gettext("What stands out can be told once {fewest} are known; so far there are {known}.")
    return text.format(fewest=wording.span(fewest, period.unit), known=wording.number(known))


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
    tone = "none" if rows[0].kind in NEITHER else "good" if rows[0].is_good else "bad"
    return Markup('<li data-tone="{}"><p>{}</p><p class="rk-detail">{}</p></li>').format(
        tone, sentence(rows, wording), " · ".join(_details(rows, wording))
    )


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
    text = wording.gettext("Held back, since its data are in doubt: {metrics}.")
    return text.format(metrics=", ".join(names))
