"""A report whose numbers do not agree stops, whichever page is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.errors import BrokenIdentity
from retention_kit.facts import identities
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.metrics.description import Group
from retention_kit.pages.cross_checks import reconcile
from retention_kit.report import report
from tests.test_thin_data import SETTINGS


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve customers in two countries, each buying every tenth day from January to May."""
    folder = tmp_path_factory.mktemp("data") / "shop"
    (folder / "raw").mkdir(parents=True)
    settings = SETTINGS.replace("churn_window = 60", 'churn_window = 60\nsegments = ["country"]')
    (folder / "engagement.toml").write_text(settings + 'country = "country"\n', encoding="utf-8")
    days = pd.date_range("2024-01-01", "2024-05-31", freq="10D").strftime("%Y-%m-%d").tolist()
    rows = [f"{day}-{n},c{n},{day},10,{'PL' if n % 2 else 'UA'}" for day in days for n in range(12)]
    rows.append("last,c1,2024-05-31,10,PL")
    text = "order,customer,day,amount,country\n" + "\n".join(rows) + "\n"
    (folder / "raw" / "orders.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def surveyed(shop: Path) -> Engagement:
    """The shop with an answer of every customer in May; what is counted of it is kept."""
    shop = shutil.copytree(shop, shop.with_name("surveyed"))
    rows = [f"r{n},c{n},2024-05-{n + 1:02},{n % 11}" for n in range(12)]
    (shop / "raw" / "answers.csv").write_text("id,who,day,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    columns = 'columns = { response_id = "id", customer_id = "who", answered_at = "day", score = "score" }'
    with (shop / "engagement.toml").open("a", encoding="utf-8") as file:
        file.write(f'[tables.responses]\nsource = "csv"\nfiles = ["raw/answers.csv"]\ndate_order = "ymd"\n{columns}\n')
    return rk.open_engagement(shop).at("2024-05")


@pytest.fixture(scope="module")
def engagement(shop: Path) -> Engagement:
    return rk.open_engagement(shop).at("2024-05")


def test_every_identity_is_checked(surveyed: Engagement) -> None:
    assert reconcile(surveyed).n_checked.gt(0).all()


def spoilt(metric: Callable[..., pd.DataFrame], column: str) -> Callable[..., pd.DataFrame]:
    """The metric with one customer, or one unit of money, too many in its last row."""

    def wrong(*args: object, **kwargs: object) -> pd.DataFrame:
        table = metric(*args, **kwargs).copy()
        table[column] = table[column].astype(float)
        rows = table[table.segment == "(all)"] if column == "opening" else table
        table.loc[rows.index[-1], column] += 1
        return table

    return wrong


@pytest.mark.parametrize(
    ("name", "column", "identity"),
    [
        ("customer_flows", "opening", "I15 closing = next opening"),
        ("order_by_order", "revenue", "I7 customers x frequency x order value = revenue"),
        ("order_by_order", "n_customers", "I8 customers of all cohorts"),
        ("order_by_order", "known", "I7 customers x frequency"),
        ("rfm", "n_customers", "I13 customers of all segments"),
        ("rfm", "revenue", "I13 revenue of all segments"),
        ("distribution", "numerator", "I9 promoters less detractors = score"),
        ("scores_by_segment", "numerator", "I10 numerator of segments = total"),
        ("scores_by_segment", "n", "I10 n of segments = total"),
    ],
)
def test_a_number_that_differs_is_named(
    surveyed: Engagement, monkeypatch: pytest.MonkeyPatch, name: str, column: str, identity: str
) -> None:
    monkeypatch.setattr(identities, name, spoilt(getattr(identities, name), column))
    with pytest.raises(BrokenIdentity, match=identity):
        identities.identities(surveyed)


def test_segments_that_do_not_add_up_are_named(engagement: Engagement, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(engagement: Engagement, topic: Group) -> pd.DataFrame:
        rows = metric_rows(engagement, topic)
        return rows[rows.segment != "country=UA"]

    monkeypatch.setattr(identities, "metric_rows", wrong)
    with pytest.raises(BrokenIdentity, match="I10 segments = total does not hold in net_revenue"):
        identities.identities(engagement)


def test_the_page_shows_the_segments_and_metrics_csv_has_them(shop: Path, tmp_path: Path) -> None:
    folder = report(shop, "2024-05", reports_dir=tmp_path / "reports", progress=False).parent
    metrics = pd.read_csv(folder / "metrics.csv")
    assert {"(all)", "country=PL", "country=UA"} == set(metrics.segment)
    page = (folder / "churn.html").read_text(encoding="utf-8")
    assert "Poland" in page
    assert "Ukraine" in page
