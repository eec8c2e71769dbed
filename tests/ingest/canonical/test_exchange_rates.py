"""Money of several currencies, at the rate of its day."""

from decimal import Decimal

import pytest

from retention_kit.errors import InvalidSource

ORDERS = "id,who,when,total,money\n1,a,2024-05-03,100,EUR\n2,a,2024-05-04,100,usd\n3,b,2024-05-05,100,\n"
COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "gross": "total", "currency": "money"}
FX = "quoted_at,currency,rate_to_base\n2024-05-03,USD,0.9\n2024-05-06,USD,0.5\n"


@pytest.fixture
def shop(client):
    def opened(orders, **others):
        return client(orders, columns=COLUMNS, settings={"max_rejected": 0.5}, others={"fx": FX, **others})

    return opened


def test_foreign_money_is_worth_the_rate_of_its_day_and_keeps_the_name_of_its_currency(shop, rows):
    assert rows(shop(ORDERS), "amount", "currency") == [
        (Decimal(100), "EUR"),
        (Decimal(90), "USD"),
        (Decimal(100), "EUR"),
    ]


@pytest.mark.parametrize(("day", "amount"), [("2024-05-05", 90), ("2024-05-06", 50), ("2024-05-12", 50)])
def test_a_rate_holds_until_the_next_and_for_a_week_at_most(shop, rows, day, amount):
    assert rows(shop(f"id,who,when,total,money\n1,a,{day},100,USD\n"), "amount") == [(Decimal(amount),)]


@pytest.mark.parametrize("day", ["2024-05-02", "2024-05-13"])
def test_without_a_rate_a_row_is_rejected(shop, lost, day):
    engagement = shop(ORDERS + f"4,b,{day},100,USD\n")
    assert lost(engagement) == {"kept": 3, "no exchange rate": 1}
    assert engagement.examples("orders").found.tolist() == ['"USD"']


def test_too_many_rows_without_a_rate_say_what_to_add(client):
    with pytest.raises(InvalidSource, match=r'line 3: no "USD" rate of exchange|add the rate of that day to the file'):
        client(ORDERS.replace("2024-05-04", "2023-01-01"), columns=COLUMNS, others={"fx": FX})


def test_a_full_refund_leaves_nothing_whatever_its_day_is_worth(shop, rows):
    refunds = "refund_id,order_id,refunded_at,amount,currency\nr1,2,2024-05-20,100,USD\nr2,1,2024-05-06,10,USD\n"
    engagement = shop(ORDERS, refunds=refunds)
    assert rows(engagement, "order_id", "refunded", "amount") == [
        ("1", Decimal(5), Decimal(95)),
        ("2", Decimal(90), Decimal(0)),
        ("3", Decimal(0), Decimal(100)),
    ]


def test_a_rate_of_nothing_is_rejected(client):
    with pytest.raises(InvalidSource, match=r"rate_to_base 0.0 is below 1e-09"):
        client(ORDERS, columns=COLUMNS, others={"fx": "quoted_at,currency,rate_to_base\n2024-05-03,USD,0\n"})


def test_money_that_is_too_large_once_converted_is_named(client):
    dear = "quoted_at,currency,rate_to_base\n2024-05-03,USD,1000000000000000\n"
    with pytest.raises(InvalidSource, match="an amount is too large once it is summed or converted"):
        client(ORDERS, columns=COLUMNS, settings={"max_rejected": 0.9}, others={"fx": dear})
