"""One id on several rows."""

from decimal import Decimal

import pytest

from retention_kit.errors import InvalidSource

HEADER = "id,who,when,total\n"
VERSIONS = (
    "id,who,when,total,changed\n1,a,2024-05-01,100,2024-05-03\n1,a,2024-05-01,40,2024-05-09\n1,a,2024-05-01,70,\n"
)
COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total"}


def test_o03_identical_rows_count_once(client, rows, lost):
    book = client(HEADER + "o1,a,2024-05-01,100\no1,a,2024-05-01,100\no2,b,2024-05-01,50\n")
    assert lost(book) == {"kept": 2, "duplicate": 1}
    assert sum(row[0] for row in rows(book, "amount")) == 150


def test_o03_the_version_last_updated_counts(client, rows, lost):
    book = client(VERSIONS, columns={**COLUMNS, "updated_at": "changed"})
    assert rows(book, "amount") == [(Decimal(40),)]
    assert lost(book) == {"kept": 1, "duplicate": 2}


def test_versions_that_differ_without_updated_at_are_refused(client):
    with pytest.raises(
        InvalidSource, match=r'order_id "1" stands on 3 rows that differ.*map updated_at.*lines = "order_id"'
    ):
        client(VERSIONS)


def test_o03_one_order_of_two_customers_is_refused(client):
    with pytest.raises(InvalidSource, match='order_id "1" has two values of customer_id, "a" and "b"'):
        client(HEADER + "1,a,2024-05-01,100\n1,b,2024-05-01,100\n")


def test_a_left_out_row_is_no_duplicate(client, lost):
    raw = HEADER + "1,a,2024-05-01,100\n1,a,2024-05-01,-100\n"
    assert lost(client(raw, leave_out={"refund": "total < 0"})) == {"kept": 1, "refund": 1}


def test_rows_without_an_id_of_their_own_are_numbered(client, rows, lost):
    book = client(HEADER + "x,a,2024-05-01,100\nx,a,2024-05-01,100\n", columns={**COLUMNS, "order_id": "_row"})
    assert (rows(book, "order_id"), lost(book)) == ([("1",), ("2",)], {"kept": 2})


def test_an_id_rounded_by_a_spreadsheet_is_refused(client):
    with pytest.raises(InvalidSource, match=r'order_id "5.02729E\+12" is an id that a spreadsheet rounded \(1 rows\)'):
        client(HEADER + "5.02729E+12,a,2024-05-01,100\n")
