"""Formats, day and month, and the local date in the engagement's time zone."""

from datetime import date, datetime

import pytest

from retention_kit.errors import InvalidSource
from retention_kit.periods import Period, day_number

HEADER = "id,who,when,total\n"


def orders(*timestamps):
    return HEADER + "".join(f'{n},a,"{timestamp}",1\n' for n, timestamp in enumerate(timestamps, start=1))


@pytest.mark.parametrize(
    ("zone", "month", "day"),
    [
        ("Europe/Warsaw", "2024-04", date(2024, 4, 1)),
        ("Europe/Kyiv", "2024-04", date(2024, 4, 1)),
        ("Europe/Minsk", "2024-04", date(2024, 4, 1)),
        ("UTC", "2024-03", date(2024, 3, 31)),
    ],
)
@pytest.mark.parametrize(
    ("timestamp", "raw_zone"),
    [
        ("2024-03-31T22:30Z", None),
        ("2024-03-31 22:30:00 UTC", None),
        ("2024-04-01 00:30:00+02:00", None),
        ("2024-04-01 00:30:00 +0200", None),
        ("2024-03-31 22:30:00", "UTC"),
    ],
)
def test_o09_the_day_of_an_order_is_the_local_one(client, rows, zone, month, day, timestamp, raw_zone):
    table = {"time_zone": raw_zone} if raw_zone else {}
    engagement = client(orders(timestamp), settings={"time_zone": zone}, **table)
    assert rows(engagement, "ordered_on", "ordered_month") == [(day, Period(month).ordinal)]


def test_o11_midnight_belongs_to_the_day_that_begins(client, rows):
    engagement = client(orders("2024-04-01 00:00:00", "2024-03-31 23:59:59"))
    assert rows(engagement, "ordered_month") == [(Period("2024-04").ordinal,), (Period("2024-03").ordinal,)]


def test_moments_without_a_zone_are_local(client, rows):
    assert rows(client(orders("2024-03-31 23:30")), "ordered_at") == [(datetime.fromisoformat("2024-03-31T23:30"),)]


def test_days_without_a_time_never_shift(client, rows):
    engagement = client(orders("2024-04-01"), time_zone="UTC", settings={"time_zone": "America/New_York"})
    assert rows(engagement, "ordered_on", "ordered_at") == [(date(2024, 4, 1), None)]


@pytest.mark.parametrize("day", [date(1969, 12, 28), date(2020, 2, 29), date(2024, 12, 30)])
def test_the_running_numbers_are_those_of_the_calendar(client, rows, day):
    numbers = [day_number(day), *(Period.of(day, unit).ordinal for unit in ("week", "month", "quarter", "year"))]
    columns = ("ordered_day", "ordered_week", "ordered_month", "ordered_quarter", "ordered_year")
    assert rows(client(orders(day)), *columns) == [tuple(numbers)]


@pytest.mark.parametrize(
    ("timestamp", "table"),
    [
        ("2024/05/31", {}),
        ("2024.05.31 10:22", {}),
        ("20240531", {}),
        ("31.05.2024", {}),
        ("31-5-2024 7:05", {}),
        ("5/31/24 1:51 PM", {}),
        ("31/05/24", {}),
        ("2024-05-31T10:22:33.123", {}),
        ("2024-05-31 10:22:33.1234567", {}),
        ("31 May 2024", {"date_format": "%d %b %Y"}),
        ("24-05-31", {"date_order": "ymd"}),
    ],
)
def test_formats_that_exports_use(client, rows, timestamp, table):
    assert rows(client(orders(timestamp), **table), "ordered_on") == [(date(2024, 5, 31),)]


def test_one_column_may_hold_several_formats(client, rows):
    engagement = client(orders("2024-05-31", "31.05.2024 10:00", "20240531", "31.05.24"))
    assert rows(engagement, "ordered_on") == [(date(2024, 5, 31),)] * 4


def test_a_format_that_comes_late_in_a_long_file_is_found(client, rows):
    engagement = client(orders(*["2024-05-01"] * 1500, "31.05.2024"))
    assert len(rows(engagement, "ordered_on")) == 1501


def test_a_second_look_at_a_file_reads_no_row_twice(client, rows, lost, tmp_path):
    """Of three files the second has another format below its head; its last row is no row."""
    (tmp_path / "shop").mkdir()
    late = orders(*["2024-05-01"] * 1500, "31.05.2024").replace("\n", "\nx", 1500).replace("\n1501,", "\nx1501,")
    (tmp_path / "shop" / "a.csv").write_text(orders("2024-04-30"))
    (tmp_path / "shop" / "b.csv").write_text(late + "y,a\n")
    engagement = client(HEADER + "z,a,2024-06-01,1\n", files=["a.csv", "b.csv", "orders.csv"])
    assert lost(engagement) == {"kept": 1503, "wrong number of fields": 1}
    assert [each["n_rows"] for each in engagement.fingerprints()] == [1, 1502, 1]
    assert rows(engagement, "order_id", "ordered_on")[-1] == ("z", date(2024, 6, 1))


@pytest.mark.parametrize("timestamp", [" 2024-05-31", "2024-05-31 ", " 2024-05-31 10:00 ", "\u00a031.05.2024"])
def test_blanks_around_a_date_do_not_matter(client, rows, timestamp):
    assert rows(client(orders("2024-05-31", timestamp)), "ordered_on") == [(date(2024, 5, 31),)] * 2


def test_day_and_month_that_cannot_be_told_apart_ask_for_the_order(client, rows):
    with pytest.raises(InvalidSource, match=r'"01/02/2024", where day and month cannot be told apart.*set date_order'):
        client(orders("01/02/2024"))
    assert rows(client(orders("01/02/2024"), date_order="mdy"), "ordered_on") == [(date(2024, 1, 2),)]
    assert rows(client(orders("01/02/2024"), date_order="dmy"), "ordered_on") == [(date(2024, 2, 1),)]


@pytest.mark.parametrize("timestamp", ["24-05-31", "24-05-31 10:00", "31-05-24"])
@pytest.mark.parametrize("before", [0, 1500])
def test_a_year_of_two_digits_that_may_come_first_asks(client, timestamp, before):
    with pytest.raises(InvalidSource, match=f'"{timestamp}", where the year may come first or last; set date_order'):
        client(orders(*["2024-05-01"] * before, timestamp))


def test_both_orders_far_apart_in_a_long_file_are_refused(client):
    with pytest.raises(InvalidSource, match='"13/02/2024" with the day first and "02/13/2024" with the month first'):
        client(orders("13/02/2024", *["01/02/2024"] * 1500, "02/13/2024"))
    with pytest.raises(InvalidSource, match='"13/02/2024" with the day first and "02/13/2024" with the month first'):
        client(orders(*["2024-02-01"] * 1500, "13/02/2024", "02/13/2024"))


def test_one_row_above_twelve_tells_day_from_month(client, rows):
    assert rows(client(orders("01/02/2024", "13/02/2024")), "ordered_on")[0] == (date(2024, 2, 1),)
    assert rows(client(orders("01/02/2024", "02/13/2024")), "ordered_on")[0] == (date(2024, 1, 2),)


def test_both_orders_in_one_column_are_refused(client):
    with pytest.raises(InvalidSource, match='"13/02/2024" with the day first and "02/13/2024" with the month first'):
        client(orders("13/02/2024", "02/13/2024"))


def test_a_date_that_does_not_parse_names_file_line_value_and_remedy(client):
    message = 'orders.csv, line 3: date "2024-02-30" is not a valid date; set date_format'
    with pytest.raises(InvalidSource, match=message):
        client(orders("2024-02-28", "2024-02-30"))


@pytest.mark.parametrize("timestamp", ["yesterday", "0024-05-01", "45413.5"])
def test_no_date_is_made_up(client, timestamp):
    with pytest.raises(InvalidSource, match=f'date "{timestamp}" is not a valid date'):
        client(orders(timestamp))


def test_an_expression_may_join_date_and_time(client, rows):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": '"when" || \' \' || "at"', "amount": "total"}
    engagement = client("id,who,when,at,total\n1,a,2024-05-01,10:30,1\n", columns=columns)
    assert rows(engagement, "ordered_at") == [(datetime.fromisoformat("2024-05-01T10:30"),)]


def test_an_expression_may_give_a_moment_with_a_zone(client, rows):
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "to_timestamp(when_::BIGINT)", "amount": "total"}
    engagement = client("id,who,when_,total\n1,a,1711924200,1\n", columns=columns)  # 2024-03-31T22:30Z
    assert rows(engagement, "ordered_on") == [(date(2024, 4, 1),)]
