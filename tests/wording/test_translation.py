"""Another language needs a catalogue and nothing else: no English is left on any page."""

import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup

from retention_kit.demo import make_demo
from retention_kit.ingest.settings import read_settings
from retention_kit.report import report
from retention_kit.report.messages import glossary_messages, notebook_messages
from retention_kit.schema import TABLES
from retention_kit.wording.texts import LOCALES
from tests.catalogues import write_catalogue
from tests.test_thin_data import SETTINGS

PROJECT = Path(__file__).parents[2]
LANGUAGE = "pl"
NO_WORDS = {
    # the client's own words and the names of parameters, files and settings
    "toml", "engagement", "Thin", "thin", "raw", "tables", "responses", "Europe", "Warsaw", "retention", "kit", "alpha",
    "order", "customer", "amount", "lifetimes", "Gamma",
}  # fmt: skip


def shouted(message: str) -> str:
    """A translation that can be told from English: upper case, but for placeholders."""
    return "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{\w+\})", message))


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "locales", LANGUAGE, shouted)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "thin"
    (folder / "raw").mkdir(parents=True)
    settings = SETTINGS.replace('language = "en"', f'language = "{LANGUAGE}"')
    (folder / "engagement.toml").write_text(settings, encoding="utf-8")
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 6) for day in range(1, 29)]
    rows = [f"{n},c{n % 40},{day},{10 + n % 7}" for n, day in enumerate([*days, "2024-05-31"])]
    (folder / "raw" / "orders.csv").write_text("order,customer,day,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def surveyed(tmp_path: Path) -> Path:
    """The demo client in another language."""
    folder = make_demo(tmp_path / "data" / "demo", n_customers=1500)
    settings = (folder / "engagement.toml").read_text(encoding="utf-8")
    spoken = settings.replace('language = "en"', f'language = "{LANGUAGE}"')
    (folder / "engagement.toml").write_text(spoken, encoding="utf-8")
    return folder


def test_no_english_is_left_on_a_page(
    shop: Path, catalogues: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_KIT_LOCALES", str(catalogues))
    index = report(shop, "2024-05", reports_dir=tmp_path / "reports", progress=False)
    assert english_words(index, NO_WORDS) == {}


def test_no_english_is_left_where_every_table_is_there(
    surveyed: Path, catalogues: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_KIT_LOCALES", str(catalogues))
    index = report(surveyed, "2024-05", reports_dir=tmp_path / "reports", progress=False)
    columns = {word for table in TABLES.values() for name in table.names for word in name.split("_")}
    quotes = set(re.findall(r"\w{3,}", (index.parent / "tables" / "nps_quotes.csv").read_text(encoding="utf-8")))
    own = {"Zioła", "country", "after", "contact", "return", "delivery", "rating", "assortment", "bots", "demo"}
    settings = read_settings(surveyed / "engagement.toml")
    own |= {"Polska", "Ukraina", "Czechy", "Niemcy"}  # the names of countries are Babel's
    told = " ".join([*settings.calendar.values(), *(target.source for target in settings.targets)])
    assert english_words(index, NO_WORDS | columns | quotes | own | set(told.replace(",", "").split())) == {}


def english_words(index: Path, others: set[str]) -> dict[str, set[str]]:
    """Words in small letters on each page of a report, those of the catalogue being all in capitals."""
    months = {
        word for width in ("wide", "abbreviated") for word in Locale(LANGUAGE).months["stand-alone"][width].values()
    }
    months |= set(Locale(LANGUAGE).months["format"]["wide"].values())
    countries = {Locale(LANGUAGE).territories[code] for code in ("PL", "UA", "DE", "CZ")}
    left = {}
    for page in sorted(index.parent.glob("*.html")):
        words = set(re.findall(r"[^\W\d_]{3,}", visible(page.read_text(encoding="utf-8"))))
        left[page.name] = {word for word in words - months - countries - others if word != word.upper()}
    return {page: words for page, words in left.items() if words}


def visible(page: str) -> str:
    soup = BeautifulSoup(page, "html.parser")
    for hidden in soup(["style", "script"]):
        hidden.decompose()
    alternatives = [image["alt"] for image in soup("img")] + [
        part["aria-label"] for part in soup(attrs={"aria-label": True})
    ]
    names_of_files = r"(?i)(tables/)?\w+\.csv"
    return re.sub(names_of_files, "", "\n".join([soup.get_text("\n"), *alternatives]))


def test_the_template_of_the_catalogue_holds_every_text() -> None:
    with (LOCALES / "retention_kit.pot").open("rb") as template:
        known = {(message.context, message.id) for message in read_po(template) if message.id}
    methods = [
        ("retention_kit/**.py", "python"),
        ("retention_kit/report/templates/**.j2", "jinja2"),
        ("retention_kit/wording/glossary.toml", glossary_messages),
        ("notebooks/**.ipynb", notebook_messages),
    ]
    found = Catalog()
    marks = {"m": None, "marked": None}
    for _file, _line, message, _comments, context in extract_from_dir(
        PROJECT, methods, keywords=DEFAULT_KEYWORDS | marks
    ):
        found.add(message, context=context)
    assert {(message.context, message.id) for message in found if message.id} == known, "run `make texts`"
