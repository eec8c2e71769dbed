"""What is out of the ordinary: on the demo, whose truth is known, on a shop drawn for it, and where nothing can be."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import retention_kit as rk
from retention_kit.engagement import Engagement
from retention_kit.facts import orders
from retention_kit.facts.metric_rows import metric_rows
from retention_kit.figures.findings import show_findings
from retention_kit.metrics.registry import METRICS
from retention_kit.metrics.statistics.shifts import Shift
from retention_kit.pages import held_back
from retention_kit.pages.finding_rows import FINDINGS, OF_THE_PERIOD, finding_row, moved
from retention_kit.pages.findings import THRESHOLD, findings
from retention_kit.pages.held_back import doubts, jumps
from retention_kit.pages.looked_for import TOLD, Looked, looked_for, looked_in, one_of_each
from retention_kit.periods import Period
from retention_kit.wording import Wording
from tests.metrics.statistics.test_shifts import NOISE
from tests.metrics.statistics.test_tracks import track_with
from tests.shops import LAST, WINDOW, orders_of_shop, write_shop
from tests.test_thin_data import SETTINGS as THIN

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engagement]:
    with rk.open_engagement(rk.make_demo(tmp_path_factory.mktemp("demo"))) as engagement:
        yield engagement.at("2024-05")


@pytest.fixture(scope="module")
def found(demo: Engagement) -> pd.DataFrame:
    return findings(demo)


@pytest.fixture(scope="module")
def shop_orders() -> pd.DataFrame:
    return orders_of_shop()


Opened = Callable[[pd.DataFrame], Engagement]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    def open_shop(table: pd.DataFrame) -> Engagement:
        return rk.open_engagement(write_shop(tmp_path_factory.mktemp("clients") / "shop", table)).at(str(LAST))

    return open_shop


# The demo: what was planted, and nothing else


def test_germany_comes_first_with_its_customers_and_their_money(found: pd.DataFrame) -> None:
    first = found.iloc[0]
    assert (first.told, first.kind, first.metric, first.segment) == (
        "now",
        "shift",
        "customer_churn_rate",
        "country=DE",
    )
    assert (first.numerator, first.denominator, first["rank"]) == (68, 160, 1)
    assert first.value == 68 / 160
    assert first.expected == pytest.approx(0.20, abs=0.01)
    assert first.beyond == pytest.approx(36, abs=1)
    assert first.money == pytest.approx(23_900, abs=200)
    assert (first.first_day, first.last_day) == ("2024-02-01", "2024-03-02")
    assert (first.p_adjusted < 0.001, bool(first.is_good)) == (True, False)
    assert first.share_of_all == pytest.approx(0.9, abs=0.02)


def test_april_was_odd_in_contacts_and_answers_and_is_back(found: pd.DataFrame) -> None:
    odd = found[found.kind == "odd"]
    assert set(odd.period) == {"2024-04"}
    assert {("contact_rate", "(all)"), ("nps", "(all)")} <= set(zip(odd.metric, odd.segment, strict=True))
    assert set(odd.metric) == {"contact_rate", "nps", "refund_rate"}
    assert not odd.is_good.any()
    assert (odd.told == "now").all()


def test_prices_are_higher_than_they_were(found: pd.DataFrame) -> None:
    prices = found[(found.told == "since") & (found.metric == "average_order_value") & (found.segment == "(all)")]
    assert (prices.kind.item(), prices.since.item(), bool(prices.is_good.item())) == ("since", "2023-09", True)
    assert prices.event.item() == "Price rise"
    assert prices.change.item() / prices.expected.item() == pytest.approx(0.12, abs=0.04)


def test_what_is_told_now_is_of_the_period_and_the_rest_began_earlier(found: pd.DataFrame) -> None:
    others = found[(found.told == "now") & (found.kind != "odd")]
    assert others[["kind", "metric", "segment"]].to_numpy().tolist() == [
        ["shift", "customer_churn_rate", "country=DE"],
        ["met", "refund_rate", "(all)"],
    ]
    assert set(found.told) == {"now", "since"}
    assert (found[found.told == "since"].since < "2024-05").all()
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert (found[found.p_adjusted.notna()].p_adjusted <= THRESHOLD).all()


def test_every_value_of_the_period_stands_in_the_scorecard(demo: Engagement, found: pd.DataFrame) -> None:
    card = rk.scorecard(demo).set_index(["metric", "segment", "period"])
    for row in found[found.told == "now"].itertuples():
        cell = card.loc[tuple(row.cells.split("|"))]
        assert cell.value == row.value
        assert np.isnan(row.numerator) or cell.numerator == row.numerator


def test_every_cell_names_a_row_of_the_scorecard(demo: Engagement, found: pd.DataFrame) -> None:
    card, of_a_period = rk.scorecard(demo), found.told == "now"
    assert set(found.cells[of_a_period]) <= set(card.metric + "|" + card.segment + "|" + card.period)
    assert set(found.cells[~of_a_period]) == {""}  # the mean of several periods stands in no cell


def test_the_change_is_from_what_was_expected_and_lies_in_its_interval(found: pd.DataFrame) -> None:
    tested = found[found.p_value.notna()]
    assert ((tested.low <= tested.change) & (tested.change <= tested.high)).all()
    assert (tested.low * tested.high > 0).all()
    relative = tested.metric.map(lambda name: METRICS[name].compared in ("total", "count"))
    sizes = np.where(relative, tested.value / tested.expected - 1, tested.value - tested.expected)
    now = tested.kind.isin(OF_THE_PERIOD).to_numpy()
    assert tested.change.to_numpy() == pytest.approx(sizes, rel=0.02)
    assert tested.change[~now].to_numpy() == pytest.approx(sizes[~now])


def test_the_days_of_last_orders_are_of_churn_alone(found: pd.DataFrame) -> None:
    assert set(found.metric[found.first_day.notna()]) == {"customer_churn_rate"}
    assert found.first_day.notna().equals(found.last_day.notna())


def test_two_calls_find_the_same(demo: Engagement, found: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(findings(demo), found)


def test_of_months_that_share_most_of_their_customers_no_mean_is_looked_at(demo: Engagement) -> None:
    """Levels of `repeat_within` overlap by two thirds: a drift of them is found in 4 % of flat tracks at p = .001."""
    assert {each.shift.kind for each in looked_for(demo) if each.metric == "repeat_within"} == {"shift", "odd"}


def test_fewer_refunds_than_usual_may_still_come_in(demo: Engagement) -> None:
    refunds = [each.shift for each in looked_for(demo) if each.metric == "refund_rate" and each.shift.kind != "odd"]
    assert refunds
    assert all(shift.change > 0 for shift in refunds)


def test_a_fact_is_looked_for_once(demo: Engagement) -> None:
    looked = looked_for(demo)
    assert {each.metric for each in looked} <= set(TOLD)
    assert not {METRICS[name].tested_as for name in TOLD} - {""}
    keys = [(each.metric, each.segment, each.shift.kind) for each in looked]
    assert len(keys) == len(set(keys))


# A shop where every customer of a country left


@pytest.fixture(scope="module")
def deserted(shop_orders: pd.DataFrame, opened: Opened) -> Engagement:
    """Nobody in Germany has bought since March, so that all who were active in May's beginning left in it."""
    is_late = (shop_orders.land == "DE") & (shop_orders.when >= Period("2024-04").start)
    return opened(shop_orders[~is_late])


def test_a_country_that_everybody_left_is_told(deserted: Engagement) -> None:
    found = findings(deserted)
    row = found[(found.metric == "customer_churn_rate") & (found.segment == "country=DE")].iloc[0]
    assert (row.told, row.value) == ("now", 1)
    assert row.numerator == row.denominator > 20
    assert 0.05 < row.expected < 0.5
    assert 0 < row.beyond < row.numerator


def test_three_customers_are_in_no_finding(deserted: Engagement) -> None:
    assert set(metric_rows(deserted, "orders").segment) >= {"country=PL", "country=DE"}
    assert not [each for each in looked_for(deserted) if "UA" in each.segment or "other" in each.segment]


def test_of_a_flat_shop_nothing_stands_out(shop_orders: pd.DataFrame, opened: Opened) -> None:
    found = findings(opened(shop_orders))
    assert found[found.kind != "season"].empty
    assert list(found) == FINDINGS


# Data in doubt


@pytest.fixture(scope="module")
def doubted(shop_orders: pd.DataFrame, opened: Opened) -> Engagement:
    """A quarter of May's orders are of nobody known."""
    is_lost = (shop_orders.when >= LAST.start) & (np.arange(len(shop_orders)) % 4 == 0)
    is_german = (shop_orders.land == "DE") & (shop_orders.when >= Period("2024-04").start)
    return opened(shop_orders.assign(who=shop_orders.who.mask(is_lost))[~is_german])


def test_where_fewer_customers_are_known_what_rests_on_them_is_held_back(doubted: Engagement) -> None:
    found = findings(doubted)
    in_doubt = found[found.told == "in doubt"]
    assert in_doubt[["kind", "period"]].to_numpy().tolist() == [["known_customers", str(LAST)]]
    assert (in_doubt["value"].item(), in_doubt.expected.item()) == pytest.approx((0.75, 1), abs=0.06)
    found = found[found.told != "in doubt"]
    groups = found.metric.map(lambda name: METRICS[name].group)
    assert set(found.told[groups == "customers"]) == {"held back"}
    assert "held back" not in set(found.told[groups == "orders"])
    assert found.told.tolist() == sorted(found.told, key=["now", "since", "held back"].index)


@pytest.mark.parametrize(
    ("jumped", "held"),
    [
        ([], []),
        (["known_customers"], ["customer_churn_rate", "repeat_within"]),
        (["days_with_orders"], ["customer_churn_rate", "net_revenue", "repeat_within"]),
    ],
)
def test_what_is_held_back_by_what_jumped(
    monkeypatch: pytest.MonkeyPatch, deserted: Engagement, jumped: list[str], held: list[str]
) -> None:
    monkeypatch.setattr(held_back, "jumps", lambda _engagement: pd.DataFrame({"kind": jumped}))
    table = pd.DataFrame({"metric": ["customer_churn_rate", "net_revenue", "nps", "repeat_within"]})
    assert table.metric[doubts(deserted, table)].tolist() == held


@pytest.mark.parametrize(
    ("known", "jumped"),
    [
        ([0.9] * 14, []),
        ([0.9] * 13 + [0.79], ["known_customers"]),
        ([0.9] * 12 + [0.79, 0.9], ["known_customers"]),
        ([0.9] * 13 + [0.81], []),
        ([0.5] + [0.9] * 13, []),
        ([0.9] * 12 + [0.5], []),
    ],
)
def test_a_jump_is_of_a_tenth_in_this_period_or_the_one_before(
    monkeypatch: pytest.MonkeyPatch, deserted: Engagement, known: list[float], jumped: list[str]
) -> None:
    table = pd.DataFrame({"period": "2024-04", "known_customers": known, "days_with_orders": 1.0})
    monkeypatch.setattr(orders, "coverage", lambda _engagement: table)
    assert jumps(deserted).kind.tolist() == jumped


@pytest.mark.parametrize(
    ("period", "usual", "now", "is_jump"),
    [
        ("2024-04", 1.0, 27 / 30, False),
        ("2024-04", 1.0, 26 / 30, True),
        ("2024-04", 19 / 30, 12 / 30, False),  # an order a day leaves a third of the days without one
        ("2024-04", 19 / 30, 10 / 30, True),
        ("2024-W20", 1.0, 6 / 7, False),  # a holiday
        ("2024-W20", 1.0, 4 / 7, True),
    ],
)
def test_days_without_an_order_that_chance_explains_are_no_jump(
    monkeypatch: pytest.MonkeyPatch, deserted: Engagement, period: str, usual: float, now: float, is_jump: bool
) -> None:
    days = [usual] * 13 + [now]
    periods = ["2024-01"] * 13 + [period]
    table = pd.DataFrame({"period": periods, "known_customers": 1.0, "days_with_orders": days})
    monkeypatch.setattr(orders, "coverage", lambda _engagement: table)
    found = jumps(deserted).to_numpy().tolist()
    assert found == ([["days_with_orders", period, now, usual]] if is_jump else [])


def test_the_coverage_of_a_period_is_of_orders_and_of_days(doubted: Engagement) -> None:
    last = orders.coverage(doubted).iloc[-1]
    assert (last.period, last.days_with_orders) == (str(LAST), 1)
    assert last.known_customers == pytest.approx(3 / 4, abs=0.06)


@pytest.fixture(scope="module")
def silent(shop_orders: pd.DataFrame, opened: Opened) -> Engagement:
    """Nothing was recorded in the third week of May, and nobody in Germany has bought since March."""
    is_german = (shop_orders.land == "DE") & (shop_orders.when >= Period("2024-04").start)
    week = Period("2024-W21")
    return opened(shop_orders[~is_german & ~shop_orders.when.between(week.start, week.end, inclusive="left")])


def test_a_week_without_orders_leaves_all_that_rests_on_orders_in_doubt(silent: Engagement) -> None:
    found = findings(silent)
    in_doubt = found[found.told == "in doubt"]
    assert in_doubt[["kind", "period", "value", "expected"]].to_numpy().tolist() == [
        ["days_with_orders", str(LAST), pytest.approx(24 / 31), 1.0]
    ]
    assert set(found.told[found.told != "in doubt"]) == {"held back"}
    text = show_findings(found, period=LAST).html.striptags()
    assert "77.4%" in text
    assert "Held back, since its data are in doubt: " in text


# A country that is gone


@pytest.fixture(scope="module")
def gone_orders(shop_orders: pd.DataFrame) -> pd.DataFrame:
    """Of Germany and Ukraine, where three buy every month, there is no order in May."""
    return shop_orders[~((shop_orders.when >= LAST.start) & (shop_orders.land != "PL"))]


@pytest.fixture(scope="module")
def gone(gone_orders: pd.DataFrame, opened: Opened) -> pd.DataFrame:
    found = findings(opened(gone_orders))
    return found[found.kind == "gone"]


def test_a_country_without_buyers_is_told_as_gone(gone: pd.DataFrame, gone_orders: pd.DataFrame) -> None:
    row = gone.iloc[0]
    assert (len(gone), row.told, row.metric, row.segment) == (1, "now", "buyers", "country=DE")  # three are too few
    german = gone_orders[(gone_orders.land == "DE") & (gone_orders.when >= Period("2023-05").start)]
    usual = german.groupby(german.when.map(lambda day: day.month)).who.nunique().mean()
    assert (row.value, row.expected, row.beyond) == pytest.approx((0, usual, -usual))
    assert row.money == pytest.approx(-german.total.sum() / 12)
    assert (row.period, row.since, row.is_good) == (str(LAST), str(LAST), False)


def test_a_country_that_is_gone_has_a_sentence(gone: pd.DataFrame) -> None:
    text = show_findings(gone, period=LAST, wording=Wording("en", "EUR")).html.striptags()
    usual, money = round(gone.expected.item()), -gone.money.item()
    assert f"Germany: nobody bought in May 2024, usually about {usual} customers, for €{money:,.0f}." in text


def test_a_country_that_was_gone_the_month_before_is_not_told_again(deserted: Engagement) -> None:
    assert "gone" not in set(findings(deserted).kind)


# One order


@pytest.mark.parametrize(("of_the_others", "is_told"), [(0.26, True), (0.24, False)])
def test_an_order_of_a_fifth_of_the_revenue_is_told(
    shop_orders: pd.DataFrame, opened: Opened, of_the_others: float, is_told: bool
) -> None:
    revenue = shop_orders.total[shop_orders.when >= LAST.start].sum()
    amount = round(of_the_others * revenue, 2)
    one = pd.DataFrame([("one", "PL-one", LAST.start, amount, "PL")], columns=list(shop_orders))
    found = findings(opened(pd.concat([shop_orders, one])))
    told = found[found.kind == "one_order"]
    assert len(told) == is_told
    if is_told:
        assert told[["told", "metric", "segment"]].to_numpy().tolist() == [["now", "net_revenue", "(all)"]]
        assert (told.money.item(), told.value.item()) == pytest.approx((amount, revenue + amount))
        text = show_findings(told, period=LAST, wording=Wording("en", "EUR")).html.striptags()
        assert f"One order of €{amount:,.0f} is 21% of the revenue of May 2024." in text


# What happened once, and what grows


def test_a_month_that_was_odd_a_year_ago_makes_no_finding_of_this_one(
    shop_orders: pd.DataFrame, opened: Opened
) -> None:
    """A third of the orders of May 2023 alone: this May is what every other month is."""
    was_odd = shop_orders.when.map(lambda day: LAST.year_ago().start <= day < LAST.year_ago().end)
    found = findings(opened(shop_orders[~was_odd | (np.arange(len(shop_orders)) % 3 == 0)]))
    told = found[(found.told == "now") & (found.kind != "season")]
    assert told.empty, told[["kind", "metric", "segment"]]


@pytest.mark.parametrize("by", [0.05, 0.2])
def test_a_shop_that_grows_and_loses_a_third_of_its_orders_in_a_month_is_told(by: float) -> None:
    """By a twentieth a year the same month a year ago tells so too, by a fifth the month before alone."""
    levels = [by * place / 12 + NOISE[place % 12] for place in range(40)]
    levels[-1] += np.log(0.7)
    found = looked_in({("orders", "(all)"): track_with(levels, 0.0004)}, LAST)
    told = [each for each in found if each.shift.p_value <= THRESHOLD]
    assert names(one_of_each(told)) == [("orders", "(all)", "shift")]


# Too little to say anything


def is_too_short(found: pd.DataFrame, n: int) -> bool:
    row = found.iloc[0]
    return (len(found), row.told, row.kind, row.value, row.expected) == (1, "not yet", "short_history", n, 13)


def test_a_shop_of_less_than_a_year_has_none() -> None:
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        assert is_too_short(findings(engagement.at("1997-09")), 9)


def test_a_shop_of_three_months_has_none(tmp_path: Path) -> None:
    days = pd.date_range("2024-03-01", "2024-05-31")
    lines = [f"{n},c{n % 30},{day:%Y-%m-%d},10" for n, day in enumerate(days)]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "orders.csv").write_text("order,customer,day,amount\n" + "\n".join(lines) + "\n", "utf-8")
    (tmp_path / "engagement.toml").write_text(THIN.replace("2024-01-01", "2024-03-01"), encoding="utf-8")
    assert is_too_short(findings(rk.open_engagement(tmp_path).at("2024-05")), 3)


@pytest.mark.parametrize(("period", "fewest"), [("2022-W30", 53), ("2022-12", 13)])
def test_less_than_a_year_and_a_period_is_too_short(opened: Opened, period: str, fewest: int) -> None:
    row = findings(opened(orders_of_shop()).at(period)).iloc[0]
    assert (row.told, row.expected, row.value < fewest) == ("not yet", fewest, True)


ANSWERS = """
name = "Answers"
currency = "EUR"
time_zone = "Europe/Warsaw"
first_day = 2022-01-01
last_day = 2024-05-31

[tables.responses]
source = "csv"
files = ["answers.csv"]
date_order = "ymd"
columns = { response_id = "id", customer_id = "who", answered_at = "day", score = "score" }
"""


def test_a_client_with_answers_alone_has_findings_of_them_alone(tmp_path: Path) -> None:
    days = pd.date_range("2022-01-01", "2024-05-31", freq="8h")
    scores = [0 if day >= pd.Timestamp("2024-05-01") else (9, 10, 7, 3)[n % 4] for n, day in enumerate(days)]
    lines = [f"r{n},c{n},{day:%Y-%m-%d},{score}" for n, (day, score) in enumerate(zip(days, scores, strict=True))]
    (tmp_path / "answers.csv").write_text("id,who,day,score\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "engagement.toml").write_text(ANSWERS, encoding="utf-8")
    found = findings(rk.open_engagement(tmp_path).at("2024-05"))
    assert found[["told", "kind", "metric", "value"]].to_numpy().tolist() == [["now", "shift", "nps", -100]]


# The rules by hand


def looked(metric: str, segment: str, change: float, *, kind: str = "shift", p_value: float = 0.001) -> Looked:
    shift = Shift(kind, 9, 0.0, change, change, change - 0.1, change + 0.1, p_value, 0.2)  # type: ignore[arg-type]
    return Looked(metric, segment, shift, LAST)


def names(kept: list[Looked]) -> list[tuple[str, str, str]]:
    return [(each.metric, each.segment, each.shift.kind) for each in kept]


def test_of_one_metric_and_segment_the_surest_is_told_a_drift_last() -> None:
    shift, since, drift = (
        looked("orders", "(all)", 1.0, kind=kind, p_value=p)
        for kind, p in (("shift", 1e-3), ("since", 1e-5), ("drift", 1e-9))
    )
    assert names(one_of_each([shift, drift, since])) == [("orders", "(all)", "since")]
    assert names(one_of_each([drift])) == [("orders", "(all)", "drift")]


def test_of_two_that_are_surer_than_a_number_can_say_that_with_the_narrower_interval_is_told() -> None:
    shift, since = looked("orders", "(all)", 0.5, p_value=0.0), looked("orders", "(all)", 0.9, kind="since", p_value=0)
    assert names(one_of_each([shift, since])) == [("orders", "(all)", "since")]


def test_revenue_is_not_told_beside_what_it_is_made_of() -> None:
    revenue, orders_up = looked("net_revenue", "(all)", 1.0), looked("orders", "(all)", 1.0, p_value=0.01)
    assert names(one_of_each([revenue, orders_up])) == [("orders", "(all)", "shift")]
    fewer = looked("orders", "(all)", -1.0, p_value=0.01)
    assert len(one_of_each([revenue, fewer])) == 2


@pytest.mark.parametrize(("change", "n"), [(0.5, 1), (0.9, 1), (1.0, 2), (-0.1, 2)])
def test_a_segment_is_told_beside_all_customers_where_it_moved_twice_as_far_or_the_other_way(
    change: float, n: int
) -> None:
    whole, part = looked("orders", "(all)", 0.5, p_value=1e-6), looked("orders", "country=PL", change)
    assert len(one_of_each([whole, part])) == n


def test_of_an_odd_month_all_customers_are_told_and_no_segment() -> None:
    whole = looked("nps", "(all)", -20, kind="odd")
    assert len(one_of_each([whole, looked("nps", "country=PL", -60, kind="odd")])) == 1
    assert len(one_of_each([whole, looked("nps", "country=PL", -60)])) == 2


@pytest.mark.parametrize(("metric", "value"), [("customer_churn_rate", 0.3), ("orders", 200.0), ("nps", -20.0)])
@pytest.mark.parametrize("shift", [-0.7, 0.0, 1.2])
def test_a_value_moved_there_and_back_is_the_same(metric: str, value: float, shift: float) -> None:
    assert moved(metric, moved(metric, value, shift), -shift) == pytest.approx(value)


def test_the_days_of_the_last_orders_are_those_of_the_window(deserted: Engagement) -> None:
    each = next(each for each in looked_for(deserted) if each.metric == "customer_churn_rate")
    row = finding_row(deserted, each)
    start, end = LAST.start, LAST.end
    assert (pd.Timestamp(start) - pd.Timestamp(row["first_day"])).days == WINDOW
    assert (pd.Timestamp(end) - pd.Timestamp(row["last_day"])).days == WINDOW + 1
