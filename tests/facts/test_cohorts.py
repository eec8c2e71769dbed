"""Payback of cohorts in an engagement: whose customers it counts, and of which months."""

from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.facts import cohorts

SETTINGS = """
name = "Costly"
language = "en"
currency = "EUR"
time_zone = "Europe/Warsaw"
first_day = 2024-01-10
last_day = 2024-06-30
churn_window = 30
margin = 0.5
is_history_complete = {complete}

[tables.orders]
source = "csv"
files = ["raw/orders.csv"]
date_order = "ymd"
columns = {{ order_id = "order", customer_id = "customer", ordered_at = "day", amount = "amount" }}

[tables.costs]
source = "csv"
files = ["raw/costs.csv"]
date_order = "ymd"
columns = {{ spent_at = "month", category = "what", amount = "amount" }}
"""
COSTS = "month,what,amount\n2024-01-01,acquisition,90\n2024-02-01,acquisition,80\n2024-02-01,retention,500\n"
COSTS += "2024-03-01,acquisition,30\n2024-05-01,acquisition,70\n2024-07-01,acquisition,999\n"


def client(folder: Path, *, complete: bool) -> Path:
    """Four customers join each month from January to May; each buys for 20, and for 20 more in the month after."""
    (folder / "raw").mkdir()
    rows = [
        f"{month}{n}{later},c{month}{n},2024-{month + later:02}-1{n},20"
        for month in range(1, 6)
        for n in range(1, 5)
        for later in (0, 1)
    ]
    (folder / "raw" / "orders.csv").write_text("order,customer,day,amount\n" + "\n".join(rows), encoding="utf-8")
    (folder / "raw" / "costs.csv").write_text(COSTS, encoding="utf-8")
    (folder / "engagement.toml").write_text(SETTINGS.format(complete=str(complete).lower()), encoding="utf-8")
    return folder


def found(folder: Path, period: str) -> list[list[object]]:
    with rk.open_engagement(folder) as opened:
        table = cohorts.payback(opened.at(period))
    return (
        table[["cohort", "cac", "payback_age", "status"]].astype(object).where(table.notna(), None).to_numpy().tolist()
    )


def test_each_cohort_has_the_cost_of_its_month_and_the_margin_of_the_client(tmp_path: Path) -> None:
    assert found(client(tmp_path, complete=True), "2024-05") == [
        ["2024-02", 20.0, 1, "ok"],  # 10 of the first purchase, 10 of the second
        ["2024-03", 7.5, 0, "ok"],
        ["2024-04", None, None, "no_costs"],
        ["2024-05", 17.5, None, "not_reached"],
    ]  # the data begin in the middle of January: who was won before is not among its customers


def test_a_cohort_of_whom_only_some_are_known_is_left_out(tmp_path: Path) -> None:
    named = [row[0] for row in found(client(tmp_path, complete=False), "2024-05")]
    assert named == ["2024-03", "2024-04", "2024-05"]  # until 9 February nobody can tell who is new


@pytest.mark.parametrize(("period", "last"), [("2024-W21", "2024-04"), ("2024-W22", "2024-05")])
def test_a_report_of_a_week_has_the_months_that_are_over(tmp_path: Path, period: str, last: str) -> None:
    assert found(client(tmp_path, complete=True), period)[-1][0] == last


def test_a_report_of_a_quarter_has_quarters(tmp_path: Path) -> None:
    assert found(client(tmp_path, complete=True), "2024Q2") == [["2024Q2", 8.75, 0, "ok"]]
