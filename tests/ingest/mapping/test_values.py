"""A damaged value goes alone where nothing hangs on it, and takes its row along where something does."""

import pytest

from retention_kit.errors import InvalidSource

ANSWERS = "response_id,customer_id,answered_at,score,delivery\n"


def test_a_damaged_rating_leaves_the_answer(client, kept, noted):
    lines = "1,a,2024-05-01,9,NA\n2,b,2024-05-01,8,\n3,c,2024-05-01,7,4\n4,d,2024-05-01,6,inf\n"
    engagement = client(None, others={"responses": ANSWERS + lines})
    assert kept(engagement, "responses", "response_id, score, delivery") == [
        ("1", 9, None), ("2", 8, None), ("3", 7, 4), ("4", 6, None),
    ]  # fmt: skip
    assert noted(engagement, "responses") == {"delivery is not a number": 2}


def test_a_damaged_score_rejects_the_answer(client, lost):
    engagement = client(None, others={"responses": ANSWERS + "1,a,2024-05-01,NA,4\n"}, settings={"max_rejected": 1})
    assert lost(engagement, "responses") == {"score is not a number": 1}


def test_a_damaged_fact_leaves_the_order_and_damaged_money_takes_it_along(client, rows, lost, noted):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total", "tax": "tax",
               "delivery_days": "days"}  # fmt: skip
    lines = "1,a,2024-05-01,5,1,soon\n2,a,2024-05-01,5,1,-3\n3,a,2024-05-01,5,x,2\n4,a,2024-05-01,5,,\n"
    engagement = client("id,who,when,total,tax,days\n" + lines, columns=columns, settings={"max_rejected": 1})
    assert rows(engagement, "order_id", "delivery_days") == [("1", None), ("2", None), ("4", None)]
    assert lost(engagement) == {"kept": 3, "tax is not a number": 1}
    assert noted(engagement) == {"delivery_days is negative": 1, "delivery_days is not a number": 1}


def test_a_damaged_attribute_of_a_customer_is_noted(client, lost, noted):
    engagement = client(None, others={"customers": "customer_id,first_seen_at\na,2024-01-01\nb,lately\n"})
    assert lost(engagement, "customers") == {"kept": 2}
    assert noted(engagement, "customers") == {"first_seen_at is not a valid date": 1}


def test_a_damaged_end_is_not_taken_for_none(client):
    with pytest.raises(InvalidSource, match='left_at "2024-31-31" is not a valid date'):
        client(None, others={"members": "customer_id,joined_at,left_at\na,2024-01-01,2024-31-31\n"})


def test_a_mark_that_is_neither_true_nor_false_is_left_out_or_rejected(client, kept, noted):
    header = "message_id,customer_id,sent_at,is_opened\n"
    engagement = client(None, others={"messages": header + "1,a,2024-05-01,perhaps\n2,a,2024-05-01,true\n"})
    assert kept(engagement, "messages", "message_id, is_opened") == [("1", None), ("2", True)]
    assert noted(engagement, "messages") == {"is_opened is neither true nor false": 1}
    with pytest.raises(InvalidSource, match='is_test "perhaps" is neither true nor false'):
        client(None, others={"customers": "customer_id,is_test\na,perhaps\n"})


@pytest.mark.parametrize("total", ["3e14", "300000000000000", "300,000,000,000,000.00", "1e300"])
def test_money_that_no_column_can_hold_is_too_large_not_missing(client, total):
    with pytest.raises(InvalidSource, match=r"line 2: amount .* is too large"):
        client(f'id,who,when,total\n1,a,2024-05-01,"{total}"\n')


@pytest.mark.parametrize("total", ["inf", "-inf", "nan", "NaN", "infinity", "Infinity", "1_000"])
def test_what_is_no_number_is_none(client, total):
    with pytest.raises(InvalidSource, match=f'line 2: amount "{total}" is not a number'):
        client(f"id,who,when,total\n1,a,2024-05-01,{total}\n")


@pytest.mark.parametrize("rate", ["nan", "inf"])
def test_a_rate_that_is_no_number_is_rejected_with_its_line(client, rate):
    with pytest.raises(InvalidSource, match=f'fx.csv, line 2: rate_to_base "{rate}" is not a number'):
        client(None, others={"fx": f"quoted_at,currency,rate_to_base\n2024-05-01,USD,{rate}\n"})


def test_a_date_by_name_is_none(client):
    with pytest.raises(InvalidSource, match='date "epoch" is not a valid date'):
        client("id,who,when,total\n1,a,epoch,1\n")
