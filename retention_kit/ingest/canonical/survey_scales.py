"""What is checked of survey answers, and hidden: one scale for each survey, no personal data in comments."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.errors import InvalidSource
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.personal_data import without_personal_data

FEWEST = 5
"""Fewer answers do not tell their scale."""

FEW_STRAYS = 0.02
ENOUGH_FOR_ONE = 20
"""So small a share of answers, and of so many answers one, is taken for slips of the pen."""


def hide_personal_data(reading: Reading) -> None:
    """Take personal data out of the comments before they are stored."""
    if "comment" not in reading.columns:
        return
    reading.connection.create_function("without_personal_data", without_personal_data, ["VARCHAR"], "VARCHAR")
    reading.connection.execute(
        f"UPDATE {reading.parsed} SET comment = without_personal_data(comment) WHERE comment IS NOT NULL"
    )


def check_scales(reading: Reading) -> None:
    """Refuse answers that are no NPS, and surveys whose answers stand on several scales.

    Raises:
        InvalidSource: The message names the survey, what was found and what to do.
    """
    survey, kind = (name if name in reading.columns else f"'{usual}'" for name, usual in _UNSAID.items())
    rows = reading.connection.execute(
        f"SELECT {survey} AS survey, {kind} AS type, min(scale_min), max(scale_min), min(scale_max), max(scale_max), "
        "count(*), count(*) FILTER (score > 5), count(*) FILTER (score > 7), min(score), max(score) "
        f"FROM {reading.parsed} WHERE reason IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for name, of_type, low, other_low, high, other_high, *answers in rows:
        where = f'{reading.files}: survey "{name}"'
        if (low, high) != (other_low, other_high):
            raise InvalidSource(
                f"{where} has answers on several scales ({low:g} to {high:g}, {other_low:g} to {other_high:g}), which "
                "have no common score; give each scale a survey_id of its own."
            )
        if of_type == "nps" and (low, high) != (0, 10):
            raise InvalidSource(
                f"{where} is an NPS on a scale from {low:g} to {high:g}; NPS is asked from 0 to 10, and no other scale "
                "can be turned into it. Set type = \"'csat'\" for these answers."
            )
        if of_type == "nps" and "scale_max" not in reading.settings.columns:
            _check_is_nps(where, *answers)


def _check_is_nps(where: str, n: int, n_above_5: int, n_above_7: int, *ends: float) -> None:
    """Refuse answers that stand on a shorter scale, or on one that so few answers do not tell.

    Whoever may answer from 0 to 10 gives 8, 9 and 10 most often: answers that stay at 7 or below, but for a few, are
    stars, smileys or degrees of effort.
    """
    strays = max(FEW_STRAYS * n, 1 if n >= ENOUGH_FOR_ONE else 0)
    limit, n_above = (5, n_above_5) if n_above_5 <= strays else (7, n_above_7)
    if n_above > strays:
        return
    least, most = ends
    found = (
        f"only {n_above:,} of {n:,} answers {'is' if n_above == 1 else 'are'}"
        if n_above
        else f"none of {n:,} answers is"
    )
    looks = "so these look like stars, not answers from 0 to 10"
    if n < FEWEST:
        found, looks = f"{n:,} answers from {least:g} to {most:g}, none", "so few do not tell on which scale they are"
    raise InvalidSource(
        f"{where}: {found} above {limit}, {looks}. Set type = \"'csat'\" (or \"'ces'\") with the scale_min and "
        'scale_max of the question, or scale_max = "10" if they are answers from 0 to 10.'
    )


_UNSAID = {"survey_id": "survey", "type": "nps"}
