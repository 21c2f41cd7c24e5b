"""Photos to draw on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from shelfguard.errors import DataError
from shelfguard.images.sources import TEXT_DETECTION, TEXT_RECOGNITION
from shelfguard.images.text_lines import LineReader
from shelfguard.learn.pictures.photos import photos_in, scikit_image_photos, without_text
from tests.unit.images.drawing import scene
from tests.unit.images.lettering import written
from tests.unit.images.real import find_or_skip


def save(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path


def test_each_photo_is_in_one_half(tmp_path: Path) -> None:
    saved = {save(scene(40, 40, seed), tmp_path / f"{seed}.png") for seed in range(5)}
    halves = [set(photos_in(tmp_path, half)) for half in (0, 1)]
    assert not halves[0] & halves[1]
    assert halves[0] | halves[1] == saved | set(scikit_image_photos())


def test_a_folder_without_photos_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(DataError, match="no photo in it") as caught:
        photos_in(tmp_path, 0)
    assert caught.value.file == tmp_path


def test_photos_with_text_are_left_out(tmp_path: Path) -> None:
    reader = LineReader(find_or_skip(TEXT_DETECTION), find_or_skip(TEXT_RECOGNITION))
    plain = save(scene(200, 200), tmp_path / "plain.png")
    texty = save(written("Livraison gratuite")[0], tmp_path / "texty.png")
    assert without_text([plain, texty], reader) == [plain]


def test_a_broken_photo_is_named(tmp_path: Path) -> None:
    reader = LineReader(find_or_skip(TEXT_DETECTION), find_or_skip(TEXT_RECOGNITION))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8 no picture")
    with pytest.raises(DataError, match=r"broken\.jpg.*cannot be decoded"):
        without_text([broken], reader)
