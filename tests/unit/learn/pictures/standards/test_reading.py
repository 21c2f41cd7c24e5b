"""Drawn pictures under the real detectors."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from shelfguard.errors import ModelError
from shelfguard.images.picture import Picture
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.standards import CLAUSES, features
from shelfguard.learn.pictures.standards.cut_outs import cut_outs
from shelfguard.learn.pictures.standards.reading import Reader, as_decoded
from tests.unit.images.drawing import canvas


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with ReadingCache() as cache:
        try:
            yield Reader(cache)
        except ModelError as error:
            pytest.skip(str(error))


def box_on_white() -> Picture:
    image, draw = canvas(width=800, height=800)
    draw.rounded_rectangle((150, 100, 650, 700), 20, fill="#3c5aa0")
    return as_decoded(image, random.Random(0))


def test_a_picture_is_drawn_and_read_once(reader: Reader) -> None:
    def never() -> Picture:
        raise AssertionError("it is in the cache")

    first = reader.read("box", box_on_white)
    assert reader.read("box", never) == first


def test_every_clause_can_be_judged_from_what_is_read(reader: Reader) -> None:
    found = features(reader.read("box", box_on_white), is_main=True)
    assert set(found) == set(CLAUSES)
    assert found[CLAUSES[0]]["extent"] == pytest.approx(0.75, abs=0.02)


def test_an_object_is_cut_out_of_a_photo_that_shows_it_whole(
    reader: Reader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("photos") / "box.png"
    image, draw = canvas("#d8d8d0", 800, 800)
    draw.rounded_rectangle((250, 200, 550, 600), 20, fill="#3c5aa0")
    image.save(path)
    (found,) = cut_outs([path], reader.framing)
    assert found.mode == "RGBA"
    assert found.size == pytest.approx((300, 400), abs=30)
