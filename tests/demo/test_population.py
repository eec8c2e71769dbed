"""The clean process keeps to its parameters: each rate is within four standard errors of the true one."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from retention_kit.demo import population
from retention_kit.demo.activity import order_items
from retention_kit.demo.customers import newcomers
from retention_kit.demo.loyalty import points_ledger
from retention_kit.demo.parameters import TRUE
from retention_kit.demo.purchases import purchase_history
from retention_kit.demo.timeline import Timeline
from retention_kit.errors import InvalidEngagement
from retention_kit.metrics.customers.flow import customer_flow
from retention_kit.metrics.customers.rates import customer_churn_rate
from retention_kit.metrics.orders.ratios import average_order_value
from retention_kit.metrics.statistics.estimates import Z
from retention_kit.periods import Period

UNTIL = date(2024, 6, 9)
TIMELINE = Timeline(UNTIL)
MARCH, APRIL, MAY = Period("2024-03"), Period("2024-04"), Period("2024-05")

SURELY = 4
"""Standard errors: one true rate in 16,000 lies further off."""


@pytest.fixture(scope="module")
def history():
    customers = newcomers(TIMELINE, n=30_000, seed=7)
    return purchase_history(customers, TIMELINE, seed=7).join(customers[["rate", "dropout", "country"]], on="customer")


def is_near(share, true, n):
    return abs(share - true) < SURELY * np.sqrt(true * (1 - true) / n)


def in_month(timestamps, month):
    return (timestamps >= pd.Timestamp(month.start)) & (timestamps < pd.Timestamp(month.end))


def churn_rates(clean, month):
    bought = clean.orders[clean.orders.is_purchase & clean.orders.customer_id.notna()]
    flow = customer_flow(bought, since=month, until=month, window=90, by="country")
    return customer_churn_rate(flow).set_index("segment").value


def answers_of(clean, wave):
    return clean.responses[(clean.responses.type == "nps") & (clean.responses.wave == str(wave))]


def test_customers_come_from_the_four_countries(clean):
    shares = clean.customers.country.value_counts(normalize=True)
    assert all(is_near(shares[country], share, 30_000) for country, share in TRUE.people.countries.items())


def test_customers_come_before_and_during_the_data(clean):
    arrived = clean.customers.first_seen_at
    assert arrived.min() < pd.Timestamp("2019-06-10")
    assert pd.Timestamp("2024-06-01") < arrived.max() < pd.Timestamp("2024-06-10")
    assert is_near((arrived < pd.Timestamp(TIMELINE.first_day)).mean(), 0.398, 30_000)


def test_a_customer_stops_after_a_repeat_purchase_as_often_as_the_beta_distribution_says_and_never_before(history):
    buying = TRUE.buying
    usual = history[history.country != "DE"]
    place = usual.groupby("customer").cumcount()
    assert not usual.stops[place == 0].any()
    assert is_near(usual.stops[place == 1].mean(), buying.a / (buying.a + buying.b), (place == 1).sum())


def test_half_a_year_brings_back_as_many_as_the_gamma_distribution_says(history):
    buying, weeks = TRUE.buying, 26
    days = (history.timestamp - history.groupby("customer").timestamp.transform("min")) / pd.Timedelta(days=1)
    before_programme = pd.Timestamp(TIMELINE.month_of("loyalty_programme").start)
    first = history.groupby("customer").timestamp.transform("min") + pd.Timedelta(weeks=weeks)
    old = history[first < before_programme].assign(is_back=(days > 0) & (days <= 7 * weeks))
    back = old.groupby("customer").is_back.any()
    assert is_near(back.mean(), 1 - (buying.alpha / (buying.alpha + weeks)) ** buying.r, len(back))


def test_members_buy_a_quarter_more_often_and_others_as_their_rate_says(history):
    end = pd.Timestamp(UNTIL) + pd.Timedelta(days=1)
    later = history.timestamp.shift(-1).where(history.customer.shift(-1) == history.customer)
    waits = history.assign(came=later.notna(), days=(later.fillna(end) - history.timestamp) / pd.Timedelta(days=1))
    waits = waits[~waits.stops]
    for is_member, effect in ((False, 1.0), (True, TRUE.programme.effect)):
        some = waits[waits.is_member == is_member]
        found = some.came.sum() / (some.days * some.rate).sum()
        assert abs(found / effect - 1) < SURELY / np.sqrt(some.came.sum())


def test_frequent_buyers_join_sooner(history):
    members = history[history.joins]
    assert members.rate.mean() > 1.1 * history.drop_duplicates("customer").rate.mean()
    assert members.timestamp.min() >= pd.Timestamp(TIMELINE.month_of("loyalty_programme").start)


def test_in_the_month_of_the_price_rise_most_german_buyers_stop(history):
    bought = history[in_month(history.timestamp, TIMELINE.month_of("price_rise_de"))]
    stops = bought.groupby("country").stops.mean()
    assert stops["DE"] > TRUE.boxes.stop_buying - 0.05 > 3 * stops["PL"]


def test_german_churn_shows_a_window_later(clean):
    before, then = churn_rates(clean, MARCH), churn_rates(clean, MAY)  # those won back in January lapse in April
    assert then["DE"] - before["DE"] > 0.2
    assert (then - before)[["PL", "UA", "CZ"]].abs().max() < 0.03


def test_two_in_three_buy_again_and_the_median_gap_is_under_a_month(clean):
    bought = clean.orders[clean.orders.is_purchase & clean.orders.customer_id.notna()]
    days = bought.drop_duplicates(["customer_id", "ordered_on"]).sort_values(["customer_id", "ordered_on"])
    gaps = days.groupby("customer_id").ordered_on.diff().dropna().dt.days
    assert 22 <= gaps.median() <= 30
    assert 0.58 < (days.customer_id.value_counts() > 1).mean() < 0.7


@pytest.mark.parametrize(
    ("month", "factor"), [("2023-05", 1.0), ("2022-12", 1.15), ("2023-09", 1.15), ("2023-12", 1.3225)]
)
def test_a_purchase_brings_what_the_gamma_gamma_model_says(clean, month, factor):
    placed = clean.orders[(clean.orders.kind == "purchase") & clean.orders.status.eq("completed")]
    found = average_order_value(placed.assign(amount=placed.gross - placed.discount), period=Period(month)).iloc[0]
    spending = TRUE.spending
    true = factor * spending.p * spending.v / (spending.q - 1)
    assert abs(found.value - true) < SURELY * (found.high - found.low) / (2 * Z)


@pytest.mark.parametrize(("month", "factor"), [(MARCH, 1.0), (APRIL, TRUE.service.contacts_in_bad_month), (MAY, 1.0)])
def test_contacts_double_in_the_bad_month_alone(clean, month, factor):
    incoming = clean.tickets[clean.tickets.direction == "inbound"]
    n = in_month(incoming.created_at, month).sum()
    placed = (clean.orders.is_purchase & in_month(clean.orders.ordered_at, month)).sum()
    assert abs(n / placed / (TRUE.service.contacts_per_order * factor) - 1) < SURELY / np.sqrt(n)


@pytest.mark.parametrize(("month", "factor"), [(MARCH, 1.0), (APRIL, TRUE.service.refunds_in_bad_month), (MAY, 1.0)])
def test_orders_of_the_bad_month_are_paid_back_more_often(clean, month, factor):
    orders = clean.orders
    worth = orders[
        in_month(orders.ordered_at, month) & orders.status.eq("completed") & orders.gross.gt(orders.discount)
    ]
    assert is_near((worth.refunded > 0).mean(), TRUE.service.refund_chance * factor, len(worth))


def test_nothing_more_is_paid_back_than_was_paid(clean):
    assert (clean.orders.amount >= 0).all()
    assert clean.orders.refunded.sum() == pytest.approx(clean.refunds.amount.sum())


def test_messages_lift_the_share_of_buyers_by_six_points(clean):
    bought = clean.orders[clean.orders.kind == "purchase"].merge(
        clean.messages[["customer_id", "campaign_id", "sent_at"]]
    )
    days = (bought.ordered_at - bought.sent_at.dt.normalize()) / pd.Timedelta(days=1)
    buyers = bought[(days >= 0) & (days < TRUE.letters.days)][["customer_id", "campaign_id"]].drop_duplicates()
    both = clean.messages.merge(buyers.assign(bought=1.0), how="left").fillna({"bought": 0.0})
    arms = both.groupby("arm").bought.agg(["mean", "var", "size"])
    error = np.sqrt((arms["var"] / arms["size"]).sum())
    assert abs(arms["mean"]["treated"] - arms["mean"]["holdout"] - TRUE.letters.lift) < SURELY * error
    assert is_near(arms["size"]["holdout"] / len(both), TRUE.letters.holdout, len(both))


@pytest.mark.parametrize("wave", [MARCH, APRIL, MAY])
def test_answers_give_the_nps_to_be_expected(clean, wave):
    answers = answers_of(clean, wave)
    expected = clean.nps[clean.nps.wave == str(wave)].set_index("country").nps
    for country, scores in [("(all)", answers.score), *answers.groupby("country").score]:
        if country in expected:
            codes = 100.0 * (scores >= 9) - 100.0 * (scores <= 6)
            assert abs(codes.mean() - expected[country]) < SURELY * codes.std() / np.sqrt(len(codes))


def test_ukrainian_nps_falls_by_more_than_fifty_points_in_the_bad_month(clean):
    ukrainian = clean.nps[clean.nps.country == "UA"].set_index("wave").nps
    assert ukrainian["2024-03"] - ukrainian["2024-04"] == pytest.approx(54, abs=4)
    assert 25 < ukrainian["2024-03"] < 40


def test_who_is_gone_answers_less_often_and_scores_lower(clean):
    answers = answers_of(clean, MARCH)
    assert answers[answers.is_gone == True].score.mean() < answers[answers.is_gone == False].score.mean() - 0.4  # noqa: E712 - missing for other surveys


def test_ratings_follow_the_score(clean):
    answers = clean.responses[clean.responses.type == "nps"]
    by_score = answers.groupby(answers.score >= 9)[["delivery_rating", "assortment_rating"]].mean().diff().iloc[-1]
    assert by_score.delivery_rating > by_score.assortment_rating > 0.2
    assert set(answers.delivery_rating.unique()) == {1, 2, 3, 4, 5}


def test_promoters_praise_and_detractors_complain(clean):
    written = clean.responses.dropna(subset="comment")
    about_price = written[(written.theme == "price") & (written.lang == "en")]
    assert about_price[about_price.score <= 6].comment.str.contains("too high").all()
    assert about_price[about_price.score >= 9].comment.str.contains("Good price").all()
    answers = clean.responses[clean.responses.type == "nps"]
    assert is_near(answers.comment.notna().mean(), TRUE.asking.comments, len(answers))


def test_german_subscribers_leave_in_the_month_of_the_price_rise(clean):
    boxes = clean.subscriptions[clean.subscriptions.interval == "month"]
    month = TIMELINE.month_of("price_rise_de")
    is_open = (boxes.started_at < pd.Timestamp(month.start)) & ~(boxes.ended_at < pd.Timestamp(month.start))
    ends = boxes[is_open & boxes.status.isin(["active", "cancelled"])].assign(
        leaves=lambda rows: in_month(rows.ended_at, month) & (rows.status == "cancelled")
    )
    shares = ends.groupby("country").leaves.mean()
    assert shares["DE"] > 3 * shares["PL"]


def test_versions_of_a_subscription_follow_one_another(clean):
    boxes = clean.subscriptions
    follows = boxes.subscription_id.shift(-1) == boxes.subscription_id
    assert (boxes.ended_at[follows] == boxes.started_at.shift(-1)[follows]).all()
    assert not boxes.duplicated(["subscription_id", "started_at"]).any()
    assert (boxes.status[~follows & boxes.ended_at.notna()] == "cancelled").all()
    assert not (boxes.ended_at <= boxes.started_at).any()


def test_items_add_up_to_what_the_order_cost(clean):
    sums = order_items(clean.orders, seed=7).groupby("order_id").net.sum()
    net = (clean.orders.gross - clean.orders.discount).set_axis(clean.orders.order_id)
    assert (sums - net).abs().max() < 0.0051


def test_no_points_account_is_ever_below_nought(clean):
    ledger = points_ledger(clean.orders, clean.members, TIMELINE, seed=7)
    signed = ledger.points * ledger.kind.map({"earn": 1, "redeem": -1, "expire": -1, "reverse": -1})
    assert signed.groupby(ledger.customer_id).cumsum().min() >= 0
    assert set(ledger.kind) == {"earn", "redeem", "expire", "reverse"}


def test_orders_lie_inside_the_days_of_data_and_some_near_midnight(clean):
    orders = clean.orders
    assert (orders.ordered_on.min(), orders.ordered_on.max()) == (pd.Timestamp("2021-06-01"), pd.Timestamp(UNTIL))
    assert (orders.ordered_at.dt.normalize() == orders.ordered_on).all()
    assert orders.ordered_at.dt.hour.isin([23, 0]).mean() > 0.08
    assert not (orders.ordered_at.dt.hour == 2).any()  # the hour that clocks skip and repeat


def test_a_coupon_is_used_in_time_and_in_an_order_of_its_owner(clean):
    used = clean.coupons.dropna(subset="order_id").merge(clean.orders, on="order_id", suffixes=("", "_of_order"))
    assert len(used) == clean.coupons.order_id.notna().sum() > 100
    assert (used.customer_id == used.customer_id_of_order).all()
    assert ((used.redeemed_at >= used.issued_at) & (used.redeemed_at < used.expires_at)).all()
    assert np.allclose(used.discount, used.value, atol=0.1)


def test_the_same_arguments_give_the_same_client_and_another_seed_another_one():
    one, same, other = (population(n_customers=200, until=UNTIL, seed=seed) for seed in (1, 1, 2))
    for name in ("customers", "orders", "responses", "tickets", "refunds", "subscriptions", "messages"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(same, name))
    assert len(one.orders) != len(other.orders)


def test_a_handful_of_customers_is_refused():
    with pytest.raises(
        InvalidEngagement, match="n_customers = 49 is too few for a synthetic client; ask for 50 or more"
    ):
        population(n_customers=49, until=UNTIL, seed=1)


@pytest.mark.parametrize("until", [date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 1)])
def test_data_may_end_on_any_day(until):
    found = population(n_customers=120, until=until, seed=3)
    assert found.orders.ordered_on.min() >= pd.Timestamp(found.timeline.first_day)
    assert found.orders.ordered_on.max() <= pd.Timestamp(until)
    assert found.timeline.first_month == Period.of(until, "month") - 36
