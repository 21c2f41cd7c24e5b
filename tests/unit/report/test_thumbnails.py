"""Thumbnails are small, and a sensitive one shows nothing at first."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest

pytest.importorskip("PIL")
from PIL import Image

from shelfguard.images.outcome import Failure, Reason
from shelfguard.report.thumbnails import Thumbnail, thumbnail
from tests.unit.report.drawn_pictures import body, kettle


def made(data: bytes, *, sensitive: bool = False) -> Thumbnail:
    found = thumbnail(data, sensitive=sensitive)
    assert isinstance(found, Thumbnail)
    return found


def opened(address: str) -> Image.Image:
    kind, _, data = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    return Image.open(BytesIO(base64.b64decode(data)))


def test_a_large_picture_is_reduced_and_a_small_one_left() -> None:
    large, small = made(kettle(1200, 400)), made(kettle(60, 40))
    assert (large.width, large.height) == opened(large.address).size == (360, 120)
    assert (small.width, small.height) == (60, 40)
    assert large.blurred is None


def test_a_sensitive_picture_is_grey_and_begins_as_a_few_shades() -> None:
    found = made(body(), sensitive=True)
    assert found.blurred is not None
    assert opened(found.address).mode == "L"
    assert opened(found.blurred).size == (6, 8)


def test_what_is_no_picture_says_so() -> None:
    found = thumbnail(b"not a picture", sensitive=False)
    assert isinstance(found, Failure)
    assert found.reason == Reason.NOT_A_PICTURE
