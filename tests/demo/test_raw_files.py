"""The exports: the same bytes every time, each row accounted for, faults on the lines that truth.json names."""

import csv
import filecmp
import re
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import retention_kit
from retention_kit.demo import make_demo, write_raw
from retention_kit.demo.faults import FAULTS
from retention_kit.errors import ReportFailed
from retention_kit.ingest.settings import read_settings

COMMITTED = Path(retention_kit.__file__).parents[1] / "data" / "demo" / "engagement.toml"
SMALL = {"n_customers": 150, "until": date(2024, 6, 9), "seed": 5}


def rows_of(file, *, encoding="utf-8", delimiter=","):
    with file.open(encoding=encoding, newline="") as lines:
        return list(csv.reader(lines, delimiter=delimiter))


def raw_rows(client, name):
    delimiters = {"refunds.csv": ";", "costs.csv": ";", "members.csv": "\t", "points.csv": "\t"}
    encoding = "cp1250" if name == "costs.csv" else "utf-8"
    return rows_of(client / "raw" / name, encoding=encoding, delimiter=delimiters.get(name, ","))


def test_the_committed_engagement_is_the_one_that_make_demo_writes(shipped):
    assert (shipped / "engagement.toml").read_bytes() == COMMITTED.read_bytes()


def test_the_demo_section_makes_the_same_raw_files_again(tmp_path):
    made = make_demo(tmp_path / "made", **SMALL)
    section = tomllib.loads((made / "engagement.toml").read_text(encoding="utf-8"))["demo"]
    again = write_raw(tmp_path / "again", **section)
    names = [path.name for path in (made / "raw").iterdir()]
    assert filecmp.cmpfiles(made / "raw", again / "raw", names, shallow=False) == (names, [], [])
    assert not (again / "engagement.toml").exists()


def test_another_seed_gives_other_bytes(tmp_path):
    one, other = (make_demo(tmp_path / str(seed), **SMALL | {"seed": seed}) for seed in (1, 2))
    assert (one / "raw" / "orders_pl.csv").read_bytes() != (other / "raw" / "orders_pl.csv").read_bytes()


def test_the_engagement_is_valid_and_names_the_raw_files(client, truth):
    sections = read_settings(client / "engagement.toml").tables.sections
    named = {
        path.name: table for table, section in sections.items() for each in section.files for path in client.glob(each)
    }
    assert named == {name: account["table"] for name, account in truth["files"].items()}


def test_every_row_of_every_file_is_accounted_for(client, truth):
    for name, account in truth["files"].items():
        outcomes = [n for outcome, n in account.items() if outcome not in ("table", "rows", "rejected")]
        assert account["rows"] == sum(outcomes) + len(account["rejected"]) == len(raw_rows(client, name)) - 1, name


def test_each_rejected_line_holds_its_fault(client, truth):
    for name, account in truth["files"].items():
        header, *_ = rows = raw_rows(client, name)
        faults = {(fault.reason, fault.column): fault for fault in FAULTS.get(name, [])}
        for line, reason in ((fault["line"], fault["reason"]) for fault in account["rejected"]):
            row = rows[line - 1]
            columns = [column for found, column in faults if found == reason]
            if columns == [None]:
                assert len(row) < len(header)
            else:
                assert any(row[header.index(column)] == faults[reason, column].text for column in columns), (name, line)


def test_few_rows_are_faulty(truth):
    accounts = truth["files"]
    assert all(300 * len(account["rejected"]) <= account["rows"] for account in accounts.values())
    assert len(accounts["orders_pl.csv"]["rejected"]) == len(FAULTS["orders_pl.csv"])


def test_the_clean_rows_are_those_of_the_process(truth):
    files = truth["files"]
    assert files["customers.csv"]["kept"] == truth["n_customers"] == 3000
    assert files["orders_pl.csv"]["test"] > 10
    assert files["refunds.csv"]["unmatched"] >= 1


def test_each_shop_writes_its_own_clock_and_offset(client):
    header, *rows = raw_rows(client, "orders_pl.csv")
    assert header[:5] == ["Name", "Email", "Customer ID", "Financial Status", "Currency"]
    created = header.index("Created at")
    polish = {re.sub(r"\d{4}.* \+", "+", row[created]) for row in rows if len(row) == len(header)}
    ukrainian = {row[created][-5:] for row in raw_rows(client, "orders_ua.csv")[1:]}
    assert polish >= {"+0100", "+0200"}
    assert ukrainian == {"+0200", "+0300"}


def test_offsets_change_with_summer_time(client):
    header, *rows = raw_rows(client, "orders_pl.csv")
    timestamps = [row[header.index("Created at")] for row in rows if len(row) == len(header)]
    assert {timestamp[-5:] for timestamp in timestamps if timestamp[:7] in ("2024-01", "2023-12")} == {"+0100"}
    assert {timestamp[-5:] for timestamp in timestamps if timestamp[:7] in ("2023-07", "2024-05")} == {"+0200"}


def test_an_order_was_dearer_before_its_customer_changed_it(client):
    header, *rows = raw_rows(client, "orders_ua.csv")
    name, subtotal, updated = (header.index(column) for column in ("Name", "Subtotal", "Updated at"))
    versions = {}
    for row in rows:
        versions.setdefault(row[name], []).append((row[updated], row[subtotal]))
    changed = [sorted(set(each)) for each in versions.values() if len(set(each)) > 1]
    assert changed
    assert all(float(older[1]) == pytest.approx(float(newer[1]) + 10) for older, newer in changed)


def test_exports_come_with_decimal_commas_and_polish_letters(client):
    assert raw_rows(client, "costs.csv")[0] == ["Miesiąc", "Kategoria", "Kanał", "Kwota", "Waluta"]
    assert all("," in row[3] for row in raw_rows(client, "costs.csv")[1:] if row[3] != "?")


def test_addresses_are_of_nobody(client):
    header, *rows = raw_rows(client, "customers.csv")
    mails = {row[header.index("Email")].partition("@")[2] for row in rows if len(row) == len(header)}
    assert mails == {"example.com", "ziola.example"}


def test_every_foreign_row_has_a_rate_within_the_week(client):
    days = sorted(
        date.fromisoformat(row[0])
        for row in raw_rows(client, "fx.csv")[1:]
        if row[1:2] == ["UAH"] and row[0] != "2024-02-30"
    )
    assert max((later - day).days for day, later in pairwise(days)) <= 5
    assert days[0] <= date(2021, 6, 1)


def test_the_exports_of_the_default_client_are_small(shipped):
    assert sum(file.stat().st_size for file in (shipped / "raw").iterdir()) < 25_000_000


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "demo").write_text("a file where the folder would be", encoding="utf-8")
    with pytest.raises(ReportFailed, match=r"demo: File exists; .* See that its folder can be written to"):
        make_demo(tmp_path / "demo", **SMALL)
