"""Columns found by their names: as written first, never twice, and never one of ours."""

import pytest

from retention_kit.errors import InvalidSource

KEYS = {"order_id": "id", "customer_id": "ID", "ordered_at": "when", "amount": "total"}
ROWS = "1,a,2024-05-01,10\n2,a,2024-05-02,20\n"


@pytest.mark.parametrize("swapped", [False, True])
def test_a_name_as_written_wins_over_one_in_other_capitals(client, rows, swapped):
    columns = {**KEYS, "order_id": "ID", "customer_id": "id"} if swapped else KEYS
    header = "ID,id,when,total\n" if swapped else "id,ID,when,total\n"
    assert rows(client(header + ROWS, columns=columns), "order_id", "customer_id") == [("1", "a"), ("2", "a")]


def test_it_does_so_inside_expressions_too(client, rows):
    columns = {**KEYS, "customer_id": "'x' || \"ID\""}
    assert rows(client("id,ID,when,total\n" + ROWS, columns=columns), "customer_id") == [("xa",), ("xa",)]


def test_capitals_do_not_matter_where_one_column_can_be_meant(client, rows):
    columns = {**KEYS, "customer_id": "WHO"}
    assert rows(client("id,who,when,total\n" + ROWS, columns=columns), "customer_id") == [("a",), ("a",)]
    with pytest.raises(InvalidSource, match='needs a column "Id"; there are "id" and "ID", write the one meant'):
        client("id,ID,when,total\n" + ROWS, columns={**KEYS, "order_id": "Id"})


def test_a_mapped_name_that_stands_twice_is_refused(client, rows):
    raw = "id,ID,when,total,total\n1,a,2024-05-01,10,11\n"
    with pytest.raises(InvalidSource, match=r'needs the column "total", which orders.csv has 2 times; write "total.2"'):
        client(raw, columns=KEYS)
    assert rows(client(raw, columns={**KEYS, "amount": "total.2"}), "amount") == [(11,)]


@pytest.mark.parametrize(
    "name",
    ["_row", "_file", "_ROW", "amount =", "total as a number", "reason =", "reason", "found", "noted", "rowid", "text",
     "ordered day =", "amount", "order_id", "ordered_on", "x"],
)  # fmt: skip
def test_no_name_of_a_column_meets_one_of_ours(client, rows, name):
    columns = {**KEYS, "customer_id": name}
    assert rows(client(f"id,{name},when,total\n" + ROWS, columns=columns), "order_id", "customer_id", "amount") == [
        ("1", "a", 10), ("2", "a", 20),
    ]  # fmt: skip
