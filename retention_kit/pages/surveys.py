"""What customers say: the panels of the NPS page."""

from retention_kit.facts import surveys
from retention_kit.facts.surveys import ANSWERS, LINKED, RECOVERY, SATISFACTION, WAVES, WEIGHTED
from retention_kit.metrics.description import marked as m
from retention_kit.metrics.surveys.outcomes import BEHAVIOUR_COLUMNS
from retention_kit.metrics.surveys.outcomes_compared import DIFFERENCE_COLUMNS, POINT_COLUMNS
from retention_kit.pages.panel import Panel

_SATISFACTION_SHOWN = ["survey_id", "type", "n", "value", "low", "high", "mean_rescaled", "status"]
_WEIGHTED_SHOWN = ["by", "n", "plain", "nps", "low", "high", "largest_gap"]
_COMPARED_SHOWN = ["horizon_days", "adjustment", "value", "low", "high", "n", "status"]


PANELS = (
    Panel("nps", m("Net promoter score, wave by wave"), ANSWERS, surveys.waves, empty=tuple(WAVES), metric="nps"),
    Panel("nps_by_segment", m("Net promoter score by segment"), ANSWERS, surveys.scores_by_segment,
          empty=("segment", "value", "n", "status")),
    Panel("nps_distribution", m("How often each score was given"), ANSWERS, surveys.distribution,
          empty=("score", "group", "value", "low", "high", "n", "status")),
    Panel("satisfaction", m("Satisfaction and effort"), ANSWERS, surveys.satisfaction_shown,
          columns=_SATISFACTION_SHOWN, empty=tuple(SATISFACTION)),
    Panel("nps_weighted", m("Score weighted to everybody who was asked"), ("responses", "invitations"),
          surveys.weighted, columns=_WEIGHTED_SHOWN, empty=tuple(WEIGHTED)),
    Panel("nps_behaviour", m("What promoters and detractors did afterwards"), LINKED, surveys.behaviour,
          empty=tuple(BEHAVIOUR_COLUMNS)),
    Panel("nps_difference", m("Promoters and detractors compared"), LINKED, surveys.behaviour_difference,
          columns=_COMPARED_SHOWN, empty=tuple(DIFFERENCE_COLUMNS)),
    Panel("nps_point_value", m("What a point of the score is worth"), LINKED, surveys.point_value,
          columns=_COMPARED_SHOWN, empty=tuple(POINT_COLUMNS)),
    Panel("nps_recovery", m("Detractors won back"), LINKED, surveys.recovery, empty=tuple(RECOVERY)),
)  # fmt: skip
