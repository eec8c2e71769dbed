"""What stands out, in sentences: the exact words of each kind, nothing invented, the client's names escaped."""

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.findings import show_findings
from retention_kit.pages.finding_rows import FINDINGS
from retention_kit.periods import Period
from retention_kit.wording import Wording

MAY = Period("2024-05")
GERMANY = {
    "told": "now", "kind": "shift", "metric": "customer_churn_rate", "segment": "country=DE", "period": "2024-05",
    "since": "2024-05", "value": 0.425, "expected": 0.2034, "change": 0.2216, "low": 0.143, "high": 0.310,
    "beyond": 35.46, "money": 23813.87, "first_day": "2024-02-01", "last_day": "2024-03-02", "numerator": 68.0,
    "denominator": 160.0, "p_adjusted": 1e-9, "is_good": False,
}  # fmt: skip
CONTACTS = {
    "told": "now", "kind": "odd", "metric": "contact_rate", "segment": "(all)", "period": "2024-04", "value": 0.267,
    "expected": 0.122, "change": 0.145, "low": 0.107, "high": 0.189, "p_adjusted": 0.0004, "is_good": False,
}  # fmt: skip
PRICES = {
    "told": "since", "kind": "since", "metric": "average_order_value", "segment": "(all)", "period": "2024-05",
    "since": "2023-09", "value": 113.55, "expected": 100.68, "change": 12.87, "low": 9.96, "high": 15.85,
    "p_adjusted": 0.012, "is_good": True,
}  # fmt: skip
ORDERS = CONTACTS | {
    "kind": "shift", "metric": "orders", "segment": "country=PL", "period": "2024-05", "value": 80.0, "expected": 100.0,
    "change": -0.2, "low": -0.3, "high": -0.1, "beyond": -20.0, "money": -2000.0,
}  # fmt: skip


def shown(*rows, card=None, wording=None, topic=None, period=MAY):
    table = pd.DataFrame(rows, columns=FINDINGS)
    exhibit = show_findings(table, card, period=period, topic=topic, wording=wording or Wording("en", "EUR"))
    return exhibit.html


def text_of(*rows, **asked):
    return shown(*rows, **asked).striptags()


def test_who_left_how_many_usually_do_and_what_they_had_brought():
    assert (
        "Germany: 68 of 160 active customers became inactive in May 2024 (last order between 1 February 2024 and "
        "2 March 2024), usually about 33. That is about 35 more than usual, who had brought €23,814 in the 12 months "
        "before."
    ) in text_of(GERMANY)


def test_what_rests_on_a_sentence_stands_beside_it():
    assert "change, 95%: +14.3 pp to +31.0 pp · adjusted p < 0.001" in text_of(GERMANY)
    assert "adjusted p = 0.012" in text_of(PRICES)


def test_how_much_of_the_change_of_all_customers_is_of_a_segment():
    assert "before. That is 91% of the change of all customers." in text_of(GERMANY | {"share_of_all": 0.914})
    assert "of the change of all customers" not in text_of(GERMANY)


def test_fewer_who_left_had_brought_nothing_that_is_lost():
    fewer = {"value": 0.1, "beyond": -16.5, "money": -9000.0, "numerator": 16.0, "is_good": True}
    text = text_of(GERMANY | fewer | {"segment": "(all)"})
    assert "All customers: 16 of 160 active customers became inactive" in text
    assert "usually about 32. That is about 16 fewer than usual." in text
    assert "€" not in text


def test_where_no_amount_is_known_no_money_is_said():
    text = text_of(GERMANY | {"money": np.nan})
    assert "That is about 35 more than usual." in text
    assert "€" not in text


def test_one_customer_is_one():
    one = {"numerator": 1.0, "denominator": 1.0, "beyond": 1.0, "money": np.nan}
    assert "1 of 1 active customer became inactive" in text_of(GERMANY | one)


def test_a_shift_of_another_metric_with_its_money():
    text = text_of(ORDERS)
    assert "Orders, Poland: 80 in May 2024, where 100 is usual (−20.0%). That is €2,000 less than usual." in text
    assert "That is €2,000 more than usual." in text_of(ORDERS | {"money": 2000.0})


def test_the_money_of_revenue_is_not_said_twice():
    text = text_of(ORDERS | {"metric": "net_revenue", "value": 8000.0, "expected": 10000.0})
    assert "Revenue, Poland: €8,000 in May 2024, where €10,000 is usual (−20.0%)." in text
    assert "less than usual" not in text


def test_what_began_earlier_stands_apart_with_its_month():
    html = shown(GERMANY, PRICES)
    text = html.striptags()
    assert text.index("1 thing stands out.") < text.index("Germany") < text.index("What began earlier")
    sentence = "Average order value: €113.55 since September 2023, before that €100.68 (+€12.87)."
    assert text.index(sentence) > text.index("What began earlier")


def test_what_was_odd_in_a_month_is_one_sentence_and_one_thing():
    nps = CONTACTS | {"metric": "nps", "value": 12.8, "expected": 33.1, "change": -20.3, "low": -29.4, "high": -11.2}
    text = text_of(GERMANY, CONTACTS, nps)
    assert "2 things stand out." in text
    assert (
        "April 2024 was out of the ordinary, and that is over: Contacts per order 0.267 (usually 0.122); "
        "Net promoter score 13 (usually 33)."
    ) in text
    assert text.count("out of the ordinary") == 1


def test_a_slow_change_is_told_of_half_a_year():
    drift = PRICES | {"kind": "drift", "metric": "repeat_within", "value": 0.34, "expected": 0.54, "change": -0.2}
    assert ("34.0% over the last six months, 54.0% in the same months a year earlier (−20.0 pp).") in text_of(drift)
    counted = drift | {"metric": "orders", "value": 871.0, "expected": 752.0, "change": 0.158}
    assert ("Orders: 871 a month over the last six months, 752 in the same months a year earlier (+15.8%).") in text_of(
        counted
    )


def test_what_the_season_brings_is_told_as_no_more():
    season = {
        "told": "now", "kind": "season", "metric": "net_revenue", "segment": "(all)", "period": "2024-05",
        "value": 9000.0, "change": 0.25, "expected": 0.3, "is_good": True,
    }  # fmt: skip
    html = shown(season)
    assert (
        "Revenue: €9,000. The daily average is +25.0% against April 2024, as the season brings (+30.0% a year ago)."
        in html.striptags()
    )
    assert 'data-tone="none"' in html
    assert "adjusted p" not in html


@pytest.mark.parametrize("kind", ["met", "missed"])
def test_a_target_is_met_or_missed(kind):
    target = {"told": "now", "kind": kind, "metric": "refund_rate", "segment": "(all)", "period": "2024-05"}
    html = shown(target | {"value": 0.022, "expected": 0.03, "is_good": kind == "met"})
    assert f"Refund rate: 2.2%, target 3.0% {kind}." in html.striptags()
    assert f'data-tone="{"good" if kind == "met" else "bad"}"' in html


def test_a_segment_that_was_not_there_before():
    new = {"told": "now", "kind": "first_seen", "metric": "buyers", "segment": "country=FR", "period": "2024-05"}
    assert "France: 34 customers bought; nobody had before." in text_of(new | {"value": 34.0, "is_good": True})


def test_where_nothing_stands_out_that_is_said():
    sentence = "Nothing stands out beyond chance, season and how much periods vary anyway."
    assert text_of() == sentence
    assert "<ul>" not in shown()
    text = text_of(PRICES)
    assert text.startswith(sentence)
    assert "What began earlier" in text


DOUBTED = {
    "told": "in doubt", "kind": "days_with_orders", "period": "2024-05", "value": 24 / 31, "expected": 1.0
}  # fmt: skip


def test_a_week_without_orders_is_said_with_its_numbers_on_every_page():
    sentence = (
        "May 2024: 77.4% of the days have orders, usually 100.0%. Is a part of the data missing? Every number moves by "
        "that alone."
    )
    assert sentence in text_of(DOUBTED)
    assert sentence in text_of(DOUBTED, GERMANY, topic="surveys")
    assert "<ul>" not in shown(DOUBTED)


def test_that_fewer_customers_are_known_is_said_with_its_numbers():
    known = DOUBTED | {"kind": "known_customers", "value": 0.75, "expected": 0.985}
    assert (
        "May 2024: 75.0% of the orders have a known customer, usually 98.5%. Numbers of customers move by that alone."
    ) in text_of(known)


def test_a_segment_that_is_gone_with_what_it_usually_brings():
    gone = {
        "told": "now", "kind": "gone", "metric": "buyers", "segment": "country=DE", "period": "2024-05",
        "since": "2024-05", "value": 0.0, "expected": 52.4, "beyond": -52.4, "money": -2340.0, "is_good": False,
    }  # fmt: skip
    html = shown(gone)
    assert "1 thing stands out." in html.striptags()
    assert "Germany: nobody bought in May 2024, usually about 52 customers, for €2,340." in html.striptags()
    assert 'data-tone="bad"' in html
    assert "about 1 customer, for" in text_of(gone | {"expected": 1.2})


@pytest.mark.parametrize("row", [GERMANY, PRICES])
def test_season_and_calendar_stand_beside_and_are_no_cause(row):
    text = text_of(row | {"is_seasonal": True, "event": "Price rise; Campaign"})
    assert "What is usual takes the season into account. The calendar has: Price rise; Campaign." in text
    assert "because" not in text
    plain = text_of(row | {"is_seasonal": False, "event": ""})
    assert "season into account" not in plain
    assert "calendar" not in plain


def test_of_a_segment_that_moved_all_customers_the_whole_change_is_said():
    assert "That is the whole change of all customers." in text_of(GERMANY | {"share_of_all": 1.2})


def test_a_report_of_quarters_says_where_what_stands_out_is_told():
    text = text_of({"told": "not yet", "kind": "long_periods", "value": 9, "expected": 13}, period=Period("2024Q2"))
    assert text == "What stands out is told in the reports of months and weeks."


def test_one_order_that_is_much_of_the_revenue_is_neither_good_nor_bad():
    one = {"told": "now", "kind": "one_order", "metric": "net_revenue", "segment": "(all)", "period": "2024-05"}
    html = shown(one | {"value": 9000.0, "money": 2700.0, "is_good": True})
    assert "One order of €2,700 is 30% of the revenue of May 2024." in html.striptags()
    assert 'data-tone="none"' in html


def test_what_is_too_short_to_tell_is_not_called_nothing():
    short = {"told": "not yet", "kind": "short_history", "value": 9, "expected": 13}
    text = text_of(short)
    assert "What stands out can be told once 13 months are known; so far there are 9." in text
    assert "nothing stands out" not in text


def test_what_is_held_back_is_named_and_not_told():
    text = text_of(GERMANY | {"told": "held back"}, PRICES)
    assert "Germany" not in text
    assert "Held back, since its data are in doubt: Customer churn rate." in text


@pytest.mark.parametrize(("topic", "told"), [("orders", 1), ("customers", 1), ("surveys", 0), (None, 2)])
def test_a_page_tells_what_is_of_its_topic(topic, told):
    assert shown(GERMANY, ORDERS, topic=topic).count("<li") == told


@pytest.mark.parametrize("row", [GERMANY, ORDERS, PRICES, CONTACTS])
def test_a_name_of_the_clients_data_is_text_and_no_code(row):
    html = shown(row | {"segment": "shop=<script>alert(1)</script>"})
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_tone_follows_what_is_good():
    assert 'data-tone="bad"' in shown(GERMANY)
    assert 'data-tone="good"' in shown(GERMANY | {"is_good": True})
    assert 'data-tone="none"' in shown(CONTACTS)


def card(**values):
    usual = {"segment": "(all)", "period": "2024-05", "numerator": np.nan, "denominator": np.nan}
    rows = [usual | {"metric": name, "value": value} for name, value in values.items()]
    return pd.DataFrame(rows)


def test_the_headline_numbers_stand_in_a_sentence_above():
    numbers = card(buyers=607.0, net_revenue=95802.0, customer_retention_rate=0.7702)
    numbers.loc[2, ["numerator", "denominator"]] = [945, 1227]
    assert text_of(card=numbers).startswith(
        "May 2024: 607 customers bought, and revenue was €95,802. Of 1,227 customers active at the start, 945 stayed "
        "active."
    )


def test_without_a_retention_rate_nobody_is_said_to_have_stayed():
    text = text_of(card=card(buyers=1.0, net_revenue=20.0, customer_retention_rate=np.nan))
    assert "May 2024: 1 customer bought, and revenue was €20" in text
    assert "stayed" not in text


def test_without_orders_there_are_no_headline_numbers():
    assert "bought" not in text_of(card=card(nps=20.0))


def test_the_rows_are_those_that_were_given():
    table = pd.DataFrame([GERMANY, PRICES], columns=FINDINGS)
    exhibit = show_findings(table, period=MAY, topic="orders")
    assert exhibit.name == "findings"
    pd.testing.assert_frame_equal(exhibit.data, table)
