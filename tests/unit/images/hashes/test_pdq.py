"""PDQ through its binding: what may change in a picture, and what may not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("pdqhash")

from shelfguard.images.hashes.hamming import as_words, distances
from shelfguard.images.hashes.pdq import hash_of
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, PictureHash
from shelfguard.images.picture import Picture


def drawn(seed: int, side: int = 1200) -> Image.Image:
    """A picture of many coloured ellipses on white."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, width, height = (rng.uniform(0.05, 0.5, 4) * side).tolist()
        colour = tuple(rng.integers(0, 256, 3).tolist())
        draw.ellipse((x, y, x + width, y + height), fill=colour)
    return image


def hashed(image: Image.Image) -> PictureHash:
    pixels = np.asarray(image.convert("RGB"))
    height, width, _ = pixels.shape
    return hash_of(Picture("0" * 64, "png", width, height, 1, pixels))


def apart(one: Image.Image, other: Image.Image) -> int:
    first, second = (as_words([hashed(each).bits]) for each in (one, other))
    return int(distances(first, second)[0])


@pytest.mark.parametrize("side", [64, 200, 512, 640, 900])
@pytest.mark.parametrize("seed", range(3))
def test_a_picture_decoded_at_a_reduced_size_keeps_its_hash(seed: int, side: int) -> None:
    full = drawn(seed)
    assert apart(full, full.resize((side, side), Image.Resampling.BOX)) <= MAX_DISTANCE // 2


def test_another_shape_keeps_the_hash() -> None:
    assert apart(drawn(1), drawn(1).resize((1200, 700), Image.Resampling.BOX)) <= MAX_DISTANCE


def test_strong_compression_keeps_the_hash_near() -> None:
    stream = io.BytesIO()
    drawn(2).save(stream, "JPEG", quality=10)
    assert apart(drawn(2), Image.open(stream)) <= MAX_DISTANCE


def test_other_pictures_and_mirror_images_lie_far_away() -> None:
    assert apart(drawn(1), drawn(2)) > 2 * MAX_DISTANCE
    assert apart(drawn(1), drawn(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 2 * MAX_DISTANCE


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (3, 900), (300, 300)])
def test_a_picture_that_shows_nothing_has_no_quality(size: tuple[int, int]) -> None:
    assert hashed(Image.new("RGB", size, "white")).quality == 0


def test_a_picture_that_shows_much_has_full_quality() -> None:
    assert hashed(drawn(1)).quality == 100


def test_pixels_that_cannot_be_written_to_are_hashed() -> None:
    pixels = np.asarray(drawn(1, 100))
    pixels.setflags(write=False)
    assert hash_of(Picture("0" * 64, "png", 100, 100, 1, pixels)) == hashed(drawn(1, 100))
