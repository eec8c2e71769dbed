"""A language is complete or it is refused: no page is half in English."""

from pathlib import Path

import pytest

from retention_kit.errors import InvalidEngagement
from retention_kit.wording.languages import check_language, languages
from tests.catalogues import write_catalogue


@pytest.mark.parametrize("language", ["en", "en-GB", "en_US"])
def test_english_needs_no_catalogue(language: str) -> None:
    check_language(language)


def test_a_language_without_a_catalogue_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidEngagement, match=r'language = "uk" has no complete catalogue: .* there are: "en". Set'):
        check_language("uk")


def test_a_complete_catalogue_is_enough_and_one_text_less_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_KIT_LOCALES", str(write_catalogue(tmp_path / "one", "pl", str.upper)))
    check_language("pl")
    assert languages() == ["en", "pl"]
    write_catalogue(tmp_path / "one", "uk", str.upper, without=1)
    with pytest.raises(InvalidEngagement, match=r'"uk" has no complete catalogue: 1 of \d+ texts .*: "en", "pl"'):
        check_language("uk")
