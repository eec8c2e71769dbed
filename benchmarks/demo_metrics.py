"""Every metric with an interval on a synthetic client, as it stood at the end of a month without a known effect.

What the metrics estimate is known: from the parameters, or from the same metrics on a huge population.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

import retention_kit as rk
from retention_kit import tables
from retention_kit.demo import Population
from retention_kit.demo.follow_up_surveys import RELATION
from retention_kit.demo.parameters import TRUE
from retention_kit.metrics.ltv.fitted_models import PurchaseModel, SpendModel

UNTIL = date(2024, 6, 9)
MONTH = rk.Period("2022-11")
"""Before the programme, the messages and the price rises; no December."""

AS_OF = MONTH.end
WINDOW = 90
HORIZON = 90
AGES = (1, 3, 6)
COHORT = MONTH - max(AGES)

FOUND = ["metric", "value", "low", "high"]
"""A metric's name, its estimate and interval."""


@dataclass(frozen=True)
class Seen:
    """What a client's tables hold at the end of the month.

    Attributes:
        orders: With orders of later days left out.
        occasions: Days on which known customers bought.
        known: The same, with a day before the data for who was a customer then.
        whole: The same of customers whose first purchase lies inside the data.
        tickets: Contacts.
        invitations: To the NPS survey.
        responses: Answers to every survey.
        answers: Those that count for the NPS.
    """

    orders: Any
    occasions: Any
    known: Any
    whole: Any
    tickets: pd.DataFrame
    invitations: pd.DataFrame
    responses: pd.DataFrame
    answers: Any


def seen(clean: Population) -> Seen:
    """The tables as they stood."""
    orders = clean.orders[clean.orders.ordered_on < pd.Timestamp(AS_OF)]
    bought = _arrow(tables.occasions(orders))
    people = clean.customers.assign(first_seen_on=clean.customers.first_seen_at.dt.normalize())
    first_day = clean.timeline.first_day
    responses = _dated(clean.responses, "answered")
    return Seen(
        orders=_arrow(tables.orders(orders)),
        occasions=bought,
        known=_arrow(nw.from_native(rk.customers.with_earlier_purchases(bought, people, first_day=first_day))),
        whole=_arrow(
            nw.from_native(rk.customers.acquired_since(bought, first_day=first_day, window=WINDOW, customers=people))
        ),
        tickets=_dated(clean.tickets, "created"),
        invitations=_dated(clean.invitations.assign(survey_id=RELATION), "sent"),
        responses=responses,
        answers=_arrow(nw.from_native(rk.surveys.nps_answers(responses))),
    )


def _arrow(frame: Any) -> Any:
    return frame.collect("pyarrow").to_native()


def _dated(rows: pd.DataFrame, moment: str) -> pd.DataFrame:
    dated = rows.assign(**{f"{moment}_on": rows[f"{moment}_at"].dt.normalize()})
    return dated[dated[f"{moment}_on"] < pd.Timestamp(AS_OF)]


def found_metrics(clean: Population) -> pd.DataFrame:
    """Every estimate on one client: the columns FOUND."""
    engagement = seen(clean)
    parts = [
        *_of_customers(engagement),
        *_of_cohorts(engagement),
        *_of_orders(engagement),
        *_of_answers(engagement),
        *_of_behaviour(engagement),
    ]
    return pd.concat(parts, ignore_index=True)


def _row(metric: str, table: pd.DataFrame, *, by: str = "segment", value: str = "value") -> pd.DataFrame:
    """The estimates of a table, named for the metric and, where there are several, for the column `by`."""
    names = metric if len(table) == 1 else metric + ", " + table[by].astype(str)
    low, high = ("low", "high") if value == "value" else (f"{value}_low", f"{value}_high")
    return table.assign(metric=names, value=table[value], low=table[low], high=table[high])[FOUND]


def _of_customers(engagement: Seen) -> Iterator[pd.DataFrame]:
    flow = rk.customer_flow(engagement.occasions, since=MONTH, until=MONTH, window=WINDOW)
    for rate in (rk.customer_retention_rate, rk.customer_churn_rate, rk.customers.reactivation_rate):
        yield _row(rate.__name__, rate(flow))
    for rate in (rk.repeat_purchase_rate, rk.returning_customer_rate, rk.loyalty.existing_customer_share):
        yield _row(rate.__name__, rate(engagement.known, period=MONTH))
    yield _row(f"repeat_within({HORIZON})", rk.loyalty.repeat_within(engagement.whole, as_of=AS_OF, days=HORIZON))
    steps = rk.repeat_by_order_number(engagement.whole, as_of=AS_OF, up_to=3)
    yield _row("repeat_by_order_number", steps, by="n_purchases")
    gaps = rk.time_between_orders(engagement.occasions, period=MONTH)
    yield _row("time_between_orders", gaps, by="quantile")
    for method in ("minrank", "thresholds"):
        segments = rk.rfm_segments(rk.rfm_scores(engagement.occasions, as_of=AS_OF, method=method))
        yield _row(f"rfm_segments ({method})", segments.assign(n=segments.n_customers.sum()))


def _of_cohorts(engagement: Seen) -> Iterator[pd.DataFrame]:
    retention = rk.cohort_retention(engagement.whole, until=MONTH)
    cells = retention[(retention.cohort == str(COHORT)) & retention.age.isin(AGES)]
    yield _row("cohort_retention", cells.assign(n=cells.n_customers), by="age")
    curve = rk.cohort_curve(retention)
    yield _row("cohort_curve", curve[curve.age.isin(AGES)], by="age")
    revenue = rk.cohort_revenue(engagement.whole, until=MONTH)
    spent = revenue[(revenue.cohort == str(COHORT)) & revenue.age.isin((0, *AGES))]
    yield _row("cohort_revenue", spent.assign(n=spent.n_customers), by="age")


def _of_orders(engagement: Seen) -> Iterator[pd.DataFrame]:
    for metric in (
        rk.average_order_value,
        rk.orders.purchase_frequency,
        rk.orders.revenue_per_customer,
        rk.refund_rate,
        rk.orders.refunded_orders_rate,
    ):
        yield _row(metric.__name__, metric(engagement.orders, period=MONTH))
    yield _row("contact_rate", rk.service.contact_rate(engagement.tickets, engagement.orders, period=MONTH))
    earlier = MONTH.previous()  # every contact about an order of it has come in
    yield _row(
        "orders_with_contact_rate",
        rk.service.orders_with_contact_rate(engagement.tickets, engagement.orders, period=earlier),
    )


def _of_answers(engagement: Seen) -> Iterator[pd.DataFrame]:
    yield _row("nps", rk.nps(engagement.responses, period=MONTH))
    countries = rk.nps(engagement.responses, period=MONTH, by="country")
    yield _row("nps", countries[countries.segment.isin(TRUE.people.countries)])
    yield _row("nps_distribution", rk.surveys.nps_distribution(engagement.responses, period=MONTH), by="score")
    for question in ("csat", "ces"):
        found = rk.satisfaction(engagement.responses, period=MONTH, question=question)
        yield _row(f"{question} (share)", found)
        yield _row(f"{question} (mean)", found, value="mean")
    yield _row("response_rate", rk.surveys.response_rate(engagement.invitations, engagement.responses, period=MONTH))
    themes = rk.surveys.nps_themes(engagement.answers).assign(segment=lambda found: found.theme)
    shares = themes.assign(value=themes.share, n=themes.n_comments)
    yield _row("nps_themes (share)", shares[shares.theme != "(no theme)"])


def _of_behaviour(engagement: Seen) -> Iterator[pd.DataFrame]:
    then = {"as_of": AS_OF, "horizons": [HORIZON]}
    bought = rk.surveys.nps_behaviour(engagement.answers, engagement.occasions, **then)
    yield _row("nps_behaviour (bought again)", bought, by="group")
    yield _row("nps_behaviour (revenue)", bought, by="group", value="revenue")
    difference = rk.surveys.nps_behaviour_difference(engagement.answers, engagement.occasions, **then)
    yield _row("nps_behaviour_difference", difference, by="adjustment")
    point = rk.surveys.value_of_a_point(engagement.answers, engagement.occasions, **then)
    yield _row("value_of_a_point", point, by="adjustment")
    yield _row("detractor_recovery", rk.surveys.detractor_recovery(engagement.answers, as_of=AS_OF))


def true_purchases() -> PurchaseModel:
    """The purchase model that the client was made with."""
    buying = TRUE.buying
    return PurchaseModel(parameters={name: getattr(buying, name) for name in ("r", "alpha", "a", "b")})


def true_spend() -> SpendModel:
    """The spend model that the client was made with."""
    spending = TRUE.spending
    return SpendModel(parameters={name: getattr(spending, name) for name in ("p", "q", "v")})


def found_values(clean: Population) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The forecasts of the fitted models, and those of the true models of customers whose every moment is known.

    Only customers whose first purchase lies inside the data; each purchase at what it brought before refunds and
    without the rise of December, as the models mean it.
    """
    paid = _paid(clean)
    summary = rk.purchase_summary(paid[["customer_id", "ordered_on", "amount", "is_purchase"]], as_of=AS_OF)
    found = rk.ltv.ltv_forecast(rk.fit_purchases(summary), rk.fit_spend(summary), summary)
    truth = rk.ltv.ltv_forecast(true_purchases(), true_spend(), _exact_summary(paid))[["metric", "value"]]
    is_later = paid.ordered_on > paid.groupby("customer_id").ordered_on.transform("min")
    days_per_purchase = summary.frequency.sum() / is_later.sum()  # purchases of one day count as one
    is_count = truth.metric == "expected_purchases"
    truth["value"] = truth.value.where(~is_count, truth.value * days_per_purchase)
    return found[FOUND], truth


def _paid(clean: Population) -> pd.DataFrame:
    orders = clean.orders
    came = clean.customers.customer_id[clean.customers.first_seen_at >= pd.Timestamp(clean.timeline.first_day)]
    is_before = orders.ordered_on < pd.Timestamp(AS_OF)
    paid = orders[(orders.kind == "purchase") & is_before & orders.customer_id.isin(came)]
    season = np.where(paid.ordered_on.dt.month == 12, TRUE.spending.december, 1.0)
    return paid.assign(amount=(paid.gross - paid.discount) / season, is_purchase=True)


def _exact_summary(paid: pd.DataFrame) -> pd.DataFrame:
    """As `purchase_summary`, with every purchase at its moment instead of its day."""
    in_turn = paid.sort_values(["customer_id", "ordered_at"])
    is_repeat = in_turn.customer_id.duplicated()
    whose = in_turn.customer_id
    first, last = (in_turn.groupby(whose).ordered_at.agg(edge) for edge in ("min", "max"))
    return pd.DataFrame(
        {
            "frequency": is_repeat.groupby(whose).sum(),
            "recency": (last - first) / pd.Timedelta(weeks=1),
            "T": (pd.Timestamp(AS_OF) - first) / pd.Timedelta(weeks=1),
            "monetary_value": in_turn.amount.where(is_repeat).groupby(whose).mean(),
        }
    ).assign(unit="week")
