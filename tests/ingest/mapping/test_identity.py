"""One id however it is written; stand-ins are missing."""

import string
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidSource
from retention_kit.ingest.mapping.identity import id_sql, number_as_id

HEADER = "id,who,when,total\n"
BLANKS = ["", " ", "\t", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u2060", " \u00ad"]
words = st.text(string.ascii_letters + string.digits + "-_#/ü", min_size=1).filter(lambda word: word.strip("0-"))


@pytest.fixture(scope="module")
def one_spelling():
    with duckdb.connect() as connection:
        query = f"SELECT {id_sql('id')} FROM (SELECT ?::VARCHAR AS id)"
        yield lambda written: connection.execute(query, [written]).fetchall()[0][0]


@given(words, st.sampled_from(BLANKS), st.sampled_from(BLANKS), st.sampled_from(["{}", "'{}", '="{}"']))
def test_blanks_apostrophes_and_formulas_around_an_id_are_no_part_of_it(one_spelling, word, before, behind, form):
    assert one_spelling(before + form.format(word) + behind) == word
    assert one_spelling(form.format(before + word + behind)) == word


@given(st.integers(1, 10**15), st.sampled_from(["{}", "{}.0", " {}.0 ", '="{}.0"', "'{}", "\ufeff{}"]))
def test_a_whole_number_is_one_id_as_text_and_as_number(one_spelling, number, form):
    assert one_spelling(form.format(number)) == str(number)
    assert duckdb.sql(f"SELECT {number_as_id(f'{number}::DOUBLE')}").fetchall() == [(str(number),)]


@given(st.from_regex(r"[A-Za-z]{1,9}[.+']?[A-Za-z0-9]{1,9}@[A-Za-z]{2,9}\.(COM|com|example)", fullmatch=True))
def test_an_email_is_the_same_in_any_letters(one_spelling, email):
    assert one_spelling(email) == one_spelling(f" {email.swapcase()}\u200b") == email.lower()


@pytest.mark.parametrize("written", ["17850.5", "0017850", "A-1", "a-1", "1.0.0", '"x"', "a@", "12.000"])
def test_what_differs_stays_apart(one_spelling, written):
    assert one_spelling(written) == written


def test_customers_staff_and_replaced_ids_meet_in_any_spelling(client, kept, rows):
    written = ["7001", "7001.0", "'7001", '"=""7001"""', " 7001", "7001\u00a0", "\ufeff7001"]
    lines = "".join(f"{n},{who},2024-05-01,1\n" for n, who in enumerate([*written, "Ann@Mail.example", "8"], start=1))
    engagement = client(
        HEADER + lines, others={"id_map": "raw_id,customer_id\nANN@mail.EXAMPLE,7001\n"}, settings={"staff": ["'8.0"]}
    )
    assert kept(engagement, "customers", "customer_id") == [("7001",)]
    assert [test for _, test in rows(engagement, "customer_id", "is_test")] == [False] * 8 + [True]


STAND_INS = ["", "NULL", r"\N", "None", "nan", "n/a", "NA", "-", "undefined", " null ", "guest", "0", "-1", "0.0"]


def test_a_stand_in_is_no_customer_and_each_is_counted(client, rows, noted):
    lines = "".join(f"x{n},{who},2024-05-01,1\n" for n, who in enumerate([*STAND_INS, "9"]))
    engagement = client(HEADER + lines)
    assert [who for (who,) in rows(engagement, "customer_id") if who] == ["9"]
    counted = noted(engagement)
    assert sum(counted.values()) == len(STAND_INS) - 1  # a blank is missing, and stands for nothing
    assert counted['customer_id "null" is a stand-in'] == 2
    assert counted['customer_id "guest" is a stand-in'] == 1


def test_a_stand_in_for_a_required_id_rejects_the_row_under_its_own_reason(client, lost):
    engagement = client(
        HEADER + "NULL,a,2024-05-01,1\n,a,2024-05-01,1\n0,a,2024-05-01,1\n", settings={"max_rejected": 1}
    )
    assert lost(engagement) == {"kept": 1, "order_id is a stand-in": 1, "order_id is missing": 1}
    with pytest.raises(InvalidSource, match=r'line 2: order_id "NULL" is a stand-in; .*missing ='):
        client(HEADER + "NULL,a,2024-05-01,1\n")


@pytest.mark.parametrize("top", [True, False])
def test_the_client_says_what_stands_for_nobody(client, rows, top):
    said = {"missing": ["Walk-In"]}
    lines = "1,walk-in,2024-05-01,1\n2,0,2024-05-01,1\n3,NA,2024-05-01,1\n"
    engagement = client(HEADER + lines, settings=said) if top else client(HEADER + lines, **said)
    assert rows(engagement, "customer_id") == [(None,), ("0",), ("NA",)]


@pytest.mark.parametrize(
    "day",
    ["0000-00-00", "0000-00-00 00:00:00", "0001-01-01", "1900-01-01", "1970-01-01", "1970-01-01T00:00:00Z",
     "9999-12-31", "9999-12-31T23:59:59Z", "2099-12-31", "2099-12-31T23:59:59Z"],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/New_York"])
def test_a_date_that_stands_for_none_is_missing(client, lost, noted, kept, day, zone):
    members = "customer_id,joined_at,left_at\na,2024-01-01," + day + "\nb," + day + ",2024-01-02\n"
    engagement = client(None, others={"members": members}, settings={"max_rejected": 1, "time_zone": zone})
    assert kept(engagement, "members", "customer_id, joined_on, left_on") == [("a", date(2024, 1, 1), None)]
    assert lost(engagement, "members") == {"kept": 1, "date is a stand-in": 1}
    assert noted(engagement, "members") == {"left_at is a stand-in": 1}
