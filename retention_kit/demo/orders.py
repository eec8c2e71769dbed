"""The orders of the synthetic client: its purchases, the odd orders beside them, their money and what is paid back."""

import numpy as np
import pandas as pd

from retention_kit.demo.customers import NONE
from retention_kit.demo.money import rates_on
from retention_kit.demo.parameters import BASE_CURRENCY, TRUE
from retention_kit.demo.timeline import (
    Floats,
    Timeline,
    Timestamps,
    awake,
    days_of,
    months_of,
    random_of,
    timestamps_of,
)

UNKNOWN_CUSTOMER = -1
"""The row number of the customer of an order without one."""


def placed_orders(history: pd.DataFrame, customers: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """Every order inside the days of data, without its money.

    Beside the purchases: second orders of a day, gifts, cancelled orders and orders of guests.

    Returns:
        One row per order, by ordered_at: order_id, customer_id (missing for guests), country, customer, ordered_at,
        kind (purchase, second, gift, cancelled or guest), currency.
    """
    random = random_of(seed, "orders")
    day = days_of(history.timestamp.to_numpy())
    inside = history[(day >= timeline.start_day) & (day < timeline.end_day)]
    orders = pd.concat([inside[["customer", "timestamp"]].assign(kind="purchase"), _odd(inside, timeline, random)])
    orders = orders.rename(columns={"timestamp": "ordered_at"}).sort_values(
        "ordered_at", kind="stable", ignore_index=True
    )
    known = orders.customer.to_numpy() != UNKNOWN_CUSTOMER
    people = customers.iloc[np.where(known, orders.customer, 0)]
    orders["customer_id"] = people.customer_id.where(known, None).to_numpy()
    orders["country"] = people.country.where(known, NONE).to_numpy()
    orders["currency"] = np.where(orders.country == "UA", "UAH", BASE_CURRENCY)
    shop = np.where(orders.currency == "UAH", "UA", "PL")
    number = 10_001 + orders.groupby(shop).cumcount()
    orders.insert(0, "order_id", "#" + pd.Series(shop, dtype="str") + number.astype(str))
    return orders


def _odd(inside: pd.DataFrame, timeline: Timeline, random: np.random.Generator) -> pd.DataFrame:
    shop = TRUE.shop
    shares = {"second": shop.second, "gift": shop.gift, "cancelled": shop.cancelled, "guest": shop.guest}
    parts = []
    for kind, share in shares.items():
        some = inside[random.random(len(inside)) < share][["customer", "timestamp"]].assign(kind=kind)
        timestamp = some.timestamp.to_numpy()
        minutes = random.integers(5, 50, len(some)).astype("timedelta64[m]")
        some["timestamp"] = _beside(timestamp, minutes, kind)
        parts.append(some.assign(customer=UNKNOWN_CUSTOMER) if kind == "guest" else some)
    odd = pd.concat(parts)
    day = days_of(odd.timestamp.to_numpy())
    return odd[(day >= timeline.start_day) & (day < timeline.end_day)]


def _beside(
    timestamp: Timestamps, minutes: "np.ndarray[tuple[int], np.dtype[np.timedelta64]]", kind: str
) -> Timestamps:
    """A cancelled order comes a little before the purchase, another one a little after, but on the same day."""
    if kind == "cancelled":
        return awake(timestamp - minutes)
    midnight = timestamp.astype("datetime64[D]").astype("datetime64[s]") + np.timedelta64(86_399, "s")
    return awake(np.minimum(timestamp + minutes, midnight))


def priced(placed: pd.DataFrame, spend: Floats, timeline: Timeline, rates: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Orders with their money, in the currency of the order and (`rate`) what one of it is worth in PLN.

    Args:
        placed: From `placed_orders`, with coupon_value (PLN; 0 without a coupon).
        spend: The mean of a purchase of each customer in PLN.
        timeline: The client's calendar.
        rates: From `exchange_rates`.
        seed: Of the random numbers.

    Returns:
        The same rows with rate, price (before discount, without tax and shipping), off (the discount), tax, shipping
        (all in the order's currency), status.
    """
    random = random_of(seed, "spending")
    spending, shop = TRUE.spending, TRUE.shop
    of_guests = spending.p * spending.v / random.gamma(spending.q, 1, len(placed))
    customer = placed.customer.to_numpy()
    mean = np.where(customer == UNKNOWN_CUSTOMER, of_guests, spend[customer])
    net = random.gamma(spending.p, 1, len(placed)) * mean / spending.p * _season(placed.ordered_at.to_numpy(), timeline)
    rate = rates_on(rates, placed.ordered_at.to_numpy(), placed.currency)
    brought = np.maximum(np.round(net / rate, 2), 1.0)
    is_gift = (placed.kind == "gift").to_numpy(bool)
    off = np.where(is_gift, brought, np.round(placed.coupon_value.to_numpy(float) / rate, 2))
    net_of_off = np.where(is_gift, 0.0, brought)
    free_from = placed.currency.map(shop.free_shipping_from).to_numpy(float)
    shipping = np.where(net_of_off >= free_from, 0.0, placed.currency.map(shop.shipping).to_numpy(float))
    return placed.assign(
        rate=rate,
        price=np.round(net_of_off + off, 2),
        off=off,
        tax=np.round(net_of_off * placed.currency.map(shop.tax).to_numpy(float), 2),
        shipping=shipping,
        status=np.where(placed.kind == "cancelled", "cancelled", "completed"),
    )


def _season(timestamps: Timestamps, timeline: Timeline) -> Floats:
    month = months_of(timestamps)
    december = np.where(month % 12 == 11, TRUE.spending.december, 1.0)
    is_dearer = month >= timeline.month_of("price_rise").ordinal
    factors: Floats = december * np.where(is_dearer, TRUE.spending.price_rise, 1.0)
    return factors


def refunds_of(orders: pd.DataFrame, timeline: Timeline, *, seed: int) -> pd.DataFrame:
    """What was paid back, up to the last day of data.

    Returns:
        One row per payment: refund_id, order_id, customer_id, country, refunded_at, paid_back (in the order's
        currency), amount (PLN), currency.
    """
    random = random_of(seed, "refunds")
    service = TRUE.service
    worth = np.round(orders.price - orders.off, 2)
    is_bad = months_of(orders.ordered_at.to_numpy()) == timeline.month_of("bad_support_month").ordinal
    chance = service.refund_chance * np.where(is_bad, service.refunds_in_bad_month, 1.0)
    is_paid_back = (random.random(len(orders)) < chance) & (orders.status == "completed") & (worth > 0)
    share = np.where(random.random(len(orders)) < service.full, 1.0, random.uniform(*service.partial, len(orders)))
    least, most = service.refund_days
    days = random.integers(least, most + 1, len(orders)) + random.uniform(8, 17, len(orders)) / 24
    back = orders.assign(paid_back=np.round(worth * share, 2), days=days)[is_paid_back]
    timestamp = timestamps_of(days_of(back.ordered_at.to_numpy()) + back.days.to_numpy(float))
    back = back.assign(refunded_at=timestamp, amount=np.round(back.paid_back * back.rate, 4))
    back = back[days_of(timestamp) < timeline.end_day].sort_values("refunded_at", kind="stable", ignore_index=True)
    back.insert(0, "refund_id", "re_" + (100_001 + back.index.to_series()).astype(str))
    return back[["refund_id", "order_id", "customer_id", "country", "refunded_at", "paid_back", "amount", "currency"]]


def in_base_currency(orders: pd.DataFrame, refunds: pd.DataFrame) -> pd.DataFrame:
    """Orders with gross, discount, refunded and amount in PLN, ordered_on and is_purchase, as the metrics take them."""
    refunded = orders.order_id.map(refunds.groupby("order_id").amount.sum()).fillna(0.0)
    money = {name: np.round(orders[raw] * orders.rate, 4) for name, raw in (("gross", "price"), ("discount", "off"))}
    net = np.round(np.round(orders.price - orders.off, 2) * orders.rate, 4)
    amount = np.round(net - refunded, 4)
    return orders.assign(
        ordered_on=orders.ordered_at.to_numpy().astype("datetime64[D]").astype("datetime64[s]"),
        **money,
        refunded=refunded,
        amount=amount,
        is_test=False,
        is_purchase=(orders.status == "completed") & (amount > 0),
    )
