"""Words that stand where a picture should be."""

from __future__ import annotations

import pytest

from shelfguard.images.picture import Box
from shelfguard.images.placeholders import is_placeholder_text
from tests.unit.images.hand_made import lines


def _says(*written: str) -> bool:
    return is_placeholder_text(lines(*((text, Box(0.2, 0.4, 0.8, 0.5)) for text in written)))


@pytest.mark.parametrize(
    "written",
    [
        "Image coming soon",
        "NO IMAGE",
        "No photo available",
        "Picture not yet available",
        "Image à venir",
        "PHOTO A VENIR",
        "Pas d'image",
        "Aucune image",
        "Image non disponible",
    ],
)
def test_placeholders_say_so_in_both_languages(written: str) -> None:
    assert _says(written)


def test_words_may_be_broken_over_lines() -> None:
    assert _says("Image", "non disponible")


@pytest.mark.parametrize("written", ["Photo album", "Image stabilizer", "Papier photo", ""])
def test_a_product_for_pictures_is_no_placeholder(written: str) -> None:
    assert not _says(written)


def test_a_page_of_text_is_no_placeholder() -> None:
    assert not _says("Image coming soon", *("print on a box",) * 6)
