from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image

from shelfguard.images.picture import Pixels
from tests.unit.images.decode.samples import (
    FORMATS,
    PHOTO,
    SIZE,
    animation,
    decoded,
    distance,
    encoded,
)

ANIMATED = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
LOSSY = 12.0
"""Levels that compression or a palette of 256 colours may change on average."""

ORIENTATION = 0x0112


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_becomes_the_same_picture(name: str) -> None:
    data = encoded(format=name)
    picture = decoded(data).picture
    assert picture.format == name.lower()
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert (picture.width, picture.height) == SIZE
    assert picture.frames == 1
    assert picture.pixels.shape == (64, 96, 3)
    assert picture.pixels.dtype == np.uint8
    assert distance(data) < LOSSY


@pytest.mark.parametrize("name", ANIMATED)
def test_of_an_animation_the_first_frame_is_seen(name: str) -> None:
    data = animation(name, frames=3)
    assert decoded(data).picture.frames == 3
    assert distance(data) < LOSSY


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_seen_reduced_and_remembered_as_it_is(name: str) -> None:
    picture = decoded(encoded(PHOTO.resize((3000, 1500)), format=name)).picture
    assert (picture.width, picture.height) == (3000, 1500)
    assert picture.pixels.shape == (640, 1280, 3)


def test_a_reduced_picture_looks_the_same() -> None:
    large = PHOTO.resize((3840, 2560), Image.Resampling.BICUBIC)
    assert distance(encoded(large, quality=90), large.resize((1280, 853))) < 3


def test_a_narrow_picture_keeps_a_pixel_of_its_short_side() -> None:
    picture = decoded(encoded(PHOTO.resize((15_000, 2)), format="PNG")).picture
    assert picture.pixels.shape == (1, 1280, 3)


STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How a camera held that way stores an upright picture."""

FAITHFUL: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_is_seen_upright(name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](np.asarray(PHOTO))))
    data = encoded(stored, format=name, exif=exif, **FAITHFUL.get(name, {}))
    picture = decoded(data).picture
    assert (picture.width, picture.height) == SIZE
    assert distance(data) < 3


TEXT_ORIENTATION = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0x\0\0\0\0\0\0\0"


@pytest.mark.parametrize(
    "exif",
    [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM" * 9, TEXT_ORIENTATION],
)
def test_broken_exif_data_do_not_hide_a_picture(exif: bytes) -> None:
    assert distance(encoded(exif=exif)) < LOSSY


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    assert distance(encoded(exif=exif)) < LOSSY


def test_pixels_cannot_be_changed_by_one_detector_for_the_next() -> None:
    assert not decoded(encoded()).picture.pixels.flags.writeable
