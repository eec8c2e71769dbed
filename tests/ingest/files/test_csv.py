"""Delimiters, encodings, headers, quotes and damaged files."""

import csv
import io
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files.quotes import Quotes

HEADER = "id,who,when,total\n"
TWO = HEADER + "001,007,2024-05-01,10.50\n002,008,2024-05-02,20\n"


def test_ids_keep_their_leading_zeros(client, rows):
    assert rows(client(TWO), "order_id", "customer_id") == [("001", "007"), ("002", "008")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_found(client, rows, delimiter):
    assert rows(client(TWO.replace(",", delimiter)), "amount") == [(Decimal("10.5"),), (Decimal(20),)]


def test_the_delimiter_can_be_given(client, rows):
    engagement = client("id~who~when~total\n1~a,b~2024-05-01~3\n", delimiter="~")
    assert rows(engagement, "customer_id") == [("a,b",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "iso8859-5"])
def test_names_survive_any_encoding(client, rows, encoding):
    raw = "id,who,when,total,країна\n1,a,2024-05-01,3,Польща\n"
    raw = raw if encoding.startswith("utf") else raw.replace("ї", "и")
    column = "країна" if encoding.startswith("utf") else "краина"
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total", "country": column}
    engagement = client(raw.encode(encoding), encoding=encoding, columns=columns, settings={"segments": ["country"]})
    assert rows(engagement, "country") == [("Польща",)]


@pytest.mark.parametrize("encoding", ["cp1250", "cp1252", "latin-1"])
def test_western_and_central_european_encodings(client, rows, encoding):
    engagement = client(TWO.replace("007", "é").encode(encoding), encoding=encoding)
    assert rows(engagement, "customer_id")[0] == ("é",)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(client, rows, end):
    assert len(rows(client(TWO.replace("\n", end)), "order_id")) == 2


def test_mixed_line_ends(client, rows):
    assert len(rows(client("id,who,when,total\r\n1,a,2024-05-01,3\n2,a,2024-05-02,3\r\n"), "order_id")) == 2


def test_a_file_without_a_header_has_numbered_columns(client, rows):
    columns = {"order_id": "column1", "customer_id": "column2", "ordered_at": "column3", "amount": "column4"}
    assert rows(client("1,a,2024-05-01,3\n", header=False, columns=columns), "order_id") == [("1",)]


def test_runs_of_spaces_separate_fields(client, rows):
    engagement = client(
        "  id who  when total\r\n 1  a 2024-05-01   3.5\r\n\r\n 2 b 2024-05-02  4\r\n", delimiter="whitespace"
    )
    assert rows(engagement, "customer_id", "amount") == [("a", Decimal("3.5")), ("b", Decimal(4))]


def test_a_line_with_a_field_too_many_between_spaces_is_rejected(client, lost):
    raw = "id who when total\n1 a 2024-05-01 3\n2 b c 2024-05-02 4\n"
    engagement = client(raw, delimiter="whitespace", settings={"max_rejected": 0.5})
    assert lost(engagement) == {"kept": 1, "wrong number of fields": 1}


def test_repeated_column_names_are_numbered(client, rows):
    columns = {"order_id": "id", "customer_id": "who.2", "ordered_at": "when", "amount": "total"}
    assert rows(client("id,who,Who,when,total\n1,a,b,2024-05-01,3\n", columns=columns), "customer_id") == [("b",)]


def test_cells_hold_delimiters_quotes_and_line_breaks(client, rows):
    engagement = client(HEADER + '1,"a, ""b""\nc",2024-05-01,3\n')
    assert rows(engagement, "customer_id") == [('a, "b"\nc',)]


@pytest.mark.parametrize("raw", ["", "\n \n", "\ufeff", HEADER, HEADER.strip()])
def test_an_export_without_rows_is_an_empty_table(client, rows, lost, raw):
    engagement = client(raw)
    assert (rows(engagement, "order_id"), lost(engagement)) == ([], {})
    assert engagement.fingerprints()[0]["n_rows"] == 0


def test_rows_with_too_few_and_too_many_fields_are_rejected(client, lost):
    engagement = client(TWO + "3,a\n4,a,2024-05-01,3,5\n", settings={"max_rejected": 0.5})
    assert lost(engagement) == {"kept": 2, "wrong number of fields": 2}


def test_too_many_broken_rows_name_file_line_and_remedy(client):
    with pytest.raises(
        InvalidSource, match=r"(?s)orders.csv, line 4: wrong number of fields; set delimiter.*'3,a'.*25.0%"
    ):
        client(TWO + "3,a\n4,b,2024-05-01,3\n")


def test_bytes_of_another_encoding_are_rejected_with_the_remedy(client):
    with pytest.raises(InvalidSource, match=r"orders.csv, line 2: not in the encoding given; set encoding under"):
        client("id,who,when,total\n1,Ольга,2024-05-01,3\n".encode("cp1251"))


def test_bytes_that_the_encoding_does_not_have_are_refused(client):
    with pytest.raises(InvalidSource, match=r"orders.csv is not cp1252: .* set the right encoding"):
        client(b"id,who,when,total\n1,\x81,2024-05-01,3\n", encoding="cp1252")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"PAR1rest", 'a parquet file; set source = "parquet"'),
        (b"\x1f\x8brest", "gzip-compressed"),
        (b"id\n\na\x00b", "orders.csv, line 3: a zero byte, which no text file holds"),
        ("id,who".encode("utf-16"), 'is in UTF-16, not utf-8; set encoding = "utf-16"'),
    ],
)
def test_a_file_that_is_not_text_says_what_it_is(client, raw, message):
    with pytest.raises(InvalidSource, match=message):
        client(raw)


def test_a_quotation_mark_never_closed_is_refused(client):
    with pytest.raises(InvalidSource, match=r"a quotation mark opened in row 2 .* is never closed"):
        client(HEADER + '1,"a,2024-05-01,3\n2,b,2024-05-01,3\n')


def test_files_with_other_columns_orders_and_delimiters_are_one_table(client, rows, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "more.csv").write_text("total;note;when;who;id\n7.5;x;2024-06-01;c;003\n")
    engagement = client(TWO, files=["*.csv"])
    assert rows(engagement, "order_id", "amount")[2] == ("003", Decimal("7.5"))
    assert [file["name"] for file in engagement.fingerprints()] == ["more.csv", "orders.csv"]


COUNTED = [("1", Decimal(3)), ("2", Decimal(4))]
ORDERS = "id,who,when,total\n1,a,2024-05-01,3\n2,b,2024-05-02,4\n"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        ("Orders, all of them\n\nMay\n" + ORDERS, {"skip": 3}),
        ("Orders, all of them\n\n\n" + ORDERS, {"skip": 1}),
        (ORDERS + "Total,,,7\n", {"footer": 1}),
        (ORDERS + "\nTotal,,,7\n\nMade by the shop\n\n", {"footer": 2}),
        ("# made by the shop\n" + ORDERS.replace("\n2", "\n #x\n2"), {"comment": "#"}),
        ("Title\n" + ORDERS + "# end\n7\n", {"skip": 1, "comment": "#", "footer": 1}),
        ("sep=;\n" + ORDERS.replace(",", ";"), {}),
        ("\ufeffSEP=|\r\n" + ORDERS.replace(",", "|").replace("\n", "\r\n"), {}),
        ("sep=~\n" + ORDERS.replace(",", "~"), {}),
        ("   \n \n" + ORDERS.replace("\n2", "\n    \n2"), {}),
        (" " * 70_000 + "\n" + ORDERS, {}),
        ("\n" * 70_000 + ORDERS, {}),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_text_around_the_table_is_passed_over(client, rows, lost, raw, keys, encoding):
    engagement = client(raw.encode(encoding), encoding=encoding, **keys)
    assert rows(engagement, "order_id", "amount") == COUNTED
    assert lost(engagement) == {"kept": 2}


def test_a_comment_sign_inside_a_row_is_none(client, rows):
    raw = '# all\nid,who,when,total\n1,"a\n#b",2024-05-01,3\n2,#c,2024-05-02,4\n'
    assert rows(client(raw, comment="#"), "customer_id") == [("a\n#b",), ("#c",)]


def test_lines_keep_their_numbers_whatever_is_passed_over(client):
    raw = "Title\n# x\n   \n" + HEADER + "1,a,soon,3\n"
    with pytest.raises(InvalidSource, match=r'orders.csv, line 5: date "soon"'):
        client(raw, skip=1, comment="#")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("Orders, 1 to 31 May\n\n" + ORDERS, 'line 3 holds "id"; if that is the header, set skip = 2'),
        (ORDERS.replace("total", "total,a;b;c;d;e;f"), r'the header was cut at ";"; set delimiter = ","'),
        (ORDERS.replace(",", "~"), r'the header was cut at ","; set delimiter = "~"'),
        (ORDERS.replace("who", '"who'), "orders.csv, line 1: a quotation mark in the first row is not closed"),
        ("\n" + ORDERS.replace("who", '"who') * 9, "orders.csv, line 2: a quotation mark in the first row"),
        (
            ORDERS.replace("who", '"who"x'),
            "line 1: a quotation mark in the first row is not closed where its cell ends",
        ),
    ],
)
def test_a_header_misread_is_named_as_such(client, raw, message):
    with pytest.raises(InvalidSource, match=message):
        client(raw)


def test_a_lone_return_ends_a_line(client, rows):
    assert rows(client(ORDERS.replace("3\n2", "3\r2")), "order_id", "amount") == COUNTED


def test_line_ends_may_change_far_into_a_file(client, rows):
    many = "".join(f"{n},a,2024-05-01,1\r\n" for n in range(100_000, 170_000))
    found = rows(client("id,who,when,total\r\n" + many + "1,a,2024-05-01,3\n2,b,2024-05-02,4\n"), "order_id", "amount")
    assert (len(found), found[0]) == (70_002, COUNTED[0])


def test_a_zero_byte_far_into_a_file_is_refused_with_its_line(client):
    many = "".join(f"{n},a,2024-05-01,1\n" for n in range(70_000))
    with pytest.raises(InvalidSource, match=r"orders.csv, line 70002: a zero byte"):
        client(HEADER + many + "x,\0,2024-05-01,1\n")


@pytest.mark.parametrize("name", ["orders.csv.gz", "o[1].csv", "a*b?.csv", "year=2024/orders.csv"])
def test_a_name_says_nothing_of_what_is_in_the_file(client, rows, tmp_path, name):
    file = tmp_path / "shop" / "raw" / name
    file.parent.mkdir(parents=True)
    file.write_text(ORDERS)
    (tmp_path / "shop" / "raw" / "o1.csv").write_text("nothing")
    assert rows(client("", files=[f"raw/{name}"]), "order_id", "amount") == COUNTED


@given(st.integers(0, 5), st.text(alphabet='ab,"\n ', max_size=40))
def test_quotes_are_told_as_the_csv_module_tells_them(n, text):
    cells = [text[place::5] for place in range(5)]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([cells] * (n + 1))
    quotes, open_after = Quotes(","), []
    for line in file.getvalue().splitlines(keepends=True):
        quotes.read(line)
        open_after.append(quotes.is_open)
    assert open_after.count(False) == n + 1


def test_a_stray_quote_in_a_long_file_is_found_in_no_time(client):
    many = "".join(f"{n},a,2024-05-01,1\n" for n in range(40_000))
    start = time.process_time()
    with pytest.raises(InvalidSource, match="quotation mark"):
        client(HEADER + many + '1,"a,2024-05-01,3\n' + many + "x,a,soon,1\n")
    assert time.process_time() - start < 20
