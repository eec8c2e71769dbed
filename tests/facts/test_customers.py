"""Where a change of the retention rate came from, and the numbers often quoted, of an engagement."""

from collections.abc import Iterator

import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.facts.customers import SPLIT, retention_rate, retention_split
from retention_kit.facts.quoted_numbers import quoted_numbers
from retention_kit.tables import ALL


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engagement]:
    folder = rk.make_demo(tmp_path_factory.mktemp("clients") / "demo", n_customers=300)
    settings = folder / "engagement.toml"
    text = settings.read_text(encoding="utf-8").replace('["country"]', '["country", "channel"]')
    settings.write_text(text, encoding="utf-8")
    with rk.open_engagement(folder) as engagement:
        yield engagement


def test_rate_and_mix_are_the_change_against_both_bases_by_every_segment_column(whole: Engagement) -> None:
    engagement = whole.at("2024-05")
    split, rates = retention_split(engagement), retention_rate(engagement)
    rates = rates[rates.segment == ALL].set_index("period").value
    totals = split[split.segment == ALL]
    assert totals[["base_period", "split_by"]].to_numpy().tolist() == [
        *(["2024-04", "country"], ["2024-04", "channel"], ["2023-05", "country"], ["2023-05", "channel"])
    ]
    assert (totals.change == totals.rate + totals.mix).all()
    for row in totals.itertuples():
        assert row.change == pytest.approx(rates["2024-05"] - rates[row.base_period], abs=1e-12)
        parts = split[(split.base_period == row.base_period) & (split.split_by == row.split_by)].iloc[1:]
        assert parts[["rate", "mix", "change"]].sum().tolist() == pytest.approx(
            [row.rate, row.mix, row.change], abs=1e-12
        )
        assert (parts.n.sum(), parts.base_n.sum()) == (row.n, row.base_n)


def test_without_a_rate_to_compare_with_there_is_no_split(whole: Engagement) -> None:
    assert retention_split(whole.at("2021-06")).empty
    assert list(retention_split(whole.at("2021-09"))) == SPLIT


def test_the_quoted_numbers_stand_beside_the_clients_own(whole: Engagement) -> None:
    engagement = whole.at("2024-05")
    found = quoted_numbers(engagement).set_index("measure")
    rates = retention_rate(engagement)
    rates = rates[rates.segment == ALL]
    assert found.claim.tolist() == ["retention_80", "retention_80", "profit_25"]
    assert found.value["customer_retention_rate"] == rates.value.iloc[-1]
    year = rates.value.tail(12).prod()
    assert found.value["retention_of_a_year"] == pytest.approx(year)
    assert found.value["gain_of_retention"] == pytest.approx(0.05 / (1.1 - year - 0.05))
    assert (found.status == "ok").all()
    assert ((found.low < found.value) & (found.value < found.high)).all()


def test_less_than_a_year_of_rates_leaves_the_year_unknown_and_says_why(whole: Engagement) -> None:
    found = quoted_numbers(whole.at("2021-12")).set_index("measure")
    assert found.status.tolist() == ["ok", "immature", "immature"]
    assert pd.isna(found.value).tolist() == [False, True, True]
