"""The metrics of the report that surveys give, each described once."""

from retention_kit.metrics.description import Metric
from retention_kit.metrics.description import marked as m

METRICS = (
    Metric("nps", "surveys", "points", ("responses",), m("Net promoter score"),
           m("Share of answers 9-10 minus share of answers 0-6 on a scale from 0 to 10."),
           compared="points", is_signed=True, is_headline=True),
    Metric("csat", "surveys", "ratio", ("responses",), m("Satisfied customers (CSAT)"),
           m("Share of top answers to the question how satisfied a customer is."), compared="proportion"),
    Metric("ces", "surveys", "ratio", ("responses",), m("Found it easy (CES)"),
           m("Share of top answers to the question how easy it was."), compared="proportion"),
    Metric("response_rate", "surveys", "ratio", ("invitations", "responses"), m("Response rate"),
           m("Of the customers whom an invitation reached, the share who answered to the end."),
           compared="proportion"),
)  # fmt: skip
