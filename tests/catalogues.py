"""Catalogues of a language, made of the template as a translator would leave them."""

from collections.abc import Callable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from retention_kit.wording.texts import LOCALES


def write_catalogue(folder: Path, language: str, say: Callable[[str], str], *, without: int = 0) -> Path:
    """Every text as `say` puts it, in the three forms of a Slavonic plural; so many texts are left out."""
    with (LOCALES / "retention_kit.pot").open("rb") as template:
        catalogue = read_po(template, locale=language)
    for message in list(catalogue)[1 + without :]:
        if message.pluralizable:
            message.string = tuple(map(say, (*message.id, message.id[1])))
        else:
            message.string = say(message.id)
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "retention_kit.mo").open("wb") as compiled:
        write_mo(compiled, catalogue)
    return folder
