"""The tables of the page of survey answers; each is empty where the client has no answers, or not what it needs."""

from collections.abc import Callable, Iterator

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.metrics.surveys.answers import Kind, one_answer_each
from retention_kit.metrics.surveys.comments import quotes
from retention_kit.metrics.surveys.driver_facts import driver_table
from retention_kit.metrics.surveys.drivers import COLUMNS as DRIVER_COLUMNS
from retention_kit.metrics.surveys.drivers import nps_drivers
from retention_kit.metrics.surveys.outcomes import BEHAVIOUR_COLUMNS, detractor_recovery, nps_behaviour
from retention_kit.metrics.surveys.outcomes_compared import (
    DIFFERENCE_COLUMNS,
    POINT_COLUMNS,
    nps_behaviour_difference,
    value_of_a_point,
)
from retention_kit.metrics.surveys.response import responders_compared
from retention_kit.metrics.surveys.scores import nps, nps_answers, nps_distribution
from retention_kit.metrics.surveys.themes import THEME_COLUMNS, nps_themes
from retention_kit.metrics.surveys.top_answers import satisfaction
from retention_kit.metrics.surveys.trend import nps_trend
from retention_kit.metrics.surveys.weighted import weighted_nps
from retention_kit.pages.spans import report_period
from retention_kit.pages.topics import QUESTIONS, main_kind, named_segments
from retention_kit.schema import TABLES
from retention_kit.tables import Tabular, collected

STARS = (1.0, 5.0)
SCORES = [
    "wave", "segment", "n", "promoters", "passives", "detractors", "nps", "se", "low", "high", "status", "kind",
    "n_waves", "last_day", "n_rejected", "flags",
]  # fmt: skip
KINDS: tuple[Kind, ...] = ("relational", "transactional")


def nps_scores(engagement: Engagement) -> pd.DataFrame:
    """What is the score of every wave up to the period's end, of all customers and of each segment?

    Returns:
        One row per kind of answer (about the whole relation, about one contact: never pooled), wave, segment (named as
        in `scorecard`) and n_waves (1; 3 for the wave pooled with the two before it): the columns SCORES.
    """
    tables = []
    for kind in KINDS:
        for by in _breakdowns(engagement):
            trend = nps_trend(engagement.responses, until=report_period(engagement), by=by, kind=kind)
            named = trend.assign(segment=named_segments(trend.segment, by), kind=kind)
            tables.append(named.rename(columns={"value": "nps"}))
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True)[SCORES] if found else pd.DataFrame(columns=SCORES)


def nps_by_segment(engagement: Engagement, *, kind: Kind | None = None) -> pd.DataFrame:
    """What is the score of the period, of all customers and of each segment?

    Args:
        engagement: The engagement at the end of the period.
        kind: "relational" or "transactional"; None for that of the headline.

    Returns:
        The rows of `nps`, segments named as in `scorecard`; none without answers.
    """
    tables = []
    for by in _breakdowns(engagement):
        found = nps(engagement.responses, period=report_period(engagement), by=by, kind=kind or main_kind(engagement))
        tables.append(found.assign(segment=named_segments(found.segment, by)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["segment", "value", "n", "status"])


def _breakdowns(engagement: Engagement) -> Iterator[str | None]:
    if engagement.has("responses"):
        yield from (None, *engagement.settings.segments)


def nps_weights(engagement: Engagement) -> pd.DataFrame:
    """What is the score if every segment counted by how many of it were asked, beside that of those who answered?

    Returns:
        One row per segment column of engagement.toml: by, plain, nps, se, low, high, n, status, and largest_gap (the
        largest difference of a segment's share among responders and others), differs (whether it exceeds ten
        percentage points). Empty without invitations.
    """
    columns = ["by", "plain", "nps", "se", "low", "high", "n", "status", "largest_gap", "differs"]
    if not (engagement.has("responses") and engagement.has("invitations")):
        return pd.DataFrame(columns=columns)
    period, rows = report_period(engagement), []
    for by in engagement.settings.segments:
        compared = responders_compared(
            engagement.invitations, engagement.responses, period=period, by=by, question="nps"
        )
        segments = nps(engagement.responses, period=period, by=by, kind=main_kind(engagement))
        asked = compared.set_index("segment").n_invited.astype(float)
        weighted = weighted_nps(segments, population=asked).rename(columns={"value": "nps"})
        plain = nps(engagement.responses, period=period, kind=main_kind(engagement)).value.item()
        gap, differs = float(compared.difference.abs().max()), bool(compared["flags"].eq("differs").any())
        rows.append(weighted.assign(by=by, plain=plain, largest_gap=gap, differs=differs)[columns])
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)


def nps_scores_given(engagement: Engagement) -> pd.DataFrame:
    """How many gave each score from 0 to 10 in the period? The rows of `nps_distribution`."""
    if not engagement.has("responses"):
        return pd.DataFrame(columns=["score", "group", "value", "low", "high", "n", "status"])
    return nps_distribution(engagement.responses, period=report_period(engagement), kind=main_kind(engagement))


def satisfaction_scores(engagement: Engagement) -> pd.DataFrame:
    """How satisfied were customers, and how easy did they find it, survey by survey? The rows of `satisfaction`."""
    tables = []
    for by in _breakdowns(engagement):
        for question in QUESTIONS:
            found = satisfaction(engagement.responses, period=report_period(engagement), question=question, by=by)
            tables.append(found.assign(type=question, segment=named_segments(found.segment, by)))
    columns = ["survey_id", "type", "segment", "n", "value", "low", "high", "mean", "mean_rescaled", "status"]
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return found[[*columns, *(name for name in found if name not in columns)]]


def _linked(engagement: Engagement) -> Tabular:
    """The answers that can be linked to what a customer did."""
    answers: Tabular = nps_answers(engagement.responses, kind=main_kind(engagement))
    return answers


def _can_be_linked(engagement: Engagement) -> bool:
    return engagement.has("responses") and engagement.has("orders") and "customer_id" in _mapped(engagement)


def _mapped(engagement: Engagement) -> list[str]:
    section = engagement.settings.tables.responses
    return [] if section is None else list(section.columns)


def nps_goes_with(engagement: Engagement) -> pd.DataFrame:
    """Which ratings and facts go with the score, over all answers so far? The rows of `nps_drivers`."""
    items = [name for name in _mapped(engagement) if name not in TABLES["responses"].names]
    if not engagement.has("responses") or not (items or _can_be_linked(engagement)):
        return pd.DataFrame(columns=DRIVER_COLUMNS)
    names = ("orders", "tickets", "refunds") if _can_be_linked(engagement) else ()
    given = {name: engagement.table(name) for name in names if engagement.has(name)}
    facts = collected(driver_table(one_answer_each(_linked(engagement)), items=items, **given), "response_id")
    unsaid = {"response_id", "score"} | (set() if _knows_deliveries(engagement) else {"delivery_days"})
    named = [str(name) for name in facts if name not in unsaid]
    return nps_drivers(facts, drivers=named, scales=_scales(engagement, facts[items]))


def _knows_deliveries(engagement: Engagement) -> bool:
    orders = engagement.settings.tables.orders
    return orders is not None and "delivery_days" in orders.columns


def _scales(engagement: Engagement, ratings: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The lowest and the highest answer of each rating: as engagement.toml says, else 1 and 5 where they hold it."""
    stars = {str(name): STARS for name in ratings if ratings[name].between(*STARS).sum() == ratings[name].count()}
    return stars | {name: ends for name, ends in engagement.settings.ratings.items() if name in ratings}


def nps_speaks_of(engagement: Engagement) -> pd.DataFrame:
    """What do the comments speak of, over all answers so far? The rows of `nps_themes`."""
    if not engagement.has("responses") or "comment" not in _mapped(engagement):
        return pd.DataFrame(columns=THEME_COLUMNS)
    return nps_themes(one_answer_each(_linked(engagement)), dictionary=engagement.settings.themes)


def nps_quotes(engagement: Engagement) -> pd.DataFrame:
    """A few comments per theme, of customers who let themselves be quoted. The rows of `quotes`."""
    themes = nps_speaks_of(engagement)
    shown = themes[(themes.status == "ok") & ~themes.theme.str.startswith("(")].theme.tolist() if len(themes) else []
    found = [quotes(_linked(engagement), theme=theme, most=1, dictionary=engagement.settings.themes) for theme in shown]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["theme", "score", "lang", "comment"])


def nps_then(engagement: Engagement) -> pd.DataFrame:
    """How many promoters, passives and detractors bought again afterwards? The rows of `nps_behaviour`."""
    return _behaviour(engagement, nps_behaviour, BEHAVIOUR_COLUMNS)


def nps_then_compared(engagement: Engagement) -> pd.DataFrame:
    """How many more promoters than detractors, also among customers alike before? See `nps_behaviour_difference`."""
    return _behaviour(engagement, nps_behaviour_difference, DIFFERENCE_COLUMNS)


def nps_point_value(engagement: Engagement) -> pd.DataFrame:
    """How much revenue per customer goes with a point of NPS? The rows of `value_of_a_point`."""
    return _behaviour(engagement, value_of_a_point, POINT_COLUMNS)


def _behaviour(engagement: Engagement, metric: Callable[..., pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    if not _can_be_linked(engagement):
        return pd.DataFrame(columns=columns)
    return metric(_linked(engagement), engagement.occasions, as_of=engagement.as_of)


def nps_recovery(engagement: Engagement) -> pd.DataFrame:
    """Of the detractors who answered again, how many then gave 7 or more? See `detractor_recovery`.

    Returns:
        One row: n_detractors, n_again (those who answered again), value, low, high, status; none where answers cannot
        be linked to customers.
    """
    columns = ["n_detractors", "n_again", "value", "low", "high", "status"]
    if not _can_be_linked(engagement):
        return pd.DataFrame(columns=columns)
    return detractor_recovery(_linked(engagement), as_of=engagement.as_of).rename(columns={"denominator": "n_again"})[
        columns
    ]
