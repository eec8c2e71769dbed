"""What a notebook shows: escaped, formatted by column, and with the numbers behind it."""

import base64
import csv
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from retention_kit.figures.exhibit import MIME, show

SCRIPT = "<script>alert('& all')</script>"


def cells(exhibit):
    return [
        cell.replace("<bdi>", "").replace("</bdi>", "") for cell in re.findall(r"<td[^>]*>(.*?)</td>", exhibit.html)
    ]


def draw(result, *, wording):
    ax = plt.subplots()[1]
    ax.plot(result.value)
    ax.set_title(f"Shares of {SCRIPT} in {wording.currency}")
    return ax


@pytest.fixture
def result():
    return pd.DataFrame(
        {
            "period": ["2024-05", "2024-06"],
            "segment": ["cant_lose_them", SCRIPT],
            "opening": [1204, 3],
            "value": [0.1234, np.nan],
            "revenue": [1234.5, 9.5],
            "status": ["ok", "no_opening"],
        }
    )


def test_each_column_is_written_as_what_it_is(result):
    assert cells(show(result[:1], "flow")) == [
        "May 2024",
        "Can&#39;t lose them",
        "1,204",
        "12.3%",
        "$1,234",
        "measured",
    ]


def test_what_is_missing_is_a_dash_and_its_status_says_why(result):
    assert cells(show(result, "flow"))[9::2] == ["–", "Nobody was active at the start of the period."]


def test_a_customer_called_script_prints_as_text(result):
    shown = show(result, "flow", plot=draw, columns=["segment"])
    assert "<script" not in shown.html
    assert "&lt;script&gt;alert(&#39;&amp; all&#39;)&lt;/script&gt;" in shown.html


def test_the_name_of_a_column_is_escaped_too():
    assert "<b>" not in show(pd.DataFrame({"<b>": ["x"]}), "flow").html


def test_the_bundle_holds_the_page_the_words_and_the_numbers(result):
    bundle = show(result[["period", "value"]], "rates")._repr_mimebundle_()
    assert bundle["text/plain"] == "<Exhibit rates: 2 rows>"
    assert bundle["text/html"].startswith('<table class="rk-table">')
    assert bundle[MIME] == {"name": "rates", "kind": "table", "csv": "period,value\n2024-05,0.1234\n2024-06,\n"}


def test_the_numbers_are_all_there_however_few_columns_are_shown(result):
    shown = show(result, "flow", columns=["period"])
    assert cells(shown) == ["May 2024", "June 2024"]
    header = shown._repr_mimebundle_()[MIME]["csv"].splitlines()[0]
    assert header == ",".join(result)


def test_decimals_are_given_back_as_they_were_written():
    shown = show(pd.DataFrame({"value": [0.1 + 0.2, 1 / 3]}), "rates")
    assert shown._repr_mimebundle_()[MIME]["csv"] == "value\n0.3\n0.333333333333333\n"


@pytest.mark.parametrize(("table", "written"), [("nps_point_value", "$0.12"), ("nps_difference", "12.3 pp")])
def test_a_value_is_written_in_the_unit_of_its_table(result, table, written):
    assert cells(show(result.assign(value=0.123)[["value"]][:1], table)) == [written]


def test_a_figure_is_a_picture_with_its_title_as_caption_and_alternative(result):
    html = show(result, "rates", plot=draw).html
    assert html.count("Shares of") == 2
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)[1]
    assert base64.b64decode(source).startswith(b"<?xml")
    assert "<table" not in html


def test_the_client_s_words_are_isolated_and_numbers_are_not():
    shown = show(pd.DataFrame({"segment": ["חנות: אב"], "opening": [3]}), "flow").html
    assert "<td><bdi>חנות: אב</bdi></td>" in shown
    assert '<td class="num">3</td>' in shown


@given(st.text(st.sampled_from("=+-@\t\r\n'\"1a.,−"), max_size=6))
def test_no_text_of_a_csv_file_begins_as_a_formula(text):
    written = show(pd.DataFrame({"segment": [text], "value": [-1.5]}), "rates")._repr_mimebundle_()[MIME]["csv"]
    _head, (cell, number) = csv.reader(io.StringIO(written, newline=""))
    assert cell.removeprefix("'") == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")
    assert not re.match(r"[=+\-@\t\r\n]", cell) or re.fullmatch(r"[+-]\d*\.?\d*", cell)
    assert number == "-1.5"


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_a_formula_of_a_client_is_text_in_the_file_and_as_it_was_on_the_page(text):
    shown = show(pd.DataFrame({"segment": [text], text: [1]}), "rates")
    assert len(re.findall(r"(?:^|,|\n)\"?'[=+\-@\t\n]", shown._repr_mimebundle_()[MIME]["csv"])) == 2
    assert f">{escape(text)}<" in shown.html


def test_two_pictures_of_the_same_numbers_are_the_same_bytes(result):
    assert show(result, "rates", plot=draw).html == show(result, "rates", plot=draw).html


def test_a_figure_is_closed_once_it_is_shown(result):
    before = plt.get_fignums()
    show(result, "rates", plot=draw)
    assert plt.get_fignums() == before


def test_figures_that_a_user_has_open_stay_as_they_are(result, ax):
    ax.set_title("Mine")
    shown = show(result, "rates", plot=lambda _result, *, wording: ax)  # noqa: ARG005 - the name is the call's
    assert ">Mine</figcaption>" in shown.html
    assert ax.get_title() == "Mine"
    assert plt.gcf() is ax.figure


def test_the_columns_of_periods_are_called_by_their_unit():
    heads = [
        re.findall(r"<th [^>]*>(.*?)</th>", show(pd.DataFrame({"period": periods, "new_lost": 0}), "flow").html)
        for periods in (["2024-05"], ["2024Q1", "2024Q2"], ["2024-05", "2024Q2"])
    ]
    assert heads == [
        ["Month", "Gained and lost within the month"],
        ["Quarter", "Gained and lost within the quarter"],
        ["Period", "Gained and lost within the period"],
    ]


def test_of_a_long_table_the_last_forty_rows_are_shown():
    shown = cells(show(pd.DataFrame({"n": range(100)}), "long"))
    assert (len(shown), shown[0], shown[-1]) == (40, "60", "99")


def test_a_table_without_rows_says_so(result):
    assert "There are no rows to show." in show(result[:0], "flow").html
