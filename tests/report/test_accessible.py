"""The pages of the demo and of CDNOW can be read by everybody: at any width, in the dark, by ear, from the keyboard."""

import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from playwright.sync_api import Browser, Page

from retention_kit.demo import make_demo
from retention_kit.report import report

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
CDNOW = Path(__file__).parents[2] / "data" / "cdnow" / "engagement.toml"
PAGES = {
    "demo": ("2024-05", ("index", "cohorts", "churn", "loyalty", "nps", "ltv")),
    "cdnow": ("1998-06", ("index", "cohorts", "churn", "loyalty", "ltv")),
}
WIDTHS = (1280, 768, 390)
A4_BETWEEN_MARGINS = 665
"""The pixels of 210 mm less margins of 17 mm."""
EVERY_PAGE = pytest.mark.parametrize(
    ("client", "name"), [(client, name) for client, (_period, names) in PAGES.items() for name in names]
)

FINDINGS = """async rules => {
    document.querySelectorAll("details").forEach(folded => folded.open = true);
    document.querySelectorAll("tbody tr:nth-child(n+6)").forEach(row => row.remove());
    const options = {resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})};
    const {violations} = await axe.run(options);
    return violations.flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html.slice(0, 200)}`));
}"""
"""What axe-core finds on a page with everything unfolded; of the rows of a table, which are alike, five are enough."""

LABELS = """() => [...document.querySelectorAll(".rk-figure img")].flatMap(image => {
    const source = Uint8Array.from(atob(image.src.split(",")[1]), letter => letter.charCodeAt(0));
    const frame = document.createElement("div");
    frame.style = "position: absolute; width: 900px";
    frame.innerHTML = new TextDecoder().decode(source).replace(/^[^]*?<svg/, "<svg");
    document.body.append(frame);
    const edge = frame.firstElementChild.getBoundingClientRect();
    const labels = [...frame.querySelectorAll("text")].map(text => {
        const {x, y, width, height} = text.getBBox(), {a, b, c, d, e, f} = text.getScreenCTM();
        const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
        const rotated = corners.map(([x, y]) => [a * x + c * y + e - edge.left, b * x + d * y + f - edge.top]);
        return {text: text.textContent, corners: rotated};
    });
    frame.remove();
    return [{title: image.alt.slice(0, 40), width: edge.width, height: edge.height, labels}];
})"""
"""The words of each picture, with the corners of the place that the browser gives them."""

Corners = list[tuple[float, float]]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a client's report, made when first asked for."""
    root, made = tmp_path_factory.mktemp("readers"), dict[str, Path]()

    def made_of(client: str) -> Path:
        if client not in made:
            if client == "demo":
                make_demo(root / "data" / "demo", n_customers=1500)
            else:
                (root / "data" / client).mkdir(parents=True)
                shutil.copy(CDNOW, root / "data" / client)
            folders = {"data_dir": root / "data", "reports_dir": root / "reports"}
            made[client] = report(client, PAGES[client][0], progress=False, **folders).parent
        return made[client]

    return made_of


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which a test, and nobody else, may run a script."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


@EVERY_PAGE
def test_axe_finds_nothing(reports: Callable[[str], Path], page: Page, client: str, name: str) -> None:
    page.goto((reports(client) / f"{name}.html").as_uri())
    page.evaluate(f"() => {{ {AXE} }}")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="light")
        assert page.evaluate(FINDINGS, []) == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(FINDINGS, ["color-contrast"]) == []


@EVERY_PAGE
def test_a_page_is_as_wide_as_its_window_and_what_is_wider_scrolls_from_the_keyboard(
    reports: Callable[[str], Path], page: Page, client: str, name: str
) -> None:
    page.goto((reports(client) / f"{name}.html").as_uri())
    page.evaluate('document.querySelectorAll("details").forEach(folded => folded.open = true)')
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    frames = page.locator(".rk-scroll")
    assert frames.count() > 0
    for frame in frames.all():
        assert frame.get_attribute("aria-label")
        assert frame.get_attribute("tabindex") == "0"


@EVERY_PAGE
def test_nothing_is_wider_than_a_sheet_of_paper_and_what_is_folded_stays_folded(
    reports: Callable[[str], Path], page: Page, client: str, name: str
) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": A4_BETWEEN_MARGINS, "height": 900})
    page.goto((reports(client) / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == A4_BETWEEN_MARGINS
    assert not [folded for folded in page.locator(".rk-numbers").all() if folded.is_visible()]
    filters = page.evaluate('[...document.querySelectorAll("img")].map(image => getComputedStyle(image).filter)')
    assert set(filters) <= {"none"}


@EVERY_PAGE
def test_no_label_of_a_picture_leaves_it_or_covers_another(
    reports: Callable[[str], Path], page: Page, client: str, name: str
) -> None:
    page.goto((reports(client) / f"{name}.html").as_uri())
    pictures = page.evaluate(LABELS)
    assert all(picture["labels"] for picture in pictures)
    for picture in pictures:
        labels = [(label["text"], [tuple(corner) for corner in label["corners"]]) for label in picture["labels"]]
        for text, corners in labels:
            assert is_within(corners, picture["width"], picture["height"]), (picture["title"], text)
        for place, (text, corners) in enumerate(labels):
            covered = [other for other, theirs in labels[place + 1 :] if not are_apart(corners, theirs)]
            assert covered == [], (picture["title"], text)


def is_within(corners: Corners, width: float, height: float) -> bool:
    return all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in corners)


def are_apart(ours: Corners, theirs: Corners) -> bool:
    """Two rectangles, rotated or not, do not meet if on some side of either all of one lies beyond the other."""
    sides = [(b[1] - a[1], a[0] - b[0]) for corners in (ours, theirs) for a, b in pairwise(corners)]
    shadows = ([[x * dx + y * dy for x, y in corners] for corners in (ours, theirs)] for dx, dy in sides)
    return any(max(one) <= min(other) or max(other) <= min(one) for one, other in shadows)


@pytest.mark.parametrize(
    ("theirs", "apart"),
    [
        ([(3, 0), (5, 0), (5, 1), (3, 1)], True),
        ([(1, 0.5), (5, 0.5), (5, 2), (1, 2)], False),
        ([(2, 2.2), (3, 1.2), (4, 2.2), (3, 3.2)], True),
        ([(1, 1.5), (2, 0.5), (3, 1.5), (2, 2.5)], False),
    ],
)
def test_labels_that_meet_are_told_from_those_that_do_not(theirs: Corners, apart: bool) -> None:
    ours = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)]
    assert are_apart(ours, theirs) == are_apart(theirs, ours) == apart


@EVERY_PAGE
def test_every_picture_says_its_numbers_and_has_its_table(
    reports: Callable[[str], Path], client: str, name: str
) -> None:
    folder = reports(client)
    shown = BeautifulSoup((folder / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    for figure in shown.select(".rk-figure"):
        title = figure.select_one("figcaption")
        picture = figure.select_one("img")
        assert title
        assert picture
        assert re.match(re.escape(title.get_text()) + r"(, .+)?: .*\d", str(picture["alt"]))
        below = [tag.name for tag in figure.find_next_siblings() if isinstance(tag, Tag)]
        assert below in (["details", "p"], ["ul", "details", "p"])  # events and targets are listed first
    for link in shown.select(".rk-file a"):
        assert (folder / str(link["href"])).is_file()
