"""What a client gave no data of is said in a sentence, and its pages are not made."""

import re
from pathlib import Path

import nbformat
import pytest

import retention_kit as rk
from retention_kit.facts.quoted_numbers import QUOTED
from retention_kit.metrics.cohorts.payback import COLUMNS as PAYBACK
from retention_kit.pages.absent import TABLE_OF_PAGE, absent_pages, has_data
from retention_kit.pages.coverage import coverage
from retention_kit.pages.cross_checks import reconcile
from retention_kit.pages.exhibits import PANELS
from tests.notebook_runs import NAMES, NOTEBOOKS, shown_by
from tests.test_thin_data import SETTINGS

ADVICE = re.compile(r"[Pp]ut the export|\[tables|raw/|: add |[Aa]dd the ")


@pytest.fixture
def surveyed(tmp_path: Path) -> Path:
    """A client with the answers of a month and nothing else."""
    (tmp_path / "raw").mkdir()
    answers = "".join(f"{n},c{n},2024-05-{n:02},{n % 11},ok\n" for n in range(1, 32))
    (tmp_path / "raw" / "answers.csv").write_text("id,who,day,score,said\n" + answers, encoding="utf-8")
    head = SETTINGS.partition("[tables.orders]")[0]
    columns = 'response_id = "id"\ncustomer_id = "who"\nanswered_at = "day"\nscore = "score"\ncomment = "said"\n'
    section = '[tables.responses]\nsource = "csv"\nfiles = ["raw/answers.csv"]\ndate_order = "ymd"\n'
    (tmp_path / "engagement.toml").write_text(f"{head}{section}[tables.responses.columns]\n{columns}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("notebook", NAMES)
def test_a_page_needs_the_table_that_its_exhibits_need_first(notebook: str) -> None:
    text = nbformat.writes(nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4))
    needed = {
        PANELS[name].needs[0] for name in re.findall(r'exhibit\(engagement, \\"(\w+)', text) if PANELS[name].needs
    }
    assert notebook not in TABLE_OF_PAGE or needed == {TABLE_OF_PAGE[notebook]}


def test_a_survey_without_orders_has_the_pages_of_a_survey(surveyed: Path) -> None:
    with rk.open_engagement(surveyed) as opened:
        engagement = opened.at("2024-05")
        assert [name for name in NAMES if has_data(engagement, name)] == ["overview", "nps", "method"]
        assert absent_pages(engagement) == ("No orders were given.",)
        assert reconcile(engagement).n_checked.gt(0).all()


@pytest.mark.parametrize("notebook", ["overview", "nps"])
def test_a_page_says_what_was_not_given_and_never_what_to_add(surveyed: Path, notebook: str) -> None:
    text = " ".join(exhibit.html.striptags() for exhibit in shown_by(notebook, client=surveyed, period="2024-05"))
    assert "No orders were given." in text
    assert "Net promoter score" in text
    assert not ADVICE.search(text)


def test_the_method_page_of_a_survey_alone_has_its_data_and_settings(surveyed: Path) -> None:
    quoted, losses, checks, settings = shown_by("method", client=surveyed, period="2024-05")
    assert quoted.html.striptags() == "No orders were given."
    assert list(quoted.data) == QUOTED
    assert losses.data.n_rows.sum() == 31
    assert len(checks.data) == 1
    assert "no orders were given" in settings.html
    assert not ADVICE.search(" ".join(exhibit.html.striptags() for exhibit in (quoted, losses, checks, settings)))


def test_a_shop_without_costs_or_segments_says_so(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "orders.csv").write_text("order,customer,day,amount\n1,a,2024-05-31,5\n", encoding="utf-8")
    (tmp_path / "engagement.toml").write_text(SETTINGS, encoding="utf-8")
    with rk.open_engagement(tmp_path) as opened:
        engagement = opened.at("2024-05")
        payback = rk.exhibit(engagement, "cohort_payback", plot=rk.plot_cohort_payback)
        assert payback.html.striptags() == "No costs of winning customers were given."
        assert list(payback.data) == PAYBACK
        split = rk.exhibit(engagement, "retention_rate_split")
        assert split.html.striptags() == "The customers are not divided into segments."
        assert coverage(engagement).set_index("what").missing["What a customer cost to win and has brought"] == "costs"


def test_a_shop_without_a_survey_says_so(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "orders.csv").write_text("order,customer,day,amount\n1,a,2024-05-31,5\n", encoding="utf-8")
    (tmp_path / "engagement.toml").write_text(SETTINGS, encoding="utf-8")
    with rk.open_engagement(tmp_path) as opened:
        engagement = opened.at("2024-05")
        assert absent_pages(engagement) == ("No survey answers were given.",)
        assert [name for name in NAMES if not has_data(engagement, name)] == ["nps"]
        assert "No survey answers were given." in rk.exhibit(engagement, "nps", plot=rk.plot_nps_trend).html
