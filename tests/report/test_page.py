"""A page is one inert file, in the reader's language, with nothing of the code on it."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from retention_kit.periods import Period
from retention_kit.report.collect import EXHIBIT
from retention_kit.report.page import Cover, render
from retention_kit.wording import ENGLISH, Wording

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)


class Tags(HTMLParser):
    """Every opening tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.all if tag in names]


def page_of(
    *cells: nbformat.NotebookNode, name: str = "churn", client: str = "Acme", wording: Wording = ENGLISH
) -> str:
    cover = Cover(
        client,
        Period("1998-06"),
        date(1998, 7, 1),
        "Europe/Berlin",
        "1.2.3",
        ("overview", "churn", "own_one"),
        wording,
    )
    return render(nbformat.v4.new_notebook(cells=list(cells)), name=name, cover=cover)


def markdown(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def showing(data: dict[str, str], kind: str = "display_data") -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell("secret_input = 1", outputs=[nbformat.v4.new_output(kind, data=data)])


def content(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_every_page_of_a_report_holds_the_policy_and_no_outside_address(made: Path) -> None:
    pages = sorted(made.glob("*.html"))
    assert len(pages) == 7
    for path in pages:
        tags = Tags(path.read_text(encoding="utf-8"))
        assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in tags.named("meta")
        assert not tags.named("script", "iframe", "object", "embed", "base", "form")
        addresses = [tag.get("src") or tag.get("srcset") or "" for tag in tags.named("img", "source", "audio", "video")]
        addresses += [tag["href"] or "" for tag in tags.named("link")]
        assert addresses
        assert all(address.startswith("data:") for address in addresses)
        assert not re.search(r"@import|url\(", path.read_text(encoding="utf-8"))


def test_links_lead_to_pages_and_headings_that_exist(made: Path) -> None:
    for path in made.glob("*.html"):
        tags = Tags(path.read_text(encoding="utf-8"))
        names = {f"#{attributes['id']}" for _, attributes in tags.all if "id" in attributes}
        for link in tags.named("a"):
            assert link["href"] in names or (made / str(link["href"])).is_file()


def test_the_current_page_is_marked_and_own_notebooks_have_a_name() -> None:
    links = [tag for tag in Tags(page_of(markdown("# Title"))).named("a") if str(tag["href"]).endswith(".html")]
    assert [tag["href"] for tag in links if tag.get("aria-current") == "page"] == ["churn.html"]
    assert ">Own one</a>" in page_of(markdown("# Title"))


def test_the_title_block_names_client_title_question_period_and_days() -> None:
    page = page_of(markdown("# Who *left*?\n\nAnd **why**?"), client="Söhne & <Co>")
    assert "<title>Who left? – Söhne &amp; &lt;Co&gt;, June 1998</title>" in page
    assert "<h1>Who left?</h1>" in page
    assert "<p>And <strong>why</strong>?</p>" in page
    assert "<dt>Month</dt><dd>June 1998</dd>" in page
    assert '<time datetime="1998-06-30">30 June 1998</time> <span class="zone">Europe/Berlin</span>' in page
    assert "retention_kit 1.2.3" in page


def test_a_notebook_without_a_title_is_named_as_its_page() -> None:
    assert "<h1>Churn</h1>" in page_of(markdown("Some words."))


def test_the_contents_list_the_main_headings_each_once() -> None:
    page = page_of(markdown("# T"), markdown("## Same\n\n### Below"), markdown("## Same"), markdown("# Other & more"))
    listed = page.partition('class="contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#(.+?)">(.+?)<', listed) == [
        ("s-same", "Same"),
        ("s-same-2", "Same"),
        ("s-other-more", "Other &amp; more"),
    ]
    assert page.count("<h1") == 1


def test_code_warnings_errors_and_plain_text_are_not_on_the_page() -> None:
    cell = showing({"text/plain": "PLAIN"}, kind="execute_result")
    cell.outputs += [
        nbformat.v4.new_output("stream", name="stderr", text="WARNED"),
        nbformat.v4.new_output("display_data", data={"text/html": "<p>shown</p>", "text/plain": "PLAIN"}),
        nbformat.v4.new_output("display_data", data={"application/json": "{}"}),
    ]
    page = page_of(cell)
    assert not re.search("PLAIN|WARNED|secret_input", page)
    assert content(page).count('class="output"') == 1
    assert "<p>shown</p>" in page


def test_printed_lines_are_escaped_and_without_colours() -> None:
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="\x1b[31m<script>\x1b[0m")])
    assert '<pre class="printed">&lt;script&gt;</pre>' in page_of(cell)


@pytest.mark.parametrize(
    ("kind", "value", "start"),
    [
        ("image/png", "iVBORw0KGgo=\n", "data:image/png;base64,iVBORw0KGgo="),
        ("image/svg+xml", "<svg onload='alert(1)'/>", "data:image/svg+xml;base64,PHN2Zy"),
        ("image/jpeg", "/9j/4AAQ", "data:image/jpeg;base64,/9j/4AAQ"),
    ],
)
def test_pictures_stand_inside_the_page(kind: str, value: str, start: str) -> None:
    (picture,) = Tags(page_of(showing({kind: value, "text/plain": "<Figure>"}, "execute_result"))).named("img")
    assert str(picture["src"]).startswith(start)


@pytest.mark.parametrize(("kind", "file"), [("table", "tables/flow.csv"), ("metrics", "metrics.csv")])
def test_what_is_shown_leads_to_the_file_of_its_numbers(kind: str, file: str) -> None:
    page = page_of(showing({"text/html": "<p>shown</p>", EXHIBIT: {"name": "flow", "kind": kind, "csv": "n\n1\n"}}))
    assert f'<p class="rk-file"><a href="{file}">{file}</a></p>' in page
    assert '<div class="output">' in page


def test_what_is_no_exhibit_of_ours_may_be_wide_and_is_reached_from_the_keyboard() -> None:
    page = page_of(showing({"text/html": "<table></table>"}))
    assert '<div class="output" role="group" tabindex="0" aria-label="Shown by the notebook">' in page
    assert "rk-file" not in content(page)


def test_a_table_among_the_words_is_named_by_its_heads_and_reached_from_the_keyboard() -> None:
    page = page_of(markdown('| The "rate" | n |\n| --- | --- |\n| a | 1 |'))
    frame = '<div class="rk-scroll" role="group" tabindex="0" aria-label="The &quot;rate&quot;, n">'
    assert re.search(f"{re.escape(frame)}\\s*<table>", page)


def test_money_in_a_sentence_is_no_formula() -> None:
    assert "Between $5 and <strong>$6</strong>" in page_of(markdown("Between $5 and **$6** was paid."))


def test_a_pasted_picture_is_kept() -> None:
    cell = markdown("![Logo](attachment:logo.png)")
    cell["attachments"] = {"logo.png": {"image/png": "AAAA"}}
    assert 'src="data:image/png;base64,AAAA"' in page_of(cell)


def test_a_cell_is_translated_whole(tmp_path: Path) -> None:
    german = {"# Title\n\nWho left?": "# Titel\n\nWer ging?", "Contents": "Inhalt", "Churn": "Abwanderung"}
    catalogue = Catalog(locale="de")
    for text, translation in german.items():
        catalogue.add(text, translation)
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    with (tmp_path / "de" / "LC_MESSAGES" / "retention_kit.mo").open("wb") as file:
        write_mo(file, catalogue)
    wording = Wording("de", catalogues=tmp_path)
    page = page_of(markdown("# Title\n\nWho left?"), markdown("## A"), markdown("## B"), wording=wording)
    assert '<html lang="de">' in page
    assert "<h1>Titel</h1>" in page
    assert "<p>Wer ging?</p>" in page
    assert ">Inhalt</p>" in page
    assert 'aria-current="page">Abwanderung</a>' in page


def test_a_page_can_be_walked_without_a_pointer_or_eyes() -> None:
    tags = Tags(page_of(markdown("# Title"), markdown("## A\n\n### B"), markdown("## C")))
    assert tags.named("html") == [{"lang": "en"}]
    assert tags.named("a")[0] == {"class": "skip", "href": "#content"}
    assert [tag["id"] for tag in tags.named("main")] == ["content"]
    assert all(tag.get("aria-label") or tag.get("aria-labelledby") for tag in tags.named("nav"))
    assert [tag for tag, _ in tags.all if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3", "h2"]
