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
    engagement = client(HEADER + "o1,a,2024-05-01,100\no1,a,2024-05-01,100\no2,b,2024-05-01,50\n")
    assert lost(engagement) == {"kept": 2, "duplicate": 1}
    assert sum(row[0] for row in rows(engagement, "amount")) == 150


def test_o03_the_version_last_updated_counts(client, rows, lost):
    engagement = client(VERSIONS, columns={**COLUMNS, "updated_at": "changed"})
    assert rows(engagement, "amount") == [(Decimal(40),)]
    assert lost(engagement) == {"kept": 1, "duplicate": 2}


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
    engagement = client(HEADER + "x,a,2024-05-01,100\nx,a,2024-05-01,100\n", columns={**COLUMNS, "order_id": "_row"})
    assert (rows(engagement, "order_id"), lost(engagement)) == ([("1",), ("2",)], {"kept": 2})


def test_an_id_rounded_by_a_spreadsheet_is_refused(client):
    with pytest.raises(InvalidSource, match=r'order_id "5.02729E\+12" is an id that a spreadsheet rounded \(1 rows\)'):
        client(HEADER + "5.02729E+12,a,2024-05-01,100\n")


@pytest.mark.parametrize("ids", ["1 2 2 10", "10 2 2 1", "2 10 1 2", "2 1 10 2", "b a b", "2 x 2"])
def test_a_repeated_id_is_found_in_exports_of_any_order(client, lost, ids):
    raw = HEADER + "".join(f"{n},a,2024-05-01,100\n" for n in ids.split())
    assert lost(client(raw)) == {"duplicate": 1, "kept": len(ids.split()) - 1}


def test_equal_rows_without_an_id_are_rejected_and_no_duplicates(client, lost):
    raw = HEADER + "5,a,2024-05-01,100\n,a,2024-05-01,100\n5,a,2024-05-01,100\n6,a,2024-05-01,100\n"
    found = lost(client(raw, settings={"max_rejected": 1}))
    assert found == {"duplicate": 1, "kept": 2, "order_id is missing": 1}


def test_a_blank_id_between_rows_hides_no_repeated_one(client, lost):
    events = "event_id,customer_id,event_at,name\n" + "".join(
        f"{n},a,2024-05-01,login\n" for n in ("5", "", "5", "6", "")
    )
    engagement = client(HEADER + "1,a,2024-05-01,100\n", others={"events": events})
    assert lost(engagement, "events") == {"duplicate": 1, "kept": 4}
