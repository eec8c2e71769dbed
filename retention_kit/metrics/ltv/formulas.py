"""Lifetime value without a model: what customers brought so far, and the formulas that assume one constant churn.

`margin` is the share of the value that is profit; 1.0 gives revenue.
"""

from datetime import date

import narwhals as nw
import pandas as pd

from retention_kit import tables
from retention_kit.arguments import checked
from retention_kit.money import known_sum
from retention_kit.periods import day_number
from retention_kit.tables import Tabular


@checked
def ltv_historic(orders: Tabular, *, as_of: date, margin: float = 1.0) -> pd.DataFrame:
    """What did each customer bring so far?

    value = margin × net amount of all purchases before `as_of`
    Takes the `orders` table, amounts net of discounts and refunds, or the `occasions` table.

    Returns:
        One row per customer, sorted by customer_id: customer_id, n_orders, value (money).

    Warning:
        Customers of different age do not compare: the older one had more time to buy.

    Reference: METRICS V13.

    Example:
        >>> days = pd.to_datetime(["2024-05-01", "2024-05-20"])
        >>> orders = pd.DataFrame({"customer_id": "a", "ordered_on": days, "gross": [100, 50], "refunded": [0, 30]})
        >>> ltv_historic(orders, as_of=date(2024, 6, 1), margin=0.4)
          customer_id  n_orders  value
        0           a         2   48.0
    """
    tables.require_money(tables.lazy(orders))
    occasions = tables.occasions(orders).filter(nw.col("ordered_day") < day_number(as_of))
    sums = occasions.group_by("customer_id").agg(nw.col("n_orders").sum().cast(nw.Int64), value=known_sum("amount"))
    customers = tables.collected(sums, "customer_id")
    return customers.assign(value=customers["value"] * margin)


@checked
def ltv_formula(
    *, order_value: float, orders_a_year: float, churn_a_year: float, margin: float = 1.0, months: int | None = None
) -> float | None:
    """What is a customer worth, if all customers are the same and a constant share of them leaves every year?

    ltv = order value × orders a year × margin × lifespan;  lifespan = 1 / churn a year, and up to a horizon of
    h = months / 12 years (1 - (1 - churn)^h) / churn

    Args:
        order_value: Average net value of an order.
        orders_a_year: Average orders of a customer in a year.
        churn_a_year: Share of customers lost in a year, 0..1.
        margin: Share of the value that is profit.
        months: Horizon; None for the whole lifespan.

    Returns:
        Money per customer; None where nobody leaves and no horizon ends the sum.

    Warning:
        Customers differ, and churn falls as a cohort ages: print it beside a value with a horizon.

    Reference: METRICS V01; Fader & Hardie 2014, What's wrong with this CLV formula?

    Example:
        >>> round(ltv_formula(order_value=40, orders_a_year=2, churn_a_year=0.2, margin=0.3), 6)
        120.0
    """
    a_year = order_value * orders_a_year * margin
    if churn_a_year == 0:
        return None if months is None else a_year * months / 12
    lost = 1.0 if months is None else 1 - (1 - churn_a_year) ** (months / 12)
    return a_year * lost / churn_a_year


@checked
def ltv_discounted(
    margin: float, *, retention_rate: float, discount_rate: float, with_first_payment: bool
) -> float | None:
    """What are the payments of a customer worth today, if a constant share of customers stays each period?

    with the first payment m(1 + d) / (1 + d - r), without it m·r / (1 + d - r)

    Args:
        margin: Profit of one period, m.
        retention_rate: Share of customers who stay from period to period, r.
        discount_rate: Interest of one period, d.
        with_first_payment: Whether the payment made at the start counts: yes for a customer still to be won, no
            for one who has just paid.

    Returns:
        Money per customer; None where the sum has no end (r >= 1 + d).

    Reference: METRICS V02; Fader & Hardie 2012, Reconciling and clarifying CLV formulas.

    Example:
        >>> round(ltv_discounted(100, retention_rate=0.8, discount_rate=0.1, with_first_payment=True), 3)
        366.667
    """
    leak = 1 + discount_rate - retention_rate
    if leak <= 0:
        return None
    return margin * (1 + discount_rate if with_first_payment else retention_rate) / leak


@checked
def gain_of_retention(retention_rate: float, *, points: float = 0.05, discount_rate: float) -> float | None:
    """By which part does the value of a new customer grow if more customers stay each period?

    gain = value at retention r + points / value at retention r - 1 = points / (1 + d - r - points), with the value of
    `ltv_discounted`: the profit of a period has no part in it

    Args:
        retention_rate: Share of customers who stay from period to period, r.
        points: How many more stay; 0.05 is five percentage points.
        discount_rate: Interest of one period, d.

    Returns:
        The growth, 0.25 a quarter more; None where more than everybody would stay, or the sum has no end.

    Warning:
        It is of what one customer brings in all, not of a year's profit; it takes those who stay longer for customers
        like the others, and staying to cost nothing.

    Reference: METRICS 1.2, V02; Reichheld & Sasser 1990, Zero defections, Harvard Business Review 68(5).

    Example:
        >>> round(gain_of_retention(0.85, discount_rate=0.1), 4), round(gain_of_retention(0.2, discount_rate=0.1), 4)
        (0.25, 0.0588)
    """
    stay = retention_rate + points
    return points / (1 + discount_rate - stay) if stay <= 1 and stay < 1 + discount_rate else None


@checked
def ltv_cac(ltv: float, cac: float) -> float | None:
    """How many times over does a customer pay back what it cost to win one?

    ratio = lifetime value / cost of acquisition, both on one margin basis; name the horizon beside it

    Returns:
        The ratio; None where acquisition costs nothing.

    Reference: METRICS V12.

    Example:
        >>> ltv_cac(120, 40)
        3.0
    """
    return ltv / cac if cac > 0 else None


@checked
def cac_payback_months(cac: float, *, margin_a_month: float) -> float | None:
    """After how many months has a customer paid back the cost of acquisition, if nobody leaves?

    months = cost of acquisition / profit a month

    Returns:
        Months; None where acquisition costs nothing or a month brings nothing.

    Warning:
        Churn is ignored: the cumulative revenue of real cohorts takes longer.

    Reference: METRICS V12.

    Example:
        >>> cac_payback_months(40, margin_a_month=2)
        20.0
    """
    return cac / margin_a_month if cac > 0 and margin_a_month > 0 else None
