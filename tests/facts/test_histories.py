"""Purchases of data that begin midway: what the pages look back on, and whose histories are whole."""

from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.facts.histories import complete_histories, new_customers_known_from, with_prior_purchases
from retention_kit.pages.coverage import coverage
from retention_kit.pages.data_and_settings import provenance
from retention_kit.periods import Period
from retention_kit.tables import Tabular, collected, lazy

DATA = Path(__file__).parents[2] / "data"
SINCE = 'first_seen_at = "Registered at"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rk.make_demo(tmp_path_factory.mktemp("clients") / "demo", n_customers=200)


def purchases(table: Tabular) -> pd.DataFrame:
    return collected(lazy(table), "customer_id", "ordered_day")


def history(engagement: Engagement) -> str:
    return str(provenance(engagement).set_index("item").detail["History before the first day"])


def test_the_client_says_who_was_a_customer_before_the_data(folder: Path) -> None:
    with rk.open_engagement(folder) as opened:
        engagement = opened.at("2024-05")
        people = collected(lazy(engagement.customers))
        old = set(people.customer_id[people.first_seen_on < pd.Timestamp(engagement.first_day)])
        earlier = purchases(with_prior_purchases(engagement))
        bought = purchases(engagement.occasions)
        assert new_customers_known_from(engagement) is None
        assert set(earlier.customer_id[earlier.ordered_day == 0]) == old & set(bought.customer_id)
        assert old - set(bought.customer_id)
        whole = purchases(complete_histories(engagement))
        assert 0 < len(whole) < len(bought)
        pd.testing.assert_frame_equal(
            whole[sorted(whole)], bought[~bought.customer_id.isin(old)].reset_index(drop=True)[sorted(whole)]
        )
        assert "the client says who was a customer before it" in history(engagement)
        assert coverage(engagement).missing.eq("").all()


def test_a_forecast_says_which_part_of_the_revenue_its_customers_brought(folder: Path) -> None:
    with rk.open_engagement(folder) as opened:
        engagement = opened.at("2024-05")
        people = collected(lazy(engagement.customers))
        old = set(people.customer_id[people.first_seen_on < pd.Timestamp(engagement.first_day)])
        orders = collected(lazy(engagement.orders)).query("is_purchase and ordered_on >= '2023-06-02'")  # 365 days
        share = orders.amount[orders.customer_id.notna() & ~orders.customer_id.isin(old)].sum() / orders.amount.sum()
        assert 0.1 < share < 0.9
        about = rk.scorecard(engagement, topic="ltv").set_index("metric").about
        assert about["ltv_predicted"].endswith(f" customers, {share:.1%} of the last year's revenue")


def test_who_was_known_is_won_back_and_the_rate_is_of_those_seen_to_lapse(folder: Path) -> None:
    with rk.open_engagement(folder) as opened:
        engagement = opened.at("2021-12")
        flow, alone = (
            rk.customer_flow(table, since=Period("2021-12"), until=Period("2021-12"), window=90)
            for table in (with_prior_purchases(engagement), engagement.occasions)
        )
        card = (
            rk.scorecard(engagement, topic="customers")
            .query("segment == '(all)' and period == '2021-12'")
            .set_index("metric")
        )
        assert card.value["new_customers"] == flow.new.item() < alone.new.item()
        assert alone.reactivated.item() < flow.reactivated.item()
        for table in (flow, alone):  # the same: nobody known from before the data alone lapsed within a year
            assert card.numerator["reactivation_rate"] == table.reactivated_recently.item()
            assert card.denominator["reactivation_rate"] == table.lapsed_recently.item()


def test_where_the_client_does_not_say_one_window_must_have_passed(folder: Path, tmp_path: Path) -> None:
    settings = (folder / "engagement.toml").read_text(encoding="utf-8")
    assert SINCE in settings
    (tmp_path / "engagement.toml").write_text(settings.replace(SINCE, ""), encoding="utf-8")
    copytree(folder / "raw", tmp_path / "raw")
    with rk.open_engagement(tmp_path) as opened:
        engagement = opened.at("2024-05")
        assert len(purchases(with_prior_purchases(engagement))) == len(purchases(engagement.occasions))
        first = purchases(complete_histories(engagement)).groupby("customer_id").ordered_on.min()
        known_from = pd.Timestamp(engagement.first_day) + pd.Timedelta(days=engagement.settings.churn_window)
        assert first.min() >= known_from
        assert "for one inactivity window after it" in history(engagement)
        young = (
            rk.scorecard(opened.at("2021-07"), topic="loyalty").query("period == '2021-07'").set_index("metric").status
        )
        assert set(young[["returning_customer_rate", "existing_customer_share"]]) == {"immature"}
        assert "ok" in set(young[["repeat_purchase_rate"]])
        split = ["revenue_existing", "revenue_first"]
        revenue = rk.order_history(
            engagement.orders,
            since=Period("2021-06"),
            until=Period("2021-12"),
            new_customers_known_from=new_customers_known_from(engagement),
        ).set_index("period")
        assert revenue[split].isna().all(axis=1).tolist() == [True] * 3 + [False] * 4
        missing = coverage(engagement).set_index("what").missing
        assert missing["New customers told from those who bought before the data began"] == (
            "customers.first_seen_at or is_history_complete"
        )


def test_a_complete_history_is_taken_as_it_is() -> None:
    with rk.open_engagement("cdnow", data_dir=DATA) as opened:
        engagement = opened.at("1998-06")
        n = len(purchases(engagement.occasions))
        assert [len(purchases(table(engagement))) for table in (with_prior_purchases, complete_histories)] == [n, n]
        assert history(engagement) == "complete: nobody can have bought before it"
