"""Language where the feed does not say: a right answer or none."""

import pytest

from shelfguard.feeds.language import detect_language, language_tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wooden toy train with three wagons, for children aged two and up", "en"),
        ("Petit train en bois avec trois wagons, pour les enfants de deux ans et plus", "fr"),
        ("Coltello pieghevole in acciaio", "it"),
        ("Нож складной туристический с чехлом", "ru"),
        ("KTC-D320/1G", "und"),
        (f"{'KTC-D320/1G ' * 12} Petit train en bois avec trois wagons, pour les enfants", "fr"),
        ("", "und"),
        ("  \n ", "und"),
    ],
)
def test_detection(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("value", "tag"),
    [("FR", "fr"), ("fr_CA", "fr"), ("en-CA", "en"), ("English", "en"), ("français", "fr")],
)
def test_tags(value: str, tag: str) -> None:
    assert language_tag(value) == tag


@pytest.mark.parametrize("value", [None, "", " "])
def test_no_tag(value: str | None) -> None:
    assert language_tag(value) is None
