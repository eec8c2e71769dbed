"""What `check` names first: each oddity that is planted, and none where a shop is usual."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.pages.check import first_look
from retention_kit.pages.coverage import forecast_refused, pages_shown
from tests.test_thin_data import SETTINGS

Row = tuple[str, str, date, str, float, float]
FIRST = date(2024, 1, 1)


def usual_rows() -> list[Row]:
    """Ninety customers, each with an order every thirtieth day, three a day, of two prices."""
    return [
        (f"o{day}-{n}", f"c{(3 * day + n) % 90:02}", FIRST + timedelta(day), "PL" if n else "UA", 10.0 + n, 0.0)
        for day in range(152)
        for n in range(3)
    ]


def look_at(folder: Path, rows: list[Row], *, more: str = "", lines: str | None = None) -> list[str]:
    (folder / "raw").mkdir(exist_ok=True)
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (folder / "raw" / "orders.csv").write_text(f"order,customer,day,land,paid,back\n{text}\n", encoding="utf-8")
    settings = SETTINGS.replace('amount = "amount"', 'gross = "paid"\nrefunded = "back"\ncountry = "land"')
    settings = settings.replace('date_order = "ymd"', f'date_order = "ymd"\nlines = "{lines}"') if lines else settings
    settings = settings.replace("churn_window = 60", 'churn_window = 60\nsegments = ["country"]\nlast_day = 2024-05-31')
    (folder / "engagement.toml").write_text(settings + more, encoding="utf-8")
    with rk.open_engagement(folder) as engagement:
        return first_look(engagement)


def test_of_a_usual_shop_its_size_is_said_and_nothing_else(tmp_path: Path) -> None:
    rows = [(order, who, day, "PL", paid, back) for order, who, day, _land, paid, back in usual_rows()]
    assert look_at(tmp_path, rows) == [
        "456 orders of 90 known customers from 2024-01-01 to 2024-05-31, 5,016.00 EUR",
        "raw/orders.csv: 456 rows of orders, 456 kept; 456 orders; 90 customers; 5,016.00 EUR; "
        "2024-01-01 to 2024-05-31",
    ]


def spelt(row: Row) -> Row:
    return row if row[2] < date(2024, 5, 1) else (row[0], row[1].upper(), *row[2:])


def of_one(row: Row) -> Row:
    return row if row[0][-1] != "2" else (row[0], "till", *row[2:])


def on_a_day(row: Row) -> Row:
    return row if row[2] >= date(2024, 1, 9) else (*row[:2], date(2024, 1, 8), *row[3:])


def refunded(row: Row) -> Row:
    return (*row[:5], row[4] + 2.0) if row[0].startswith("o7-") else row


def unknown(row: Row) -> Row:
    return row if row[2] < date(2024, 4, 1) or row[0][-1] != "1" else (row[0], "", *row[2:])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (spelt, "ids of customers differ from another by case alone, such as C"),
        (of_one, "till has 33.3% of the orders: a customer, or a till"),
        (on_a_day, "of the customers are of a first order on 2024-01-08: the day of an import?"),
        (refunded, "3 orders were refunded more than they brought"),
        (unknown, "the share of orders with a known customer goes from 100.0% to 66.7% in 2024-04"),
    ],
)
def test_an_oddity_is_named(tmp_path: Path, change: object, said: str) -> None:
    found = look_at(tmp_path, [change(row) for row in usual_rows()])  # type: ignore[operator]
    assert [sentence for sentence in found if said in sentence]


def test_a_hole_and_an_early_end_are_named(tmp_path: Path) -> None:
    hole = [row for row in usual_rows() if not date(2024, 3, 10) <= row[2] <= date(2024, 3, 19)]
    found = look_at(tmp_path, [row for row in hole if row[2] <= date(2024, 4, 20)])
    assert (
        "no orders from 2024-03-10 to 2024-03-19, where 3.0 a day are usual: is a part of the export missing?" in found
    )
    assert "orders: the last row is of 2024-04-20, 41 days before the data end; is it all there?" in found


def test_a_shop_that_begins_slowly_has_no_hole(tmp_path: Path) -> None:
    slow = [row for row in usual_rows() if row[2] >= date(2024, 2, 1) or (row[2].day % 8 == 1 and row[0][-1] == "0")]
    assert not [sentence for sentence in look_at(tmp_path, slow) if sentence.startswith("no orders from")]


def test_answers_that_find_no_customer_are_named(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    answers = "".join(f"{n},x{n},2024-05-02,9\n" for n in range(20))
    (tmp_path / "raw" / "answers.csv").write_text("id,who,day,score\n" + answers, encoding="utf-8")
    columns = 'columns = { response_id = "id", customer_id = "who", answered_at = "day", score = "score" }\n'
    more = f'\n[tables.responses]\nsource = "csv"\nfiles = ["raw/answers.csv"]\ndate_order = "ymd"\n{columns}'
    found = look_at(tmp_path, usual_rows(), more=more)
    assert "responses: 0.0% of 20 rows find their customer or order; are the ids of one kind?" in found


def test_orders_of_customers_that_the_client_does_not_list_are_counted(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    people = "".join(f"c{n:02}\n" for n in range(60))  # of 90, each with the same number of orders but for a few
    (tmp_path / "raw" / "people.csv").write_text("who\n" + people, encoding="utf-8")
    more = '\n[tables.customers]\nsource = "csv"\nfiles = ["raw/people.csv"]\ncolumns = { customer_id = "who" }\n'
    n = sum(row[1] >= "c60" for row in usual_rows())
    found = look_at(tmp_path, usual_rows(), more=more)
    assert f"{n} orders are of customers who are not in the table customers; is it whole, of the same ids?" in found
    assert "raw/people.csv: 60 rows of customers, 60 kept; 60 customers" in found


def test_lines_that_carry_the_total_are_named(tmp_path: Path) -> None:
    rows = [row for row in usual_rows() for _line in range(2)]
    found = look_at(tmp_path, rows, lines="order_id")
    assert [sentence for sentence in found if sentence.startswith("456 orders carry one amount on each of their lines")]


def test_no_page_is_promised_that_the_report_refuses(tmp_path: Path) -> None:
    look_at(tmp_path, usual_rows())
    with rk.open_engagement(tmp_path) as engagement:
        assert pages_shown(engagement) == ["overview", "cohorts", "churn", "loyalty", "ltv", "method"]
        why = forecast_refused(engagement)
    assert why.startswith("no forecast for 2024-05: No model: ")
    assert "map first_seen_at of customers or set is_history_complete = true" in why
