from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image, ImageCms

from shelfguard.images.decode import decode
from shelfguard.images.outcome import Failure, Reason
from tests.unit.images.decode.samples import PHOTO, decoded, distance, encoded

GREY = PHOTO.convert("L")

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SWAPPED = SRGB.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
"""The profile of a screen whose red is blue and whose blue is red."""


def colour(data: bytes) -> list[int]:
    """The colour of a picture's middle."""
    pixels = decoded(data).picture.pixels
    return [int(value) for value in pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]]


def plain(mode: str, value: str | float | tuple[int, ...]) -> Image.Image:
    return Image.new(mode, (16, 16), value)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (GREY, GREY),
        (PHOTO.convert("1"), PHOTO.convert("1")),
        (PHOTO.quantize(256), PHOTO),
        (PHOTO.convert("LA"), GREY),
    ],
    ids=["grey", "black and white", "palette", "grey with alpha"],
)
def test_few_colours_become_three_channels(image: Image.Image, expected: Image.Image) -> None:
    assert distance(encoded(image, "PNG"), expected) < 10


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight(name: str) -> None:
    deep = Image.fromarray(np.asarray(GREY, np.uint16) * 257)
    assert distance(encoded(deep, name), GREY) < 1


def test_what_only_instruments_write_is_refused() -> None:
    found = decode(encoded(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"))
    assert isinstance(found, Failure)
    assert found.reason == Reason.UNSUPPORTED


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_inks_become_light(name: str) -> None:
    assert distance(encoded(PHOTO.convert("CMYK"), name)) < 4


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_what_is_transparent_shows_white(name: str) -> None:
    options = {"lossless": True, "exact": True} if name == "WEBP" else {}
    clear, half = plain("RGBA", (0, 0, 0, 0)), plain("RGBA", (0, 0, 0, 128))
    assert colour(encoded(clear, name, **options)) == [255] * 3
    assert colour(encoded(half, name, **options)) == pytest.approx([127] * 3, abs=2)


def test_a_transparent_colour_of_a_palette_or_picture_shows_white() -> None:
    palette = plain("RGB", (10, 20, 30)).quantize(4)
    assert colour(encoded(palette, "GIF", transparency=palette.getpixel((0, 0)))) == [255] * 3
    assert colour(encoded(palette, "PNG", transparency=b"\0" * 4)) == [255] * 3
    key = plain("RGB", (10, 20, 30))
    assert colour(encoded(key, "PNG", transparency=(10, 20, 30))) == [255] * 3


def test_hidden_colours_do_not_bleed_into_a_reduced_picture() -> None:
    pixels = np.zeros((1400, 1400, 4), np.uint8)
    pixels[:, ::2] = (255, 255, 255, 255)  # black between, but nothing of it can be seen
    seen = decoded(encoded(Image.fromarray(pixels), "PNG")).picture.pixels
    assert seen.min() >= 254


def test_an_embedded_profile_is_heeded() -> None:
    red = plain("RGB", (200, 0, 0))
    assert colour(encoded(red, "PNG", icc_profile=SWAPPED)) == pytest.approx([0, 0, 200], abs=2)
    clear = plain("RGBA", (200, 0, 0, 0))
    assert colour(encoded(clear, "PNG", icc_profile=SWAPPED)) == [255] * 3


def test_a_profile_of_srgb_changes_nothing() -> None:
    assert distance(encoded(format="PNG", icc_profile=SRGB)) < 1
    assert distance(encoded(PHOTO.convert("RGBA"), "PNG", icc_profile=SRGB)) < 1


@pytest.mark.parametrize("image", [PHOTO, GREY, PHOTO.convert("CMYK")], ids=["rgb", "grey", "cmyk"])
def test_a_profile_that_is_broken_or_of_other_colours_is_ignored(image: Image.Image) -> None:
    plain_file = encoded(image, "TIFF")
    as_it_is = Image.fromarray(decoded(plain_file).picture.pixels)
    assert distance(encoded(image, "TIFF", icc_profile=b"no profile"), as_it_is) == 0
    if image.mode != "RGB":
        assert distance(encoded(image, "TIFF", icc_profile=SRGB), as_it_is) == 0
