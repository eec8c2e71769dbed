"""The pages open in a real browser from a folder, and ask for nothing else."""

from datetime import date
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from retention_kit.periods import Period
from retention_kit.report.page import Cover, render
from retention_kit.wording import ENGLISH

WIDTHS = (1280, 390)


class Visit:
    """One page opened: what it asked for and what it complained of."""

    def __init__(self, browser: Browser, path: Path, **options: object) -> None:
        self.page: Page = browser.new_page(**options)  # type: ignore[arg-type]
        self.requests: list[str] = []
        self.failures: list[tuple[str, str | None]] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.failures.append((request.url, request.failure)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        self.outside = [url for url in self.requests if url != path.as_uri() and not url.startswith("data:")]


@pytest.mark.parametrize("name", ["index", "cohorts", "churn", "loyalty", "nps", "ltv", "method"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_and_complains_of_nothing(made: Path, browser: Browser, name: str, scheme: str) -> None:
    visit = Visit(browser, made / f"{name}.html", color_scheme=scheme)
    assert visit.outside == []
    assert visit.complaints == []
    assert visit.page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(made: Path, browser: Browser, width: int) -> None:
    visit = Visit(browser, made / "index.html", viewport={"width": width, "height": 800})
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_pages_lead_to_each_other_from_the_keyboard(made: Path, browser: Browser) -> None:
    page = Visit(browser, made / "index.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_role("navigation", name="Pages of this report").get_by_role("link", name="Churn").press("Enter")
    page.wait_for_url("**/churn.html")
    assert page.get_by_role("heading", level=1).inner_text() == "The churn of customers"


def test_a_customer_called_script_is_printed(made: Path, browser: Browser) -> None:
    page = Visit(browser, made / "index.html").page
    assert page.get_by_role("rowheader", name="<script>alert(1)</script>").is_visible()


def test_html_of_a_notebook_runs_nothing(tmp_path: Path, browser: Browser) -> None:
    attack = (
        "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'><svg onload='window.hit = 1'></svg>"
        "<a id='link' href='javascript:window.hit = 1'>link</a>"
        "<iframe srcdoc='<script>parent.hit = 1</script>'></iframe>"
        "<img src='https://example.org/pixel.png'><link rel='stylesheet' href='https://example.org/style.css'>"
    )
    output = nbformat.v4.new_output("display_data", data={"text/html": attack})
    cells = [nbformat.v4.new_markdown_cell(attack), nbformat.v4.new_code_cell("1", outputs=[output])]
    cover = Cover(attack, Period("1998-06"), date(1998, 7, 1), attack, "1", ("overview",), ENGLISH)
    path = tmp_path / "index.html"
    path.write_text(render(nbformat.v4.new_notebook(cells=cells), name="overview", cover=cover), encoding="utf-8")
    visit = Visit(browser, path)
    visit.page.locator("#link").last.click()
    assert visit.page.evaluate("window.hit") is None
    # What is asked for is stopped by the policy, before it leaves the browser.
    assert {(url, "csp") for url in visit.outside} == set(visit.failures)


def test_a_printed_page_is_paper_sized_without_navigation(made: Path, browser: Browser) -> None:
    page = Visit(browser, made / "index.html").page
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Pages of this report").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
