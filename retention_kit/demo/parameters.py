"""The true parameters of the synthetic client: what a metric should find if it were given data without end."""

from dataclasses import dataclass, field

SECONDS_A_DAY = 86_400
BASE_CURRENCY = "PLN"
OWN_DOMAIN = "ziola.example"
"""What the e-mail addresses of the client's own people end with."""


@dataclass(frozen=True)
class People:
    """Who the customers are and how they come: shares of countries and channels, newcomers by month of the year."""

    countries: dict[str, float] = field(default_factory=lambda: {"PL": 0.45, "UA": 0.25, "CZ": 0.18, "DE": 0.12})
    channels: dict[str, float] = field(
        default_factory=lambda: {"search": 0.4, "social": 0.25, "referral": 0.15, "marketplace": 0.2}
    )
    newcomers: tuple[float, ...] = (1.0, 0.95, 0.95, 1.0, 1.0, 0.95, 0.9, 0.9, 1.0, 1.05, 1.1, 1.15)


@dataclass(frozen=True)
class Buying:
    """Purchases as BG/NBD says: a Gamma(r, alpha) rate per week, and a Beta(a, b) chance to stop after a repeat one.

    Nobody stops after the first purchase: who buys only once buys seldom. In the data some 65 % buy again.
    """

    r: float = 0.4
    alpha: float = 4.5
    a: float = 0.5
    b: float = 2.2


@dataclass(frozen=True)
class Spending:
    """What a purchase brings, net, in PLN: Gamma-Gamma with p, q and v, times the month's factors.

    The mean is p v / (q - 1) = 100. `december` multiplies it in each December, `price_rise` from its month on.
    """

    p: float = 8.0
    q: float = 6.0
    v: float = 62.5
    december: float = 1.15
    price_rise: float = 1.15


@dataclass(frozen=True)
class Shop:
    """Shares of purchases that come with something odd, and what an order is charged.

    `second` are orders on the day of another one, `gift` those that a coupon of 100 % pays, `guest` those without a
    customer; they and the cancelled ones come on top of the purchases.
    """

    second: float = 0.03
    gift: float = 0.004
    cancelled: float = 0.015
    guest: float = 0.02
    tax: dict[str, float] = field(default_factory=lambda: {"PLN": 0.08, "UAH": 0.2})
    shipping: dict[str, float] = field(default_factory=lambda: {"PLN": 12.99, "UAH": 75.0})
    free_shipping_from: dict[str, float] = field(default_factory=lambda: {"PLN": 150.0, "UAH": 1500.0})


@dataclass(frozen=True)
class Service:
    """Payments back per order and contacts per order, and by how much the bad month multiplies them.

    A payment back is full with the chance `full`, else a share of the order drawn evenly from `partial`.
    """

    refund_chance: float = 0.04
    full: float = 0.25
    partial: tuple[float, float] = (0.2, 0.8)
    refund_days: tuple[int, int] = (1, 9)
    refunds_in_bad_month: float = 2.5
    contacts_per_order: float = 0.12
    contacts_in_bad_month: float = 2.0
    outbound_per_contact: float = 0.08
    contacts_about_no_order: float = 0.1


@dataclass(frozen=True)
class Asking:
    """The NPS survey. An answer is the place of a hidden opinion among the cuts between the scores 0 to 10.

    opinion = opinion_staying or opinion_gone (has the customer bought for the last time?)
        + opinion_per_rate x log(purchase rate / mean rate) - bad_month (for UA in that month) + N(0, 1)

    A rating is 1..5: `level` + `slope` x opinion + N(0, noise), rounded.
    """

    invited_of_6000: int = 900
    answers_staying: float = 0.45
    answers_gone: float = 0.33
    bounced: float = 0.03
    incomplete: float = 0.05
    anonymous: float = 0.03
    twice: float = 0.01
    opinion_staying: float = 0.15
    opinion_gone: float = -0.6
    opinion_per_rate: float = 0.1
    bad_month: float = 0.8
    cuts: tuple[float, ...] = (-2.4, -2.2, -2.0, -1.8, -1.5, -1.2, -0.9, -0.45, 0.0, 0.55)
    delivery: tuple[float, float, float] = (3.8, 0.5, 0.6)
    assortment: tuple[float, float, float] = (3.9, 0.25, 0.7)
    comments: float = 0.3
    may_quote: float = 0.4
    with_address: float = 0.02
    answers_after_contact: float = 0.4
    satisfied: tuple[float, ...] = (0.06, 0.08, 0.14, 0.36, 0.36)
    answers_after_return: float = 0.5
    easy: tuple[float, ...] = (0.03, 0.04, 0.08, 0.15, 0.25, 0.25, 0.2)


@dataclass(frozen=True)
class Boxes:
    """The monthly tea box: a share of customers subscribes; each renewal is refused with a Beta(a, b) chance.

    `price_rise` multiplies the monthly price of DE customers from its month on, `leave` the chance that they refuse
    the renewal of that month.
    """

    subscribers: float = 0.12
    mean_days_before: float = 120.0
    prices: dict[str, float] = field(default_factory=lambda: {"small": 39.0, "classic": 59.0, "grand": 99.0})
    plans: tuple[float, ...] = (0.45, 0.4, 0.15)
    annual: float = 0.1
    annual_months_paid: int = 10
    a: float = 1.0
    b: float = 14.0
    upgrade: float = 0.015
    pause: float = 0.01
    price_rise: float = 1.2
    leave: float = 8.0
    stop_buying: float = 0.7


@dataclass(frozen=True)
class Programme:
    """The loyalty programme: at a purchase a customer joins with a chance that grows with the purchase rate.

    chance = join + join_per_rate x (purchase rate / mean rate - 1). From joining on a member's rate is
    `effect` times as high. A point is earned per PLN, 200 of them are worth 10 PLN, and they expire after a year.
    """

    join: float = 0.09
    join_per_rate: float = 0.03
    effect: float = 1.25
    redeem: float = 0.15
    points_redeemed: int = 200
    points_live_days: int = 365
    leave: float = 0.02


@dataclass(frozen=True)
class Messages:
    """Coupons, and messages to silent customers with a control group.

    A message raises the chance to buy within `days` by `lift` (0.06 = 6 points), averaged over all those assigned to
    get it: customers who have not stopped for good buy sooner than they would have, and go on from there.
    """

    silent_days: tuple[int, int] = (30, 365)
    written_to: float = 0.6
    holdout: float = 0.2
    days: int = 14
    lift: float = 0.06
    delivered: float = 0.97
    opened: float = 0.42
    clicked: float = 0.09
    unsubscribed: float = 0.006
    coupons: float = 0.12
    coupon_days: int = 30
    coupon_used: float = 0.6
    coupon_values: tuple[float, ...] = (10.0, 15.0, 20.0)


@dataclass(frozen=True)
class Visits:
    """Visits to the shop by a sample of the customers, and what they do there."""

    watched: float = 0.15
    per_week: float = 0.9
    favourite: float = 0.12
    review: float = 0.05


@dataclass(frozen=True)
class Parameters:
    """Everything that is true of the synthetic client."""

    people: People = field(default_factory=People)
    buying: Buying = field(default_factory=Buying)
    spending: Spending = field(default_factory=Spending)
    shop: Shop = field(default_factory=Shop)
    service: Service = field(default_factory=Service)
    asking: Asking = field(default_factory=Asking)
    boxes: Boxes = field(default_factory=Boxes)
    programme: Programme = field(default_factory=Programme)
    letters: Messages = field(default_factory=Messages)  # the word of truth.json
    visits: Visits = field(default_factory=Visits)


TRUE = Parameters()
"""The parameters that every demo client is made with."""
