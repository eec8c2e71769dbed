"""Who came, stayed and left: the panels of the churn page."""

from retention_kit.engagement import Engagement
from retention_kit.facts import customers
from retention_kit.facts.spans import report_period
from retention_kit.metrics.customers.flow import FLOW
from retention_kit.metrics.customers.kept_and_lapsed import DAYS_FOLLOWED
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel
from retention_kit.pages.wording import wording_of
from retention_kit.wording.glossary import status_text
from retention_kit.wording.texts import default_digits

_POINT_VALUE_SHOWN = ["adjusted_for", "value", "low", "high", "n_kept", "n_lapsed", "status"]

_MORE_REVENUE = m(
    "Over the last {days} days, that many customers who had been kept brought {low} to {high} more revenue than that "
    "many customers like them who had lapsed."
)
_MORE_MARGIN = m(
    "Over the last {days} days, that many customers who had been kept brought {low} to {high} more margin ({margin} of "
    "revenue) than that many customers like them who had lapsed."
)


def point_value_in_words(engagement: Engagement) -> str:
    """What goes with a point of retention, for somebody who knows no statistics; or why it cannot be told."""
    wording, found = wording_of(engagement), customers.point_value(engagement).iloc[-1]
    if found.status != "ok":
        return status_text(found.status, wording)
    n, more = int(found.n_active), _MORE_REVENUE if found.margin == 1 else _MORE_MARGIN
    point = wording.ngettext(
        "{period}: one point of retention is 1% of the {n} customer active at its start.",
        "{period}: one point of retention is 1% of the {n} customers active at its start.",
        n,
    )
    days, margin = wording.number(DAYS_FOLLOWED), wording.percent(found.margin, digits=0)
    digits = default_digits(found.high)
    ends = {name: wording.money(found[name], digits=digits) for name in ("low", "high")}
    sentences = [
        point.format(period=wording.period_name(report_period(engagement)), n=wording.number(n)),
        wording.gettext(more).format(days=days, margin=margin, **ends),
    ]
    if found.low <= 0 <= found.high:
        sentences.append(wording.gettext("As this includes zero, there may be no difference."))
    back = wording.gettext("Of those who had lapsed, {share} bought again in that time all the same.")
    cause = wording.gettext("This is association, not cause: they may differ in ways that the orders do not show.")
    return " ".join([*sentences, back.format(share=wording.percent(found.came_back, digits=0)), cause])


PANELS = (
    Panel("customer_flow", m("Customer movements"), ("orders",), customers.flows, columns=FLOW),
    Panel(
        "customer_retention_rate",
        m("Customer retention rate over time"),
        ("orders",),
        customers.retention_rate,
        metric="customer_retention_rate",
    ),
    Panel("retention_rate_split", m("Change of the retention rate: within segments, and of their sizes"),
          ("orders", "segments"), customers.retention_split,
          columns=["base_period", "split_by", "base", "current", "change", "rate", "mix"],
          empty=tuple(customers.SPLIT)),
    Panel("retention_point_value", m("Value of a point of retention"), ("orders",), customers.point_value,
          columns=_POINT_VALUE_SHOWN, says=point_value_in_words),
)  # fmt: skip
