"""The table of targets: each metric in its own unit, the words of the client escaped."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from retention_kit.figures.targets import show_targets
from retention_kit.wording import Wording

STATUSES = ("met", "missed", "on course", "behind", "cannot be told yet")


def row(metric, target, value, *, low=np.nan, high=np.nan, **other):
    usual = {"segment": "(all)", "period": "2024-05", "by": date(2024, 12, 31), "source": "plan"}
    found = {"value": value, "low": low, "high": high, "value_status": "ok", "status": "met"}
    return {"metric": metric, "target": target} | usual | found | other


def cells(targets):
    html = show_targets(pd.DataFrame(targets), wording=Wording("en", "EUR")).html
    return [re.sub("<.*?>", "", cell) for cell in re.findall("<td.*?</td>", html)]


def test_each_metric_is_in_its_own_unit_and_on_its_side_of_the_target():
    assert cells([row("customer_churn_rate", 0.2, 0.23, low=0.207, high=0.254, status="missed")]) == [
        "Customer churn rate", "at most 20.0%", "31 December 2024", "23.0%", "20.7% to 25.4%", "missed", "plan",
    ]  # fmt: skip
    assert cells([row("net_revenue", 1500000, 1600000.4, segment="country=DE")]) == [
        "Revenue, Germany", "at least €1,500,000", "31 December 2024", "€1,600,000", "–", "met", "plan",
    ]  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_said(status):
    assert cells([row("nps", 30, 28, status=status)])[-2] == status


def test_without_a_value_the_reason_stands_in_its_place():
    missing = row("nps", 30, np.nan, status="no value", value_status="no_responses")
    assert cells([missing])[3:6] == ["–", "–", "There are no survey answers."]


def test_words_of_the_client_are_escaped():
    html = show_targets(pd.DataFrame([row("nps", 30, 28, source="<b>board</b>", segment="country=<i>")])).html
    assert "&lt;b&gt;board&lt;/b&gt;" in html
    assert "country: &lt;i&gt;" in html


def test_its_rows_go_to_a_file_of_their_own():
    shown = show_targets(pd.DataFrame([row("nps", 30, 28)]))
    assert (shown.name, shown.kind, len(shown.data)) == ("targets", "table", 1)
