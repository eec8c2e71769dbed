"""Comments and their themes: found by a dictionary, quoted with consent."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import TypeAlias

import narwhals as nw
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import SUPPRESSED
from retention_kit.package_data import read_data
from retention_kit.personal_data import without_personal_data
from retention_kit.tables import Tabular, collected, lazy, require

Dictionary: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""language -> theme -> entries."""

DICTIONARY: Dictionary = read_data("retention_kit.metrics.surveys", "theme_words.toml")
"""The words by which themes are known where a client has no words of its own."""

OPTIONAL = ("response_id", "lang", "may_quote")
FEWEST_COMMENTS = SUPPRESSED
"""A theme with fewer comments is not shown."""


@checked
def comment_themes(answers: Tabular, *, dictionary: Dictionary | None = None) -> pd.DataFrame:
    """Which themes does each comment mention? For comparison with what people read in a sample of them.

    Returns:
        One row per comment: response_id, lang, score, and a boolean per theme of the dictionary.

    Example:
        >>> answers = pd.DataFrame({"score": [2], "comment": ["Droga dostawa, za wysoka cena"], "lang": "pl"})
        >>> comment_themes(answers)[["price", "delivery", "app"]]
           price  delivery    app
        0   True      True  False
    """
    words = dictionary or DICTIONARY
    comments = comments_of(answers)
    places = {theme: _mentions(comments, theme, words) for theme in themes_of(words)}
    return comments[["response_id", "lang", "score"]].assign(**places)


@checked
def quotes(answers: Tabular, *, theme: str, most: int = 3, dictionary: Dictionary | None = None) -> pd.DataFrame:
    """At most `most` comments of a theme, of customers who agreed to be quoted, with personal data removed.

    The choice is random, from the comments' own text (SHA-256): nobody picks, and the same comments give the same
    quotes. Takes the answers and the dictionary of `nps_themes`; without a column `may_quote` nobody has agreed.

    Returns:
        theme, score, lang, comment; no rows below 5 comments of the theme, whoever agreed.

    Raises:
        InvalidTable: A column is absent, or the dictionary has no such theme.

    Example:
        >>> answers = pd.DataFrame({"score": 2, "comment": ["Too expensive, mail me: jan@example.com"] * 5,
        ...     "may_quote": [True, False, False, False, False]})
        >>> quotes(answers, theme="price").comment.tolist()
        ['Too expensive, mail me: …']
    """
    words = dictionary or DICTIONARY
    if theme not in themes_of(words):
        raise InvalidTable(f'The dictionary has no theme "{theme}"; it has {", ".join(themes_of(words))}.')
    return quoted(comments_of(answers), theme, most=most, dictionary=words)


def quoted(comments: pd.DataFrame, theme: str, *, most: int, dictionary: Dictionary) -> pd.DataFrame:
    """`quotes` of one theme from `comments_of` answers, which are read once for all themes."""
    mentioned = comments[_mentions(comments, theme, dictionary)]
    if len(mentioned) < FEWEST_COMMENTS:
        mentioned = mentioned.head(0)
    shown = mentioned[mentioned.may_quote]
    by_chance = shown.assign(order=[sha256(text.encode()).hexdigest() for text in shown.comment])
    chosen = by_chance.drop_duplicates("comment").sort_values(["order", "response_id"]).head(most)
    safe = [without_personal_data(text) for text in chosen.comment]
    return chosen.assign(theme=theme, comment=safe)[["theme", "score", "lang", "comment"]].reset_index(drop=True)


def comments_of(answers: Tabular) -> pd.DataFrame:
    """The rows with a comment, in an order that no engine can change; what a table lacks of the optional is missing."""
    frame = lazy(answers)
    require(frame, "score", "comment")
    names = frame.collect_schema().names()
    for name in (name for name in OPTIONAL if name not in names):
        frame = frame.with_columns(nw.lit(None, nw.Boolean if name == "may_quote" else nw.String).alias(name))
    kept = frame.select(nw.col("score").cast(nw.Float64), nw.col("comment").cast(nw.String), *OPTIONAL)
    table = collected(kept.filter(~nw.col("comment").is_null()), *sorted(OPTIONAL), "comment", "score")
    table = table[table.comment.str.strip() != ""].reset_index(drop=True)
    return table.assign(
        may_quote=table.may_quote.fillna(value=False).astype(bool),
        language=[_language(code) for code in table.lang],
        plain=[_plain(text) for text in table.comment],
    )


def _mentions(comments: pd.DataFrame, theme: str, dictionary: Dictionary) -> "pd.Series[bool]":
    patterns = {language: _pattern(tuple(themes.get(theme, ()))) for language, themes in dictionary.items()}
    every = list(patterns.values())
    found = [
        any(pattern.search(text) for pattern in ([patterns[language]] if language in patterns else every))
        for text, language in zip(comments.plain, comments.language, strict=True)
    ]
    return pd.Series(found, index=comments.index, dtype=bool)


def _language(code: object) -> str:
    return re.split(r"[-_]", code)[0].lower() if isinstance(code, str) else ""


def _plain(text: str) -> str:
    """One form of letters that are written in several: case, ё, the apostrophes, hyphens between words."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return re.sub(r"[-\u2010\u2011\s]+", " ", re.sub(r"[\u2019\u02bc\u0060\u2018]", "'", plain))


@cache
def _pattern(entries: Sequence[str]) -> re.Pattern[str]:
    """Any of the entries as whole words; a star is any ending. Without entries nothing is found."""
    words = [r"\w*".join(re.escape(part) for part in _plain(entry).split("*")) for entry in entries]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else r"(?!)")


def themes_of(dictionary: Dictionary) -> list[str]:
    """The themes of a dictionary, in its order; refused (`InvalidTable`) if there are none."""
    themes = list(dict.fromkeys(theme for words in dictionary.values() for theme in words))
    if not themes:
        raise InvalidTable("The dictionary of themes is empty: give entries as language -> theme -> words.")
    return themes
