"""The numbers behind the pages become files, each once."""

from pathlib import Path

import pytest

from retention_kit.errors import BrokenIdentity, ReportFailed
from retention_kit.report.collect import METRIC_COLUMNS, Shown, write_numbers

HEADER = ",".join(METRIC_COLUMNS)


def metrics(notebook: str, *rows: str) -> Shown:
    return Shown(notebook, "headline", "metrics", "\n".join([HEADER, *rows]) + "\n")


def row(metric: str, period: str, value: str) -> str:
    return f'{metric},(all),{period},{value},,,1,4,4,share,ok,,"a, b"'


def test_metrics_are_sorted_written_once_and_as_they_were_printed(tmp_path: Path) -> None:
    shown = [
        metrics("overview", row("crr", "1998-06", "0.250"), row("aov", "1998-06", "3")),
        metrics("churn", row("crr", "1998-05", "0.5"), row("crr", "1998-06", "0.250")),
    ]
    write_numbers(shown, tmp_path)
    assert (tmp_path / "metrics.csv").read_bytes().decode().splitlines() == [
        HEADER,
        row("aov", "1998-06", "3"),
        row("crr", "1998-05", "0.5"),
        row("crr", "1998-06", "0.250"),
    ]


def test_a_report_without_metrics_has_a_header(tmp_path: Path) -> None:
    write_numbers([], tmp_path)
    assert (tmp_path / "metrics.csv").read_bytes().decode() == HEADER + "\n"


def test_a_metric_with_two_values_is_refused_with_both(tmp_path: Path) -> None:
    shown = [metrics("overview", row("crr", "1998-06", "0.25")), metrics("churn", row("crr", "1998-06", ""))]
    with pytest.raises(
        BrokenIdentity, match=r"crr, \(all\), 1998-06: value is 0\.25 in overview\.ipynb and missing in"
    ):
        write_numbers(shown, tmp_path)


def test_metrics_with_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ReportFailed, match=r"churn\.ipynb shows metrics with the columns a, b; metrics\.csv takes metric"
    ):
        write_numbers([Shown("churn", "x", "metrics", "a,b\n1,2\n")], tmp_path)


def test_a_table_is_kept_byte_for_byte(tmp_path: Path) -> None:
    write_numbers([Shown("churn", "flow", "table", "a\n1.10\n")] * 2, tmp_path)
    assert (tmp_path / "tables/flow.csv").read_bytes() == b"a\n1.10\n"


def test_two_tables_of_one_name_are_refused_with_the_line(tmp_path: Path) -> None:
    shown = [Shown("overview", "flow", "table", "a\n1\n"), Shown("churn", "flow", "table", "a\n2\n")]
    with pytest.raises(BrokenIdentity, match=r"line 2: 1 and 2\); show one table once"):
        write_numbers(shown, tmp_path)


@pytest.mark.parametrize("name", ["../outside", "a b", ""])
def test_a_table_whose_name_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportFailed, match="cannot name a file; use small letters"):
        write_numbers([Shown("churn", name, "table", "a\n")], tmp_path)
