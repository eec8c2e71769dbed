"""The languages that a report can be written in: English, and each with a translation of every text."""

from functools import cache
from gettext import find
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from retention_kit.errors import InvalidEngagement
from retention_kit.wording.texts import DOMAIN, LOCALES, folder_of_catalogues

Text = tuple[str, str]
"""A text after its context."""

TEMPLATE = LOCALES / f"{DOMAIN}.pot"


def check_language(language: str) -> None:
    """Refuse a language whose pages would be half in English.

    Raises:
        InvalidEngagement: Texts of the pages lack a translation; the languages that are complete are named.

    Example:
        >>> check_language("en-GB")
    """
    folder = folder_of_catalogues()
    n_texts, n_missing = len(_texts()), _n_missing(language, folder)
    if n_missing:
        whole = ", ".join(f'"{name}"' for name in languages())
        raise InvalidEngagement(
            f'language = "{language}" has no complete catalogue: {n_missing} of {n_texts} texts of the pages are not '
            f"translated; the languages there are: {whole}. Set one of them in engagement.toml, or translate the rest "
            "as CONTRIBUTING.md says."
        )


def languages() -> list[str]:
    """The languages with a complete catalogue.

    Example:
        >>> languages()
        ['en']
    """
    folder = folder_of_catalogues()
    names = {path.parents[1].name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")} | {"en"}
    return sorted(name for name in names if not _n_missing(name, folder))


@cache
def _n_missing(language: str, folder: Path) -> int:
    """How many texts of the pages a language lacks; the texts themselves are English."""
    if Locale.parse(language, sep="-" if "-" in language else "_").language == "en":
        return 0
    file = find(DOMAIN, folder, [language])
    return len(_texts() - _translated(Path(file))) if file else len(_texts())


def _translated(file: Path) -> frozenset[Text]:
    with file.open("rb") as compiled:
        return _keys(read_mo(compiled))


@cache
def _texts() -> frozenset[Text]:
    """Every text of the package, the pages and the notebooks."""
    with TEMPLATE.open("rb") as template:
        return _keys(read_po(template))


def _keys(catalogue: Catalog) -> frozenset[Text]:
    return frozenset((_context(message), _singular(message)) for message in catalogue if message.id)


def _context(message: Message) -> str:
    """A compiled catalogue gives contexts as bytes."""
    context: str | bytes = message.context or ""
    return context.decode() if isinstance(context, bytes) else context


def _singular(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])
