"""A shop with a past of two and a half years, for what a report finds out of the ordinary."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from retention_kit.periods import Period, periods

OPENED, FIRST, LAST = Period("2020-01"), Period("2022-01"), Period("2024-05")
WINDOW = 60

TABLES = """
[tables.orders]
source = "csv"
files = ["orders.csv"]

[tables.orders.columns]
order_id = "id"
customer_id = "who"
ordered_at = "when"
amount = "total"
country = "land"
"""
SETTINGS = f"""
name = "Shop"
currency = "EUR"
time_zone = "Europe/Warsaw"
first_day = 2022-01-01
last_day = 2024-05-31
is_history_complete = true
churn_window = {WINDOW}
segments = ["country"]
{TABLES}"""

WON = {"PL": 24, "DE": 8}
"""How many customers a month are won in each country; three of a third country buy every month."""
STAYS = 0.85
"""The chance to buy in the month after."""
TWICE = 0.3
"""The chance to buy twice in a month."""


def orders_of_shop() -> pd.DataFrame:
    """Customers who buy each month until they stop, as many won each month."""
    random = np.random.default_rng(12)
    rows = []
    for month in periods(OPENED, LAST):
        for country, n in WON.items():
            for number in range(n):
                rows += _life(month, f"{country}{month}-{number}", country, random)
    rows += [(f"{month}-UA{n}", f"UA{n}", month.start, 40.0, "UA") for month in periods(FIRST, LAST) for n in range(3)]
    return pd.DataFrame(rows, columns=["id", "who", "when", "total", "land"])


def _life(month: Period, who: str, country: str, random: np.random.Generator) -> list[tuple[object, ...]]:
    months = int(random.geometric(1 - STAYS))
    bought = [month + place for place in range(months) if FIRST.ordinal <= (month + place).ordinal <= LAST.ordinal]
    days = [
        each.start + timedelta(int(random.integers(each.n_days)))
        for each in bought
        for _time in range(2 if random.random() < TWICE else 1)
    ]
    amounts = [round(float(random.lognormal(3, 0.4)), 2) for _day in days]
    ids = [f"{who}-{day}-{number}" for number, day in enumerate(days)]
    return [(name, who, day, amount, country) for name, day, amount in zip(ids, days, amounts, strict=True)]


def write_shop(folder: Path, orders: pd.DataFrame, settings: str = SETTINGS) -> Path:
    """The folder of a client with such orders."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engagement.toml").write_text(settings, encoding="utf-8")
    orders.to_csv(folder / "orders.csv", index=False)
    return folder
