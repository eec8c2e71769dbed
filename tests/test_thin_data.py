"""Thin data: each page still shows something, with the status in words instead of a number or a stack trace."""

from pathlib import Path

import pytest

from tests.notebook_runs import NAMES, shown_by

HEADER = "order,customer,day,amount\n"
SETTINGS = """
name = "Thin"
language = "en"
currency = "EUR"
time_zone = "Europe/Warsaw"
churn_window = 60
first_day = 2024-01-01

[tables.orders]
source = "csv"
files = ["raw/orders.csv"]
delimiter = ","
date_order = "ymd"

[tables.orders.columns]
order_id = "order"
customer_id = "customer"
ordered_at = "day"
amount = "amount"
"""

THIN = {
    "an empty file": "",
    "header without rows": HEADER,
    "one customer only": HEADER + "1,a,2024-03-02,10\n2,a,2024-05-31,12\n",
    "nobody bought twice": HEADER + "".join(f"{n},c{n},2024-05-{n:02},10\n" for n in range(1, 32)),
    "one order of nought": HEADER + "1,a,2024-05-31,0\n",
    "one order without a customer": HEADER + "1,,2024-05-31,10\n",
    "data after the period": HEADER + "1,a,2024-06-02,10\n2,b,2024-06-30,12\n",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path_factory.mktemp("thin")
    (folder / "raw").mkdir()
    (folder / "engagement.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "raw" / "orders.csv").write_text(THIN[request.param], encoding="utf-8")
    return folder


@pytest.mark.parametrize("notebook", NAMES)
@pytest.mark.parametrize("client", THIN, indirect=True, scope="module")
def test_every_page_says_what_it_cannot_show(client: Path, notebook: str) -> None:
    shown = shown_by(notebook, client=client, period="2024-05")
    assert shown, "the notebook showed nothing"
    for exhibit in shown:
        assert not {"nan", "inf", "None", "<NA>", "NaT"} & set(exhibit.html.striptags().split())
