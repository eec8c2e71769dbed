"""Why customers answer as they do: drivers of the score, topics of comments, quotes."""

from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.keeping import kept, once
from retention_kit.facts.needs import is_there, missing
from retention_kit.facts.surveys import LINKED, linked
from retention_kit.metrics.surveys.answers import one_answer_each
from retention_kit.metrics.surveys.comments import DICTIONARY, comments_of, quoted
from retention_kit.metrics.surveys.driver_facts import driver_table
from retention_kit.metrics.surveys.drivers import COLUMNS as DRIVERS
from retention_kit.metrics.surveys.drivers import nps_drivers
from retention_kit.metrics.surveys.scores import PASSIVE, PROMOTER
from retention_kit.metrics.surveys.themes import nps_themes
from retention_kit.periods import day_of
from retention_kit.schema import TABLES
from retention_kit.tables import collected

STARS = (1.0, 5.0)


@kept
def drivers(engagement: Engagement) -> pd.DataFrame:
    """Which ratings and facts go with the score, over all answers so far."""
    section = engagement.settings.tables.responses
    items = [name for name in section.columns if name not in TABLES["responses"].names] if section else []
    can_be_linked = not missing(engagement, LINKED)
    if not (items or can_be_linked):
        return pd.DataFrame(columns=DRIVERS)
    names = ("orders", "tickets", "refunds") if can_be_linked else ()
    given = {name: engagement.table(name) for name in names if engagement.has(name)}
    facts = collected(driver_table(_last_answers(engagement), items=items, **given), "response_id")
    unknown = set() if is_there(engagement, "orders.delivery_days") else {"delivery_days"}
    named = [str(name) for name in facts if name not in {"response_id", "score"} | unknown]
    found = nps_drivers(facts, drivers=named, scales=_scales(engagement, facts[items]))
    return _with_days(found, _last_answers(engagement))


def _scales(engagement: Engagement, ratings: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The lowest and the highest answer of each rating: as engagement.toml says, else 1 and 5 where they hold it."""
    stars = {str(name): STARS for name in ratings if ratings[name].between(*STARS).sum() == ratings[name].count()}
    return stars | {name: ends for name, ends in engagement.settings.ratings.items() if name in ratings}


@kept
def themes(engagement: Engagement) -> pd.DataFrame:
    """What comments speak of, over all answers so far."""
    answers = _last_answers(engagement)
    found = nps_themes(answers, dictionary=engagement.settings.themes)
    return _with_days(found, answers.filter(~nw.col("comment").is_null()))


@once
def _last_answers(engagement: Engagement) -> nw.LazyFrame[Any]:
    """What drivers, themes and quotes are of: the latest answer of each customer, of all answers so far."""
    return one_answer_each(linked(engagement))


def _with_days(found: pd.DataFrame, answers: nw.LazyFrame[Any]) -> pd.DataFrame:
    """A result with the first and the last day of the answers that it is over."""
    days = collected(answers.select(first=nw.col("answered_day").min(), last=nw.col("answered_day").max())).dropna()
    if days.empty:
        return found
    return found.assign(first_day=day_of(int(days["first"].item())), last_day=day_of(int(days["last"].item())))


@kept
def chosen_quotes(engagement: Engagement) -> pd.DataFrame:
    """A comment per theme, of customers who let themselves be quoted and who say what the theme's score says."""
    found, words = themes(engagement), engagement.settings.themes or DICTIONARY
    shown = found[(found.status == "ok") & ~found.theme.str.startswith("(") & (found.nps != 0)]
    said = comments_of(_last_answers(engagement))
    glad, sorry = said[said.score >= PROMOTER], said[said.score < PASSIVE]
    chosen = [
        quoted(glad if points > 0 else sorry, theme, most=1, dictionary=words)
        for theme, points in zip(shown.theme, shown.nps, strict=True)
    ]
    return pd.concat(chosen, ignore_index=True) if chosen else pd.DataFrame(columns=QUOTES)


QUOTES = ["theme", "score", "lang", "comment"]
