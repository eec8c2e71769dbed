"""Comment topics: themes found by a dictionary, their share and their NPS, and how far readers agree."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from retention_kit.arguments import checked
from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.estimates import SMALL_N, wilson
from retention_kit.metrics.surveys.comments import DICTIONARY, FEWEST_COMMENTS, Dictionary, comment_themes, themes_of
from retention_kit.metrics.surveys.scores import PASSIVE, PROMOTER, points_of
from retention_kit.tables import Tabular

THEME_COLUMNS = [
    "theme", "n", "n_comments", "share", "low", "high", "nps", "se", "nps_low", "nps_high", "status", "flags",
]  # fmt: skip

NO_THEME = "(no theme)"
"""Comments in which no theme of the dictionary was found."""

AGREED = 0.6
"""The kappa between two people, or people and dictionary, from which a theme is more than experimental."""


@checked
def nps_themes(
    answers: Tabular, *, dictionary: Dictionary | None = None, agreement: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """What share of the comments mentions each theme, and what is the NPS of those who wrote them?

    share = comments of the theme / comments;  nps = 100 x (promoters - detractors) / comments of the theme

    A comment may have several themes or none, so shares do not add up to 1. A comment is searched for the words of its
    language; one whose language is missing or not in the dictionary for those of all languages.

    Args:
        answers: Valid NPS answers: score, comment; `lang` (en, en-US, ...) if there is one. Rows without a comment are
            excluded. A customer who wrote several comments counts with each; `one_answer_each(answers)` counts
            customers, with their latest answer.
        dictionary: language -> theme -> entries; a star in an entry is any ending. `theme_words.toml` by default.
        agreement: Per theme Cohen's kappa of a sample coded twice, see `cohens_kappa`.

    Returns:
        One row per theme of the dictionary, and "(no theme)": theme, n (comments of it), n_comments, share, low, high
        (95 % Wilson), nps (points), se, nps_low, nps_high (95 % adjusted Wald), status, flags. `suppressed` below 5
        comments of the theme, `no_responses` without comments. Flags: `experimental` unless the theme's kappa is 0.6 or
        more, `small_n` below 30 comments of the theme.

    Raises:
        InvalidTable: A column is absent, or the dictionary is empty.

    Reference: METRICS section 6, comments; N13; U1, U2.

    Example:
        >>> answers = pd.DataFrame({"score": [2] * 6 + [9] * 4, "lang": "en",
        ...     "comment": ["Too expensive"] * 6 + ["Fast delivery"] * 4})
        >>> nps_themes(answers).loc[[0, 1], ["theme", "n", "share", "nps", "status"]]
              theme  n  share    nps      status
        0     price  6    0.6 -100.0          ok
        1  delivery  4    NaN    NaN  suppressed
    """
    found = comment_themes(answers, dictionary=dictionary)
    themes = themes_of(dictionary or DICTIONARY)
    mentioned = found[themes].assign(**{NO_THEME: ~found[themes].any(axis=1)})
    promoters, detractors = found.score >= PROMOTER, found.score < PASSIVE
    counts = pd.DataFrame(
        {
            "theme": mentioned.columns,
            "n": mentioned.sum().to_numpy(int),
            "promoters": mentioned[promoters].sum().to_numpy(int),
            "detractors": mentioned[detractors].sum().to_numpy(int),
        }
    )
    return _theme_estimates(counts, len(found), agreement or {})


def _theme_estimates(counts: pd.DataFrame, n_comments: int, agreement: Mapping[str, float]) -> pd.DataFrame:
    n = counts.n.to_numpy(float)
    low, high = wilson(n, n_comments)
    share = n / n_comments if n_comments else np.nan
    status = np.where(n >= FEWEST_COMMENTS, "ok", "suppressed") if n_comments else "no_responses"
    score = points_of(counts.promoters.to_numpy(float), counts.detractors.to_numpy(float), n)
    points = {name: score[part] for name, part in POINTS.items()}
    table = counts[["theme", "n"]].assign(
        n_comments=n_comments, share=share, low=low, high=high, **points, status=status
    )
    table.loc[table.status != "ok", ["share", "low", "high", *points]] = np.nan
    flags = [_flags(theme, size, agreement) for theme, size in zip(table.theme, table.n, strict=True)]
    return table.assign(flags=np.where(table.status == "ok", flags, ""))[THEME_COLUMNS]


POINTS = {"nps": "value", "se": "se", "nps_low": "low", "nps_high": "high"}
"""Columns of a theme's score, whose share has the usual names."""


def _flags(theme: str, n: int, agreement: Mapping[str, float]) -> str:
    is_agreed = theme == NO_THEME or agreement.get(theme, 0) >= AGREED
    return " ".join(["experimental"] * (not is_agreed) + ["small_n"] * (n < SMALL_N))


@checked
def cohens_kappa(first: Iterable[Any], second: Iterable[Any]) -> float:
    """How far do two readers of the same comments agree beyond chance? 1 is always, 0 no more than by chance.

    kappa = (p - e) / (1 - e), p the share of comments on which they agree, e the share expected if each read at random
    Takes the readers' codes, booleans or words, one per comment in the same order.

    Returns:
        At most 1; missing where both give one and the same code throughout, or there are no comments.

    Raises:
        InvalidTable: The two read different numbers of comments.

    Reference: Cohen 1960, Educational and Psychological Measurement 20:37.

    Example:
        >>> round(cohens_kappa([1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15), 2)
        0.4
    """
    one, other = np.asarray(first), np.asarray(second)
    if len(one) != len(other):
        raise InvalidTable(f"Both readers must read the same comments: one read {len(one)}, the other {len(other)}.")
    if not len(one):
        return float("nan")
    agreed = float(np.mean(one == other))
    by_chance = sum(float(np.mean(one == word) * np.mean(other == word)) for word in np.union1d(one, other))
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")
