"""Decimal marks and thousands."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidSource
from retention_kit.ingest.mapping.numbers import decimal_remedy, number_sql

HEADER = "id;who;when;total\n"


def number(text, decimal):
    query = f"SELECT {number_sql('text', decimal)} FROM (SELECT CAST(? AS VARCHAR) AS text)"
    return duckdb.connect().execute(query, [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("12.5", None, 12.5),
        (" -12.5 ", None, -12.5),
        ("1,299.00", None, 1299),
        ("1,299,000", None, 1299000),
        ("1,299", None, None),  # 1.299 or 1299: not to be guessed
        ("1.299,00", None, None),
        ("1 299.50", None, 1299.5),
        ("1,299", ".", 1299),
        ("12,99", ".", None),
        ("1 29", ".", None),
        ("12,5", ",", 12.5),
        ("1.299,00", ",", 1299),
        ("1.299", ",", 1299),
        ("12.5", ",", None),
        ("1\u00a0299,50", ",", 1299.5),
        ("1\u202f299\u202f000,5", ",", 1299000.5),
        ("1'299.50", ".", 1299.5),
        ("-1.299,00", ",", -1299),
        ("12 EUR", ",", 12),
        ("$1,299.00", None, 1299),
        ("1 299,00 zł", ",", 1299),
        ("1\u00a0299,00\u00a0zł", ",", 1299),
        ("1 299,00 zł", None, None),
        ("(12.50)", None, -12.5),
        ("12.50-", None, -12.5),
        ("−12,50", ",", -12.5),
        ("−1 299.50", None, -1299.5),
        ("-$5", None, -5),
        ("$ -5.25", None, -5.25),
        ("($1,299.00)", None, -1299),
        ("€(63.12)", None, -63.12),
        ("CHF 1’299.50", None, 1299.5),
        ("R$ 5.50", None, 5.5),
        ("12,50 грн.", ",", 12.5),
        ("12.50 usd", None, 12.5),
        ("$1,299", None, None),
        ("-(5)", None, None),
        ("-5-", None, None),
        ("(5", None, None),
        ("12k", None, None),
        ("3 MLN", None, None),
        ("5 pcs", None, None),
        ("50 %", None, None),
        ("12$50", None, None),
        ("$", None, None),
        ("1e5", None, None),
        ("", ".", None),
    ],
)
def test_a_number_is_read_with_its_decimal_mark_or_not_at_all(text, decimal, value):
    assert number(text, decimal) == value


@given(st.integers(-(10**12), 10**12).map(lambda cents: cents / 100), st.sampled_from([".", ","]))
def test_a_number_written_with_groups_is_read_back(value, decimal):
    english = f"{value:,.2f}"
    text = english if decimal == "." else english.translate(str.maketrans(",.", ".,"))
    assert number(text, decimal) == value


FORMS = ["{}", "({})", "{}-", "-{}", "−{}", "$({})", "({} EUR)", "-£{}", "{} zł-", "– {}", "\u00a0-\u00a0{}"]


@given(st.integers(1, 10**12).map(lambda cents: cents / 100), st.sampled_from([".", ","]), st.sampled_from(FORMS))
def test_signs_and_currencies_around_a_number_are_read(value, decimal, form):
    english = f"{value:,.2f}"
    text = english if decimal == "." else english.translate(str.maketrans(",.", ".,"))
    assert number(form.format(text), decimal) == (value if form == "{}" else -value)


def test_a_dot_that_may_group_thousands_asks_as_a_comma_does(client, rows):
    message = 'line 2: amount "1.299" .*set decimal = "." if that is a decimal point, decimal = "," if it groups'
    lines = HEADER + "1;a;2024-05-01;1.299\n2;a;2024-05-01;950\n3;a;2024-05-01;12.450\n"
    with pytest.raises(InvalidSource, match=message):
        client(lines)
    assert [float(one) for (one,) in rows(client(lines, decimal=","), "amount")] == [1299, 950, 12450]
    assert [float(one) for (one,) in rows(client(lines, decimal="."), "amount")] == [1.299, 950, 12.45]


@pytest.mark.parametrize("other", ["12.5", "0.125", "1299.125", "1,299.125", "-3.25", "$4.1234"])
def test_one_decimal_dot_tells_what_the_dots_of_a_column_are(client, rows, other):
    engagement = client(HEADER + f"1;a;2024-05-01;1.299\n2;b;2024-05-01;{other}\n")
    assert float(rows(engagement, "amount")[0][0]) == 1.299


@pytest.mark.parametrize(
    ("text", "decimal", "remedy"),
    [
        ("1.299,00", None, 'set decimal = ","'),
        ("12,5", None, 'set decimal = ","'),
        ("12.5", ",", 'set decimal = "."'),
        ("1,299", None, 'set decimal = "," if that is a decimal comma, decimal = "." if it groups thousands'),
        ("1.299", None, 'set decimal = "." if that is a decimal point, decimal = "," if it groups thousands'),
        ("1 299,00 zł", None, 'set decimal = ","'),
        ("($1.299,50)", None, 'set decimal = ","'),
        ("abc", None, None),
        ("1,2,3", ",", None),
    ],
)
def test_the_remedy_fits_what_was_found(text, decimal, remedy):
    assert decimal_remedy(text, decimal) == remedy


def test_a_decimal_comma_without_its_setting_names_file_line_value_and_remedy(client):
    message = (
        r'orders.csv, line 3: amount "1.299,00" is not a number with a dot; set decimal = "," in engagement.toml. '
    )
    with pytest.raises(InvalidSource, match=message + r"\(1 row\)\n1 row of the 2 of orders \(50.0%\)"):
        client(HEADER + "1;a;2024-05-01;3\n2;b;2024-05-02;1.299,00\n")


def test_an_expression_of_text_columns_computes_with_the_decimal_mark(client, rows):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "qty * (total - total / 2)"}
    engagement = client("id;who;when;qty;total\n1;a;2024-05-01;3;1.000,50\n", columns=columns, decimal=",")
    assert float(rows(engagement, "amount")[0][0]) == 1500.75


def test_columns_compared_with_numbers_are_numbers_and_others_stay_text(client, lost):
    leave_out = {
        "returned": "qty <= 0",
        "gift": "qty BETWEEN 8 AND 9.5",
        "bulk": "qty IN (100)",
        "zero": "sku = '0070'",
    }
    raw = "id,who,when,total,qty,sku\n"
    raw += "1,a,2024-05-01,3,-1,a\n2,a,2024-05-01,3,9,a\n3,a,2024-05-01,3,100,a\n"
    raw += "4,a,2024-05-01,3,2,0070\n5,a,2024-05-01,3,2,70\n"
    assert lost(client(raw, leave_out=leave_out)) == {"kept": 1, "returned": 1, "gift": 1, "bulk": 1, "zero": 1}


def test_the_branches_of_a_case_are_numbers_and_its_conditions_texts(client, rows):
    amount = "CASE WHEN kind = 'refund' THEN -total ELSE coalesce(total, shipping) END"
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": amount}
    raw = "id,who,when,total,shipping,kind\n1,a,2024-05-01,3,4,refund\n2,b,2024-05-01,3,4,sale\n"
    assert [float(row[0]) for row in rows(client(raw, columns=columns), "amount")] == [-3, 3]
