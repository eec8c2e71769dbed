"""Whose row it is: ids that others replace, staff and test accounts, customers and orders that no table knows."""

from datetime import date

import pytest

from retention_kit.errors import InvalidSource, MissingTable

ORDERS = "id,who,when,total\n1,a,2024-05-01,10\n2,A-old,2024-05-02,10\n3,boss,2024-05-03,10\n4,b,2024-06-01,10\n"
TICKETS = "ticket_id,customer_id,order_id,created_at\n" + (
    "t1,a,1,2024-05-01\nt2,boss,3,2024-05-03\nt3,zz,1,2024-05-04\nt4,b,99,2024-05-05\nt5,,,2024-05-06\n"
)
ID_MAP = "raw_id,customer_id\nA-old,A-mid\nA-mid,a\n"


def test_an_id_that_others_replace_becomes_the_last_of_them_in_every_table(client, rows, kept):
    engagement = client(ORDERS, others={"id_map": ID_MAP, "tickets": TICKETS.replace("t1,a", "t1,A-old")})
    assert rows(engagement, "customer_id") == [("a",), ("a",), ("boss",), ("b",)]
    assert kept(engagement, "tickets", "ticket_id,customer_id")[0] == ("t1", "a")
    assert [row[0] for row in kept(engagement, "customers", "customer_id")] == ["a", "b", "boss"]


def test_ids_that_replace_one_another_in_a_circle_stop_the_build(client):
    with pytest.raises(InvalidSource, match=r"id_map.csv: following raw_id .* comes back to where it began"):
        client(ORDERS, others={"id_map": "raw_id,customer_id\na,b\nb,a\n"})


def test_an_id_that_two_replace_stops_the_build(client):
    with pytest.raises(InvalidSource, match='raw_id "a" has two values of customer_id, "b" and "c"'):
        client(ORDERS, others={"id_map": "raw_id,customer_id\na,b\na,c\n"})


STAFF = {
    "named in engagement.toml": {"settings": {"staff": ["boss"]}},
    "marked in the customers' export": {"own": "customer_id,mail\na,x@y.pl\nboss,boss@shop.pl\nb,\n"},
}


@pytest.mark.parametrize("staff", STAFF.values(), ids=STAFF)
def test_rows_of_the_client_s_own_people_are_left_out_and_counted(client, rows, lost, kept, staff):
    others = {"tickets": TICKETS}
    if "own" in staff:
        columns = {"customer_id": "customer_id", "is_test": "mail LIKE '%@shop.pl'"}
        others["customers"] = (staff["own"], {"columns": columns})
    engagement = client(ORDERS, others=others, settings=staff.get("settings"))
    assert rows(engagement, "order_id", "is_test", "is_purchase")[2] == ("3", True, False)
    assert lost(engagement, "tickets") == {"kept": 2, "test": 1, "unmatched": 2}
    assert "boss" not in [row[0] for row in kept(engagement, "customers", "customer_id")]


def test_what_speaks_of_nobody_known_is_kept_apart_and_said_so(client, kept, lost):
    engagement = client(ORDERS, others={"tickets": TICKETS})
    assert lost(engagement, "tickets") == {"kept": 3, "unmatched": 2}
    assert kept(engagement, "tickets", "ticket_id,unmatched") == [
        ("t1", None), ("t2", None), ("t3", "customer_id"), ("t4", "order_id"), ("t5", None),
    ]  # fmt: skip
    found = engagement.examples("tickets")
    assert found[["line", "reason", "found"]].values.tolist() == [[4, "unmatched", "zz"], [5, "unmatched", "99"]]


def test_without_a_table_of_customers_or_orders_nobody_is_unknown(client, lost):
    engagement = client(None, others={"tickets": TICKETS})
    assert lost(engagement, "tickets") == {"kept": 5}
    assert (engagement.first_day, engagement.last_day) == (date(2024, 5, 1), date(2024, 5, 6))
    with pytest.raises(MissingTable, match=r"Shop has no orders"):
        engagement.orders  # noqa: B018 - it is the asking that fails


def test_rows_carry_the_segment_of_their_customer(client, kept):
    engagement = client(
        ORDERS,
        customers="who,land\na,PL\nb,UA\n",
        settings={"segments": ["country"]},
        others={"tickets": TICKETS},
    )
    assert kept(engagement, "tickets", "ticket_id,country") == [
        ("t1", "PL"), ("t2", "(none)"), ("t3", "(none)"), ("t4", "UA"), ("t5", "(none)"),
    ]  # fmt: skip


def test_a_table_is_seen_as_it_stood(client):
    engagement = client(ORDERS, others={"tickets": TICKETS}, settings={"first_day": date(2024, 4, 1)})
    assert engagement.at("2024-04").tickets.native.fetchall() == []
    assert engagement.at("2024-05").tickets.native.aggregate("count(*)").fetchall() == [(5,)]


def test_a_customer_is_known_from_the_first_sign_of_life(client, kept):
    engagement = client(
        ORDERS,
        others={
            "customers": "customer_id,first_seen_at\na,2020-01-02\nnew,2024-05-09\n",
            "members": "customer_id,joined_at\nm,2024-05-07\n",
        },
        settings={"first_day": date(2024, 4, 1)},
    )
    assert kept(engagement, "customers", "customer_id,known_on,first_seen_on,first_ordered_on") == [
        ("A-old", date(2024, 5, 2), None, date(2024, 5, 2)),
        ("a", date(2020, 1, 2), date(2020, 1, 2), date(2024, 5, 1)),
        ("b", date(2024, 6, 1), None, date(2024, 6, 1)),
        ("boss", date(2024, 5, 3), None, date(2024, 5, 3)),
        ("m", date(2024, 5, 7), None, None),
        ("new", date(2024, 5, 9), date(2024, 5, 9), None),
    ]
    assert engagement.at("2024-04").customers.native.project("customer_id").fetchall() == [("a",)]


def test_lines_of_an_order_carry_its_day_and_its_customer(client, kept):
    items = "order_id,product_id,net\n1,tea,4\n1,tea,4\n99,cup,3\n"
    engagement = client(ORDERS, others={"order_items": items})
    assert kept(engagement, "order_items", "product_id,customer_id,ordered_on") == [("tea", "a", date(2024, 5, 1))] * 2
    assert engagement.losses()[lambda losses: losses.table == "order_items"].n_rows.tolist() == [2, 1]


@pytest.mark.parametrize("who", ["customer_id,", ""])
def test_answers_and_contacts_that_name_an_order_are_of_its_customer(client, kept, lost, who):
    orders = "id,who,when,total\n1,a,2024-05-01,5\n2,b,2024-05-01,5\n3,boss,2024-05-01,5\n4,,2024-05-01,5\n"
    blank, other = (",", "b,") if who else ("", "")
    answers = f"response_id,{who}order_id,answered_at,score\nr1,{blank}1,2024-05-01,9\nr2,{other}1,2024-05-01,9\n"
    answers += f"r3,{blank}3,2024-05-01,9\nr4,{blank}4,2024-05-01,9\nr5,{blank}9,2024-05-01,9\n"
    tickets = f"ticket_id,{who}order_id,created_at\nt1,{blank}2,2024-05-01\n"
    engagement = client(orders, others={"responses": answers, "tickets": tickets}, settings={"staff": ["boss"]})
    assert kept(engagement, "responses", "response_id, customer_id") == [
        ("r1", "a"), ("r2", "b" if who else "a"), ("r4", None), ("r5", None),
    ]  # fmt: skip
    assert lost(engagement, "responses") == {"kept": 3, "test": 1, "unmatched": 1}
    assert kept(engagement, "tickets", "ticket_id, customer_id") == [("t1", "b")]
