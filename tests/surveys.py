"""Survey answers for the tests: written out by hand, or any that hypothesis can think of."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from tests.examples import lists_of_any_size

FIRST_DAY = date(2024, 1, 1)
"""The first day of the answers that hypothesis thinks of."""

COUNTRY = dict(zip("abcdefgh", ["PL", "UA", "PL", "UA", "PL", "US", "PL", "UA"], strict=True))


def answers_of(scores, *, day="2024-05-02", **columns):
    """One answer per score, of nobody known, on one day; further columns hold one value or a list of them."""
    frame = pd.DataFrame({"score": pd.Series(list(scores), dtype="float64"), "answered_on": pd.to_datetime(day)})
    return frame.assign(**columns)


def answers_lines(text):
    """One answer a line: customer (- for nobody known), local day, score, and whatever follows as the order."""
    rows = [[*line.split(), None][:4] for line in text.strip().splitlines()]
    customers, days, scores, orders = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "response_id": [f"r{number}" for number in range(1, len(rows) + 1)],
            "customer_id": pd.Series([None if name == "-" else name for name in customers], dtype="str"),
            "answered_on": pd.to_datetime(list(days)),
            "score": [float(score) for score in scores],
            "order_id": pd.Series(orders, dtype="str"),
        }
    )


def any_answers(*, n_days=400, max_size=40):
    """Tables of up to 40 answers: several of one customer, of nobody known, scores that are none."""
    day = st.integers(0, n_days - 1).map(lambda number: FIRST_DAY + timedelta(days=number))
    answer = st.tuples(st.sampled_from([*COUNTRY, None]), day, st.integers(-1, 12))
    return lists_of_any_size(answer, max_size=max_size).map(_table)


def _table(rows):
    customers = pd.Series([customer for customer, _day, _score in rows], dtype="str")
    return pd.DataFrame(
        {
            "response_id": pd.Series([f"r{number}" for number in range(len(rows))], dtype="str"),
            "customer_id": customers,
            "answered_on": pd.to_datetime(pd.Series([day for _customer, day, _score in rows], dtype="datetime64[s]")),
            "score": pd.Series([score for _customer, _day, score in rows], dtype="float64"),
            "country": customers.map(COUNTRY).fillna("(none)").astype("str"),
        }
    )
