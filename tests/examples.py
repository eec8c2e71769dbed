"""Orders for the tests: written out by hand, or any that hypothesis can think of."""

import math
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy import stats

FIRST_DAY = date(2024, 1, 1)
"""The first day of the orders that hypothesis thinks of."""

COUNTRY = dict(
    zip("abcdefghijkl", ["PL", "PL", "UA", "PL", "UA", "PL", "US", "PL", "UA", "PL", "UA", "PL"], strict=True)
)
"""One country per customer: a segment that may be totalled."""


def orders_of(text):
    """One order a line: customer, local day (with time, if any, after a T) and amount, 10 unless said otherwise."""
    rows = [[*line.split(), "10"][:3] for line in text.strip().splitlines()]
    customers, days, amounts = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(1, len(rows) + 1)],
            "customer_id": [None if customer == "-" else customer for customer in customers],
            "ordered_on": pd.to_datetime(list(days), format="ISO8601"),
            "amount": [float(amount) for amount in amounts],
        }
    )


def any_orders(*, n_days=130, min_size=0):
    """Tables of up to 40 orders: several of one day, of no customer, of nothing."""
    day = st.integers(0, n_days - 1).map(lambda number: FIRST_DAY + timedelta(days=number))
    customer = st.sampled_from([*COUNTRY, None])
    order = st.tuples(customer, day, st.integers(0, 90))
    return lists_of_any_size(order, min_size=min_size, max_size=40).map(_table)


def lists_of_any_size(rows, *, min_size=0, max_size):
    """Lists short and long alike: those of hypothesis mostly have five rows, and a law that queries has ten lists."""
    size = st.integers(min_size, max_size)
    return size.flatmap(lambda n: st.lists(rows, min_size=n, max_size=n))


def _table(rows):
    customers = pd.Series([customer for customer, _day, _amount in rows], dtype="str")
    return pd.DataFrame(
        {
            "order_id": pd.Series([f"o{number}" for number in range(len(rows))], dtype="str"),
            "customer_id": customers,
            "ordered_on": pd.to_datetime(pd.Series([day for _customer, day, _amount in rows], dtype="datetime64[s]")),
            "amount": pd.Series([amount for _customer, _day, amount in rows], dtype="float64"),
            "country": customers.map(COUNTRY).fillna("(none)").astype("str"),
        }
    )


def days_by_customer(orders):
    """The purchase days of each known customer, in plain Python: what the tests count a second time from."""
    bought = orders[orders.customer_id.notna() & (orders.amount > 0)]
    return {
        str(customer): sorted({day.date() for day in days})
        for customer, days in bought.groupby("customer_id").ordered_on
    }


def hall_interval(numerators, denominators):
    """The skew-corrected interval of a ratio of sums (Hall 1992), word for word from METRICS Z2."""
    y, x = ([Fraction(number) for number in numbers] for numbers in (numerators, denominators))
    n, ratio = len(y), sum(y) / sum(x)
    z = np.array([float((above - ratio * below) * n / sum(x)) for above, below in zip(y, x, strict=True)])
    g, s, t = (z**3).mean() / (z**2).mean() ** 1.5, z.std(ddof=1), stats.t.ppf(0.975, n - 1)

    def h(q):
        if abs(g) < 1e-4:
            return q - g * (1 + 2 * q**2) / (6 * math.sqrt(n))
        return 3 * math.sqrt(n) / g * (np.cbrt(1 + g * (q / math.sqrt(n) - g / (6 * n))) - 1)

    return float(ratio) - h(t) * s / math.sqrt(n), float(ratio) - h(-t) * s / math.sqrt(n)
