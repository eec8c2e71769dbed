"""Why customers answer as they do: drivers of the score, topics of comments, quotes."""

from retention_kit.facts import survey_drivers
from retention_kit.facts.survey_drivers import QUOTES
from retention_kit.facts.surveys import ANSWERS
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.surveys.drivers import COLUMNS as DRIVERS
from retention_kit.metrics.surveys.themes import THEME_COLUMNS
from retention_kit.pages.panel import Panel

COMMENTS = ("responses", "responses.comment")

PANELS = (
    Panel("nps_drivers", m("What is associated with the score"), ANSWERS, survey_drivers.drivers, empty=tuple(DRIVERS)),
    Panel("nps_themes", m("Comment topics"), COMMENTS, survey_drivers.themes, empty=tuple(THEME_COLUMNS)),
    Panel("nps_quotes", m("Quotes"), COMMENTS, survey_drivers.chosen_quotes, empty=tuple(QUOTES)),
)  # fmt: skip
