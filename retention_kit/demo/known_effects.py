"""The known effects of events in the synthetic client: what changes, where, and in which month a metric shows it."""

from dataclasses import asdict, dataclass
from typing import Literal

from retention_kit.demo.timeline import COUPONS_BEFORE_LAST, MESSAGES_BEFORE_LAST, Timeline
from retention_kit.periods import Period, periods

Lasts = Literal["one month", "from then on"]
ALL = "(all)"

NOT_COUNTED_YET = {"subscription_churn_rate", "discount_share"}
"""Metrics that show a known effect and that no function of this version counts."""


@dataclass(frozen=True)
class KnownEffect:
    """A true change of a metric.

    Attributes:
        event: What happened.
        month: When.
        metric: The id of the metric that shows it.
        segment: `(all)` or a country.
        direction: "up" or "down", against the months before.
        seen_in: The first month whose value differs.
        lasts: "one month", after which the metric is as before, or "from then on".
        is_main: The change is meant to be found with 6,000 customers; another one is smaller and comes along.
    """

    def touches(self, *, metric: str, segment: str, now: Period, base: Period) -> bool:
        """Whether the change makes the metric of the segment differ between two months.

        What changes for everybody changes in every country; what changes in one, for the others not at all.
        """
        if self.metric != metric or self.segment not in (ALL, segment):
            return False
        seen_in = Period(self.seen_in)
        if self.lasts == "one month":
            return seen_in in (now, base)
        return base < seen_in <= now

    event: str
    month: str
    metric: str
    segment: str
    direction: Literal["up", "down"]
    seen_in: str
    lasts: Lasts
    is_main: bool


def known_effect_rows(timeline: Timeline) -> list[dict[str, object]]:
    """Every true change as rows of truth.json, with `is_counted`: whether a metric of this version can show it."""
    return [asdict(change) | {"is_counted": change.metric not in NOT_COUNTED_YET} for change in known_effects(timeline)]


def effects_between(timeline: Timeline, *, metric: str, segment: str, now: Period, base: Period) -> list[KnownEffect]:
    """The true changes of a metric and segment between two months; where there are none the months are alike.

    Two months of the same change, as two Decembers, are alike. Counts and totals grow with the shop, and what looks
    back to the first day of data (returning customers) drifts with its age: for these an empty list says nothing.

    Args:
        timeline: The client's calendar.
        metric: The id of the metric.
        segment: `(all)` or a country.
        now: The later month.
        base: The earlier one.

    Example:
        >>> from datetime import date
        >>> months = {"now": Period("2024-04"), "base": Period("2024-03")}
        >>> [[change.event for change in effects_between(
        ...     Timeline(date(2024, 6, 9)), metric="nps", segment=country, **months)] for country in ("UA", "PL")]
        [['bad_support_month'], []]
    """
    found = [
        change
        for change in known_effects(timeline)
        if change.touches(metric=metric, segment=segment, now=now, base=base)
    ]
    in_one_country = {
        change.event for change in known_effects(timeline) if change.metric == metric and change.segment != ALL
    }
    named = [change for change in found if change.segment == segment or change.event not in in_one_country]
    return [change for change in named if not _is_in_both_months(change, named)]


def _is_in_both_months(change: KnownEffect, found: list[KnownEffect]) -> bool:
    """Whether the same month-long change stands in both months, as in two Decembers."""
    others = [other for other in found if other.event == change.event and other.seen_in != change.seen_in]
    return change.lasts == "one month" and bool(others)


def known_effects(timeline: Timeline) -> list[KnownEffect]:
    """Every true change inside the complete months, by event."""
    changes = [
        *_price_rise(timeline),
        *_price_rise_in_germany(timeline),
        *_bad_month(timeline),
        *_programme(timeline),
        *_messages(timeline),
        *_coupons(timeline),
        *_seasons(timeline),
    ]
    return [change for change in changes if Period(change.seen_in) <= timeline.last_month]


def _price_rise(timeline: Timeline) -> list[KnownEffect]:
    month = str(timeline.month_of("price_rise"))
    dearer = [("average_order_value", True), ("revenue_per_customer", True)]
    return [
        KnownEffect("price_rise", month, metric, ALL, "up", month, "from then on", is_main)
        for metric, is_main in dearer
    ]


def _price_rise_in_germany(timeline: Timeline) -> list[KnownEffect]:
    """Buyers of that month stop: they lapse 91 days after, when the box's subscribers are long gone."""
    month = timeline.month_of("price_rise_de")
    event, then = "price_rise_de", str(month)
    lapse = str(month + 3)
    return [
        KnownEffect(event, then, "customer_churn_rate", "DE", "up", lapse, "one month", True),
        KnownEffect(event, then, "customer_churn_rate", ALL, "up", lapse, "one month", False),
        KnownEffect(event, then, "subscription_churn_rate", "DE", "up", then, "one month", True),
        KnownEffect(event, then, "subscription_churn_rate", ALL, "up", then, "one month", False),
        KnownEffect(event, then, "repeat_purchase_rate", "DE", "down", then, "one month", False),
        KnownEffect(event, then, "purchase_frequency", "DE", "down", then, "one month", False),
        KnownEffect(event, then, "nps", "DE", "down", then, "from then on", False),
        KnownEffect(event, then, "nps", ALL, "down", then, "from then on", False),
    ]


def _bad_month(timeline: Timeline) -> list[KnownEffect]:
    event, then = "bad_support_month", str(timeline.month_of("bad_support_month"))
    changes: list[tuple[str, str, Literal["up", "down"], bool]] = [
        ("contact_rate", ALL, "up", True),
        ("orders_with_contact_rate", ALL, "up", True),
        ("refund_rate", ALL, "up", True),
        ("nps", "UA", "down", True),
        ("nps", ALL, "down", False),
        ("average_order_value", ALL, "down", False),
        ("revenue_per_customer", ALL, "down", False),
    ]
    return [KnownEffect(event, then, metric, where, to, then, "one month", main) for metric, where, to, main in changes]


def _programme(timeline: Timeline) -> list[KnownEffect]:
    """Members buy more often, and there are more of them each month: every step is small."""
    event, then = "loyalty_programme", timeline.month_of("loyalty_programme")
    months = [str(month) for month in periods(then, timeline.last_month)]
    changes: list[tuple[str, Literal["up", "down"]]] = [
        ("purchase_frequency", "up"),
        ("repeat_purchase_rate", "up"),
        ("revenue_per_customer", "up"),
        ("customer_churn_rate", "down"),
    ]
    return [
        KnownEffect(event, str(then), metric, ALL, to, month, "from then on", False)
        for metric, to in changes
        for month in months
    ]


def _messages(timeline: Timeline) -> list[KnownEffect]:
    """Who is won back buys sooner; some of them lapse together, a window of 90 days later."""
    found = []
    for month in (timeline.last_month - before for before in MESSAGES_BEFORE_LAST):
        seen = [("reactivation_rate", month), ("customer_churn_rate", month + 3)]
        found += [
            KnownEffect("letters", str(month), name, ALL, "up", str(then), "one month", False) for name, then in seen
        ]
    return found


def _coupons(timeline: Timeline) -> list[KnownEffect]:
    months = [str(timeline.last_month - before) for before in COUPONS_BEFORE_LAST]
    return [KnownEffect("coupons", month, "discount_share", ALL, "up", month, "one month", False) for month in months]


def _seasons(timeline: Timeline) -> list[KnownEffect]:
    """December's baskets are fuller; February is short, so fewer things happen in it."""
    found = []
    for month in periods(timeline.first_month, timeline.last_month):
        name = str(month)
        if month.start.month == 12:
            found.append(KnownEffect("december", name, "average_order_value", ALL, "up", name, "one month", True))
            found.append(KnownEffect("december", name, "revenue_per_customer", ALL, "up", name, "one month", True))
        if month.start.month == 2:
            fewer = ("customer_churn_rate", "repeat_purchase_rate", "purchase_frequency", "revenue_per_customer")
            found += [
                KnownEffect("short month", name, metric, ALL, "down", name, "one month", False) for metric in fewer
            ]
    return found
