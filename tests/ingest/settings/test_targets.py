"""Targets and the calendar of engagement.toml: what is read, and what is refused in which words."""

import re
from datetime import date

import pytest

from retention_kit.errors import InvalidEngagement
from tests.ingest.settings.test_settings import GOOD, settings_of

TARGET = """
[[targets]]
metric = "customer_retention_rate"
value = 0.80
by = 2024-12-31
source = "plan"
"""


def with_targets(tmp_path, *targets):
    return settings_of(tmp_path, GOOD + "".join(targets))


def test_a_target_is_of_all_customers_and_of_a_month_unless_it_says_otherwise(tmp_path):
    (target,) = with_targets(tmp_path, TARGET).targets
    assert (target.metric, target.value, target.by) == ("customer_retention_rate", 0.8, date(2024, 12, 31))
    assert (target.segment, target.per, target.source) == (None, "month", "plan")


def test_targets_of_other_segments_days_and_periods_stand_beside_each_other(tmp_path):
    others = ("", 'segment = "country=DE"\n', 'per = "quarter"\n')
    targets = with_targets(tmp_path, *(TARGET + more for more in others), TARGET.replace("2024-12", "2025-12")).targets
    assert [(target.segment, target.per, target.by.year) for target in targets] == [
        (None, "month", 2024), ("country=DE", "month", 2024), (None, "quarter", 2024), (None, "month", 2025)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.80", '"0.80"', "targets.1.value = '0.80': input should be a valid number"),
        ("0.80", "nan", "targets.1.value = nan: input should be a finite number"),
        ("2024-12-31", '"2024-12-31"', "targets.1.by = '2024-12-31': input should be a valid date"),
        ('source = "plan"', "", "targets.1.source is missing; add it"),
        ('"plan"', '" "', "targets.1.source = ' ': string should have at least 1 character"),
        ("source", "sorce", 'targets.1.sorce is not a key; did you mean "source"?'),
        ('source = "plan"', 'source = "plan"\nper = "day"', "targets.1.per = 'day': input should be 'week', 'month'"),
        (
            'source = "plan"',
            'source = "plan"\nsegment = "DE"',
            'targets.1.segment = "DE" names no segment; write column=value, such as country=DE, or leave it out',
        ),
        (
            'source = "plan"',
            'source = "plan"\nsegment = "contry=DE"',
            'targets.1.segment = "contry=DE" is of a column that is not in segments, which holds country; '
            'add "contry" to segments',
        ),
    ],
)
def test_a_mistake_is_named_with_the_number_of_its_target_and_the_remedy(tmp_path, old, new, message):
    with pytest.raises(InvalidEngagement, match=f"{tmp_path.name}/engagement.toml: .*{re.escape(message)}"):
        with_targets(tmp_path, TARGET.replace(old, new))


def test_without_segments_the_message_says_that_there_are_none(tmp_path):
    text = GOOD.replace('segments = ["country"]', "") + TARGET + 'segment = "country=DE"\n'
    with pytest.raises(InvalidEngagement, match='not in segments, which is empty; add "country" to segments'):
        settings_of(tmp_path, text)


@pytest.mark.parametrize("value", ["0.85", "0.80"])
def test_two_targets_of_one_metric_segment_and_day_are_refused(tmp_path, value):
    message = (
        f"targets.1 and targets.2 are both of customer_retention_rate by 2024-12-31: 0.8 and {float(value):g}; keep"
    )
    with pytest.raises(InvalidEngagement, match=re.escape(message)):
        with_targets(tmp_path, TARGET, TARGET.replace("0.80", value))


def test_every_contradiction_is_named_at_once(tmp_path):
    of_germany = TARGET + 'segment = "country=DE"\n'
    with pytest.raises(InvalidEngagement) as error:
        with_targets(tmp_path, TARGET, of_germany, TARGET, of_germany, TARGET + 'segment = "de"\n')
    for part in ("targets.1 and targets.3", "targets.2 and targets.4", "of country=DE by", "targets.5.segment"):
        assert part in str(error.value)


def test_the_calendar_is_read_with_its_days(tmp_path):
    text = GOOD + '[calendar]\n2024-03-01 = "Price rise"\n2023-12-24 = "Zioła & Co <b>"\n'
    expected = {date(2024, 3, 1): "Price rise", date(2023, 12, 24): "Zioła & Co <b>"}
    assert settings_of(tmp_path, text).calendar == expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('spring = "x"', "calendar.spring is no day; write days as 2024-05-31"),
        ('2024-02-30 = "x"', "calendar.2024-02-30 is no day; write days as 2024-05-31"),
        ("2024-03-01 = 5", "calendar.2024-03-01 = 5: input should be a valid string"),
        ('2024-03-01 = " "', "calendar.2024-03-01 = ' ': string should have at least 1 character"),
        ('2024-03-01 = "x"\n2024-03-01 = "y"', "is not TOML"),
    ],
)
def test_what_is_no_day_or_no_text_is_refused(tmp_path, entry, message):
    with pytest.raises(InvalidEngagement, match=re.escape(message)):
        settings_of(tmp_path, f"{GOOD}[calendar]\n{entry}\n")


def test_a_calendar_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(InvalidEngagement, match="calendar = 5: input should be a valid dictionary"):
        settings_of(tmp_path, "calendar = 5\n" + GOOD)
