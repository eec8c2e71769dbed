"""The tables of the page of survey answers, on the demo client and on a client without answers."""

from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.pages import survey_drivers, surveys

DATA = Path(__file__).parents[2] / "data"
TABLES = [panel.name for panel in (*surveys.PANELS, *survey_drivers.PANELS)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with rk.open_engagement(rk.make_demo(tmp_path_factory.mktemp("demo"), n_customers=1500)) as engagement:
        yield engagement.at("2024-05")


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_rows_for_the_demo_and_the_same_columns_for_a_client_without_answers(demo, table):
    found = rk.exhibit(demo, table).data
    assert len(found)
    with rk.open_engagement("cdnow", data_dir=DATA) as engagement:
        empty = rk.exhibit(engagement.at("1998-06"), table).data
    assert empty.empty
    assert set(empty.columns) <= set(found.columns)


FIGURES = {
    "nps": [rk.plot_nps_trend],
    "nps_by_segment": [rk.plot_nps_gauge],
    "nps_distribution": [rk.plot_nps_distribution],
    "nps_drivers": [rk.plot_driver_importance, rk.plot_importance_performance],
    "nps_themes": [rk.plot_nps_themes],
    "nps_behaviour": [rk.plot_nps_behaviour],
}


@pytest.mark.parametrize("table", FIGURES)
def test_a_figure_of_no_rows_says_so(tmp_path, table):
    """Answers of nobody known, without orders, ratings or comments."""
    engagement = survey(tmp_path, "id,day,score\n1,2024-05-02,9\n2,2024-05-03,3\n")
    for plot in FIGURES[table]:
        assert rk.exhibit(engagement, table, plot=plot).html


def test_answers_of_nobody_known_have_no_segments_and_need_none(tmp_path):
    engagement = survey(tmp_path, "id,day,score\n1,2024-05-02,9\n2,2024-05-03,3\n", segments=True)
    assert set(rk.scorecard(engagement, topic="surveys").segment) == {"(all)", "country=(other)"}
    assert rk.exhibit(engagement, "nps_by_segment").data.n.tolist() == [2, 2]
    assert rk.changes(engagement, rk.scorecard(engagement, topic="surveys")).verdict.eq("no_base_period").all()


def survey(folder, answers, *, segments=False):
    """A client with these answers, and where it has segments with customers."""
    columns = {"response_id": "id", "answered_at": "day", "score": "score"}
    text = 'name = "S"\ncurrency = "EUR"\ntime_zone = "Europe/Warsaw"\nfirst_day = 2024-05-01\nlast_day = 2024-05-31\n'
    text += 'segments = ["country"]\n' if segments else ""
    text += section("responses", columns)
    (folder / "responses.csv").write_text(answers, encoding="utf-8")
    if segments:
        text += section("customers", {"customer_id": "who", "country": "land"})
        (folder / "customers.csv").write_text("who,land\na,PL\n", encoding="utf-8")
    (folder / "engagement.toml").write_text(text, encoding="utf-8")
    return rk.open_engagement(folder).at("2024-05")


def section(name, columns):
    mapped = ", ".join(f'{column} = "{raw}"' for column, raw in columns.items())
    return f'[tables.{name}]\nsource = "csv"\nfiles = ["{name}.csv"]\ncolumns = {{ {mapped} }}\n'


def test_the_scores_have_a_row_per_wave_and_segment(demo):
    scores = rk.exhibit(demo, "nps").data
    assert list(scores)[:11] == [
        "wave", "segment", "n", "promoters", "passives", "detractors", "nps", "se", "low", "high", "status",
    ]  # fmt: skip
    whole = scores[(scores.segment == "(all)") & (scores.n_waves == 1)].set_index("wave")
    assert whole.index[-1] == "2024-05"
    assert whole.nps["2024-05"] == pytest.approx(rk.nps(demo.responses, period=demo.period).value.item())
    parts = scores[scores.segment.str.startswith("country=") & (scores.n_waves == 1)].groupby("wave").n.sum()
    assert parts.tolist() == whole.n.reindex(parts.index).tolist()


def test_the_weighted_score_stands_beside_the_plain_one(demo):
    row = rk.exhibit(demo, "nps_weighted").data.iloc[0]
    assert row.plain == pytest.approx(rk.nps(demo.responses, period=demo.period).value.item())
    assert row.low < row.nps < row.high
    assert 0 <= row.largest_gap < 0.10
    assert not row.differs


def test_the_comments_are_stored_without_addresses_and_numbers_of_people(demo):
    texts = [text for (text,) in demo.responses.native.project("comment").filter("comment IS NOT NULL").fetchall()]
    assert texts
    assert not [text for text in texts if "@" in text or "555" in text]


def test_a_quote_goes_the_way_of_its_topic(tmp_path):
    mixed = (
        [("too expensive", 2)] * 12
        + [("good price", 10)] * 6
        + [("fast delivery", 9)] * 12
        + [("late delivery", 1)] * 6
    )
    even = [("nice support", 10)] * 6 + [("rude support", 0)] * 6
    rows = [f"{n},2024-05-{n % 28 + 1:02},{score},{said} {n},yes" for n, (said, score) in enumerate([*mixed, *even])]
    columns = {
        "response_id": "id",
        "answered_at": "day",
        "score": "score",
        "comment": "said",
        "may_quote": "ok = 'yes'",
    }
    text = 'name = "S"\ncurrency = "EUR"\ntime_zone = "Europe/Warsaw"\nfirst_day = 2024-05-01\nlast_day = 2024-05-31\n'
    (tmp_path / "engagement.toml").write_text(text + section("responses", columns), encoding="utf-8")
    (tmp_path / "responses.csv").write_text("id,day,score,said,ok\n" + "\n".join(rows) + "\n", encoding="utf-8")
    engagement = rk.open_engagement(tmp_path).at("2024-05")
    found = rk.exhibit(engagement, "nps_quotes").data.set_index("theme").score
    assert found.to_dict() == {"price": 2, "delivery": 9}
    themes = rk.exhibit(engagement, "nps_themes").data
    assert set(zip(themes.first_day.astype(str), themes.last_day.astype(str), strict=True)) == {
        ("2024-05-01", "2024-05-28")
    }


def test_a_client_s_own_words_replace_the_dictionary(tmp_path):
    folder = rk.make_demo(tmp_path, n_customers=1500)
    with (folder / "engagement.toml").open("a", encoding="utf-8") as file:
        file.write('\n[themes.pl]\nherbata = ["herbat*"]\n')
    with rk.open_engagement(folder) as engagement:
        assert rk.exhibit(engagement.at("2024-05"), "nps_themes").data.theme.tolist() == ["herbata", "(no theme)"]
