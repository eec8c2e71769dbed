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

from retention_kit.figures.drawn import excerpt
from retention_kit.figures.exhibit import MIME, show
from retention_kit.figures.style import nothing_to_draw

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
    assert '<table class="rk-table">' in bundle["text/html"]
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


def svg_of(html):
    return base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)[1]).decode()


def test_a_figure_is_a_picture_with_its_title_as_caption_and_its_numbers_as_alternative(result):
    html = show(result.assign(value=[0.1, 0.2]), "rates", plot=draw).html
    title = "Shares of &lt;script&gt;alert(&#39;&amp; all&#39;)&lt;/script&gt; in USD"
    assert f"<figcaption>{title}</figcaption>" in html
    told = "last 20.0%, lowest 10.0% (May 2024), highest 20.0% (June 2024)"
    assert f'<img alt="{title}, May 2024 to June 2024: {told}"' in html
    assert svg_of(html).startswith("<?xml")


def test_the_words_of_a_picture_are_text_in_fonts_that_any_reader_has(result):
    def labelled(result, *, wording):
        ax = draw(result, wording=wording)
        ax.set_xlabel("Months since <first> order, 店")
        return ax

    svg = svg_of(show(result, "rates", plot=labelled).html)
    assert "Months since &lt;first&gt; order, 店</text>" in svg
    families = set(re.findall("font-family: ([^;]+)", svg))
    assert families == {"'DejaVu Sans', 'Verdana', 'Arial', 'Helvetica', sans-serif"}
    assert not re.search(r"<script|@font-face|@import|href=\"(?!#)", svg)


def test_the_numbers_of_a_figure_are_folded_under_it(result):
    html = show(result, "flow", plot=draw).html
    folded = html.partition('<details class="rk-numbers">')[2]
    assert "<summary>The numbers of this figure</summary>" in folded
    assert re.findall(r"<th [^>]*>(.*?)</th>", folded) == [
        "Month",
        "Segment",
        "At the start",
        "Value",
        "Revenue",
        "Status",
    ]


def test_under_a_figure_stand_the_columns_that_were_asked_for_and_more_names_than_fit_side_by_side():
    rows = pd.DataFrame([(f"2024-0{n}", age, age / 10) for n in range(1, 7) for age in range(8)])
    rows.columns = ["cohort", "age", "value"]
    asked = show(rows[:8], "map", plot=draw, columns=["age", "value"]).html
    crossed = show(rows.assign(value=rows.value.where(rows.age < 3)), "map", plot=draw).html
    assert re.findall(r"<th [^>]*>(.*?)</th>", asked) == ["Age", "Value"]
    assert re.findall(r"<th [^>]*>(.*?)</th>", crossed) == ["First order", "0", "1", "2"]
    assert re.findall(r"<td[^>]*>(.*?)</td>", crossed)[-4:] == ["<bdi>June 2024</bdi>", "0.0%", "10.0%", "20.0%"]


def test_what_a_reader_must_know_of_the_numbers_stands_below_the_figure():
    rows = pd.DataFrame({"period": ["2024-04", "2024-05"], "segment": "(all)", "value": [np.nan, 0.5], "se": 0.1})
    marked = rows.assign(status=["no_opening", "ok"], flags=["", "small_n id_coverage"])
    html = show(marked, "rates", plot=draw).html
    assert re.findall("<p>(.*?)</p>", html) == [
        "1 of 2 numbers: Nobody was active at the start of the period.",
        "1 of 2 numbers: few customers: interpret with caution",
        "1 of 2 numbers: more than 10% of orders have no customer",
    ]
    assert cells(show(marked, "rates", plot=draw)) == [
        *("April 2024", "–", "Nobody was active at the start of the period.", ""),
        *(
            "May 2024",
            "50.0%",
            "measured",
            "few customers: interpret with caution; more than 10% of orders have no customer",
        ),
    ]


def test_a_figure_of_which_a_part_is_drawn_says_which_and_where_the_rest_is():
    rows = pd.DataFrame([(f"2024-0{n}", age, age / 10) for n in range(1, 7) for age in range(5)])
    rows.columns = ["cohort", "age", "value"]
    plot = excerpt(cohort=-4, age=9)(draw)
    html = show(rows, "map", plot=plot).html
    assert "<p>First order: the last 4 of 6. All are in tables/map.csv.</p>" in html
    assert "March 2024 to June 2024" in html


def test_where_there_is_nothing_to_draw_the_page_says_why_in_its_own_text(result):
    def drawn(_result, *, wording):
        return nothing_to_draw(plt.subplots()[1], f"Nothing in {wording.currency} & nobody.")

    assert show(result, "rates", plot=drawn).html == '<p class="rk-note">Nothing in USD &amp; nobody.</p>'


def test_a_table_that_may_be_wider_than_a_screen_is_reached_and_named(result):
    frame = '<div class="rk-scroll" role="group" tabindex="0" aria-label="{}"><table'
    assert frame.format("Month, Segment") in show(result, "flow", columns=["period", "segment"]).html
    assert frame.format("Movements &amp; more") in show(result, "flow", title="Movements & more").html


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
    long = show(pd.DataFrame({"n": range(100)}), "long")
    shown = cells(long)
    assert (len(shown), shown[0], shown[-1]) == (40, "60", "99")
    assert "The last 40 of 100 rows; all are in tables/long.csv." in long.html


def test_a_table_without_rows_says_so(result):
    assert "There are no rows to show." in show(result[:0], "flow").html
