"""What is checked of survey answers, and hidden: one scale for each survey, no personal data in comments."""

# ruff: noqa: S608 (names and texts enter SQL quoted, by sql.identifier and sql.literal)

from retention_kit.errors import InvalidSource
from retention_kit.ingest.canonical.reading import Reading
from retention_kit.personal_data import without_personal_data

ENOUGH_TO_SEE_A_SCALE = 30


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
        f"max(score), count(*) FROM {reading.parsed} WHERE reason IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for name, of_type, low, other_low, high, other_high, most, n in rows:
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
        if (
            of_type == "nps"
            and most <= 5
            and n >= ENOUGH_TO_SEE_A_SCALE
            and "scale_max" not in reading.settings.columns
        ):
            raise InvalidSource(
                f"{where}: none of {n:,} answers is above {most:g}, so these look like stars, not answers from 0 to "
                '10. Set type = "\'csat\'", or scale_max = "10" if nobody liked it.'
            )


_UNSAID = {"survey_id": "survey", "type": "nps"}
