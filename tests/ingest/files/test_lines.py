"""Line items summed to orders."""

from datetime import datetime
from decimal import Decimal

import pytest

from retention_kit.errors import InvalidSource

HEADER = "id,who,when,qty,price,state\n"
COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "qty * price"}


def test_lines_are_summed_and_the_first_moment_is_the_order_s(client, rows, lost):
    raw = HEADER + "1,a,2024-05-01 10:01,2,3.5,x\n1,,2024-05-01 10:00,1,3,x\n2,b,2024-05-02 09:00,1,1,x\n"
    engagement = client(raw, columns=COLUMNS, lines="order_id")
    assert rows(engagement, "order_id", "customer_id", "ordered_at", "amount") == [
        ("1", "a", datetime.fromisoformat("2024-05-01T10:00"), Decimal(10)),
        ("2", "b", datetime.fromisoformat("2024-05-02T09:00"), Decimal(1)),
    ]
    assert lost(engagement) == {"kept": 3}


def test_equal_lines_are_two_items(client, rows):
    engagement = client(HEADER + "1,a,2024-05-01,2,3,x\n" * 2, columns=COLUMNS, lines="order_id")
    assert rows(engagement, "amount") == [(Decimal(12),)]


def test_lines_of_two_customers_are_refused(client):
    with pytest.raises(InvalidSource, match="two values of customer_id"):
        client(HEADER + "1,a,2024-05-01,2,3,x\n1,b,2024-05-01,2,3,x\n", columns=COLUMNS, lines="order_id")


def test_an_order_half_cancelled_is_refused_with_the_remedy(client):
    raw = HEADER + "1,a,2024-05-01,2,3,completed\n1,a,2024-05-01,2,3,cancelled\n"
    with pytest.raises(
        InvalidSource, match=r"two values of status.*name the cancelled lines under \[tables.orders.leave_out"
    ):
        client(raw, columns={**COLUMNS, "status": "state"}, lines="order_id")
