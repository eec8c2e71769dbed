"""What goes wrong with exports: each says what is wrong, where and what to do, or the other rows are kept."""

import pytest

from retention_kit.errors import InvalidSource

HEADER = "id,who,when,total\n"
GOOD = "".join(f"{n},c{n % 7},2024-05-{n % 28 + 1:02},{n}.50\n" for n in range(200))
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02"

STOPPED = {
    "a wrong delimiter": (
        (HEADER + GOOD).replace(",", ";"), {"delimiter": ","},
        r'needs a column "id", which is not there; in orders.csv the header was cut at ","; set delimiter = ";"',
    ),
    "UTF-16": ((HEADER + GOOD).encode("utf-16"), {}, r'orders.csv is in UTF-16, not utf-8; set encoding = "utf-16"'),
    "cp1251": (
        (HEADER + GOOD.replace("c1", "Оксана")).encode("cp1251"), {},
        r'orders.csv, line 3: .*not in the encoding given; set encoding under .tables.orders., for example "cp1251"',
    ),
    "a decimal comma": (
        HEADER.replace(",", ";") + GOOD.replace(",", ";").replace(".50", ",50"), {},
        r'orders.csv, line 2: amount "0,50" is not a number with a dot; set decimal = "," in engagement.toml',
    ),
    "day and month that cannot be told apart": (
        HEADER + "1,a,05/04/2024,1\n2,b,06/04/2024,1\n", {},
        r'holds "05/04/2024", where day and month cannot be told apart: .* set date_order = "dmy" or "mdy"',
    ),
    "ids that a spreadsheet rounded": (
        HEADER + GOOD + "5.02729E+12,a,2024-05-01,1\n", {},
        r'orders.csv: order_id "5.02729E\+12" is an id that a spreadsheet rounded .1 rows.; .* Ask for the export',
    ),
    "a picture": (PNG, {}, "orders.csv, line 3: a zero byte, which no text file holds"),
    "a quotation mark that is never closed": (
        HEADER + '1,"a,2024-05-01,1\n' + GOOD, {}, "a quotation mark opened in row 2 .* is never closed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPPED)
def test_a_file_that_cannot_be_used_says_what_it_holds_where_and_what_to_do(client, name):
    raw, section, message = STOPPED[name]
    with pytest.raises(InvalidSource, match=message):
        client(raw, **section)


LOST = {
    "30 February": ("x,a,30.02.2024,1", "date is not a valid date", '"30.02.2024"'),
    "30 February, year first": ("x,a,2024-02-30,1", "date is not a valid date", '"2024-02-30"'),
    "an amount that a spreadsheet rounded": ("x,a,2024-05-01,1e9", "amount is not a number", '"1e9"'),
    "a line cut off": ("x,a,2024-0", "wrong number of fields", None),
    "a field too many": ("x,a,2024-05-01,1,1", "wrong number of fields", None),
    "an order without a number": (",a,2024-05-01,1", "order_id is missing", None),
}


@pytest.mark.parametrize("name", LOST)
def test_a_row_that_cannot_be_used_is_kept_apart_with_its_line_and_the_others_stay(client, lost, name):
    row, reason, found = LOST[name]
    engagement = client(HEADER + GOOD + row)
    assert lost(engagement) == {"kept": 200, reason: 1}
    rejected = engagement.examples("orders").iloc[0]
    assert (rejected.file, rejected.line, rejected.reason, rejected.raw) == ("orders.csv", 202, reason, row)
    assert rejected.found == found or (found is None and not isinstance(rejected.found, str))


READ = {
    "a byte-order mark": ("\ufeff" + HEADER + GOOD, {}),
    "UTF-16, said so": ((HEADER + GOOD).encode("utf-16"), {"encoding": "utf-16"}),
    "cp1251, said so": ((HEADER + GOOD.replace("c1", "Оксана")).encode("cp1251"), {"encoding": "cp1251"}),
    "a decimal comma, said so": ((HEADER + GOOD).replace(",", ";").replace(".50", ",50"), {"decimal": ","}),
    "a line break inside quotes": (HEADER + GOOD.replace("c1,", '"c\n1",'), {}),
    "a header that stands twice": (HEADER.replace("\n", ",note,note\n") + GOOD.replace(".50\n", ".50,x,y\n"), {}),
}


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_whole(client, lost, name):
    raw, section = READ[name]
    engagement = client(raw, **section)
    assert lost(engagement) == {"kept": 200}
    assert engagement.orders.native.aggregate("sum(amount)").fetchall() == [(sum(range(200)) + 100,)]


@pytest.mark.parametrize("raw", ["", "\ufeff", HEADER])
def test_an_empty_file_is_an_empty_table(client, lost, raw):
    assert lost(client(raw)) == {}
