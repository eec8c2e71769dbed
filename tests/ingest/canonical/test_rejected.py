"""Every raw row is accounted for, and those that cannot be used are kept with file, line, reason and text."""

import random
from datetime import date

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.errors import InvalidSource
from retention_kit.ingest.files import lines
from retention_kit.ingest.files.lines import find_lines
from retention_kit.ingest.files.raw import RawTable

HEADER = "id,who,when,total\n"


def rejected(engagement):
    rows = pq.read_table(engagement.folder / "tables" / "rejected" / "orders.parquet").to_pylist()
    return [(row["file"], row["line"], row["reason"], row["found"], row["raw"]) for row in rows]


def test_every_row_ends_in_one_place_and_the_first_reason_wins(client, lost):
    raw = HEADER + (
        "1,a,2024-05-01,3\n1,a,2024-05-01,3\n2,,2024-05-01,3\n,a,2024-05-01,3\n3,a,,3\n4,a,soon,3\n"
        "5,a,2024-05-01,\n6,a,2024-05-01,free\n7,staff,2024-05-01,-1\n8,b,2024-05-01,-1\n9,b\n"
    )
    engagement = client(raw, settings={"max_rejected": 1}, leave_out={"staff": "who = 'staff'", "refund": "total < 0"})
    assert lost(engagement) == {
        "kept": 2, "amount is missing": 1, "amount is not a number": 1, "date is not a valid date": 1,
        "date is missing": 1, "duplicate": 1, "order_id is missing": 1, "refund": 1, "staff": 1,
        "wrong number of fields": 1,
    }  # fmt: skip
    assert engagement.losses().n_rows.sum() == engagement.fingerprints()[0]["n_rows"] == 11


def test_rejected_rows_keep_file_line_reason_and_text(client):
    raw = HEADER + '1,"two\nlines",2024-05-01,3\n\n2,a,2024-05-01,free\n3,b\n4,b,2024-05-01,4\n5,"x ""\n\n y",soon,4\n'
    assert rejected(client(raw, settings={"max_rejected": 1})) == [
        ("orders.csv", 5, "amount is not a number", '"free"', "2,a,2024-05-01,free"),
        ("orders.csv", 6, "wrong number of fields", None, "3,b"),
        ("orders.csv", 8, "date is not a valid date", '"soon"', '5,"x ""\n\n y",soon,4'),
    ]


def test_no_rejected_rows_no_file(client):
    assert not (client(HEADER + "1,a,2024-05-01,3\n").folder / "tables" / "rejected").exists()


def test_a_few_rejected_rows_are_counted_and_more_are_refused(client, lost):
    good = "".join(f"{n},a,2024-05-01,3\n" for n in range(99))
    assert lost(client(HEADER + good + "x,a,soon,3\n")) == {"kept": 99, "date is not a valid date": 1}
    with pytest.raises(
        InvalidSource, match=r"2 rows of the 101 of orders \(2.0%\) cannot be used, max_rejected allows 1.0%"
    ):
        client(HEADER + good + "x,a,soon,3\ny,a,later,3\n")


def test_all_failures_stand_in_one_error_each_with_its_first_line(client):
    raw = HEADER + "1,a,2024-05-01,3\n2,a,soon,3\n3,a,later,3\n4,a,2024-05-01,free\n,a,2024-05-01,3\n"
    with pytest.raises(InvalidSource) as error:
        client(raw)
    assert [line.split(";")[0] for line in str(error.value).splitlines()[:3]] == [
        'orders.csv, line 5: amount "free" is not a number with a dot',
        'orders.csv, line 3: date "soon" is not a valid date',
        "orders.csv, line 6: order_id is missing",
    ]
    assert "(2 rows)" in str(error.value).splitlines()[1]


def test_the_values_behind_an_expression_are_shown(client):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "qty * total"}
    with pytest.raises(InvalidSource, match='amount "2", "3,5" is not a number with a dot; set decimal = ","'):
        client('id,who,when,qty,total\n1,a,2024-05-01,2,"3,5"\n', columns=columns)


def test_losses_are_dated_and_rows_without_a_date_count_always(client):
    raw = HEADER + "1,a,2024-05-01,3\n2,a,2024-06-01,3\n3,staff,2024-06-01,3\n4,a,soon,3\n"
    engagement = client(
        raw, settings={"max_rejected": 1, "last_day": date(2024, 6, 30)}, leave_out={"staff": "who = 'staff'"}
    )
    found = engagement.at("2024-05").losses()
    assert list(zip(found.reason, found.n_rows, strict=True)) == [("kept", 1), ("date is not a valid date", 1)]


CELLS = st.text(alphabet='ab "\n,', max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sets(st.integers(1, 8)), st.integers(1, 40))
def test_lines_are_found_behind_any_quoted_cells(tmp_path_factory, records, wanted, stretch):
    file = tmp_path_factory.mktemp("lines") / "raw.csv"
    texts = [_quoted(a) + ",x," + _quoted(b) for a, b in records]
    gaps = random.Random(len(texts)).choices(["", "\n"], k=len(texts))
    file.write_text("h,i,j\n" + "".join(f"{text}\n{gap}" for text, gap in zip(texts, gaps, strict=True)), newline="")
    wanted = {row for row in wanted if row <= len(texts)}
    raw = RawTable("raw.csv", "", {}, text=file, delimiter=",", has_header=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "STRETCH", stretch)
        good, bad = find_lines(raw, wanted, set())
    assert {row: line.text for row, line in good.items()} == {row: texts[row - 1] for row in wanted}
    everything = file.read_text().split("\n")
    assert all(texts[row - 1].startswith(everything[line.number - 1]) for row, line in good.items())
    assert not bad


def _quoted(cell):
    """Cells that need no quotes have none: lines of such cells are passed over."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('"\n,') or not cell else cell


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("gap", ["", "END"])
def test_a_fault_at_the_end_of_a_long_file_is_found_on_its_line(client, monkeypatch, end, gap):
    monkeypatch.setattr(lines, "STRETCH", 200)
    rows = "".join(f"{n},a,2024-05-01,3END" for n in range(1, 900))
    raw = "id,who,when,totalEND" + rows + gap + "900,a,soon,3END" + "901,a,2024-05-01,3,4END"
    found = rejected(client(raw.replace("END", end)))
    there = raw.split("END")
    assert [(line, why) for _, line, why, _, _ in found] == [
        (there.index("900,a,soon,3") + 1, "date is not a valid date"),
        (there.index("901,a,2024-05-01,3,4") + 1, "wrong number of fields"),
    ]
